//! The end of a sealed segment: from its footer, or where that is damaged, from its records.
//!
//! A footer says nothing that the records do not, which have checksums of their own. So a damaged
//! one costs a scan and nothing else, as long as it is certain that the records end where it
//! begins: it does so with its magic, or its trailer says so.

use std::sync::Arc;

use super::footer::Footer;
use super::header::SegmentHeader;
use super::scan::{Scan, Scanned};
use crate::disk::DiskFile;
use crate::error::{Error, Result};
use crate::files::{read_error, segment_name};
use crate::log::batch::Batches;
use crate::log::step::revision_of;
use crate::revision::Revision;

/// How a sealed segment ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sealed {
    /// What the footer says, or what it would say but for its directory.
    pub(crate) footer: Footer,
    /// Whether it said so.
    pub(crate) told_by: ToldBy,
}

/// Where the end of a segment is known from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ToldBy {
    /// The footer, which is whole.
    Footer,
    /// The records, because the footer is damaged.
    Records,
}

impl Sealed {
    /// How the segment of `header` ends. A damaged footer is logged.
    ///
    /// [`Error::StoreCorrupt`] if a record is damaged too, or where there is no footer at all, not
    /// even a damaged one: the segment was cut.
    pub(crate) fn read(file: &Arc<dyn DiskFile>, header: &SegmentHeader) -> Result<Self> {
        let segment = header.id;
        let name = segment_name(segment);
        let len = file.len().map_err(|error| read_error("segment", &name, 0, error))?;
        if let Some(footer) = Footer::read(file, segment, len)? {
            return Ok(Self { footer, told_by: ToldBy::Footer });
        }
        let corrupt = |what, offset| Error::StoreCorrupt { what, file: name.clone(), offset };
        let mut scan = Scan::new(file.clone(), segment, SegmentHeader::LEN, len);
        let mut batches = Batches::default();
        let mut revision_max = Revision::ZERO;
        let records_end = loop {
            match scan.next()? {
                Scanned::Record(place, decoded) => {
                    let broken = |_| corrupt("log record", place.offset);
                    batches.add(place.offset, &decoded).map_err(broken)?;
                    revision_max =
                        revision_max.max(revision_of(&decoded.record).unwrap_or_default());
                }
                Scanned::Footer(offset) | Scanned::Broken(offset) => {
                    if Footer::may_begin_at(file, segment, offset, len)? {
                        break offset;
                    }
                    return Err(corrupt("log record", offset));
                }
                Scanned::End => return Err(corrupt("segment footer", len)),
            }
        };
        if let Some(offset) = batches.unfinished() {
            return Err(corrupt("log record", offset));
        }
        log::warn!("the footer of {name} is damaged; its records are read instead");
        let footer = Footer { records_end, revision_max, directory: None };
        Ok(Self { footer, told_by: ToldBy::Records })
    }
}
