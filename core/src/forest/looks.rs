//! Looks at the root the store holds, and what a session learns from them.

use std::sync::Arc;

use super::doubts::{Commit, Tidings};
use super::root::{ROOT_BYTES_MAX, ROOT_KEY, Root};
use super::rounds::Work;
use super::sent::{FetchedRoot, fetch_root};
use super::session::Forest;
use super::time::Time;
use crate::blob::{BlobStore, Object};
use crate::error::{Error, Result};
use crate::platform::Environment;
use crate::seal::{Keys, RootHeader};
use crate::task::Watch;

/// How far the time of a root may be ahead of the clock of the device that reads it before that is
/// reported, in milliseconds: clocks that are kept by a network differ by less. Nothing else depends
/// on it: no entry takes its time from a root.
pub const CLOCK_LEAD_MS_MAX: u64 = 5 * 60 * 1000;

impl Forest {
    /// Looks for other writers' commits. Waits for a commit of our own that is under way: its root
    /// must not be taken for somebody else's, nor the one before it for an old one.
    pub(crate) async fn refresh(self: &Arc<Self>) -> Result<()> {
        self.round(Work::Look, &Watch::default(), || false).await
    }

    /// Asks the store for the root if it may hold another than this session knows.
    pub(super) async fn clear_up(self: &Arc<Self>) -> Result<()> {
        self.round(Work::Look, &Watch::default(), || !self.state().suspect).await
    }

    /// Reads the root again and accepts it if it follows the last one. Part of a round.
    pub(super) async fn reload(&self) -> Result<()> {
        let found = self.fetch_root().await?;
        self.learn(found)?;
        Ok(())
    }

    /// Reads and opens the root the store holds.
    pub(super) async fn fetch_root(&self) -> Result<FetchedRoot> {
        let sent = self.state().doubts.sent();
        let found = fetch_root(&*self.store, &self.keys, &sent, &self.counters).await?;
        if !sent.is_empty() {
            // The root found may be ours, and it counts once it is durable.
            self.make_durable().await?;
        }
        Ok(found)
    }

    /// Makes a fetched root the session's, if it follows the last one, and returns what it says of
    /// the commits in doubt.
    pub(super) fn learn(&self, found: FetchedRoot) -> Result<Tidings> {
        let FetchedRoot { root, hash, etag } = &found;
        let mut state = self.state();
        state.root.check_successor(&state.hash, root, hash)?;
        let tidings = state.doubts.ask(&found);
        state.suspect = false;
        state.etag = etag.clone();
        if *hash == state.hash {
            state.doubts.forget_refused();
            return Ok(tidings);
        }
        let is_ours = |commit: &Commit| commit.root_hash == *hash;
        if !matches!(&tidings, Tidings::Settled(Some(commit)) if is_ours(commit)) {
            self.claims.note_foreign_root();
        }
        if let Tidings::Settled(Some(commit)) = &tidings {
            self.counters.commit(commit.spilled);
        }
        state.end_doubts(&tidings);
        // Nodes are immutable: those in memory serve the new root as well.
        for tree in [&state.live, &state.durable] {
            tree.for_each_resident(&mut |link, node| self.nodes.keep(link, node));
        }
        state.count = state.count.max(root.count);
        state.future_commit = future_commit(root, &self.environment);
        state.durable = root.base();
        state.tail_applied = false;
        state.spill_first = None;
        state.root = found.root;
        state.hash = found.hash;
        state.forget_live();
        Ok(tidings)
    }
}

/// The time of a root that was just read, if it is later than clocks differ by.
pub(super) fn future_commit(root: &Root, environment: &Environment) -> Option<Time> {
    let now = Time::now(&*environment.clock);
    (root.time.ms_after(now) > CLOCK_LEAD_MS_MAX).then_some(root.time)
}

/// What needs no key of a root object.
pub(crate) fn root_header(object: &Object) -> Result<RootHeader> {
    RootHeader::decode(&object.bytes).map_err(|error| error.in_object(ROOT_KEY))
}

/// Reads the root object of a store.
pub(crate) async fn get_root(store: &dyn BlobStore) -> Result<Object> {
    match store.get_at_most(ROOT_KEY, ROOT_BYTES_MAX).await {
        Err(Error::ObjectMissing) => Err(Error::VaultNotFound),
        object => object.map_err(|error| error.in_object(ROOT_KEY)),
    }
}

/// Opens the body of a root and returns its content and the hash of the object.
pub(super) fn open_root(
    keys: &Keys,
    header: &RootHeader,
    bytes: &[u8],
) -> Result<(Root, [u8; 32])> {
    let body = header.open_body(keys, bytes).map_err(|error| error.in_object(ROOT_KEY))?;
    Ok((Root::decode(&body)?, *blake3::hash(bytes).as_bytes()))
}
