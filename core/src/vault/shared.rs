//! A directory handed over as a link.

use std::sync::Arc;

use super::{Snapshot, Vault};
use crate::blob::BlobStore;
use crate::content::ContentReader;
use crate::error::Result;
use crate::forest::View;
use crate::packs::PackReader;
use crate::path::VaultPath;
use crate::seal::Link;
use crate::session::Nodes;

/// The bytes of directory nodes, and those of parts of packs, that a reader of a link keeps in
/// memory.
const NODE_BYTES_MAX: usize = 16 * 1024 * 1024;
const PACK_BYTES_MAX: usize = 16 * 1024 * 1024;

impl Snapshot {
    /// Opens the directory that `link` names, as it was when the link was made, for a reader
    /// without the vault's secret; paths start at the directory. The link opens the directory and
    /// all below it, and nothing else; the store needs no more than read access. Nothing is read
    /// yet.
    ///
    /// Such a reader cannot recompute addresses, so it rests on the seal alone: whoever else holds
    /// the link and the store could alter what it reads.
    pub fn shared(store: Arc<dyn BlobStore>, link: &Link) -> Self {
        let packs = PackReader::new(store, PACK_BYTES_MAX);
        let nodes = Nodes::new(packs.clone(), None, NODE_BYTES_MAX);
        let reader = ContentReader::new(packs, None, Arc::default());
        Self { view: View::at(*link, Arc::new(nodes)), reader }
    }
}

impl Vault {
    /// The link of the directory at `path`, or `None` if it is empty. Commits what is pending.
    /// Whoever has the link can read the directory as it is now, with all below it. Of changes that
    /// are made while this call runs, some may be missing.
    pub async fn link(&self, path: impl AsRef<str>) -> Result<Option<Link>> {
        let path = VaultPath::new(path.as_ref())?;
        self.inner.session.check_open()?;
        self.inner.session.spill().await?;
        let now = self.snapshot_at(&path).await?;
        let directory = now.directory(&path).await?;
        if !directory.is_dirty() {
            return Ok(directory.link());
        }
        // Somebody changed it in between. What was sealed has a link.
        let sealed = Snapshot { view: self.inner.session.sealed_view(), ..now };
        Ok(sealed.directory(&path).await?.link())
    }
}
