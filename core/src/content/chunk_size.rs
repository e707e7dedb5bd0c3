//! The sizes of a chunk and of an extent.

use crate::seal::{EXTENT_CHUNKS_MAX, TAG_BYTES};

/// The size of a chunk unless a vault is created with another, in bytes.
pub const CHUNK_BYTES_DEFAULT: u32 = 1024 * 1024;

/// How many bytes of content an extent gets at most, unless a session is opened with other bounds.
pub const EXTENT_BYTES_DEFAULT: u32 = 16 * 1024 * 1024;

/// What that bound may be at most.
const EXTENT_BYTES_MAX: u32 = 64 * 1024 * 1024;

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

    /// The bytes that a full chunk takes of its extent.
    pub(super) fn sealed_bytes(self) -> u64 {
        self.bytes() + TAG_BYTES as u64
    }
}

/// How many chunks an extent gets at most that a session stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExtentSize(usize);

impl ExtentSize {
    /// As many chunks as `bytes` of content have, one at least.
    pub(crate) fn new(bytes: u32, chunk: ChunkSize) -> Self {
        let chunks = (u64::from(bytes.min(EXTENT_BYTES_MAX)) / chunk.bytes()) as usize;
        Self(chunks.clamp(1, EXTENT_CHUNKS_MAX))
    }

    pub(super) fn chunks(self) -> usize {
        self.0
    }
}
