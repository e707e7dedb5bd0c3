//! What is hashed into one element, as the pieces it is made of: they are never copied together.

use blake3::BLOCK_LEN;

use crate::compression::Words;
use crate::domain::Domain;

/// How many pieces a message has at most.
const PIECES: usize = 5;

/// Bytes in pieces.
pub(crate) trait Message {
    /// The pieces, in order; empty ones do not count.
    fn pieces(&self) -> [&[u8]; PIECES];

    /// The length of all of them.
    fn length(&self) -> u64 {
        self.pieces().iter().map(|piece| piece.len() as u64).sum()
    }

    /// The block that begins at `offset`, as far as the message goes, zeros behind it.
    fn block(&self, mut offset: u64) -> Words {
        let mut block = [0; BLOCK_LEN];
        let mut filled = 0;
        for piece in self.pieces() {
            let length = piece.len() as u64;
            if offset >= length {
                offset -= length;
                continue;
            }
            let rest = &piece[offset as usize..];
            if filled == 0
                && let Some(whole) = rest.first_chunk()
            {
                return words(whole);
            }
            let taken = rest.len().min(BLOCK_LEN - filled);
            block[filled..filled + taken].copy_from_slice(&rest[..taken]);
            filled += taken;
            offset = 0;
            if filled == BLOCK_LEN {
                break;
            }
        }
        words(&block)
    }
}

/// The message of a row.
pub(crate) struct Row<'d, K, V> {
    domain: &'d Domain,
    key_length: [u8; 8],
    value_length: [u8; 8],
    key: K,
    value: V,
}

impl<'d, K: AsRef<[u8]>, V: AsRef<[u8]>> Row<'d, K, V> {
    pub(crate) fn new(domain: &'d Domain, key: K, value: V) -> Self {
        let key_length = (key.as_ref().len() as u64).to_le_bytes();
        let value_length = (value.as_ref().len() as u64).to_le_bytes();
        Self { domain, key_length, value_length, key, value }
    }
}

impl<K: AsRef<[u8]>, V: AsRef<[u8]>> Message for Row<'_, K, V> {
    fn pieces(&self) -> [&[u8]; PIECES] {
        let tag = self.domain.tag();
        [tag, &self.key_length, self.key.as_ref(), &self.value_length, self.value.as_ref()]
    }
}

/// A message as it was given.
pub(crate) struct Raw<M>(pub(crate) M);

impl<M: AsRef<[u8]>> Message for Raw<M> {
    fn pieces(&self) -> [&[u8]; PIECES] {
        [self.0.as_ref(), &[], &[], &[], &[]]
    }
}

fn words(block: &[u8; BLOCK_LEN]) -> Words {
    let mut words = [0; 16];
    for (word, bytes) in words.iter_mut().zip(block.as_chunks().0) {
        *word = u32::from_le_bytes(*bytes);
    }
    words
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
                let mut expected = [0; 64];
                let end = whole.len().min(offset + 64);
                expected[..end - offset].copy_from_slice(&whole[offset..end]);
                assert_eq!(row.block(offset as u64), words(&expected), "{key} {value} {offset}");
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
        ];
        for (index, row) in rows.iter().enumerate() {
            assert!(!rows[..index].contains(row));
        }
    }
}
