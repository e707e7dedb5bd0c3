//! What the segments of the log still tell.
//!
//! What is missing is known by its revisions: those of the segments that writers appended to ascend
//! without a gap, from one to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Reading, segment_numbers};
use crate::engine::catalog::Catalog;
use crate::engine::files::{read_error, segment_name};
use crate::engine::finding::{Finding, FindingKind};
use crate::engine::log::{Footer, HEADER_BYTES_MIN, SegmentHeader, Steps, Survey};
use crate::engine::segments::{Segment, SegmentKind, Segments};
use crate::error::{Error, Result};
use crate::platform::disk::DiskFile;

/// The segments that are there.
pub(super) struct Log {
    pub(super) pieces: BTreeMap<u64, Piece>,
    /// The highest revision that may be missing; 0 if none is.
    pub(super) lost_to: u64,
}

/// What is whole of one segment.
pub(super) struct Piece {
    file: Arc<dyn DiskFile>,
    header: Option<SegmentHeader>,
    /// The length of the file, in bytes.
    len: u64,
    /// Whether it has a footer, damaged or not.
    is_sealed: bool,
    kind: SegmentKind,
    survey: Survey,
    /// Up to which revision renames are in its keys; none if that is lost.
    pub(super) as_of: Option<u64>,
}

impl Piece {
    /// The steps of its whole records, in order. None has its value.
    pub(super) fn steps(&self, number: u64) -> impl Iterator<Item = Steps> {
        let whole = self.survey.whole.iter();
        whole.map(move |it| Steps::of_records(&self.file, number, it.start, it.end, 0))
    }
}

impl Log {
    pub(super) fn read(
        reading: &Reading,
        catalog: Option<&Catalog>,
        findings: &mut Vec<Finding>,
    ) -> Result<Self> {
        let numbers = segment_numbers(&*reading.disk)?;
        let mut log = Self { pieces: BTreeMap::new(), lost_to: 0 };
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
        let last = log.pieces.iter().rfind(|(_, piece)| piece.kind == SegmentKind::Original);
        let last = last.map(|(number, _)| *number);
        log.find_damage(last, catalog, findings);
        log.find_missing(unread, catalog, findings);
        Ok(log)
    }

    /// The segments whose records say nothing: inputs that compaction had begun to remove, whose
    /// outputs are whole. A record that says that one of theirs is dead may be gone already.
    pub(super) fn passed_over(&self) -> BTreeSet<u64> {
        let mut over = BTreeSet::new();
        for piece in self.pieces.values() {
            let Some(header) = &piece.header else { continue };
            let are_there = |input: &u64| self.pieces.contains_key(input);
            if piece.survey.damaged.is_empty() && !header.replaces.iter().all(are_there) {
                over.extend(header.replaces.iter().copied());
            }
        }
        over
    }

    /// What is known of the segments.
    pub(super) fn segments(&self) -> Segments {
        let segment = |(number, piece): (&u64, &Piece)| {
            let Piece { header, len: bytes, kind, as_of, .. } = piece;
            let position = header.as_ref().map_or(*number, |header| header.position);
            let (bytes, kind, as_of) = (*bytes, *kind, as_of.unwrap_or(0));
            (*number, Segment { position, bytes, kind, as_of, ..Segment::default() })
        };
        self.pieces.iter().map(segment).collect()
    }

    /// The first revision of the segments that writers began after `number`, if there are such.
    fn next_first(&self, number: u64) -> u64 {
        let later = self.pieces.range(number + 1..).map(|(_, piece)| piece);
        let mut headers = later.filter_map(|piece| piece.header.as_ref());
        headers
            .find(|header| header.kind == SegmentKind::Original)
            .map_or(u64::MAX, |header| header.first_revision)
    }

    fn find_damage(
        &mut self,
        last: Option<u64>,
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
                    (SegmentKind::Compacted, Some(as_of)) => 1..=as_of,
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
        mut unread: BTreeMap<u64, Error>,
        catalog: Option<&Catalog>,
        findings: &mut Vec<Finding>,
    ) {
        let replaced: BTreeSet<u64> = self
            .pieces
            .values()
            .filter_map(|piece| piece.header.as_ref())
            .flat_map(|header| header.replaces.iter().copied())
            .collect();
        let listed = |number: &u64| catalog.is_some_and(|it| it.segments.contains_key(number));
        let let_go = |number: &u64| {
            replaced.contains(number)
                || catalog.is_some_and(|it| *number < it.next_segment && !listed(number))
        };
        let mut missing: BTreeMap<u64, u64> = BTreeMap::new();
        let absent = catalog.into_iter().flat_map(|catalog| catalog.segments.keys());
        let absent = absent.filter(|number| !self.pieces.contains_key(number));
        for number in absent.chain(unread.keys()).filter(|number| !let_go(number)) {
            missing.insert(*number, 1);
        }
        let (mut seen, mut before) = (0, 0);
        for (number, piece) in &self.pieces {
            if piece.kind == SegmentKind::Compacted {
                continue;
            }
            let first = piece.header.as_ref().map_or(0, |header| header.first_revision);
            let gap = (before + 1..*number)
                .find(|number| !self.pieces.contains_key(number) && !let_go(number));
            if let Some(gap) = gap
                && seen + 1 < first
            {
                missing.entry(gap).or_insert(seen + 1);
            }
            seen = seen.max(piece.survey.revision_max).max(first.saturating_sub(1));
            before = *number;
        }
        for (number, from) in missing {
            let known = catalog.and_then(|catalog| catalog.segments.get(&number));
            let to = match known {
                Some(segment) if segment.kind == SegmentKind::Compacted => segment.as_of,
                _ => self.next_first(number) - 1,
            };
            self.lost_to = self.lost_to.max(to);
            let error = unread.remove(&number).unwrap_or_else(|| Error::StoreCorrupt {
                what: "segment",
                file: segment_name(number),
                offset: 0,
            });
            let revisions = Some(from..=to).filter(|revisions| !revisions.is_empty());
            findings.push(Finding::new(FindingKind::Log { bytes: 0, revisions }, error));
        }
    }
}

fn read_piece(
    reading: &Reading,
    number: u64,
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
        (Some(_), _) => (SegmentKind::Original, Some(0)),
        (None, Some(segment)) => (segment.kind, Some(segment.as_of)),
        (None, None) => (SegmentKind::Original, None),
    };
    let start = header.as_ref().map_or(HEADER_BYTES_MIN as u64, SegmentHeader::len).min(len);
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
    Ok(Piece { file, header, len, is_sealed, kind, survey, as_of })
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
