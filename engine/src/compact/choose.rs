//! Which segments are worth rewriting.

use std::collections::BTreeSet;

use crate::segment_id::SegmentId;
use crate::segments::{Segment, oldest};
use crate::state::State;

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
    /// What is needed of a run of several is to be no more than this.
    pub(super) kept_bytes_max: u64,
    /// The same of a run of one.
    pub(super) kept_alone_bytes_max: u64,
}

impl Policy {
    /// Whether enough of it is dead. `oldest` is the first replay order at which notes say
    /// something.
    fn is_dead(self, segment: &Segment, oldest: u64) -> bool {
        let dead = dead_bytes(segment, oldest);
        dead > 0 && dead * 100 >= segment.bytes * self.dead_percent
    }
}

/// How much of a segment compaction would leave out, in bytes.
fn dead_bytes(segment: &Segment, oldest: u64) -> u64 {
    segment.dead_bytes + if segment.replay_order <= oldest { segment.note_bytes } else { 0 }
}

impl State {
    /// Whether so much of the log is dead.
    pub(super) fn is_compaction_worth_it(&self, dead_bytes_min: u64) -> bool {
        let oldest = oldest(&self.segments);
        let dead = self.segments.values().map(|segment| dead_bytes(segment, oldest));
        dead.sum::<u64>() >= dead_bytes_min || tiles(self).iter().any(|tile| tile.len() > 1)
    }
}

/// Segments that overlap in their replay orders: one, or what a compaction that did not end has
/// left, its inputs and what it made of them. They are compacted together or not at all.
type Tile = Vec<(SegmentId, Segment)>;

/// The next adjacent sealed segments that are worth rewriting together, in the order of replay.
pub(super) fn next_run(
    state: &State,
    policy: Policy,
    done: &BTreeSet<SegmentId>,
) -> Vec<(SegmentId, Segment)> {
    let active = state.pending.segment();
    let waiting = state.pending.segments_waiting();
    let oldest = oldest(&state.segments);
    let mut run = Run::default();
    for tile in tiles(state) {
        let free = |number: &SegmentId| *number != active && !waiting.contains(number);
        let fresh = tile.iter().all(|(number, _)| free(number) && !done.contains(number));
        let dead = tile.len() > 1 || tile.iter().any(|(_, it)| policy.is_dead(it, oldest));
        let small = tile.iter().map(|(_, it)| it.bytes).sum::<u64>() < policy.small_bytes;
        let needed = |it: &Segment| it.bytes.saturating_sub(dead_bytes(it, oldest));
        let kept = tile.iter().map(|(_, it)| needed(it)).sum::<u64>();
        let wanted = fresh && (dead || small) && kept <= policy.kept_alone_bytes_max;
        let fits = run.tiles == 0 || run.kept + kept <= policy.kept_bytes_max;
        if !wanted || !fits || run.segments.len() >= RUN_MAX {
            if run.is_worth_it() {
                break;
            }
            run = Run::default();
        }
        if wanted {
            run.tiles += 1;
            run.kept += kept;
            run.dead |= dead;
            run.segments.extend(tile);
        }
    }
    if run.is_worth_it() { run.segments } else { Vec::new() }
}

#[derive(Default)]
struct Run {
    segments: Vec<(SegmentId, Segment)>,
    tiles: usize,
    kept: u64,
    dead: bool,
}

impl Run {
    fn is_worth_it(&self) -> bool {
        self.tiles >= SMALL_RUN || self.dead
    }
}

fn tiles(state: &State) -> Vec<Tile> {
    let mut segments: Tile =
        state.segments.iter().map(|(number, segment)| (*number, *segment)).collect();
    segments.sort_by_key(|(number, segment)| (segment.replay_order, *number));
    let mut tiles: Vec<Tile> = Vec::new();
    let mut through = 0;
    for (number, segment) in segments {
        match tiles.last_mut() {
            Some(tile) if segment.replay_order <= through => tile.push((number, segment)),
            _ => tiles.push(vec![(number, segment)]),
        }
        through = through.max(segment.through);
    }
    tiles
}
