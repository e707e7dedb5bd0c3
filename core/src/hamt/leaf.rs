//! Leaves: the entries of a range of slots, in no order.

use super::hash::KeyHash;
use super::key::Key;
use super::value::Value;

/// The most a leaf of two entries or more weighs, in units of 16 bytes: 2 KiB.
///
/// Smaller leaves cost links, larger ones cost every put (`docs/decisions/0002-trie-shape.md`).
pub const LEAF_WEIGHT_MAX: u32 = 128;

/// Items a leaf finds by their tags; more are found one by one.
const TAGS: usize = 32;

/// How many items a leaf makes room for at once: doubling would leave half of it empty.
const GROWTH: usize = 4;

/// Entries whose hashes share a range of slots.
#[derive(Clone)]
pub(super) struct Leaf<V> {
    /// A byte of the hash of each of the first items, so that a look-up reads no other item but,
    /// most often, the one it is about.
    tags: [u8; TAGS],
    /// The sum of the items' units.
    weight: u32,
    items: Vec<Item<V>>,
}

/// One entry.
#[derive(Clone)]
pub(super) struct Item<V> {
    pub(super) prefix: u64,
    pub(super) key: Key,
    pub(super) value: V,
}

/// `items` in the order of their keys.
pub(super) fn in_order<V>(mut items: Vec<&Item<V>>) -> Vec<&Item<V>> {
    items.sort_unstable_by(|a, b| (*a.key).cmp(&b.key));
    items
}

impl<V: Value> Leaf<V> {
    /// A leaf of these items.
    pub(super) fn new(items: Vec<Item<V>>) -> Self {
        let weight = items.iter().map(Item::units).sum();
        let mut leaf = Self { tags: [0; TAGS], weight, items };
        leaf.tag();
        leaf
    }

    fn tag(&mut self) {
        self.tags.iter_mut().zip(&self.items).for_each(|(tag, item)| *tag = tag_of(item.prefix));
    }

    pub(super) fn items(&self) -> &[Item<V>] {
        &self.items
    }

    pub(super) fn weight(&self) -> u32 {
        self.weight
    }

    /// Whether the items are few enough for one leaf.
    pub(super) fn fits(&self) -> bool {
        self.weight <= LEAF_WEIGHT_MAX || self.items.len() <= 1
    }

    /// The index of `key`, the prefix of whose hash is `prefix`.
    pub(super) fn position(&self, prefix: u64, key: &[u8]) -> Option<usize> {
        let is_it = |item: &Item<V>| item.prefix == prefix && *item.key == *key;
        let mut tagged = self.tagged(tag_of(prefix));
        while tagged != 0 {
            let at = tagged.trailing_zeros() as usize;
            // Tags beyond the last item mean nothing.
            if is_it(self.items.get(at)?) {
                return Some(at);
            }
            tagged &= tagged - 1;
        }
        let untagged = self.items.get(TAGS..)?;
        untagged.iter().position(is_it).map(|at| at + TAGS)
    }

    /// A bit for each tag that is `tag`.
    fn tagged(&self, tag: u8) -> u32 {
        let mut bits = 0;
        for (at, other) in self.tags.iter().enumerate() {
            bits |= u32::from(*other == tag) << at;
        }
        bits
    }

    pub(super) fn push(&mut self, item: Item<V>) {
        self.weight += item.units();
        if let Some(tag) = self.tags.get_mut(self.items.len()) {
            *tag = tag_of(item.prefix);
        }
        if self.items.len() == self.items.capacity() {
            self.items.reserve_exact(GROWTH);
        }
        self.items.push(item);
    }

    /// Gives the item at `at` another value and returns the old one.
    pub(super) fn replace(&mut self, at: usize, value: V) -> V {
        let item = &mut self.items[at];
        self.weight -= item.units();
        let old = std::mem::replace(&mut item.value, value);
        self.weight += item.units();
        old
    }

    /// Removes the item at `at`.
    pub(super) fn remove(&mut self, at: usize) -> V {
        let item = self.items.swap_remove(at);
        self.weight -= item.units();
        if let (Some(tag), Some(moved)) = (self.tags.get_mut(at), self.items.get(at)) {
            *tag = tag_of(moved.prefix);
        }
        item.value
    }

    /// A value, to change in a way that keeps its weight.
    pub(super) fn value_mut(&mut self, at: usize) -> &mut V {
        &mut self.items[at].value
    }

    /// Every value, to change in a way that keeps its weight.
    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.items.iter_mut().map(|item| &mut item.value)
    }

    /// Moves the items out of a leaf that is given up.
    pub(super) fn take(&mut self) -> Self {
        Self { tags: self.tags, weight: self.weight, items: std::mem::take(&mut self.items) }
    }

    /// Splits off the items that `goes` picks.
    pub(super) fn split_off(&mut self, goes: impl Fn(&Item<V>) -> bool) -> Self {
        let mut split = Self { tags: [0; TAGS], weight: 0, items: Vec::new() };
        split.items.reserve_exact(self.items.iter().filter(|item| goes(item)).count() + GROWTH);
        let mut at = 0;
        while let Some(item) = self.items.get(at) {
            if goes(item) {
                split.push(self.items.swap_remove(at));
            } else {
                at += 1;
            }
        }
        self.weight -= split.weight;
        self.tag();
        split
    }

    /// The bytes of memory the items take.
    pub(super) fn memory(&self) -> usize {
        let of = |item: &Item<V>| size_of::<Item<V>>() + item.key.memory() + item.value.memory();
        self.items.iter().map(of).sum()
    }
}

impl<V: Value> Item<V> {
    pub(super) fn new(hash: &KeyHash, key: &[u8], value: V) -> Self {
        Self { prefix: hash.prefix(), key: key.into(), value }
    }

    /// The weight of the entry in units of 16 bytes, 1 to one more than a leaf holds.
    pub(super) fn units(&self) -> u32 {
        units(self.key.len() + self.value.weight())
    }
}

/// The units of an entry whose name and value weigh so many bytes.
pub(super) fn units(bytes: usize) -> u32 {
    let units = bytes.saturating_add(2).div_ceil(16);
    units.clamp(1, LEAF_WEIGHT_MAX as usize + 1) as u32
}

/// The byte of the hash that the fewest levels have looked at.
fn tag_of(prefix: u64) -> u8 {
    prefix as u8
}
