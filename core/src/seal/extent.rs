//! Extents: objects that hold chunks of one content side by side.
//!
//! The name of an extent comes from the addresses of its chunks, so that a content stored twice is
//! the same objects. Each chunk is sealed by itself; one that is full takes as much room as the
//! others, so a number tells where in its extent a chunk lies. Behind the chunks there may be
//! padding, which nobody reads.

use std::sync::LazyLock;

use super::address::Address;
use super::keys::{domain, object_name};

/// The most chunks of an extent.
pub(crate) const EXTENT_CHUNKS_MAX: usize = 64;

/// What names an extent: 20 bytes of a hash over the addresses of its chunks.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ExtentName(pub(crate) [u8; 20]);

/// Where a chunk lies.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ChunkPlace {
    /// The extent.
    pub extent: ExtentName,
    /// Which of the chunks there it is, from 0 on; below 64.
    pub index: u8,
}

/// A chunk and where it lies: what opens it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ChunkLink {
    /// The address of its plaintext.
    pub address: Address,
    /// Where it is.
    pub place: ChunkPlace,
}

impl ChunkPlace {
    /// Whether the chunk lies right behind that at `before`.
    pub(crate) fn follows(&self, before: &Self) -> bool {
        self.extent == before.extent && self.index.checked_sub(1) == Some(before.index)
    }
}

impl ExtentName {
    /// The name of the extent of exactly these chunks.
    pub fn of<'a>(chunks: impl IntoIterator<Item = &'a Address>) -> Self {
        static DOMAIN: LazyLock<[u8; 32]> = LazyLock::new(|| domain("sealwood v1 extent name"));
        let hash = hash_of(&DOMAIN, chunks).finalize();
        let mut name = [0; 20];
        name.copy_from_slice(&hash.as_bytes()[..20]);
        Self(name)
    }

    /// The name of its object.
    pub fn object(&self) -> String {
        object_name(&self.0)
    }
}

/// Fills `padding` with what stands behind the last of these chunks: noise to whoever does not know
/// their addresses, and the same whenever they are stored.
pub(crate) fn extent_padding<'a>(
    chunks: impl IntoIterator<Item = &'a Address>,
    padding: &mut [u8],
) {
    static DOMAIN: LazyLock<[u8; 32]> = LazyLock::new(|| domain("sealwood v1 extent padding"));
    hash_of(&DOMAIN, chunks).finalize_xof().fill(padding);
}

fn hash_of<'a>(domain: &[u8; 32], chunks: impl IntoIterator<Item = &'a Address>) -> blake3::Hasher {
    let mut hasher = blake3::Hasher::new_keyed(domain);
    for address in chunks {
        hasher.update(&address.0);
    }
    hasher
}

/// The length that an object of `length` bytes is padded to, so that only about `log log length`
/// bits of it show: Padmé, from "Reducing Metadata Leakage from Encrypted Files and Communication
/// with PURBs" (Nikitin and others, 2019). At most an eighth longer.
pub(crate) fn padded_length(length: u64) -> u64 {
    let Some(exponent) = length.checked_ilog2().filter(|exponent| *exponent > 0) else {
        return length;
    };
    let kept_bits = exponent.ilog2() + 1;
    let mask = (1u64 << exponent.saturating_sub(kept_bits)) - 1;
    length.checked_add(mask).map_or(length, |length| length & !mask)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_hides_lengths_and_costs_at_most_an_eighth() {
        // Behind the first bit of a length two more are kept of 9, three of 200, five of 2^20 + 1.
        for (length, padded) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (8, 8),
            (9, 10),
            (192, 192),
            (200, 208),
            ((1 << 20) + 1, 1_081_344),
        ] {
            assert_eq!(padded_length(length), padded, "{length}");
        }
        for length in (0..70_000).chain([u64::MAX, u64::MAX / 3, 1 << 40]) {
            let padded = padded_length(length);
            assert!(padded >= length && padded - length <= length / 8, "{length}: {padded}");
            assert_eq!(padded_length(padded), padded, "{length}");
        }
    }

    #[test]
    fn names_and_padding_tell_extents_apart() {
        let (a, b) = (Address([1; 32]), Address([2; 32]));
        let sets: [&[Address]; 5] = [&[a], &[b], &[a, b], &[b, a], &[a, a]];
        for (at, one) in sets.iter().enumerate() {
            for other in &sets[at + 1..] {
                assert_ne!(ExtentName::of(*one), ExtentName::of(*other));
                let (mut pad, mut other_pad) = ([0; 32], [0; 32]);
                extent_padding(*one, &mut pad);
                extent_padding(*other, &mut other_pad);
                assert_ne!(pad, other_pad);
            }
        }
        assert_eq!(ExtentName::of(&[a]).object().len(), "objects/".len() + 40);
    }
}
