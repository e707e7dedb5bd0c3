//! Buckets: the leaves of the index, each a sorted run of entries.
//!
//! The keys of a bucket share a prefix, which is kept once. `slots` are sorted by key and point
//! into the [`Heap`], where each entry is `varint suffix length | suffix | packed entry`. A slot
//! begins with the first four bytes of the suffix, so that a search reads the heap only at ties.
//! Overwrites that fit go in place; others are put anew, and what they leave is garbage until more
//! than a quarter of the heap is.

use std::cmp::Ordering;
use std::ops::{Range, RangeInclusive};

use super::heap::{At, Heap};
use super::packed;
use super::summary::Summary;
use crate::codec::{put_varint, varint_len};
use crate::entry::{Body, Entry};

/// Buckets above this many bytes are split, unless they have one entry.
pub(super) const BUCKET_BYTES_MAX: usize = 16 * 1024;

/// The slots grow by so many at least.
const SLOTS_MIN: usize = 4;

/// The bytes of one slot.
const SLOT_BYTES: usize = size_of::<Slot>();

/// A sorted run of entries with a common prefix.
#[derive(Debug, Clone, Default)]
pub(super) struct Bucket {
    prefix: Box<[u8]>,
    slots: Vec<Slot>,
    heap: Heap,
    garbage: usize,
}

/// Where an entry is in the heap.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// The first four bytes of the suffix, big endian, zeros after its end.
    head: u32,
    at: At,
}

/// Where an inline value is in what the heap has of its entry.
#[derive(Debug, Clone, Copy)]
pub(super) struct Span {
    start: usize,
    len: usize,
}

impl Bucket {
    /// A bucket without entries whose keys will begin with `prefix`.
    pub(super) fn new(prefix: &[u8]) -> Self {
        Self { prefix: prefix.into(), ..Self::default() }
    }

    /// A bucket with one entry.
    pub(super) fn single(key: &[u8], entry: &Entry<'_>) -> Self {
        let mut bucket = Self::new(key);
        bucket.put(&[], entry);
        bucket
    }

    pub(super) fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Gives all keys another prefix.
    pub(super) fn set_prefix(&mut self, prefix: Box<[u8]>) {
        self.prefix = prefix;
    }

    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// The bytes the entries take, without garbage and slack.
    pub(super) fn bytes(&self) -> usize {
        self.heap.len() - self.garbage + self.slots.len() * SLOT_BYTES + self.prefix.len()
    }

    /// The bytes if only the first `kept` bytes of the prefix were shared.
    pub(super) fn bytes_with_prefix(&self, kept: usize) -> usize {
        let longer = self.prefix.len() - kept;
        // The length before a suffix may take two bytes more.
        self.bytes() + self.len() * (longer + if longer == 0 { 0 } else { 2 })
    }

    /// The bytes of memory, slack included.
    pub(super) fn capacity(&self) -> usize {
        self.heap.capacity() + self.slots.capacity() * SLOT_BYTES + self.prefix.len()
    }

    /// The key of an entry after the prefix; empty beyond the end.
    pub(super) fn suffix(&self, position: usize) -> &[u8] {
        self.slots.get(position).map_or(&[], |slot| self.split(slot).0)
    }

    /// The first and the last byte that keys begin with; none if one is empty.
    pub(super) fn first_bytes(&self) -> Option<RangeInclusive<u8>> {
        let byte = |position| self.prefix.first().or(self.suffix(position).first()).copied();
        Some(byte(0)?..=byte(self.len().checked_sub(1)?)?)
    }

