//! When to spill: at the length of tail where the mean cost of a commit is least.
//!
//! A commit that carries on writes the whole tail again; one that spills writes the dirty nodes.
//! Over a period of `n` commits the index bytes are the tails written on the way plus one spill,
//! and their mean is least where one more commit would cost at least the mean so far. The shape of
//! the directory decides: in a small one all commits dirty the same few nodes and the period is
//! near `sqrt(2 * spill bytes / bytes per operation)`; in a huge one each commit dirties nodes of
//! its own and waiting saves nothing.

use super::root::Tail;

/// A tail is never longer than this, in bytes: readers apply all of it.
const TAIL_BYTES_MAX: u64 = 64 * 1024;
/// A tail never has more operations than this.
pub(super) const TAIL_OPS_MAX: usize = 512;

/// The costs of one commit, in bytes.
pub(super) struct Costs {
    /// What a spill would write.
    pub(super) spill: u64,
    /// What it would have written at the commit before; `None` if that is not known.
    pub(super) spill_before: Option<u64>,
    /// What carrying the tail writes.
    pub(super) tail: u64,
}

/// Whether the commit that makes the tail `next` should spill instead.
pub(super) fn should_spill(next: &Tail, costs: &Costs) -> bool {
    if costs.tail > TAIL_BYTES_MAX || next.ops.len() > TAIL_OPS_MAX {
        return true;
    }
    let commits = next.commits;
    if commits < 2 {
        return false;
    }
    let growth = match costs.spill_before {
        Some(before) => costs.spill.saturating_sub(before),
        None => costs.spill / commits,
    };
    next.carried.saturating_add(costs.spill) <= commits.saturating_mul(costs.tail + growth)
}
