//! Changes of rows that are in the index and not yet in a hash.

use std::collections::{BTreeMap, VecDeque};

use bytes::{Bytes, BytesMut};
use sealwood_lthash::Detail;

use crate::entry::{Body, Place};
use crate::namespace_id::NamespaceId;
use crate::source::Source;
use crate::value_ref::ValueRef;

/// Keys and values that wait are copied into pieces of so many bytes, so that a change of a short
/// row allocates nothing.
const COPIES_BYTES: usize = 32 << 10;

/// What happened to one row.
#[derive(Clone)]
pub(crate) struct Change {
    /// What is here of the value from before, of the value there is now, and the key.
    bytes: Bytes,
    /// What the index had for it.
    before: Held,
    /// What it has now.
    after: Held,
}

/// Where a value is, in few bytes.
#[derive(Clone)]
pub(crate) enum Held {
    /// There is none.
    Nothing,
    /// With the change, so many bytes.
    Here(usize),
    /// In the record at this place, so many bytes.
    Logged(Place, u32),
    /// In a file of its own.
    Separated(Box<ValueRef>),
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

impl Change {
    pub(super) fn key(&self) -> &[u8] {
        &self.bytes[self.before.here() + self.after.here()..]
    }

    /// The value that the index had.
    pub(super) fn before(&self) -> Option<Source> {
        self.before.source(|len| self.bytes.slice(..len))
    }

    /// The value that it has now.
    pub(super) fn after(&self) -> Option<Source> {
        let start = self.before.here();
        self.after.source(|len| self.bytes.slice(start..start + len))
    }
}

impl Held {
    fn here(&self) -> usize {
        match self {
            Self::Here(len) => *len,
            Self::Nothing | Self::Logged(..) | Self::Separated(_) => 0,
        }
    }

    /// What it takes in memory by itself, in bytes.
    fn apart(&self) -> usize {
        match self {
            Self::Separated(_) => size_of::<ValueRef>(),
            Self::Nothing | Self::Here(_) | Self::Logged(..) => 0,
        }
    }

    fn source(&self, here: impl FnOnce(usize) -> Bytes) -> Option<Source> {
        match self {
            Self::Nothing => None,
            Self::Here(len) => Some(Source::Here(here(*len))),
            Self::Logged(place, len) => Some(Source::Logged(*place, *len)),
            Self::Separated(value) => Some(Source::Separated(**value)),
        }
    }
}

impl<S> Uncounted<S> {
    /// What it keeps in memory, in bytes.
    fn bytes(&self) -> usize {
        let owned = match self {
            Uncounted::Row(Change { bytes, before, after }) => {
                bytes.len() + before.apart() + after.apart()
            }
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

    /// Takes what is to be kept of a value: first of the one from before, then of the one there is.
    pub(crate) fn hold(&mut self, body: &Body<'_>, place: Place) -> Held {
        match *body {
            Body::Inline(bytes) => {
                self.copy(bytes);
                Held::Here(bytes.len())
            }
            Body::Logged { len } => Held::Logged(place, len),
            Body::Separated(value) => Held::Separated(Box::new(value)),
        }
    }

    /// Adds a change of a row, of which both values are held.
    pub(crate) fn add_row(
        &mut self,
        namespace: NamespaceId,
        key: &[u8],
        [before, after]: [Held; 2],
    ) {
        self.copy(key);
        let bytes = self.copies.split().freeze();
        self.add(namespace, Uncounted::Row(Change { bytes, before, after }));
    }

    fn copy(&mut self, bytes: &[u8]) {
        if self.copies.capacity() - self.copies.len() < bytes.len() {
            self.copies.reserve(bytes.len().max(COPIES_BYTES));
        }
        self.copies.extend_from_slice(bytes);
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
    pub(crate) fn namespaces(&self) -> Vec<NamespaceId> {
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
