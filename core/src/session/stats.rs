//! What a session has written.

use std::sync::atomic::{AtomicU64, Ordering};

use super::spill::Form;
use crate::seal::Pack;

/// Requests and bytes this session has written, by what they carried. Extents are not included.
///
/// A pack that carries content counts as a content request; of its bytes, sealed nodes count as
/// index bytes. Every root put is an index request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WriteStats {
    /// Root puts, and packs that hold nodes only.
    pub index_requests: u64,
    /// Bytes of roots and of sealed nodes.
    pub index_bytes: u64,
    /// Packs that hold content.
    pub content_requests: u64,
    /// Bytes of sealed content in packs.
    pub content_bytes: u64,
    /// Commits that took effect.
    pub commits: u64,
    /// Commits that wrote dirty nodes.
    pub spills: u64,
    /// Commits that lost a race and were repeated.
    pub conflicts: u64,
    /// Roots read back before their commit counted, on a store that does not
    /// [confirm puts](crate::blob::BlobStore::confirms_puts).
    pub read_backs: u64,
}

#[derive(Debug, Default)]
pub(super) struct Counters {
    index_requests: AtomicU64,
    index_bytes: AtomicU64,
    content_requests: AtomicU64,
    content_bytes: AtomicU64,
    commits: AtomicU64,
    spills: AtomicU64,
    conflicts: AtomicU64,
    read_backs: AtomicU64,
}

impl Counters {
    pub(super) fn pack(&self, pack: &Pack) {
        let requests =
            if pack.content_bytes() > 0 { &self.content_requests } else { &self.index_requests };
        add(requests, 1);
        add(&self.index_bytes, pack.node_bytes);
        add(&self.content_bytes, pack.content_bytes());
    }

    pub(super) fn root(&self, bytes: usize) {
        add(&self.index_requests, 1);
        add(&self.index_bytes, bytes as u64);
    }

    pub(super) fn commit(&self, form: Form) {
        add(&self.commits, 1);
        add(&self.spills, u64::from(form == Form::Spilled));
    }

    pub(super) fn conflict(&self) {
        add(&self.conflicts, 1);
    }

    pub(super) fn read_back(&self) {
        add(&self.read_backs, 1);
    }

    pub(super) fn read(&self) -> WriteStats {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        WriteStats {
            index_requests: get(&self.index_requests),
            index_bytes: get(&self.index_bytes),
            content_requests: get(&self.content_requests),
            content_bytes: get(&self.content_bytes),
            commits: get(&self.commits),
            spills: get(&self.spills),
            conflicts: get(&self.conflicts),
            read_backs: get(&self.read_backs),
        }
    }
}

fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}
