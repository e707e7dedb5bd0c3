//! Which segments a rebuild replays, and in which order.

use std::collections::{BTreeMap, BTreeSet};

use super::damaged;
use super::run::Present;
use crate::error::Result;
use crate::log::SegmentHeader;
use crate::segment_id::SegmentId;
use crate::segments::SegmentKind;

/// The segments to replay, in order, and the numbers of those that others stand for.
pub(super) struct Order {
    pub(super) run: Vec<Present>,
    pub(super) superseded: BTreeSet<SegmentId>,
    /// The last replay order there is.
    pub(super) through: u64,
}

/// Chooses among all segments there are.
///
/// Where several have a replay order the newest counts: it was named once all of it, and all it
/// knows of, was durable. What overlaps it is an input of it, or of what it was made from, or the
/// output of a compaction from before that nothing came of.
///
/// `StoreCorrupt` if a replay order from 1 on is missing, or the segment that writers append to.
pub(super) fn of(mut there: Vec<Present>) -> Result<Order> {
    there.sort_by_key(|segment| segment.number);
    let mut chosen: BTreeMap<u64, (SegmentHeader, Present)> = BTreeMap::new();
    let mut superseded = BTreeSet::new();
    let mut headerless = Vec::new();
    for segment in there.into_iter().rev() {
        let Some(header) = segment.header.clone() else {
            headerless.push(segment);
            continue;
        };
        let before = chosen.range(..=header.through).next_back();
        if before.is_some_and(|(_, (chosen, _))| chosen.through >= header.replay_order) {
            superseded.insert(segment.number);
        } else {
            chosen.insert(header.replay_order, (header, segment));
        }
    }
    // Damage that is there says more than what is not.
    let missing = |what, number| {
        let header = headerless.iter().find_map(|segment: &Present| segment.header().err());
        Err(header.unwrap_or_else(|| damaged(what, number)))
    };
    let mut through = 0;
    for (replay_order, (header, segment)) in &chosen {
        if *replay_order != through + 1 {
            return missing("log before segment", segment.number);
        }
        through = header.through;
    }
    let last = match chosen.last_key_value() {
        Some((_, (header, segment))) if header.kind == SegmentKind::Original => segment.number,
        Some((_, (_, segment))) => return missing("log after segment", segment.number),
        None => return missing("segment", SegmentId::FIRST),
    };
    let mut run: Vec<Present> = chosen.into_values().map(|(_, segment)| segment).collect();
    // Only the one that writers were about to begin may have been cut off before its header was
    // whole.
    for segment in headerless {
        if segment.number < last || run.last().is_some_and(|it| it.header.is_none()) {
            segment.header()?;
        }
        run.push(segment);
    }
    Ok(Order { run, superseded, through })
}
