//! The steps of a segment, from its footer where that has them, else from its records.

use std::sync::Arc;

use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::files::segment_name;
use crate::log::batch::Batches;
use crate::log::segment::footer::{Directory, Footer};
use crate::log::segment::scan::{Scan, Scanned};
use crate::log::step::Step;
use crate::segment_id::SegmentId;

/// Reads the steps of a segment in order.
pub(crate) struct Steps(Source);

enum Source {
    Directory(Directory),
    Records { scan: Scan, batches: Batches, inline_bytes_max: u32, segment: SegmentId },
}

impl Steps {
    /// The steps of a sealed segment from the record at `from` on. A footer gives values as they
    /// were kept in the index when it was written, a scan those of at most `inline_bytes_max`
    /// bytes.
    pub(crate) fn of_sealed(
        file: &Arc<dyn DiskFile>,
        segment: SegmentId,
        from: u64,
        footer: Footer,
        inline_bytes_max: u32,
    ) -> Self {
        match footer.directory {
            Some(mut directory) => {
                directory.skip_to(from);
                Self(Source::Directory(directory))
            }
            None => Self::of_records(file, segment, from, footer.records_end, inline_bytes_max),
        }
    }

    /// The steps of the records between `from` and `end`, all of which count.
    pub(crate) fn of_records(
        file: &Arc<dyn DiskFile>,
        segment: SegmentId,
        from: u64,
        end: u64,
        inline_bytes_max: u32,
    ) -> Self {
        let scan = Scan::new(file.clone(), segment, from, end);
        let batches = Batches::default();
        Self(Source::Records { scan, batches, inline_bytes_max, segment })
    }

    /// The next step; none after the last.
    pub(crate) fn next(&mut self) -> Result<Option<Step<'_>>> {
        match &mut self.0 {
            Source::Directory(directory) => directory.next(),
            Source::Records { scan, batches, inline_bytes_max, segment } => {
                next_of_records(scan, batches, *inline_bytes_max, *segment)
            }
        }
    }
}

fn next_of_records<'a>(
    scan: &'a mut Scan,
    batches: &mut Batches,
    inline_bytes_max: u32,
    segment: SegmentId,
) -> Result<Option<Step<'a>>> {
    let corrupt =
        |offset| Error::StoreCorrupt { what: "log record", file: segment_name(segment), offset };
    loop {
        match scan.next()? {
            Scanned::Record(place, decoded) => {
                batches.add(place.offset, &decoded).map_err(|_| corrupt(place.offset))?;
                if Step::of(place, &decoded.record, inline_bytes_max).is_some() {
                    break;
                }
            }
            Scanned::End => {
                return match batches.unfinished() {
                    Some(offset) => Err(corrupt(offset)),
                    None => Ok(None),
                };
            }
            Scanned::Footer(offset) | Scanned::Broken(offset) => return Err(corrupt(offset)),
        }
    }
    Ok(scan
        .current()
        .and_then(|(place, decoded)| Step::of(place, &decoded.record, inline_bytes_max)))
}
