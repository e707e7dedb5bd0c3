//! What is hashed into one element, as the pieces it is made of: they are never copied together.

use blake3::BLOCK_LEN;

use crate::change::Value;
use crate::compression::Words;
use crate::domain::Domain;

/// Said of a length: a name follows, not so many bytes. No bytes have such a length.
const NAMED: u64 = 1 << 63;

/// How many pieces a message has at most.
pub(crate) const PIECES: usize = 5;

/// Bytes in pieces.
pub(crate) trait Message {
    /// The pieces, in order; empty ones do not count.
    fn pieces(&self) -> [&[u8]; PIECES];

    /// The last piece, most of what is long, and where it begins.
    fn last_piece(&self) -> (u64, &[u8]);

    /// The length of all of them.
    fn length(&self) -> u64 {
        let (before, last) = self.last_piece();
        before + last.len() as u64
    }

    /// Puts the block that begins at `offset` into `block`, as far as the message goes, and zeros
    /// behind it.
    #[inline]
    fn read(&self, offset: u64, block: &mut Words) {
        let (before, last) = self.last_piece();
        let rest = offset.checked_sub(before).and_then(|from| last.get(from as usize..));
        match rest.and_then(<[u8]>::first_chunk) {
            Some(whole) => words(whole, block),
            None => words(&joined(&self.pieces(), offset), block),
        }
    }
}

/// The block at `offset` of pieces that have a boundary or an end in it.
fn joined(pieces: &[&[u8]], mut offset: u64) -> [u8; BLOCK_LEN] {
    let mut block = [0; BLOCK_LEN];
    let mut room = &mut block[..];
    for piece in pieces {
        let skipped = offset.min(piece.len() as u64);
        offset -= skipped;
        let rest = &piece[skipped as usize..];
        let taken = rest.len().min(room.len());
        let (filled, left) = room.split_at_mut(taken);
        filled.copy_from_slice(&rest[..taken]);
        room = left;
    }
    block
}

/// The message of a row.
pub(crate) struct Row<'d, K, V> {
    domain: &'d Domain,
    key_length: [u8; 8],
    value_length: [u8; 8],
    before_value: u64,
    key: K,
    value: V,
}

impl<'d, K: AsRef<[u8]>, V: AsRef<[u8]>> Row<'d, K, V> {
    pub(crate) fn new(domain: &'d Domain, key: K, value: V) -> Self {
        let key_length = key.as_ref().len() as u64;
        let value_length = value.as_ref().len() as u64;
        Self {
            domain,
            key_length: key_length.to_le_bytes(),
            value_length: value_length.to_le_bytes(),
            before_value: domain.tag().len() as u64 + key_length + 2 * size_of::<u64>() as u64,
            key,
            value,
        }
    }
}

impl<'d, 'v, K: AsRef<[u8]>> Row<'d, K, &'v [u8]> {
    /// The row with a value that is there or has a name.
    pub(crate) fn of(domain: &'d Domain, key: K, value: Value<'v>) -> Self {
        match value {
            Value::Bytes(bytes) => Self::new(domain, key, bytes),
            Value::Named { bytes, name } => {
                let value_length = (bytes | NAMED).to_le_bytes();
                Self { value_length, ..Self::new(domain, key, name) }
            }
        }
    }
}

impl<K: AsRef<[u8]>, V: AsRef<[u8]>> Message for Row<'_, K, V> {
    fn pieces(&self) -> [&[u8]; PIECES] {
        let tag = self.domain.tag();
        [tag, &self.key_length, self.key.as_ref(), &self.value_length, self.value.as_ref()]
    }

    #[inline]
    fn last_piece(&self) -> (u64, &[u8]) {
        (self.before_value, self.value.as_ref())
    }
}

/// A message as it was given.
pub(crate) struct Raw<M>(pub(crate) M);

impl<M: AsRef<[u8]>> Message for Raw<M> {
    fn pieces(&self) -> [&[u8]; PIECES] {
        [self.0.as_ref(), &[], &[], &[], &[]]
    }

    #[inline]
    fn last_piece(&self) -> (u64, &[u8]) {
        (0, self.0.as_ref())
    }
}

#[inline]
fn words(bytes: &[u8; BLOCK_LEN], words: &mut Words) {
    for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use alloc::vec::Vec;

    use super::*;

    fn bytes(message: &impl Message) -> Vec<u8> {
        message.pieces().concat()
    }

    #[test]
    fn blocks_are_those_of_the_pieces_joined() {
        let domain = Domain::new("d").unwrap();
        for (key, value) in [(0, 0), (1, 0), (44, 1), (45, 1), (46, 64), (200, 300), (3, 64)] {
            let row = Row::new(&domain, alloc::vec![7u8; key], alloc::vec![9u8; value]);
            let whole = bytes(&row);
            assert_eq!(row.length(), whole.len() as u64);
            for offset in 0..=whole.len() {
                let mut bytes = [0; 64];
                let end = whole.len().min(offset + 64);
                bytes[..end - offset].copy_from_slice(&whole[offset..end]);
                let [mut expected, mut read] = [[0; 16]; 2];
                words(&bytes, &mut expected);
                row.read(offset as u64, &mut read);
                assert_eq!(read, expected, "{key} {value} {offset}");
            }
        }
    }

    #[test]
    fn no_two_rows_have_one_message() {
        let [a, b] = ["a", "b"].map(|name| Domain::new(name).unwrap());
        let rows = [
            bytes(&Row::new(&a, "a", "bc")),
            bytes(&Row::new(&a, "ab", "c")),
            bytes(&Row::new(&a, "", "abc")),
            bytes(&Row::new(&a, "abc", "")),
            bytes(&Row::new(&b, "a", "bc")),
            bytes(&Row::new(&Domain::new("").unwrap(), "a", "bc")),
            bytes(&Row::of(&a, "a", Value::Named { bytes: 2, name: b"bc" })),
            bytes(&Row::of(&a, "a", Value::Named { bytes: 3, name: b"bc" })),
            bytes(&Row::of(&a, "a", Value::Named { bytes: 2, name: b"bcd" })),
        ];
        for (index, row) in rows.iter().enumerate() {
            assert!(!rows[..index].contains(row));
        }
    }
}
