//! What the segments of the log still tell.
//!
//! What is missing is known by its places: every replay order has a segment.
//! And by its revisions: those of the segments that writers appended to ascend without a gap, from
//! one to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::Arc;

use super::{Reading, segment_numbers};
use crate::catalog::Catalog;
use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::files::{MANIFEST, read_error, segment_name};
use crate::finding::{Finding, FindingKind};
use crate::log::{Footer, SegmentHeader, Steps, Survey};
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::segments::{Segment, SegmentKind, Segments};

/// The segments that are there.
pub(super) struct Log {
    pub(super) pieces: BTreeMap<SegmentId, Piece>,
    /// The highest revision that may be missing; 0 if none is.
    pub(super) lost_to: Revision,
}

/// What is whole of one segment.
pub(super) struct Piece {
    file: Arc<dyn DiskFile>,
    header: Option<SegmentHeader>,
    /// Its replay orders; none if they are lost.
    places: Option<RangeInclusive<u64>>,
    /// The length of the file, in bytes.
    len: u64,
    /// Whether it has a footer, damaged or not.
    is_sealed: bool,
    kind: SegmentKind,
    survey: Survey,
    /// Up to which revision renames are in its keys; none if that is lost.
    pub(super) as_of: Option<Revision>,
}

impl Piece {
    /// The steps of its whole records, in order. None has its value.
    pub(super) fn steps(&self, number: SegmentId) -> impl Iterator<Item = Steps> {
        let whole = self.survey.whole.iter();
        whole.map(move |it| Steps::of_records(&self.file, number, it.start, it.end, 0))
    }

    /// Whether it is there from its first record to its footer.
    fn is_whole(&self) -> bool {
        self.is_sealed && self.survey.damaged.is_empty()
    }

    fn has_place_of(&self, places: &RangeInclusive<u64>) -> bool {
        let shared =
            |own: &RangeInclusive<u64>| own.start() <= places.end() && places.start() <= own.end();
        self.places.as_ref().is_some_and(shared)
    }

    /// The first revision that can be in it, if writers appended to it.
    fn first_revision(&self) -> Option<Revision> {
        let header = self.header.as_ref()?;
        (header.kind == SegmentKind::Original).then_some(header.as_of.next())
    }
}

impl Log {
    pub(super) fn read(
        reading: &Reading,
        catalog: Option<&Catalog>,
        findings: &mut Vec<Finding>,
    ) -> Result<Self> {
        let numbers = segment_numbers(&*reading.disk)?;
        let mut log = Self { pieces: BTreeMap::new(), lost_to: Revision::ZERO };
        let mut unread = BTreeMap::new();
        for number in &numbers {
            match read_piece(reading, *number, catalog, findings) {
                Ok(piece) => {
                    log.pieces.insert(*number, piece);
                }
                Err(error @ Error::UnsupportedVersion { .. }) => return Err(error),
                Err(error) => {
                    unread.insert(*number, error);
                }
            }
        }
        log.excuse_begun(findings);
        let last = log.pieces.iter().rfind(|(_, piece)| piece.kind == SegmentKind::Original);
        let last = last.map(|(number, _)| *number);
        log.find_damage(last, catalog, findings);
        log.find_missing(unread, catalog, findings);
        Ok(log)
    }

    /// The segments whose records say nothing, because a whole one stands for them that compaction
    /// made later. A record that says that one of theirs is dead may be gone already.
    pub(super) fn passed_over(&self) -> BTreeSet<SegmentId> {
        let mut over = BTreeSet::new();
        let mut standing: Vec<&RangeInclusive<u64>> = Vec::new();
        for (number, piece) in self.pieces.iter().rev() {
            if standing.iter().any(|places| piece.has_place_of(places)) {
                over.insert(*number);
            } else if piece.kind == SegmentKind::Compacted && piece.is_whole() {
                standing.extend(&piece.places);
            }
        }
        over
    }

    /// The places of what compaction has made since the checkpoint, where it is whole and stands
    /// for its inputs. What it has not, of the keys that they had, was changed or deleted since.
    pub(super) fn outputs_since(&self, catalog: &Catalog) -> Vec<RangeInclusive<u64>> {
        let over = self.passed_over();
        let since = |(number, piece): &(&SegmentId, &Piece)| {
            piece.kind == SegmentKind::Compacted
                && piece.is_whole()
                && piece.as_of.is_some_and(|as_of| as_of > catalog.revision)
                && !over.contains(number)
                && !catalog.segments.contains_key(number)
        };
        let outputs = self.pieces.iter().filter(since);
        outputs.filter_map(|(_, piece)| piece.places.clone()).collect()
    }

