//! What an app calls.
//!
//! A [`Vault`] is one encrypted tree of directories and files on a [`BlobStore`]. It is cheap to
//! clone, every method takes `&self`, and calls may run concurrently: puts that overlap share one
//! commit. Dropping a future cancels its call; what was not committed by then has not happened. If
//! the last request of its commit was under way, or other calls wait for the same commit, it may be
//! committed all the same, whole; a later read tells.
//!
//! Whatever a caller does with a future (polls it once and leaves it, drops it, goes on with it
//! from another thread), no other call waits for it. Calls may be driven from a buffered stream, a
//! `select` or a task that is paused. What calls do wait for is the store, and a commit under way:
//! every call that waits for that one drives it.
//!
//! On a store that does not [confirm its puts](crate::blob::BlobStore::confirms_puts), a commit
//! counts when its root was read back: one small read for each commit, counted in
//! [`WriteStats::read_backs`](crate::WriteStats::read_backs). A root that was cut or altered on its
//! way is put again, a few times; after that the call fails with
//! [`OutcomeUnknown`](crate::Error::OutcomeUnknown), and the session puts the root as soon as the
//! store takes it. Contents are not read back: such a store, or the service behind it, is sent a
//! checksum and promises to refuse what does not match it. Damage is detected when the content is
//! read.
//!
//! If the answer of a commit is lost, the heads of the root that is found tell what became of it,
//! also after any number of commits of others. (Where 16 other sessions without kept state have
//! written for the same member since, they no longer do: then the call, or for a deferred change the
//! next flush, fails with [`OutcomeUnknown`](crate::Error::OutcomeUnknown), and the change is not
//! made again.)
//!
//! A put that was given up on may still arrive. Until another commit is found nobody knows whether
//! it did: a call that has to return before that fails with `OutcomeUnknown`, and its change may
//! take effect until the next commit of this or another session does. A deferred change stays
//! pending meanwhile, is committed once, and is never reported as failed.
//!
//! A change is durable when its call returns, unless it was made [`Deferred`](Durability::Deferred)
//! or in a [`Batch`]: then one [`flush`](Vault::flush) or [`commit`](Batch::commit) makes all of
//! them durable together. A failed or cancelled change leaves the vault as it was. Chunks that such
//! a put has stored are removed from stores that can tell that nobody else relies on them
//! ([`BlobStore::hold`]): by the call itself if it failed, by the next one if it was cancelled. A
//! local store that is full still takes removals.
//!
//! Paths are canonical ([`crate::path`]); parents of a new entry are made as needed. Reads see
//! the session's own changes at once and other writers' after [`refresh`](Vault::refresh) or the
//! next commit; a [`Snapshot`] sees one state for ever.

mod batch;
mod entry;
mod get_recursive;
mod listing;
mod members;
mod new_vault;
mod open;
mod options;
mod read;
mod shared;
mod slots;
mod snapshot;
mod streams;
mod tidy;
mod tree_walk;
mod write;

use std::sync::Arc;

pub use batch::Batch;
pub use entry::{EntryInfo, EntryKind, Metadata};
pub use listing::{ListCursor, ListPage};
pub use new_vault::NewVault;
pub use open::{Credential, VaultConfig};
pub use options::{ListOptions, PutOptions, ReadOptions};
#[cfg(feature = "phrase")]
pub use slots::NewWords;
pub use snapshot::Snapshot;
pub use streams::{BoxError, ContentStream, EntryStream, FileStream, Items};

pub use crate::forest::TIME_MS_MAX;
pub use crate::keyring::{SlotId, SlotInfo, SlotKind};
pub use crate::session::{CLOCK_LEAD_MS_MAX, Durability};

use crate::blob::BlobStore;
use crate::content::{ContentReader, Splitter};
use crate::error::Result;
use crate::forest::Time;
use crate::session::{Session, WriteStats};
use crate::trust::{Ground, VaultId};
use bytes::Bytes;
use listing::Sorted;

