//! Changes of rows that are in the index and not yet in a hash.

use std::collections::{BTreeMap, VecDeque};

use sealwood_lthash::Detail;

use super::rows::{Change, Rows};
use crate::namespace_id::NamespaceId;

/// How many pieces are kept for later.
const PIECES_MAX: usize = 64;

/// What happened to one namespace or its rows. `S` is a snapshot of the index.
#[derive(Clone)]
pub(crate) enum Uncounted<S> {
    /// Some rows changed, one after the other.
    Rows(Rows),
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
    /// Memory of changes that are counted.
    pieces: Vec<Vec<u8>>,
}

impl<S> Uncounted<S> {
    /// What it keeps in memory, in bytes.
    fn bytes(&self) -> usize {
        let owned = match self {
            Uncounted::Rows(rows) => rows.bytes(),
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
        Self { waiting: BTreeMap::new(), bytes: 0, pieces: Vec::new() }
    }

    /// Adds what has just happened in a namespace.
    pub(crate) fn add(&mut self, namespace: NamespaceId, next: Uncounted<S>) {
        self.bytes += next.bytes();
        self.waiting.entry(namespace).or_default().push_back(next);
    }

    /// Says that a change of a row may be added soon, of so many bytes.
    pub(crate) fn expect_row(&mut self, namespace: NamespaceId, bytes: usize) {
        let last = self.waiting.get_mut(&namespace).and_then(VecDeque::back_mut);
        if let Some(Uncounted::Rows(rows)) = last {
            rows.expect(bytes);
        }
    }

    /// Adds a change of a row. One whose value is the same as before is none.
    pub(crate) fn add_row(&mut self, namespace: NamespaceId, change: &Change<'_>) {
        if change.before == change.after {
            return;
        }
        let last = self.waiting.get_mut(&namespace).and_then(VecDeque::back_mut);
        if let Some(Uncounted::Rows(rows)) = last
            && rows.push(change).is_some()
        {
            return;
        }
        let rows = Rows::of(change, self.pieces.pop());
        self.add(namespace, Uncounted::Rows(rows));
    }

    /// What all of it keeps in memory, in bytes.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes all of it, and leaves the memory that is not used.
    pub(crate) fn take(&mut self) -> Self {
        let pieces = std::mem::take(&mut self.pieces);
        std::mem::replace(self, Self { pieces, ..Self::new() })
    }

    /// Takes back what was taken and not counted: it happened before all that came since. The
    /// memory of the rest is used again.
    pub(crate) fn give_back(&mut self, mut earlier: Self) {
        let free = PIECES_MAX.saturating_sub(self.pieces.len());
        self.pieces.extend(earlier.pieces.drain(..).take(free));
        for (namespace, mut uncounted) in earlier.waiting {
            let later = self.waiting.entry(namespace).or_default();
            uncounted.append(later);
            *later = uncounted;
        }
        self.bytes += earlier.bytes;
    }

    /// Whether giving it back makes no difference.
    pub(crate) fn is_spent(&self) -> bool {
        self.is_empty() && self.pieces.is_empty()
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
    pub(super) fn rows(
        &self,
        namespace: NamespaceId,
        max: usize,
    ) -> impl Iterator<Item = Change<'_>> {
        let waiting = self.waiting.get(&namespace).into_iter().flatten();
        let rows = waiting.map_while(|next| match next {
            Uncounted::Rows(rows) => Some(rows.iter()),
            Uncounted::Renamed { .. } | Uncounted::Tracked { .. } | Uncounted::Untracked => None,
        });
        rows.flatten().take(max)
    }

    /// What comes next in a namespace.
    pub(super) fn first(&self, namespace: NamespaceId) -> Option<&Uncounted<S>> {
        self.waiting.get(&namespace)?.front()
    }

    /// The changes of rows that come next in a namespace are counted, `count` of them.
    pub(super) fn counted_rows(&mut self, namespace: NamespaceId, mut count: usize) {
        while let Some(Uncounted::Rows(rows)) =
            self.waiting.get_mut(&namespace).and_then(VecDeque::front_mut)
            && count > 0
        {
            let here = rows.len().min(count);
            rows.counted(here);
            count -= here;
            if rows.len() > 0 {
                return;
            }
            self.counted(namespace);
        }
    }

    /// What comes next in a namespace is counted.
    pub(super) fn counted(&mut self, namespace: NamespaceId) {
        let Some(waiting) = self.waiting.get_mut(&namespace) else { return };
        let next = waiting.pop_front();
        if waiting.is_empty() {
            self.waiting.remove(&namespace);
        }
        self.bytes -= next.as_ref().map_or(0, Uncounted::bytes);
        if let Some(Uncounted::Rows(rows)) = next
            && self.pieces.len() < PIECES_MAX
        {
            self.pieces.extend(rows.into_piece());
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

#[cfg(test)]
mod tests {
    use super::super::rows::Held;
    use super::*;

    #[test]
    fn a_value_that_is_put_again_waits_for_nothing() {
        let mut waiting: Waiting<()> = Waiting::new();
        let namespace = NamespaceId::new(1);
        let mut put = |before, after| {
            waiting.add_row(namespace, &Change { key: b"key", before, after });
            waiting.rows(namespace, usize::MAX).count()
        };
        assert_eq!(put(Some(Held::Here(b"one")), Some(Held::Here(b"one"))), 0);
        assert_eq!(put(Some(Held::Here(b"one")), Some(Held::Here(b"two"))), 1);
        assert_eq!(put(None, Some(Held::Here(b""))), 2);
        assert_eq!(put(None, None), 2);
    }

    #[test]
    fn memory_of_what_is_counted_is_used_again() {
        let mut waiting: Waiting<()> = Waiting::new();
        let namespace = NamespaceId::new(1);
        let value = [7; 1000];
        let mut pieces = Vec::new();
        for _ in 0..3 {
            for _ in 0..100 {
                let after = Some(Held::Here(&value));
                waiting.add_row(namespace, &Change { key: b"key", before: None, after });
            }
            let mut taken = waiting.take();
            taken.counted_rows(namespace, 100);
            assert!(!taken.is_spent());
            waiting.give_back(taken);
            assert_eq!((waiting.bytes(), waiting.is_empty()), (0, true));
            pieces.push(waiting.pieces.iter().map(|piece| piece.as_ptr()).collect::<Vec<_>>());
            pieces.iter_mut().for_each(|pieces| pieces.sort());
        }
        assert!(pieces[0].len() > 1);
        assert!(pieces.iter().all(|later| *later == pieces[0]));
    }
}
