//! Changes of rows that are in the index and not yet in a hash.

use std::collections::{BTreeMap, VecDeque};

use bytes::{Bytes, BytesMut};
use sealwood_lthash::Detail;

use crate::namespace_id::NamespaceId;
use crate::source::Source;

/// Keys and values that wait are copied into pieces of so many bytes, so that a change of a short
/// row allocates nothing.
const COPIES_BYTES: usize = 32 << 10;

/// What happened to one row.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) key: Bytes,
    /// What the index had for it.
    pub(crate) before: Option<Source>,
    /// What it has now.
    pub(crate) after: Option<Source>,
}

/// What happened to one namespace or its rows. `S` is a snapshot of the index.
#[derive(Clone)]
pub(crate) enum Uncounted<S> {
    /// One row changed.
    Row(Change),
    /// All keys that began with `from` begin with `to`.
    Renamed {
        from: Vec<u8>,
        to: Vec<u8>,
        /// The index from before.
        index: S,
        /// The last key from before that is counted by now.
        counted: Option<Vec<u8>>,
    },
    /// It is tracked from here on, when it has so many keys.
    Tracked { name: String, detail: Detail, keys: u64 },
    /// It is tracked no more.
    Untracked,
}

/// All that waits, for each namespace in the order in which it happened. Between namespaces order
/// does not matter.
pub(crate) struct Waiting<S> {
    waiting: BTreeMap<NamespaceId, VecDeque<Uncounted<S>>>,
    bytes: usize,
    /// Where the next copy goes.
    copies: BytesMut,
}

impl<S> Uncounted<S> {
    /// What it keeps in memory, in bytes.
    fn bytes(&self) -> usize {
        let held = |source: &Option<Source>| match source {
            Some(Source::Here(bytes)) => bytes.len(),
            Some(Source::Logged(..) | Source::Separated(_)) | None => 0,
        };
        let owned = match self {
            Uncounted::Row(Change { key, before, after }) => key.len() + held(before) + held(after),
            Uncounted::Renamed { from, to, counted, .. } => {
                from.len() + to.len() + counted.as_ref().map_or(0, Vec::len)
            }
            Uncounted::Tracked { name, .. } => name.len(),
            Uncounted::Untracked => 0,
        };
        size_of::<Self>() + owned
    }
}

impl<S> Waiting<S> {
    /// Nothing.
    pub(crate) fn new() -> Self {
        Self { waiting: BTreeMap::new(), bytes: 0, copies: BytesMut::new() }
    }

    /// Adds what has just happened in a namespace.
    pub(crate) fn add(&mut self, namespace: NamespaceId, next: Uncounted<S>) {
        self.bytes += next.bytes();
        self.waiting.entry(namespace).or_default().push_back(next);
    }

    /// A copy of a part of a change that is to be added.
    pub(crate) fn copy(&mut self, bytes: &[u8]) -> Bytes {
        if self.copies.capacity() < bytes.len() {
            self.copies = BytesMut::with_capacity(bytes.len().max(COPIES_BYTES));
        }
        self.copies.extend_from_slice(bytes);
        self.copies.split().freeze()
    }

    /// What all of it keeps in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes all of it.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::replace(self, Self::new())
    }

    /// Takes back what was taken and not counted: it happened before all that came since.
    pub(crate) fn give_back(&mut self, mut earlier: Self) {
        for (namespace, mut later) in std::mem::take(&mut self.waiting) {
            earlier.waiting.entry(namespace).or_default().append(&mut later);
        }
        earlier.bytes += self.bytes;
        *self = earlier;
    }

    /// Whether that is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Forgets what happened in a namespace.
    pub(crate) fn forget(&mut self, namespace: NamespaceId) {
        let gone = self.waiting.remove(&namespace).unwrap_or_default();
        self.bytes -= gone.iter().map(Uncounted::bytes).sum::<usize>();
    }

    /// The namespaces in which something happened.
    pub(super) fn namespaces(&self) -> Vec<NamespaceId> {
        self.waiting.keys().copied().collect()
    }

    /// The changes of single rows that come next in a namespace, `max` at most.
    pub(super) fn rows(&self, namespace: NamespaceId, max: usize) -> Vec<&Change> {
        let waiting = self.waiting.get(&namespace).into_iter().flatten();
        let rows = waiting.map_while(|next| match next {
            Uncounted::Row(change) => Some(change),
            Uncounted::Renamed { .. } | Uncounted::Tracked { .. } | Uncounted::Untracked => None,
        });
        rows.take(max).collect()
    }

    /// What comes next in a namespace.
    pub(super) fn first(&self, namespace: NamespaceId) -> Option<&Uncounted<S>> {
        self.waiting.get(&namespace)?.front()
    }

    /// The first `count` of a namespace are counted.
    pub(super) fn counted(&mut self, namespace: NamespaceId, count: usize) {
        let Some(waiting) = self.waiting.get_mut(&namespace) else { return };
        self.bytes -= waiting.drain(..count).map(|next| next.bytes()).sum::<usize>();
        if waiting.is_empty() {
            self.waiting.remove(&namespace);
        }
    }

    /// The rename that comes next in a namespace is counted up to this key from before it.
    pub(super) fn counted_up_to(&mut self, namespace: NamespaceId, key: Vec<u8>) {
        let next = self.waiting.get_mut(&namespace).and_then(VecDeque::front_mut);
        if let Some(Uncounted::Renamed { counted, .. }) = next {
            self.bytes -= counted.as_ref().map_or(0, Vec::len);
            self.bytes += key.len();
            *counted = Some(key);
        }
    }
}