    /// The entry at a position below [`Bucket::len`].
    pub(super) fn entry(&self, position: usize) -> Option<Entry<'_>> {
        self.slots.get(position).map(|slot| packed::unpack(self.split(slot).1))
    }

    /// The entry at a position below [`Bucket::len`], and where its inline value is.
    pub(super) fn entry_with_span(&self, position: usize) -> Option<(Entry<'_>, Option<Span>)> {
        let slot = self.slots.get(position)?;
        let (entry, rest) = packed::unpack_to_body(self.split(slot).1);
        let span = match entry.body {
            Body::Inline(value) => {
                let start = self.heap.bytes_from(slot.at).len() - rest.len();
                Some(Span { start, len: value.len() })
            }
            Body::Logged { .. } | Body::Separated(_) => None,
        };
        Some((entry, span))
    }

    /// The inline value of the entry at a position, which is known to be there.
    pub(super) fn inline(&self, position: usize, span: Span) -> Option<&[u8]> {
        let bytes = self.heap.bytes_from(self.slots.get(position)?.at);
        bytes.get(span.start..)?.get(..span.len)
    }

    /// The entry of a key, given without the prefix.
    pub(super) fn get(&self, suffix: &[u8]) -> Option<Entry<'_>> {
        let position = self.search(suffix).ok()?;
        self.entry(position)
    }

    /// Where the suffix is, or where it would be.
    pub(super) fn search(&self, suffix: &[u8]) -> Result<usize, usize> {
        let head = head(suffix);
        self.slots.binary_search_by(|slot| match slot.head.cmp(&head) {
            Ordering::Equal => self.split(slot).0.cmp(suffix),
            other => other,
        })
    }

    /// The position of the first suffix that is not below `suffix`.
    pub(super) fn lower_bound(&self, suffix: &[u8]) -> usize {
        self.search(suffix).unwrap_or_else(|position| position)
    }

    /// The entries whose suffixes begin with `start`.
    pub(super) fn below(&self, start: &[u8]) -> Range<usize> {
        let first = self.lower_bound(start);
        let after = first
            + self
                .slots
                .get(first..)
                .unwrap_or_default()
                .partition_point(|slot| self.split(slot).0.starts_with(start));
        first..after
    }

    /// The length of the longest suffix that `rest` begins with.
    pub(super) fn longest_prefix(&self, rest: &[u8]) -> Option<usize> {
        let mut shared = rest.len();
        loop {
            let before = match self.search(rest.get(..shared)?) {
                Ok(_) => return Some(shared),
                Err(position) => position.checked_sub(1)?,
            };
            // Whatever `rest` begins with is at or below the suffix before, and shares with `rest`
            // no more than that one does.
            let suffix = self.suffix(before);
            let common = common(suffix, rest);
            if common == suffix.len() {
                return Some(common);
            }
            shared = common;
        }
    }

    /// Sets the entry of a key, given without the prefix.
    pub(super) fn put(&mut self, suffix: &[u8], entry: &Entry<'_>) {
        match self.search(suffix) {
            Ok(position) => self.overwrite(position, entry),
            Err(position) => self.insert_at(position, suffix, entry),
        }
    }

    /// Removes the entry at a position below [`Bucket::len`].
    pub(super) fn remove(&mut self, position: usize) {
        self.garbage += self.packed(position).len();
        self.slots.remove(position);
        self.compact_if_due();
    }

    /// Removes the entries in a range of positions.
    pub(super) fn remove_range(&mut self, range: Range<usize>) {
        let mut kept = Bucket::new(&self.prefix);
        kept.append(self, 0..range.start, 0, &[]);
        kept.append(self, range.end..self.len(), 0, &[]);
        *self = kept;
    }

    /// Shares only the first `kept` bytes of the prefix.
    pub(super) fn shorten_prefix(&mut self, kept: usize) {
        let (kept, moved) = self.prefix.split_at(kept);
        if !moved.is_empty() {
            let mut rebuilt = Bucket::new(kept);
            rebuilt.append(self, 0..self.len(), 0, moved);
            *self = rebuilt;
        }
    }

    /// How many bytes the suffixes in a range share.
    pub(super) fn common(&self, range: Range<usize>) -> usize {
        if range.is_empty() {
            return 0;
        }
        common(self.suffix(range.start), self.suffix(range.end - 1))
    }

    /// A bucket of the entries in a range, without the first `skipped` bytes of their suffixes,
    /// which they share. Its prefix is as long as can be.
    pub(super) fn extract(&self, range: Range<usize>, skipped: usize) -> Bucket {
        let shared = self.common(range.clone());
        let prefix = self.suffix(range.start).get(skipped..shared).unwrap_or_default();
        let mut bucket = Bucket::new(prefix);
        bucket.append(self, range, shared, &[]);
        bucket
    }

    /// Appends the entries of another bucket in a range, all above those that are here: their
    /// suffixes lose `skipped` bytes and begin with `added` instead.
    pub(super) fn append(
        &mut self,
        other: &Bucket,
        range: Range<usize>,
        skipped: usize,
        added: &[u8],
    ) {
        grow(&mut self.slots, range.len());
        for position in range {
            let bytes = other.packed(position);
            if skipped == 0 && added.is_empty() {
                let at = self.heap.put(bytes.len(), |heap| heap.extend_from_slice(bytes));
                self.slots.push(Slot { at, ..other.slots[position] });
                continue;
            }
            let suffix = other.suffix(position);
            let entry = &bytes[varint_len(suffix.len() as u64) + suffix.len()..];
            let suffix = &suffix[skipped..];
            let suffix_len = added.len() + suffix.len();
            let len = varint_len(suffix_len as u64) + suffix_len + entry.len();
            let mut first = 0;
            let at = self.heap.put(len, |heap| {
                put_varint(heap, suffix_len as u64);
                let suffix_at = heap.len();
                heap.extend_from_slice(added);
                heap.extend_from_slice(suffix);
                first = head(&heap[suffix_at..]);
                heap.extend_from_slice(entry);
            });
            self.slots.push(Slot { head: first, at });
        }
    }

    /// The entry at a position below [`Bucket::len`] as it is in the heap: `bytes` suffix, then the
    /// packed entry.
    pub(super) fn packed(&self, position: usize) -> &[u8] {
        let (suffix, rest) = self.split(&self.slots[position]);
        let len = varint_len(suffix.len() as u64) + suffix.len() + packed::len_of(rest);
        &self.heap.bytes_from(self.slots[position].at)[..len]
    }

    /// The bytes that the entry at a position below [`Bucket::len`] takes, its slot included.
    pub(super) fn entry_bytes(&self, position: usize) -> usize {
        SLOT_BYTES + self.packed(position).len()
    }

    /// What the parent keeps of the entries.
    pub(super) fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        for slot in &self.slots {
            let (_, entry) = self.split(slot);
            if packed::bounds_summary(entry) {
                summary.note(&packed::unpack(entry));
            }
        }
        summary
    }

    /// A bucket of so many entries that `heap` has in the order of their keys. Each is then made
    /// known with [`Bucket::push_packed`].
    pub(super) fn of_packed(prefix: &[u8], count: usize, heap: &[u8]) -> Self {
        let slots = Vec::with_capacity(count);
        Self { prefix: prefix.into(), slots, heap: Heap::of(heap), garbage: 0 }
    }

    /// Makes the next entry known, with its suffix and where it is in the heap.
    pub(super) fn push_packed(&mut self, suffix: &[u8], at: At) {
        self.slots.push(Slot { head: head(suffix), at });
    }

    /// Sets the entry at a position below [`Bucket::len`].
    pub(super) fn overwrite(&mut self, position: usize, entry: &Entry<'_>) {
        let slot = self.slots[position];
        let (suffix, rest) = self.split(&slot);
        let before = varint_len(suffix.len() as u64) + suffix.len();
        let old_len = packed::len_of(rest);
        let new_len = packed::packed_len(entry);
        let mut new = Vec::with_capacity(before + new_len);
        if new_len <= old_len {
            packed::pack(&mut new, entry);
            self.heap.overwrite(slot.at, before, &new);
            self.garbage += old_len - new_len;
        } else {
            new.extend_from_slice(&self.heap.bytes_from(slot.at)[..before]);
            packed::pack(&mut new, entry);
            self.slots[position].at = self.heap.put(new.len(), |heap| heap.append(&mut new));
            self.garbage += before + old_len;
        }
        self.compact_if_due();
    }

    /// Puts the entry of a key in that belongs at a position; see [`Bucket::search`].
    pub(super) fn insert_at(&mut self, position: usize, suffix: &[u8], entry: &Entry<'_>) {
        let len = varint_len(suffix.len() as u64) + suffix.len() + packed::packed_len(entry);
        let at = self.heap.put(len, |heap| {
            put_varint(heap, suffix.len() as u64);
            heap.extend_from_slice(suffix);
            packed::pack(heap, entry);
        });
        grow(&mut self.slots, 1);
        self.slots.insert(position, Slot { head: head(suffix), at });
    }

    fn compact_if_due(&mut self) {
        if self.garbage > self.heap.len() / 4 {
            let mut rebuilt = Bucket::new(&self.prefix);
            rebuilt.append(self, 0..self.len(), 0, &[]);
            *self = rebuilt;
        }
    }

    /// The suffix at a slot, and the heap from its packed entry on.
    fn split(&self, slot: &Slot) -> (&[u8], &[u8]) {
        let mut rest = self.heap.bytes_from(slot.at);
        let len = packed::varint(&mut rest) as usize;
        rest.split_at_checked(len).unwrap_or_default()
    }
}

/// How many bytes two keys share from their beginning.
pub(super) fn common(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).take_while(|(left, right)| left == right).count()
}

fn head(suffix: &[u8]) -> u32 {
    if let Some(first) = suffix.first_chunk::<4>() {
        return u32::from_be_bytes(*first);
    }
    let mut bytes = [0; 4];
    for (byte, given) in bytes.iter_mut().zip(suffix) {
        *byte = *given;
    }
    u32::from_be_bytes(bytes)
}

/// Makes room for `more` slots. Capacities are of a few sizes, an eighth to a sixteenth apart: that
/// bounds the slack, and what one bucket leaves behind when it grows fits another.
fn grow(slots: &mut Vec<Slot>, more: usize) {
    let needed = slots.len() + more;
    if needed > slots.capacity() {
        let step = (needed.next_power_of_two() / 16).max(SLOTS_MIN);
        slots.reserve_exact(needed.next_multiple_of(step) - slots.len());
    }
}
