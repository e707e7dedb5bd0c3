//! Stamps: which operation it was, and where it comes from.

use super::time::Time;
use crate::codec::{Reader, put_varint, varint_len};
use crate::error::Result;

/// Which operation it was, or wrote an entry: a count, and the session's random number. It holds no
/// time: what a device's clock says must not reach the entries of others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Stamp {
    /// One more than the greatest the writer had written or read.
    pub(crate) count: u64,
    pub(crate) writer: u32,
}

impl Stamp {
    /// A count is below this one: half of the range is left to count on from whatever was read.
    pub(super) const COUNT_END: u64 = 1 << 63;

    pub(super) fn encode(self, out: &mut Vec<u8>) {
        put_varint(out, self.count);
        out.extend_from_slice(&self.writer.to_le_bytes());
    }

    pub(super) fn decode(addressed: &mut Reader<'_>) -> Result<Self> {
        let count = addressed.varint()?;
        if count >= Self::COUNT_END {
            return Err(addressed.malformed());
        }
        Ok(Self { count, writer: u32::from_le_bytes(addressed.array()?) })
    }

    /// How many bytes [`encode`](Self::encode) writes.
    pub(super) fn encoded_len(self) -> usize {
        varint_len(self.count) + size_of::<u32>()
    }
}

/// Where an operation comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Origin {
    pub(crate) stamp: Stamp,
    /// When it was made, by the clock of its device: the time of the directories it makes.
    pub(crate) time: Time,
}
