//! The tail of a root: the operations since the last spill.

use super::op::Op;
use crate::error::Result;
use crate::seal::SectionReader;

/// A tail is never longer than this, in bytes: readers apply all of it, and refuse more.
pub(crate) const TAIL_BYTES_MAX: u64 = 64 * 1024;
/// A tail never has more operations than this. Readers refuse more.
pub(crate) const TAIL_OPS_MAX: usize = 512;

/// The operations since the last spill.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    pub(crate) ops: Vec<Op>,
    /// How many commits the operations came in.
    pub(crate) commits: u64,
    /// The bytes all those commits wrote for the tail, which a spill would have saved.
    pub(crate) carried: u64,
}

/// Refuses a tail of more operations or bytes than are ever carried, before it is read.
pub(super) fn check_tail(input: &mut SectionReader<'_>, count: usize) -> Result<()> {
    let bytes = input.remaining() as u64;
    if count > TAIL_OPS_MAX || bytes > TAIL_BYTES_MAX {
        return Err(input.addressed().malformed());
    }
    Ok(())
}
