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

#[cfg(test)]
mod tests {
    use super::*;

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
