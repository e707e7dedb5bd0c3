//! Changes of rows that are in the index and not yet in a hash.

use std::collections::{BTreeMap, VecDeque};

use sealwood_lthash::Detail;

use crate::namespace_id::NamespaceId;
use crate::source::Source;

/// What happened to one row.
#[derive(Clone)]
pub(crate) struct Change {
    pub(crate) key: Vec<u8>,
    /// What the index had for it.
    pub(crate) before: Option<Source>,
    /// What it has now.
    pub(crate) after: Option<Source>,
}

/// What happened to one namespace or its rows. `S` is a snapshot of the index.
#[derive(Clone)]
pub(crate) enum Note<S> {
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
    notes: BTreeMap<NamespaceId, VecDeque<Note<S>>>,
    bytes: usize,
}

impl<S> Note<S> {
    /// What it keeps in memory, in bytes.
    fn bytes(&self) -> usize {
        let held = |source: &Option<Source>| match source {
            Some(Source::Here(bytes)) => bytes.len(),
            Some(Source::Logged(..) | Source::Separated(_)) | None => 0,
        };
        let owned = match self {
            Note::Row(Change { key, before, after }) => key.len() + held(before) + held(after),
            Note::Renamed { from, to, counted, .. } => {
                from.len() + to.len() + counted.as_ref().map_or(0, Vec::len)
            }
            Note::Tracked { name, .. } => name.len(),
            Note::Untracked => 0,
        };
        size_of::<Self>() + owned
    }
}

impl<S> Waiting<S> {
    /// Nothing.
    pub(crate) fn new() -> Self {
        Self { notes: BTreeMap::new(), bytes: 0 }
    }

    /// Takes note of what has just happened in a namespace.
    pub(crate) fn add(&mut self, namespace: NamespaceId, note: Note<S>) {
        self.bytes += note.bytes();
        self.notes.entry(namespace).or_default().push_back(note);
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
        for (namespace, mut later) in std::mem::take(&mut self.notes) {
            earlier.notes.entry(namespace).or_default().append(&mut later);
        }
        earlier.bytes += self.bytes;
        *self = earlier;
    }

    /// Whether that is nothing.
    pub(crate) fn is_empty(&self) -> bool {
        self.notes.is_empty()
    }

    /// Forgets what happened in a namespace.
    pub(crate) fn forget(&mut self, namespace: NamespaceId) {
        let gone = self.notes.remove(&namespace).unwrap_or_default();
        self.bytes -= gone.iter().map(Note::bytes).sum::<usize>();
    }

    /// The namespaces in which something happened.
    pub(super) fn namespaces(&self) -> Vec<NamespaceId> {
        self.notes.keys().copied().collect()
    }

    /// The changes of single rows that come next in a namespace, `max` at most.
    pub(super) fn rows(&self, namespace: NamespaceId, max: usize) -> Vec<&Change> {
        let notes = self.notes.get(&namespace).into_iter().flatten();
        let rows = notes.map_while(|note| match note {
            Note::Row(change) => Some(change),
            Note::Renamed { .. } | Note::Tracked { .. } | Note::Untracked => None,
        });
        rows.take(max).collect()
    }

    /// What comes next in a namespace.
    pub(super) fn first(&self, namespace: NamespaceId) -> Option<&Note<S>> {
        self.notes.get(&namespace)?.front()
    }

    /// The first `count` of a namespace are counted.
    pub(super) fn counted(&mut self, namespace: NamespaceId, count: usize) {
        let Some(notes) = self.notes.get_mut(&namespace) else { return };
        self.bytes -= notes.drain(..count).map(|note| note.bytes()).sum::<usize>();
        if notes.is_empty() {
            self.notes.remove(&namespace);
        }
    }

    /// The rename that comes next in a namespace is counted up to this key from before it.
    pub(super) fn counted_up_to(&mut self, namespace: NamespaceId, key: Vec<u8>) {
        let next = self.notes.get_mut(&namespace).and_then(VecDeque::front_mut);
        if let Some(Note::Renamed { counted, .. }) = next {
            self.bytes -= counted.as_ref().map_or(0, Vec::len);
            self.bytes += key.len();
            *counted = Some(key);
        }
    }
}