    /// What is known of the segments.
    pub(super) fn segments(&self) -> Segments {
        let segment = |(number, piece): (&SegmentId, &Piece)| {
            let Piece { places, len: bytes, kind, as_of, .. } = piece;
            let (replay_order, through) = places
                .as_ref()
                .map_or((number.get(), number.get()), |places| (*places.start(), *places.end()));
            let (bytes, kind, as_of) = (*bytes, *kind, as_of.unwrap_or_default());
            (*number, Segment { replay_order, through, bytes, kind, as_of, ..Segment::default() })
        };
        self.pieces.iter().map(segment).collect()
    }

    /// The first revision of the segments that writers began after `number`, if there are such.
    fn next_first(&self, number: SegmentId) -> Revision {
        let mut later = self.pieces.range(number.next()..).map(|(_, piece)| piece);
        later.find_map(Piece::first_revision).unwrap_or(Revision::MAX)
    }

    /// A segment that was being begun has no whole header yet, which a crash leaves too. Until it
    /// has, the last one that writers appended to is not sealed.
    fn excuse_begun(&self, findings: &mut [Finding]) {
        let is_original = |piece: &Piece| piece.first_revision().is_some();
        let last = self.pieces.iter().rfind(|(_, piece)| is_original(piece));
        let Some((last, _)) = last.filter(|(_, piece)| !piece.is_sealed) else { return };
        let later = self.pieces.range(last.next()..);
        let begun =
            later.filter(|(_, piece)| piece.header.is_none() && piece.len <= SegmentHeader::LEN);
        for (number, piece) in begun {
            let name = segment_name(*number);
            for finding in &mut *findings {
                let is_of_it =
                    matches!(&finding.error, Error::StoreCorrupt { file, .. } if *file == name);
                if is_of_it && finding.kind == FindingKind::Header {
                    finding.kind = FindingKind::TornEnd { bytes: piece.len };
                }
            }
        }
    }

    fn find_damage(
        &mut self,
        last: Option<SegmentId>,
        catalog: Option<&Catalog>,
        findings: &mut Vec<Finding>,
    ) {
        let mut lost_to = self.lost_to;
        for (number, piece) in &self.pieces {
            for damaged in &piece.survey.damaged {
                let (place, is_open) =
                    (&damaged.range, damaged.after.is_none() && !piece.is_sealed);
                let synced = catalog
                    .filter(|catalog| catalog.log.segment == *number)
                    .map_or(0, |catalog| catalog.log.offset);
                if Some(*number) == last && is_open && place.start >= synced {
                    // As a crash leaves it too: nobody was told that more of it is durable.
                    let (file, offset) = (segment_name(*number), place.start);
                    let error = Error::StoreCorrupt { what: "log record", file, offset };
                    let bytes = place.end - place.start;
                    findings.push(Finding::new(FindingKind::TornEnd { bytes }, error));
                    continue;
                }
                let revisions = match (piece.kind, piece.as_of) {
                    (SegmentKind::Compacted, Some(as_of)) => Revision::FIRST..=as_of,
                    _ => damaged.revisions(self.next_first(*number)),
                };
                if !revisions.is_empty() {
                    lost_to = lost_to.max(*revisions.end());
                }
                findings.push(Finding::of_log(*number, place, revisions));
            }
        }
        self.lost_to = lost_to;
    }

    /// Finds segments that are not there though something says that they were.
    fn find_missing(
        &mut self,
        mut unread: BTreeMap<SegmentId, Error>,
        catalog: Option<&Catalog>,
        findings: &mut Vec<Finding>,
    ) {
        let listed = catalog.into_iter().flat_map(|catalog| &catalog.segments);
        let mut missing: BTreeMap<SegmentId, Option<RangeInclusive<u64>>> = BTreeMap::new();
        let mut is_stale = false;
        for (number, segment) in listed {
            let places = segment.replay_order..=segment.through;
            if !self.pieces.values().any(|piece| piece.has_place_of(&places)) {
                missing.insert(*number, Some(places));
            } else if !self.pieces.contains_key(number) && !unread.contains_key(number) {
                is_stale = true;
            }
        }
        if is_stale {
            // An input goes only once a checkpoint that needs it no more is durable.
            let (what, file) = ("later checkpoint", MANIFEST.to_owned());
            let error = Error::StoreCorrupt { what, file, offset: 0 };
            findings.push(Finding::new(FindingKind::Checkpoint, error));
        }
        let let_go = |number: &SegmentId| {
            catalog.is_some_and(|it| *number < it.next_segment && !it.segments.contains_key(number))
        };
        for number in unread.keys().filter(|number| !let_go(number)) {
            missing.entry(*number).or_insert(None);
        }
        for before in self.gaps(&missing) {
            let piece = &self.pieces[&before];
            let to =
                piece.first_revision().map_or(piece.as_of.unwrap_or_default(), Revision::before);
            let error = Error::StoreCorrupt {
                what: "log before segment",
                file: segment_name(before),
                offset: 0,
            };
            self.lost_to = self.lost_to.max(to);
            findings.push(lost(self.last_before(before).next()..=to, error));
        }
        for number in missing.into_keys() {
            let known = catalog.and_then(|catalog| catalog.segments.get(&number));
            let to = match known {
                Some(segment) if segment.kind == SegmentKind::Compacted => segment.as_of,
                _ => self.next_first(number).before(),
            };
            self.lost_to = self.lost_to.max(to);
            let error = unread.remove(&number).unwrap_or_else(|| Error::StoreCorrupt {
                what: "segment",
                file: segment_name(number),
                offset: 0,
            });
            findings.push(lost(Revision::FIRST..=to, error));
        }
    }

