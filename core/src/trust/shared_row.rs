//! The row that the sessions of one member share which keep no state.
//!
//! Such a session is one writer while it lives, and nobody's memory after that. A counter alone
//! would not do: a store that showed two sessions two histories could let both of them count on,
//! and then show one for the other. So the row lists, for each session that wrote to it lately, the
//! last commit it made: a history without that commit lacks the session, or has it elsewhere.

use super::author::Lane;
use super::refusal::{Reader, RefusalResult};
use super::relation::Relation;
use super::row::Row;
use super::statement::RootHash;
use crate::codec::put_varint;

/// The most sessions that a row lists, the last one included. Of those that wrote before them
/// nothing is known but that they did.
pub const LANES_MAX: usize = 16;

/// The start of a root's hash, by which a commit of an earlier session is recognised.
type Tag = [u8; 8];

/// The last commit of a member's sessions, and of each of those that wrote lately.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedRow {
    /// All commits of the member's sessions together.
    pub(super) last: Row,
    /// The session that made the last one.
    lane: Lane,
    /// The others, the one that wrote last first.
    past: Vec<PastLane>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PastLane {
    lane: Lane,
    /// The row's counter at its last commit.
    counter: u64,
    tag: Tag,
}

/// What a row says of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaneState {
    /// This was its last commit: the row's counter there, and the start of the root's hash.
    At(u64, [u8; 8]),
    /// It has not made any.
    Never,
    /// If it made any, so many other sessions wrote since that it is not listed any more. The row's
    /// counter there was below this one.
    Unknown(u64),
}

fn tag(hash: &RootHash) -> Tag {
    let mut tag = [0; 8];
    tag.copy_from_slice(&hash.as_bytes()[..8]);
    tag
}

impl SharedRow {
    /// The row after a further commit; after the first, if there is none yet.
    pub(super) fn advanced(row: Option<&Self>, lane: Lane, sequence: u64, hash: RootHash) -> Self {
        let Some(row) = row else {
            return Self { last: Row::next(0, sequence, hash), lane, past: Vec::new() };
        };
        let others = row.lanes().filter(|other| other.lane != lane);
        let past = others.take(LANES_MAX - 1).collect();
        Self { last: Row::next(row.last.counter, sequence, hash), lane, past }
    }

    /// All sessions it lists, the one that wrote last first.
    fn lanes(&self) -> impl Iterator<Item = PastLane> {
        let (lane, counter) = (self.lane, self.last.counter);
        let now = PastLane { lane, counter, tag: tag(&self.last.hash) };
        std::iter::once(now).chain(self.past.iter().copied())
    }

    fn find(&self, lane: Lane) -> Option<PastLane> {
        self.lanes().find(|listed| listed.lane == lane)
    }

    /// Whether sessions may have written that are not listed any more.
    fn is_full(&self) -> bool {
        self.past.len() == LANES_MAX - 1
    }

    fn oldest(&self) -> u64 {
        self.past.last().map_or(self.last.counter, |lane| lane.counter)
    }

    /// What it says of a session.
    pub fn lane_state(&self, lane: Lane) -> LaneState {
        match self.find(lane) {
            Some(found) => LaneState::At(found.counter, found.tag),
            None if self.is_full() => LaneState::Unknown(self.oldest()),
            None => LaneState::Never,
        }
    }

    /// What this row is to `other`, of the same member.
    pub fn relation(&self, other: &Self) -> Relation {
        if self.last.counter > other.last.counter {
            return other.relation(self).reversed();
        }
        if self.last.counter == other.last.counter {
            return if self == other { Relation::Equal } else { Relation::Contradicts };
        }
        let is_left_out = |lane: PastLane| {
            let may_be_gone = other.is_full() && other.oldest() > lane.counter;
            other.find(lane.lane).is_none() && !may_be_gone
        };
        let is_made_up = |lane: &PastLane| {
            lane.counter <= self.last.counter && self.find(lane.lane) != Some(*lane)
        };
        if self.lanes().any(is_left_out) || other.past.iter().any(is_made_up) {
            return Relation::Contradicts;
        }
        self.last.relation(&other.last)
    }

    /// ```text
    /// row, lane (8), how many other lanes (1, at most 15), and for each, the last first:
    /// lane (8), varint: how much less its counter is than the one before it, less one; tag (8)
    /// ```
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        self.last.put(out);
        out.extend_from_slice(&self.lane.0);
        out.push(self.past.len() as u8);
        let mut counter = self.last.counter;
        for lane in &self.past {
            out.extend_from_slice(&lane.lane.0);
            put_varint(out, counter - lane.counter - 1);
            out.extend_from_slice(&lane.tag);
            counter = lane.counter;
        }
    }

    pub(super) fn read(input: &mut Reader<'_>) -> RefusalResult<Self> {
        let last = Row::read(input)?;
        let lane = Lane(input.array()?);
        let count = usize::from(input.byte()?);
        if count >= LANES_MAX {
            return Err(input.malformed());
        }
        let mut row = Self { last, lane, past: Vec::with_capacity(count) };
        for _ in 0..count {
            let lane = Lane(input.array()?);
            let less = input.varint()?.checked_add(1);
            let counter = less.and_then(|less| row.oldest().checked_sub(less));
            let counter = counter.filter(|counter| *counter > 0);
            let counter = counter.ok_or_else(|| input.malformed())?;
            if row.find(lane).is_some() {
                return Err(input.malformed());
            }
            row.past.push(PastLane { lane, counter, tag: input.array()? });
        }
        Ok(row)
    }
}
