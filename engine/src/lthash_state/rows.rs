//! Changes of rows, one after the other in one piece of memory.
//!
//! A writer puts a change aside while others wait for it, so that is a copy of bytes and nothing
//! else: pieces are used again once what is in them is counted.

use crate::entry::{Body, Place};
use crate::segment_id::SegmentId;
use crate::source::Source;
use crate::value_ref::ValueRef;

/// The bytes of a piece. A change that is longer has one of its own.
const PIECE_BYTES: usize = 32 << 10;

/// What comes before the bytes of a change: the lengths of the key and of what is kept of the two
/// values, and what that is, in half a byte each.
const HEAD_BYTES: usize = 3 * size_of::<u32>() + 1;

/// The bytes that a processor fetches at once, on most machines.
const LINE_BYTES: usize = 64;

/// What is kept of a value that lies in the log: its place and its length.
const LOGGED_BYTES: usize = 2 * size_of::<u64>() + 2 * size_of::<u32>();

/// What is kept of a value in a file of its own: its name.
const SEPARATED_BYTES: usize = 32 + size_of::<u64>();

/// What happened to one row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) key: &'a [u8],
    /// What the index had for it, if anything.
    pub(crate) before: Option<Held<'a>>,
    /// What it has now.
    pub(crate) after: Option<Held<'a>>,
}

/// What is kept of a value until it is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Held<'a> {
    /// All of it.
    Here(&'a [u8]),
    /// That it is in the record at this place, so many bytes.
    Logged(Place, u32),
    /// That it is in a file of its own.
    Separated(ValueRef),
}

/// Changes of rows of one namespace, in their order.
#[derive(Clone, Default)]
pub(crate) struct Rows {
    piece: Vec<u8>,
    /// How much of the piece they take.
    end: usize,
    /// How much of it was touched.
    touched: usize,
    /// How many there are, with those that are counted.
    len: usize,
    /// How many are counted, and where the next one begins.
    counted: usize,
    at: usize,
}

impl<'a> Held<'a> {
    /// What is kept of a value that the record at this place carries or names.
    pub(crate) fn of(body: &Body<'a>, place: Place) -> Self {
        match *body {
            Body::Inline(bytes) => Self::Here(bytes),
            Body::Logged { len } => Self::Logged(place, len),
            Body::Separated(value) => Self::Separated(value),
        }
    }

    /// Puts what is kept of it at the beginning of a room, and returns what is left of that.
    fn pack<'b>(&self, room: &'b mut [u8]) -> &'b mut [u8] {
        match self {
            Self::Here(bytes) => fill(room, bytes),
            Self::Logged(place, len) => {
                let room = fill(room, &place.segment.get().to_le_bytes());
                let room = fill(room, &place.offset.to_le_bytes());
                let room = fill(room, &place.len.to_le_bytes());
                fill(room, &len.to_le_bytes())
            }
            Self::Separated(value) => {
                let room = fill(room, &value.hash);
                fill(room, &value.len.to_le_bytes())
            }
        }
    }

    /// Where it is, if it is not here.
    pub(super) fn elsewhere(&self) -> Result<Source, &'a [u8]> {
        match *self {
            Self::Here(bytes) => Err(bytes),
            Self::Logged(place, len) => Ok(Source::Logged(place, len)),
            Self::Separated(value) => Ok(Source::Separated(value)),
        }
    }
}

/// How many bytes of a piece a change takes.
fn packed_len(change: &Change<'_>) -> usize {
    let (_, before_len) = kind_and_len(&change.before);
    let (_, after_len) = kind_and_len(&change.after);
    HEAD_BYTES + change.key.len() + before_len + after_len
}

/// What kind of value it is, as pieces have it, and how many bytes they keep of it.
fn kind_and_len(held: &Option<Held<'_>>) -> (u8, usize) {
    match held {
        None => (0, 0),
        Some(Held::Here(bytes)) => (1, bytes.len()),
        Some(Held::Logged(..)) => (2, LOGGED_BYTES),
        Some(Held::Separated(_)) => (3, SEPARATED_BYTES),
    }
}

