//! Which segments are worth rewriting.

use std::collections::BTreeSet;

use crate::engine::segments::Segment;
use crate::engine::state::State;

/// So many small neighbours are made one.
const SMALL_RUN: usize = 4;
/// The most segments of one run.
const RUN_MAX: usize = 64;

/// When a segment is worth rewriting.
#[derive(Debug, Clone, Copy)]
pub(super) struct Policy {
    pub(super) dead_percent: u64,
    /// Segments shorter than this are small.
    pub(super) small_bytes: u64,
}

impl Policy {
    /// Whether enough of it is dead. `oldest` is the first position: notes there say nothing.
    fn is_dead(self, segment: &Segment, oldest: u64) -> bool {
        let dead = dead_bytes(segment, oldest);
        dead > 0 && dead * 100 >= segment.bytes * self.dead_percent
    }
}

/// How much of a segment compaction would leave out, in bytes.
fn dead_bytes(segment: &Segment, oldest: u64) -> u64 {
    segment.dead_bytes + if segment.position <= oldest { segment.note_bytes } else { 0 }
}

impl State {
    /// Whether so much of the log is dead.
    pub(super) fn is_compaction_worth_it(&self, dead_bytes_min: u64) -> bool {
        let oldest = self.segments.values().map(|segment| segment.position).min().unwrap_or(0);
        let dead = self.segments.values().map(|segment| dead_bytes(segment, oldest));
        dead.sum::<u64>() >= dead_bytes_min
    }
}

/// The next adjacent sealed segments that are worth rewriting together.
pub(super) fn next_run(state: &State, policy: Policy, done: &BTreeSet<u64>) -> Vec<(u64, Segment)> {
    let active = state.pending.segment();
    let waiting = state.pending.segments_waiting();
    let mut sealed: Vec<(u64, Segment)> = state
        .segments
        .iter()
        .filter(|(number, _)| **number != active && !waiting.contains(number))
        .map(|(number, segment)| (*number, *segment))
        .collect();
    sealed.sort_by_key(|(number, segment)| (segment.position, *number));
    let oldest = state.segments.values().map(|segment| segment.position).min().unwrap_or(0);
    let mut run: Vec<(u64, Segment)> = Vec::new();
    for (number, segment) in sealed {
        let dead = policy.is_dead(&segment, oldest);
        let small = segment.bytes < policy.small_bytes;
        let fresh = !done.contains(&number);
        if fresh && (dead || small) && run.len() < RUN_MAX {
            run.push((number, segment));
        } else if is_worth_it(&run, policy, oldest) {
            break;
        } else {
            run.clear();
        }
    }
    if is_worth_it(&run, policy, oldest) { run } else { Vec::new() }
}

fn is_worth_it(run: &[(u64, Segment)], policy: Policy, oldest: u64) -> bool {
    run.len() >= SMALL_RUN || run.iter().any(|(_, segment)| policy.is_dead(segment, oldest))
}
