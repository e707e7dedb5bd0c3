//! Spans of packs as they came from the store, under a byte budget.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use bytes::Bytes;

use crate::seal::PackId;

/// What a span takes beside its bytes.
const ENTRY_BYTES: usize = 160;

/// Spans, of which the least recently used leave first. No span of a pack lies within another.
pub(super) struct SpanCache {
    budget: usize,
    bytes: usize,
    clock: u64,
    packs: HashMap<PackId, BTreeMap<u64, Kept>>,
    by_use: BTreeMap<u64, (PackId, u64)>,
}

struct Kept {
    bytes: Bytes,
    used: u64,
}

impl SpanCache {
    pub(super) fn new(budget: usize) -> Self {
        let (packs, by_use) = (HashMap::new(), BTreeMap::new());
        Self { budget, bytes: 0, clock: 0, packs, by_use }
    }

    /// The bytes kept, never more than the budget.
    #[cfg(test)]
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// A span that holds all of `range`, and where it starts.
    pub(super) fn get(&mut self, pack: PackId, range: &Range<u64>) -> Option<(u64, Bytes)> {
        // Of those that start early enough the last one reaches farthest, as none is in another.
        let (start, kept) = self.packs.get_mut(&pack)?.range_mut(..=range.start).next_back()?;
        if start + (kept.bytes.len() as u64) < range.end {
            return None;
        }
        self.clock += 1;
        self.by_use.remove(&kept.used);
        kept.used = self.clock;
        self.by_use.insert(self.clock, (pack, *start));
        Some((*start, kept.bytes.clone()))
    }

    /// The ranges of a pack that are kept.
    pub(super) fn ranges(&self, pack: PackId) -> impl Iterator<Item = Range<u64>> {
        let spans = self.packs.get(&pack).into_iter().flatten();
        spans.map(|(start, kept)| *start..start + kept.bytes.len() as u64)
    }

    /// Keeps the bytes of a pack from `start` on.
    pub(super) fn insert(&mut self, pack: PackId, start: u64, bytes: Bytes) {
        let range = start..start + bytes.len() as u64;
        if bytes.len() + ENTRY_BYTES > self.budget || self.get(pack, &range).is_some() {
            return;
        }
        let within: Vec<u64> = self
            .ranges(pack)
            .filter(|there| range.start <= there.start && there.end <= range.end)
            .map(|there| there.start)
            .collect();
        within.into_iter().for_each(|start| self.remove(pack, start));
        self.clock += 1;
        self.bytes += bytes.len() + ENTRY_BYTES;
        self.by_use.insert(self.clock, (pack, start));
        self.packs.entry(pack).or_default().insert(start, Kept { bytes, used: self.clock });
        while self.bytes > self.budget
            && let Some((_, (pack, start))) = self.by_use.first_key_value()
        {
            self.remove(*pack, *start);
        }
    }

    /// Drops every span that holds a byte of `range`.
    pub(super) fn forget(&mut self, pack: PackId, range: &Range<u64>) {
        let touching: Vec<u64> = self
            .ranges(pack)
            .filter(|there| there.start < range.end && range.start < there.end)
            .map(|there| there.start)
            .collect();
        touching.into_iter().for_each(|start| self.remove(pack, start));
    }

    fn remove(&mut self, pack: PackId, start: u64) {
        let Some(spans) = self.packs.get_mut(&pack) else { return };
        if let Some(kept) = spans.remove(&start) {
            self.by_use.remove(&kept.used);
            self.bytes -= kept.bytes.len() + ENTRY_BYTES;
        }
        if spans.is_empty() {
            self.packs.remove(&pack);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const PACK: PackId = PackId([1; 16]);

    fn holds(cache: &mut SpanCache, range: Range<u64>) -> bool {
        let found = cache.get(PACK, &range);
        if let Some((start, bytes)) = &found {
            assert!(*start <= range.start && start + bytes.len() as u64 >= range.end);
        }
        found.is_some()
    }

    #[test]
    fn the_budget_holds_exactly_and_the_longest_unused_leaves() {
        let mut cache = SpanCache::new(3 * (100 + ENTRY_BYTES));
        for start in [0, 1_000, 2_000] {
            cache.insert(PACK, start, vec![0; 100].into());
        }
        assert_eq!(cache.bytes(), 3 * (100 + ENTRY_BYTES));
        assert!(holds(&mut cache, 10..20));
        cache.insert(PACK, 3_000, vec![0; 100].into());
        assert_eq!(cache.bytes(), 3 * (100 + ENTRY_BYTES));
        assert!(!holds(&mut cache, 1_000..1_100) && holds(&mut cache, 0..100));
        cache.insert(PACK, 9_000, vec![0; 1_000].into());
        assert!(!holds(&mut cache, 9_000..9_001), "larger than the budget");
    }

    #[test]
    fn a_span_takes_the_place_of_those_within_it() {
        let mut cache = SpanCache::new(10_000);
        cache.insert(PACK, 100, vec![0; 50].into());
        cache.insert(PACK, 120, vec![0; 100].into());
        assert!(holds(&mut cache, 100..150) && holds(&mut cache, 140..220));
        assert!(!holds(&mut cache, 110..160), "two halves are not one span");
        cache.insert(PACK, 0, vec![0; 200].into());
        assert!(holds(&mut cache, 110..160) && holds(&mut cache, 140..220));
        assert_eq!(cache.bytes(), 300 + 2 * ENTRY_BYTES);
        cache.insert(PACK, 10, vec![0; 20].into());
        assert_eq!(cache.bytes(), 300 + 2 * ENTRY_BYTES, "it was there");
    }

    #[test]
    fn what_is_forgotten_is_gone_with_all_it_touches() {
        let mut cache = SpanCache::new(10_000);
        cache.insert(PACK, 0, vec![0; 100].into());
        cache.insert(PACK, 100, vec![0; 100].into());
        cache.forget(PACK, &(50..60));
        assert!(!holds(&mut cache, 0..10) && holds(&mut cache, 100..200));
        cache.forget(PACK, &(100..101));
        assert_eq!((cache.bytes(), cache.packs.len(), cache.by_use.len()), (0, 0, 0));
    }
}
