//! What an app calls.
//!
//! A [`Vault`] is one encrypted tree of directories and files on a [`BlobStore`]. It is cheap to
//! clone, every method takes `&self`, and calls may run concurrently: puts that overlap share one
//! commit. Dropping a future cancels its call; what was not committed by then has not happened.
//!
//! A change is durable when its call returns, unless it was made [`Deferred`](Durability::Deferred)
//! or in a [`Batch`]: then one [`flush`](Vault::flush) or [`commit`](Batch::commit) makes all of
//! them durable together. A failed or cancelled change leaves the vault as it was.
//!
//! Paths are canonical ([`crate::path`]); parents of a new entry are made as needed. Reads see
//! the session's own changes at once and other writers' after [`refresh`](Vault::refresh) or the
//! next commit; a [`Snapshot`] sees one state for ever.

mod batch;
mod entry;
mod listing;
mod open;
mod read;
mod shared;
mod snapshot;
mod write;

use std::sync::Arc;

pub use batch::Batch;
pub use entry::{EntryInfo, EntryKind, Metadata, PutOptions, ReadOptions};
pub use listing::{ListCursor, ListOptions, ListPage};
pub use open::{Credential, NewVault, VaultConfig};
pub use shared::SharedDirectory;
pub use snapshot::Snapshot;

pub use crate::forest::Durability;

use crate::blob::BlobStore;
use crate::content::{ContentReader, Splitter};
use crate::error::Result;
use crate::forest::{Forest, WriteStats};
use crate::seal::{RecoveryPhrase, RootSecret};
use listing::Sorted;

/// An open vault.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    forest: Forest,
    splitter: Splitter,
    reader: ContentReader,
    sorted: Sorted,
    secret: RootSecret,
}

impl Vault {
    /// The 24 words that open this vault without a passphrase.
    pub fn recovery_phrase(&self) -> Result<RecoveryPhrase> {
        self.inner.secret.recovery_phrase()
    }

    /// What this session has written, and how the vault stands.
    pub fn stats(&self) -> VaultStats {
        let root = self.inner.forest.root();
        VaultStats {
            sequence: root.sequence,
            tail_operations: root.tail.ops.len() as u64,
            chunk_bytes: root.chunk.bytes(),
            written: self.inner.forest.write_stats(),
        }
    }

    /// The store the vault lives in.
    pub fn store(&self) -> &Arc<dyn BlobStore> {
        &self.inner.splitter.store
    }

    /// Commits what is pending and refuses further calls on all clones.
    pub async fn close(&self) -> Result<()> {
        if self.inner.forest.check_open().is_ok() {
            self.flush().await?;
            self.inner.forest.close();
        }
        Ok(())
    }
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault")
    }
}

/// Figures of an open vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct VaultStats {
    /// How many commits the vault has seen in its life, by any writer, as far as this session
    /// knows.
    pub sequence: u64,
    /// Operations in the root's tail: committed, and not yet spilled into nodes.
    pub tail_operations: u64,
    /// The size of a chunk, in bytes.
    pub chunk_bytes: u64,
    /// What this session has written.
    pub written: WriteStats,
}
