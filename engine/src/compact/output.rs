//! The segment that compaction writes.

use std::sync::Arc;

use crate::config::EngineConfig;
use crate::disk::{Disk, DiskFile, OpenMode};
use crate::entry::Place;
use crate::error::Result;
use crate::files::{self, io_error, segment_name, segment_temp_name};
use crate::log::{Batched, FooterBuilder, Record, SegmentHeader, encode};
use crate::segment_id::SegmentId;
use crate::segments::Segment;

/// How much is gathered before it is written, in bytes.
const WRITE_BYTES: usize = 1 << 20;

/// A segment in the making, under a temporary name.
pub(super) struct Output<'a> {
    disk: &'a dyn Disk,
    header: SegmentHeader,
    file: Arc<dyn DiskFile>,
    footer: FooterBuilder,
    /// What is in the file, and what comes after it.
    written: u64,
    gathered: Vec<u8>,
    notes: u64,
    note_bytes: u64,
}

/// A segment that is whole and durable but for its name.
pub(super) struct Unnamed<'a> {
    disk: &'a dyn Disk,
    number: SegmentId,
    segment: Segment,
}

impl<'a> Output<'a> {
    pub(super) fn begin(
        disk: &'a dyn Disk,
        header: SegmentHeader,
        config: &EngineConfig,
    ) -> Result<Self> {
        let name = segment_temp_name(header.id);
        let file = disk.open(&name, OpenMode::CreateNew).map_err(io_error)?;
        let footer = FooterBuilder::new(
            header.id,
            SegmentHeader::LEN,
            config.inline_bytes_max,
            config.segment_bytes_max,
        );
        let gathered = header.encode();
        Ok(Self { disk, header, file, footer, written: 0, gathered, notes: 0, note_bytes: 0 })
    }

    /// How long it is, in bytes: where the next record goes.
    pub(super) fn len(&self) -> u64 {
        self.written + self.gathered.len() as u64
    }

    /// Adds a record.
    pub(super) fn append(&mut self, record: &Record<'_>) -> Result<()> {
        let offset = self.len();
        let segment = self.header.id;
        let len = encode(record, Batched::No, segment, offset, &mut self.gathered);
        self.footer.add(Place { segment, offset, len }, record);
        match record {
            Record::Put { .. } => {}
            Record::NamespaceCreate { .. } | Record::Track { .. } => self.notes += 1,
            _ => {
                self.notes += 1;
                self.note_bytes += u64::from(len);
            }
        }
        if self.gathered.len() >= WRITE_BYTES {
            self.file.write_at(self.written, &self.gathered).map_err(io_error)?;
            self.written += self.gathered.len() as u64;
            self.gathered.clear();
        }
        Ok(())
    }

    /// Ends it with its footer and makes it durable.
    pub(super) fn finish(self) -> Result<Unnamed<'a>> {
        let len = self.len();
        let Self { disk, header, file, footer, written, mut gathered, notes, note_bytes } = self;
        gathered.extend_from_slice(&footer.finish(len));
        let bytes = written + gathered.len() as u64;
        file.write_at(written, &gathered).map_err(io_error)?;
        file.sync().map_err(io_error)?;
        let SegmentHeader { id: number, kind, replay_order, through, as_of, .. } = header;
        let segment = Segment {
            kind,
            replay_order,
            through,
            bytes,
            notes,
            note_bytes,
            as_of,
            ..Segment::default()
        };
        Ok(Unnamed { disk, number, segment })
    }
}

impl Unnamed<'_> {
    /// Gives it its name, durably: from then on it stands for what it replaces.
    pub(super) fn name(self) -> Result<Segment> {
        let (from, to) = (segment_temp_name(self.number), segment_name(self.number));
        self.disk.rename(&from, &to).map_err(io_error)?;
        self.disk.sync_dir(files::LOG).map_err(io_error)?;
        Ok(self.segment)
    }
}