/// An open vault.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    session: Arc<Session>,
    splitter: Splitter,
    reader: ContentReader,
    sorted: Sorted,
}

impl Vault {
    /// What this session has written, and how the vault stands.
    pub fn stats(&self) -> VaultStats {
        let root = self.inner.session.root();
        VaultStats {
            sequence: self.inner.session.sequence(),
            tail_operations: root.tail.ops.len() as u64,
            chunk_bytes: root.chunk.bytes(),
            future_commit_ms: self.inner.session.future_commit().map(Time::ms),
            written: self.inner.session.write_stats(),
        }
    }

    /// What names the vault: a hash of its owner's key and a nonce. Keep it, and give it to
    /// [`VaultConfig::vault`] when the vault is opened again, and it is not taken for another.
    pub fn id(&self) -> VaultId {
        self.inner.session.vault()
    }

    /// Whether what this session shows is known to follow from all it has seen. `false` before it
    /// has seen anything: there may be newer roots; and where so many sessions without kept state
    /// have written since it last looked that nothing tells.
    pub fn is_known_to_follow(&self) -> bool {
        matches!(self.inner.session.ground(), Ground::Same | Ground::Follows)
    }

    /// Two roots that contradict each other, as the store showed them to this session: to be shown
    /// to others, who check it by [`ForkProof::verify`](crate::trust::ForkProof::verify). It shows
    /// nothing of what is in the vault. `None` unless a root was refused as a fork, or because the
    /// own last commit was missing.
    pub fn fork_proof(&self) -> Option<Bytes> {
        self.inner.session.fork_proof()
    }

    /// The store the vault lives in.
    pub fn store(&self) -> &Arc<dyn BlobStore> {
        &self.inner.splitter.store
    }

    /// Commits what is pending and refuses further calls on all clones.
    pub async fn close(&self) -> Result<()> {
        while self.inner.session.check_open().is_ok() {
            self.flush().await?;
            if self.inner.session.close() {
                break;
            }
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
    /// The time of the last commit of another session that this one has read, if it was more than
    /// [`CLOCK_LEAD_MS_MAX`] ahead of this device's clock then: one of the two clocks is wrong. In
    /// milliseconds since 1970-01-01T00:00:00Z. Nothing that this session writes uses that time. It
    /// is `None` again once this session has read a commit by a device whose clock is right.
    pub future_commit_ms: Option<i64>,
    /// What this session has written.
    pub written: WriteStats,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_lite::future::block_on;

    use super::*;
    use crate::blob::MemoryStore;
    use crate::platform::{Clock, Environment};
    use crate::seal::SlotSecret;

    struct Shows(u64);

    impl Clock for Shows {
        fn now_ms(&self) -> u64 {
            self.0
        }
    }

    /// A device whose clock is behind by a century builds on what one that is ahead by as much
    /// wrote.
    #[test]
    fn what_builds_on_another_commit_has_the_greater_stamp_whatever_clocks_show() {
        block_on(async {
            let store = Arc::new(MemoryStore::new());
            let credential = Credential::Secret(SlotSecret::from_bytes([7; 32]));
            let config = |ms| VaultConfig {
                environment: Environment { clock: Arc::new(Shows(ms)), ..Environment::default() },
                ..VaultConfig::default()
            };
            let century = 4_000_000_000_000;
            Vault::create_with(store.clone(), &credential, &config(century)).await.unwrap();
            let devices = [
                Vault::open_with(store.clone(), &credential, &config(century)).await.unwrap(),
                Vault::open_with(store.clone(), &credential, &config(0)).await.unwrap(),
            ];
            let mut last = devices[0].inner.session.origin().stamp;
            for turn in 0..6 {
                let device = &devices[turn % 2];
                device.refresh().await.unwrap();
                let stamp = device.inner.session.origin().stamp;
                assert!(stamp.count > last.count, "{turn}: {stamp:?} after {last:?}");
                device.mkdir(&turn.to_string()).await.unwrap();
                last = stamp;
            }
        });
    }
}
