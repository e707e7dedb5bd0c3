//! The size of a chunk.

/// The size of a chunk unless a vault is created with another, in bytes.
pub const CHUNK_BYTES_DEFAULT: u32 = 1024 * 1024;

/// The size of a vault's chunks: a power of two from 128 KiB to 16 MiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ChunkSize(u8);

impl ChunkSize {
    pub(crate) fn new(bytes: u32) -> Option<Self> {
        let bits = bytes.is_power_of_two().then(|| bytes.trailing_zeros() as u8)?;
        Self::from_bits(bits)
    }

    pub(crate) fn from_bits(bits: u8) -> Option<Self> {
        (17..=24).contains(&bits).then_some(Self(bits))
    }

    pub(crate) fn bits(self) -> u8 {
        self.0
    }

    pub(crate) fn bytes(self) -> u64 {
        1 << self.0
    }
}
