//! When to spill: at the length of tail where the mean cost of a commit is least.
//!
//! A commit that carries on writes the whole tail again; one that spills writes the dirty nodes.
//! Over a period of `n` commits the index bytes are the tails written on the way plus one spill,
//! `(carried + spill) / n` for each, and that is least where one more commit would cost as much
//! as the mean: where `carried + spill = n * (tail + growth)`, with `growth` what one more commit
//! adds to the spill.
//!
//! The shape of the directory decides. In a small one all commits dirty the same few nodes, and
//! the best `n` is near `sqrt(2 * spill / bytes of an operation)`; in a huge one each dirties
//! nodes of its own, and waiting saves little. Growth comes in steps, a leaf at a time, so it is
//! not taken from one commit to the next: a spill is assumed to grow as `n^share`, with `share`
//! between 0 (all commits share their nodes) and 1 (none does) from the first commit and this one.
//! Then `n * growth` is `share * spill`.
//!
//! The policies that were tried are in `docs/decisions/0003-tail-and-spill.md`.

use crate::forest::{TAIL_BYTES_MAX, TAIL_OPS_MAX, Tail};

/// Whether a commit is to empty the tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spill {
    /// Where that costs less.
    WhenDue,
    /// In any case.
    Now,
}

/// How a commit wrote its operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In the root's tail.
    Carried,
    /// In nodes.
    Spilled,
}

/// The bytes one more request, and the round trip it takes, are worth.
const REQUEST_BYTES: u64 = 4 * 1024;

/// The costs of one commit, in bytes.
pub(super) struct Costs {
    /// What a spill would write.
    pub(super) spill: u64,
    /// What it would have written after the first commit of the tail; the same for the first.
    pub(super) spill_first: u64,
    /// What carrying the tail writes.
    pub(super) tail: u64,
    /// Whether the commit writes a pack in any case, so that a spill is no further request.
    pub(super) has_pack: bool,
}

/// Whether the commit that makes the tail `next` should spill instead.
pub(super) fn should_spill(next: &Tail, costs: &Costs) -> bool {
    if costs.tail > TAIL_BYTES_MAX || next.ops.len() > TAIL_OPS_MAX {
        return true;
    }
    let request = if costs.has_pack { 0 } else { REQUEST_BYTES };
    let shared = costs.spill as f64 * (1.0 - share_of_growth(next.commits, costs));
    let saved_by_waiting = next.carried.saturating_add(request) as f64 + shared;
    saved_by_waiting <= next.commits as f64 * costs.tail as f64
}

/// The exponent with which the spill has grown over the commits of the tail.
fn share_of_growth(commits: u64, costs: &Costs) -> f64 {
    if commits < 2 || costs.spill_first == 0 {
        return 0.0;
    }
    let grown = (costs.spill as f64 / costs.spill_first as f64).ln();
    (grown / (commits as f64).ln()).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The length of the tail at its spill, for operations of `op` bytes that come one a commit.
    fn period(op: u64, has_pack: bool, spill: impl Fn(u64) -> u64) -> u64 {
        let mut carried = 0;
        let period = (1..).find(|&commits| {
            let tail = Tail { ops: Vec::new(), commits, carried };
            let costs = Costs {
                spill: spill(commits),
                spill_first: spill(1),
                tail: commits * op,
                has_pack,
            };
            carried += costs.tail;
            should_spill(&tail, &costs)
        });
        period.unwrap()
    }

    #[test]
    fn commits_that_share_their_nodes_wait_for_the_root_of_twice_the_spill() {
        assert_eq!(period(100, true, |_| 5_000), 10);
        assert_eq!(period(100, true, |_| 20_000), 20);
    }

    #[test]
    fn commits_that_share_nothing_wait_for_nothing() {
        assert_eq!(period(100, true, |commits| 5_000 * commits), 2);
    }

    #[test]
    fn the_more_they_share_the_longer_they_wait() {
        let periods = [1_000, 2_000, 4_000, 8_000]
            .map(|shared| period(100, true, |commits| shared + 1_000 * commits));
        assert!(periods.is_sorted_by(|a, b| a < b), "{periods:?}");
    }

    #[test]
    fn a_request_of_its_own_is_worth_waiting_for() {
        assert!(period(500, false, |_| 2_000) > period(500, true, |_| 2_000));
    }

    #[test]
    fn operations_as_large_as_the_nodes_are_never_carried() {
        assert_eq!(period(5_000, true, |_| 5_000), 1);
    }

    #[test]
    fn a_tail_is_never_longer_than_readers_should_apply() {
        let tail = Tail { ops: Vec::new(), commits: 1, carried: 0 };
        let costs = |tail| Costs { spill: u64::MAX, spill_first: 1, tail, has_pack: true };
        assert!(!should_spill(&tail, &costs(TAIL_BYTES_MAX)));
        assert!(should_spill(&tail, &costs(TAIL_BYTES_MAX + 1)));
    }
}