/// What was packed.
fn unpacked(kind: u8, bytes: &[u8]) -> Option<Held<'_>> {
    let mut rest = bytes;
    match kind {
        1 => Some(Held::Here(bytes)),
        2 => {
            let segment = SegmentId::new(u64::from_le_bytes(next(&mut rest)));
            let offset = u64::from_le_bytes(next(&mut rest));
            let place = Place { segment, offset, len: u32::from_le_bytes(next(&mut rest)) };
            Some(Held::Logged(place, u32::from_le_bytes(next(&mut rest))))
        }
        3 => {
            let hash = next(&mut rest);
            Some(Held::Separated(ValueRef { hash, len: u64::from_le_bytes(next(&mut rest)) }))
        }
        _ => None,
    }
}

/// Takes the next bytes. There are as many, since they were packed here.
fn next<const N: usize>(rest: &mut &[u8]) -> [u8; N] {
    let Some((first, after)) = rest.split_first_chunk() else { return [0; N] };
    *rest = after;
    *first
}

/// Copies bytes to the beginning of a room that is large enough, and returns what is left of it.
fn fill<'a>(room: &'a mut [u8], bytes: &[u8]) -> &'a mut [u8] {
    let (filled, rest) = room.split_at_mut(bytes.len());
    filled.copy_from_slice(bytes);
    rest
}

impl Rows {
    /// One change, in a piece that was used before, or in another if there is none or it is longer.
    pub(super) fn of(change: &Change<'_>, piece: Option<Vec<u8>>) -> Self {
        let piece = piece.unwrap_or_else(|| vec![0; PIECE_BYTES]);
        let mut rows = Self { piece, ..Self::default() };
        if rows.push(change).is_none() {
            rows.piece = vec![0; packed_len(change)];
            rows.push(change);
        }
        rows
    }

    /// The piece of memory, for others, if it is of the size of all.
    pub(super) fn into_piece(self) -> Option<Vec<u8>> {
        (self.piece.len() == PIECE_BYTES).then_some(self.piece)
    }

    /// Adds a change. None if there is no room for it.
    pub(super) fn push(&mut self, change: &Change<'_>) -> Option<()> {
        let Change { key, before, after } = change;
        let (before_kind, before_len) = kind_and_len(before);
        let (after_kind, after_len) = kind_and_len(after);
        let len = HEAD_BYTES + key.len() + before_len + after_len;
        let room = self.piece.get_mut(self.end..)?.get_mut(..len)?;
        let (head, mut room) = room.split_first_chunk_mut::<HEAD_BYTES>()?;
        head[..4].copy_from_slice(&(key.len() as u32).to_le_bytes());
        head[4..8].copy_from_slice(&(before_len as u32).to_le_bytes());
        head[8..12].copy_from_slice(&(after_len as u32).to_le_bytes());
        head[12] = before_kind | after_kind << 4;
        room = fill(room, key);
        if let Some(held) = before {
            room = held.pack(room);
        }
        if let Some(held) = after {
            held.pack(room);
        }
        self.end += len;
        self.len += 1;
        Some(())
    }

    /// Touches the memory of the next `len` bytes. Those who count have read it, on another core
    /// mostly, so that it has to be fetched to be written: long before, rather than when everybody
    /// waits for it.
    pub(super) fn expect(&mut self, len: usize) {
        let from = self.touched.max(self.end);
        let until = self.piece.len().min(from + len);
        self.piece[from..until].iter_mut().step_by(LINE_BYTES).for_each(|byte| *byte = 0);
        self.touched = until;
    }

    /// What they keep in memory, in bytes, until all are counted.
    pub(super) fn bytes(&self) -> usize {
        self.piece.len()
    }

    /// How many are not counted.
    pub(super) fn len(&self) -> usize {
        self.len - self.counted
    }