    /// The segments before which replay orders are without a segment, those of `missing` not
    /// counted. None where a segment is there whose own are lost.
    fn gaps(&self, missing: &BTreeMap<SegmentId, Option<RangeInclusive<u64>>>) -> Vec<SegmentId> {
        let there = self.pieces.iter().map(|(number, piece)| (Some(*number), &piece.places));
        let known: Option<Vec<(Option<SegmentId>, &RangeInclusive<u64>)>> = there
            .chain(missing.values().map(|places| (None, places)))
            .map(|(number, places)| Some((number, places.as_ref()?)))
            .collect();
        let mut known = known.unwrap_or_default();
        known.sort_by_key(|(_, places)| *places.start());
        let mut through = 0;
        let mut before = Vec::new();
        for (number, places) in known {
            if *places.start() > through + 1 {
                before.extend(number);
            }
            through = through.max(*places.end());
        }
        before
    }

    /// The last revision that is known to come before those of a segment, from the segments before
    /// it that writers appended to.
    fn last_before(&self, number: SegmentId) -> Revision {
        let earlier = self.pieces.range(..number).map(|(_, piece)| piece);
        let ends = earlier.filter_map(|piece| {
            Some(piece.survey.revision_max.max(piece.first_revision()?.before()))
        });
        ends.max().unwrap_or_default()
    }
}

/// What is missing of the log, of which nothing is left.
fn lost(revisions: RangeInclusive<Revision>, error: Error) -> Finding {
    let revisions = Some(revisions).filter(|revisions| !revisions.is_empty());
    Finding::new(FindingKind::Log { bytes: 0, revisions }, error)
}

fn read_piece(
    reading: &Reading,
    number: SegmentId,
    catalog: Option<&Catalog>,
    findings: &mut Vec<Finding>,
) -> Result<Piece> {
    let name = segment_name(number);
    let failed = |error| read_error("segment", &name, 0, error);
    let file = reading.handles.read(&name).map_err(failed)?;
    let len = file.len().map_err(failed)?;
    let header = match SegmentHeader::read(&*file, number) {
        Ok(header) => Some(header),
        Err(error @ Error::StoreCorrupt { .. }) => {
            findings.push(Finding::new(FindingKind::Header, error));
            None
        }
        Err(error) => return Err(error),
    };
    let known = catalog.and_then(|catalog| catalog.segments.get(&number));
    let (kind, as_of) = match (&header, known) {
        (Some(SegmentHeader { kind: SegmentKind::Compacted, as_of, .. }), _) => {
            (SegmentKind::Compacted, Some(*as_of))
        }
        (Some(_), _) => (SegmentKind::Original, Some(Revision::ZERO)),
        (None, Some(segment)) => (segment.kind, Some(segment.as_of)),
        (None, None) => (SegmentKind::Original, None),
    };
    let places = match (&header, known) {
        (Some(header), _) => Some(header.replay_order..=header.through),
        (None, Some(segment)) => Some(segment.replay_order..=segment.through),
        (None, None) => None,
    };
    let start = SegmentHeader::LEN.min(len);
    let footer = Footer::read(&file, number, len)?;
    let end = footer.as_ref().map_or(len, |footer| footer.records_end.max(start));
    let mut survey = Survey::of(&file, number, start..end)?;
    if header.is_none() {
        strike_header(&mut survey, &file, start)?;
    }
    let mut is_sealed = footer.is_some();
    if !is_sealed {
        let place = survey.damaged.last().map(|damaged| damaged.range.clone());
        if let Some(place) = place.filter(|place| place.end == len)
            && Footer::may_begin_at(&file, number, place.start, len)?
        {
            is_sealed = true;
            survey.damaged.pop();
            let (file, offset) = (name, place.start);
            let error = Error::StoreCorrupt { what: "segment footer", file, offset };
            findings.push(Finding::new(FindingKind::Footer, error));
        }
    }
    Ok(Piece { file, header, places, len, is_sealed, kind, survey, as_of })
}

/// Takes the rest of a damaged header for what it is, if the header still says its length.
fn strike_header(survey: &mut Survey, file: &Arc<dyn DiskFile>, start: u64) -> Result<()> {
    let Some(first) = survey.damaged.first().filter(|it| it.range.start == start) else {
        return Ok(());
    };
    if first.range.end == SegmentHeader::said_len(&**file)? {
        survey.damaged.remove(0);
    }
    Ok(())
}
