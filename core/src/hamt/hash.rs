//! Where a key lies: the bits of its hash, five a level.

/// Bits of the hash one level consumes.
pub(super) const STRIDE: u32 = 5;
/// Slots of an inner node.
pub(super) const SLOTS: u32 = 1 << STRIDE;
/// Below this depth the hash has no bits left. Two keys that meet here have one BLAKE3 hash.
pub(super) const DEPTH_MAX: u32 = 256 / STRIDE;

/// Levels whose slots the first eight bytes decide.
const PREFIX_LEVELS: u32 = 64 / STRIDE;

/// The BLAKE3 hash of a key. Placement needs no secret: a reader with only a link can look up,
/// and a server never sees keys or shapes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// The hash of `key`.
    pub fn of(key: &[u8]) -> Self {
        Self(*blake3::hash(key).as_bytes())
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
        (0..STRIDE).fold(0, |slot, bit| slot << 1 | self.bit(depth * STRIDE + bit))
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

    fn bit(&self, at: u32) -> u32 {
        let byte = self.0.get((at / 8) as usize).copied().unwrap_or(0);
        u32::from(byte >> (7 - at % 8) & 1)
    }
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