    /// Those that are not counted.
    pub(super) fn iter(&self) -> impl Iterator<Item = Change<'_>> {
        let mut rest = &self.piece[self.at..self.end];
        (0..self.len()).map(move |_| {
            let lens = [(); 3].map(|()| u32::from_le_bytes(next(&mut rest)) as usize);
            let [kinds] = next(&mut rest);
            let [key, before, after] = lens.map(|len| {
                let (part, after) = rest.split_at(len);
                rest = after;
                part
            });
            let (before, after) = (unpacked(kinds & 0xF, before), unpacked(kinds >> 4, after));
            Change { key, before, after }
        })
    }

    /// The next `count` are counted, of those that are not.
    pub(super) fn counted(&mut self, count: usize) {
        self.at = match count < self.len() {
            true => self.at + self.iter().take(count).map(|it| packed_len(&it)).sum::<usize>(),
            false => self.end,
        };
        self.counted += count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_back_and_is_counted_bit_by_bit() {
        let place = Place { segment: SegmentId::new(7), offset: 1 << 40, len: u32::MAX };
        let separated = ValueRef { hash: [9; 32], len: u64::MAX };
        let helds = [
            None,
            Some(Held::Here(b"")),
            Some(Held::Here(b"a value")),
            Some(Held::Logged(place, 3)),
            Some(Held::Separated(separated)),
        ];
        let pairs = helds.iter().flat_map(|before| helds.iter().map(move |after| (before, after)));
        let pairs: Vec<_> = pairs.collect();
        let change = |number: usize| {
            let (before, after) = pairs[number];
            Change { key: &[5; 30][..number], before: *before, after: *after }
        };
        let mut rows = Rows::of(&change(0), Some(vec![1; PIECE_BYTES]));
        assert!((1..pairs.len()).all(|number| rows.push(&change(number)).is_some()));
        for counted in 0..=pairs.len() {
            assert_eq!(rows.len(), pairs.len() - counted);
            let there: Vec<_> = rows.iter().collect();
            assert_eq!(there.len(), rows.len());
            for (change, (number, pair)) in there.iter().zip(pairs.iter().enumerate().skip(counted))
            {
                assert_eq!(change.key.len(), number);
                assert_eq!((&change.before, &change.after), *pair);
            }
            rows.counted(1.min(rows.len()));
        }
        assert!(rows.into_piece().is_some());
    }

    #[test]
    fn what_is_expected_leaves_what_is_there() {
        let of = |key| Change { key, before: None, after: Some(Held::Here(b"a value")) };
        let keys = [b"one".as_slice(), b"two", b"three"];
        let mut rows = Rows::of(&of(keys[0]), Some(vec![1; PIECE_BYTES]));
        for (len, key) in [(1, keys[1]), (PIECE_BYTES, keys[2])] {
            rows.expect(len);
            assert_eq!(rows.push(&of(key)), Some(()));
        }
        rows.expect(1);
        assert!(rows.iter().map(|change| change.key).eq(keys));
        assert!(rows.iter().all(|change| change.after == of(b"").after));
    }

    #[test]
    fn memory_that_is_expected_is_touched_once_and_ahead() {
        let change = Change { key: b"key", before: None, after: None };
        let mut rows = Rows::of(&change, Some(vec![1; PIECE_BYTES]));
        let untouched = |rows: &Rows| rows.piece[rows.end..].iter().filter(|it| **it == 1).count();
        let there = untouched(&rows);
        for lines in 1..=3 {
            rows.expect(LINE_BYTES);
            assert_eq!(untouched(&rows), there - lines);
        }
    }

    #[test]
    fn a_piece_takes_what_it_has_room_for_and_a_longer_change_has_its_own() {
        let value = [7; PIECE_BYTES];
        let of =
            |len: usize| Change { key: b"", before: None, after: Some(Held::Here(&value[..len])) };
        let full = PIECE_BYTES - HEAD_BYTES;
        let mut rows = Rows::of(&of(0), None);
        assert_eq!(rows.push(&of(full - HEAD_BYTES + 1)), None);
        assert_eq!((rows.bytes(), rows.len()), (PIECE_BYTES, 1));
        assert_eq!(rows.push(&of(full - HEAD_BYTES)), Some(()));
        assert_eq!(rows.push(&of(0)), None);
        assert!(rows.into_piece().is_some());
        let rows = Rows::of(&of(full + 1), Some(vec![1; PIECE_BYTES]));
        let there: Vec<_> = rows.iter().map(|change| change.after).collect();
        assert_eq!(there, [of(full + 1).after]);
        assert_eq!(rows.bytes(), PIECE_BYTES + 1);
        assert!(rows.into_piece().is_none());
    }
}
