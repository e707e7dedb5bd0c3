//! Changes of rows, one after the other in one piece of memory.
//!
//! A writer puts a change aside while others wait for it, so that is a copy of bytes and nothing
//! else: pieces are used again once what is in them is counted.

use crate::entry::{Body, Place};
use crate::segment_id::SegmentId;
use crate::source::Source;
use crate::value_ref::ValueRef;

/// A piece takes no more changes once it has so many bytes.
const PIECE_BYTES: usize = 32 << 10;

/// What comes before the bytes of a change: what is kept of each value, in half a byte each, and
/// the lengths of the key and of the two.
const HEAD_BYTES: usize = 1 + 3 * size_of::<u32>();

/// What is kept of a value that lies in the log.
const LOGGED_BYTES: usize = 2 * size_of::<u64>() + 2 * size_of::<u32>();

/// What is kept of a value in a file of its own.
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
    bytes: Vec<u8>,
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

    /// What kind of value it is, as pieces have it; no value is 0.
    fn kind(&self) -> u8 {
        match self {
            Self::Here(_) => 1,
            Self::Logged(..) => 2,
            Self::Separated(_) => 3,
        }
    }

    /// How many bytes [`pack`](Self::pack) appends.
    fn packed_len(&self) -> usize {
        match self {
            Self::Here(bytes) => bytes.len(),
            Self::Logged(..) => LOGGED_BYTES,
            Self::Separated(_) => SEPARATED_BYTES,
        }
    }

    fn pack(&self, out: &mut Vec<u8>) {
        match self {
            Self::Here(bytes) => out.extend_from_slice(bytes),
            Self::Logged(place, len) => {
                out.extend_from_slice(&place.segment.get().to_le_bytes());
                out.extend_from_slice(&place.offset.to_le_bytes());
                out.extend_from_slice(&place.len.to_le_bytes());
                out.extend_from_slice(&len.to_le_bytes());
            }
            Self::Separated(value) => {
                out.extend_from_slice(&value.hash);
                out.extend_from_slice(&value.len.to_le_bytes());
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

impl Rows {
    /// None, in a piece that was used before.
    pub(super) fn in_piece(mut piece: Vec<u8>) -> Self {
        piece.clear();
        Self { bytes: piece, ..Self::default() }
    }

    /// The piece of memory, for others, if it is of the size of all.
    pub(super) fn into_piece(self) -> Option<Vec<u8>> {
        (self.bytes.capacity() <= 2 * PIECE_BYTES).then_some(self.bytes)
    }

    /// Whether there is room for one more.
    pub(super) fn has_room(&self) -> bool {
        self.bytes.len() < PIECE_BYTES
    }

    /// Adds a change, and returns how many bytes it takes.
    pub(super) fn push(&mut self, change: &Change<'_>) -> usize {
        let Change { key, before, after } = change;
        let [before_len, after_len] =
            [before, after].map(|held| held.as_ref().map_or(0, Held::packed_len));
        let kinds = [before, after].map(|held| held.as_ref().map_or(0, Held::kind));
        let len = HEAD_BYTES + key.len() + before_len + after_len;
        let mut head = [kinds[0] | kinds[1] << 4; HEAD_BYTES];
        head[1..5].copy_from_slice(&(key.len() as u32).to_le_bytes());
        head[5..9].copy_from_slice(&(before_len as u32).to_le_bytes());
        head[9..].copy_from_slice(&(after_len as u32).to_le_bytes());
        self.bytes.reserve(len);
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(key);
        [before, after].into_iter().flatten().for_each(|held| held.pack(&mut self.bytes));
        self.len += 1;
        len
    }

    /// What they keep in memory, in bytes, until all are counted.
    pub(super) fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// How many are not counted.
    pub(super) fn len(&self) -> usize {
        self.len - self.counted
    }

    /// Those that are not counted.
    pub(super) fn iter(&self) -> impl Iterator<Item = Change<'_>> {
        let mut rest = &self.bytes[self.at..];
        (0..self.len()).map(move |_| {
            let [kinds] = next(&mut rest);
            let lens = [(); 3].map(|()| u32::from_le_bytes(next(&mut rest)) as usize);
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
        let kept = |held: Option<Held<'_>>| held.map_or(0, |held| held.packed_len());
        let bytes = |change: Change<'_>| {
            HEAD_BYTES + change.key.len() + kept(change.before) + kept(change.after)
        };
        self.at += self.iter().take(count).map(bytes).sum::<usize>();
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
        let mut rows = Rows::in_piece(vec![1; 9]);
        let mut bytes = 0;
        for (number, (before, after)) in pairs.iter().enumerate() {
            let key = &[5; 30][..number];
            bytes += rows.push(&Change { key, before: **before, after: **after });
        }
        assert_eq!(rows.bytes(), bytes);
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
}
