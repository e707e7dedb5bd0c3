//! Where a key lies: the bits of its hash, five a level.

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

/// A bit for each slot of an inner node. This one type decides how wide the trie is
/// (`docs/decisions/0002-trie-shape.md`).
pub(super) type Slots = u32;
/// Slots of an inner node.
pub(super) const SLOTS: u32 = Slots::BITS;
/// Bits of the hash one level consumes.
pub(super) const STRIDE: u32 = SLOTS.ilog2();
/// Below this depth the hash has no bits left. Two keys that meet here have one hash.
pub(super) const DEPTH_MAX: u32 = 256 / STRIDE;

/// Levels whose slots the first eight bytes decide.
const PREFIX_LEVELS: u32 = 64 / STRIDE;

/// The SHA-256 hash of a key, which short keys get fastest where the CPU has instructions for it
/// (`docs/decisions/0002-trie-shape.md`). Placement needs no secret: a reader with only a link can
/// look up, and a server never sees keys or shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash([u8; 32]);

/// The indices of `hashes`, that of the last in trie order first.
pub(crate) fn last_first(hashes: Vec<KeyHash>) -> Vec<usize> {
    let mut order: Vec<_> = hashes.into_iter().zip(0..).collect();
    order.sort_unstable_by(|a, b| b.cmp(a));
    order.into_iter().map(|(_, index)| index).collect()
}

impl KeyHash {
    /// The hash of `key`.
    pub fn of(key: &[u8]) -> Self {
        Self(one_block(key).unwrap_or_else(|| Sha256::digest(key).into()))
    }

    /// A position in trie order, as it was given by [`to_bytes`](KeyHash::to_bytes).
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// The first eight bytes, which order almost all keys.
    pub(super) fn prefix(&self) -> u64 {
        let mut first = [0; 8];
        first.copy_from_slice(&self.0[..8]);
        u64::from_be_bytes(first)
    }

    /// The slot at `depth`; 0 below [`DEPTH_MAX`], where no inner node belongs.
    pub(super) fn slot(&self, depth: u32) -> u32 {
        let at = (depth * STRIDE) as usize;
        let byte = |at: usize| self.0.get(at).copied().unwrap_or(0);
        let window = u32::from(u16::from_be_bytes([byte(at / 8), byte(at / 8 + 1)]));
        window >> (16 - STRIDE - at as u32 % 8) & (SLOTS - 1)
    }

    /// The same position with another slot at `depth`, to name a sibling.
    pub(super) fn with_slot(mut self, depth: u32, slot: u32) -> Self {
        for bit in 0..STRIDE {
            let at = depth * STRIDE + bit;
            let mask = 0x80 >> (at % 8);
            let Some(byte) = self.0.get_mut((at / 8) as usize) else { break };
            if slot >> (STRIDE - 1 - bit) & 1 == 1 { *byte |= mask } else { *byte &= !mask }
        }
        self
    }
}

/// SHA-256 of a key that fits one block with its padding: what [`Sha256`] gives, without its
/// buffering.
fn one_block(key: &[u8]) -> Option<[u8; 32]> {
    const START: [u32; 8] = [
        0x6a09_e667,
        0xbb67_ae85,
        0x3c6e_f372,
        0xa54f_f53a,
        0x510e_527f,
        0x9b05_688c,
        0x1f83_d9ab,
        0x5be0_cd19,
    ];
    let mut block = [0; 64];
    let (text, bits) = block.split_at_mut(56);
    let (to, rest) = text.split_at_mut_checked(key.len())?;
    to.copy_from_slice(key);
    *rest.first_mut()? = 0x80;
    bits.copy_from_slice(&(key.len() as u64 * 8).to_be_bytes());
    let mut state = START;
    compress256(&mut state, &[block]);
    let mut hash = [0; 32];
    hash.chunks_exact_mut(4)
        .zip(state)
        .for_each(|(to, word)| to.copy_from_slice(&word.to_be_bytes()));
    Some(hash)
}

/// The slot of a key at `depth`, from the prefix of its hash where that is enough.
pub(super) fn slot_of(prefix: u64, key: &[u8], depth: u32) -> u32 {
    if depth < PREFIX_LEVELS {
        (prefix >> (64 - STRIDE * (depth + 1))) as u32 & (SLOTS - 1)
    } else {
        KeyHash::of(key).slot(depth)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_keys_and_long_ones_have_one_hash() {
        let key = [7; 130];
        for len in 0..key.len() {
            assert_eq!(KeyHash::of(&key[..len]).to_bytes()[..], Sha256::digest(&key[..len])[..]);
        }
    }

    #[test]
    fn slots_agree_and_can_be_replaced() {
        for key in 0..200u32 {
            let key = key.to_le_bytes();
            let hash = KeyHash::of(&key);
            for depth in 0..DEPTH_MAX {
                assert_eq!(hash.slot(depth), slot_of(hash.prefix(), &key, depth));
                let other = (hash.slot(depth) + 7) % SLOTS;
                let moved = hash.with_slot(depth, other);
                assert_eq!(moved.slot(depth), other);
                assert_eq!(moved.with_slot(depth, hash.slot(depth)), hash);
            }
        }
    }
}
