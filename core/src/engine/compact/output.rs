//! The segments that compaction writes.

use std::sync::Arc;

use crate::engine::config::EngineConfig;
use crate::engine::files::{self, io_error, segment_name, segment_temp_name};
use crate::engine::log::{Batched, FooterBuilder, Record, SegmentHeader, encode};
use crate::engine::segments::Segment;
use crate::error::Result;
use crate::platform::disk::{Disk, DiskFile, OpenMode};

/// How much is gathered before it is written, in bytes.
const WRITE_BYTES: usize = 1 << 20;

/// Writes records into as many segments as they need, at most one a header.
pub(super) struct Outputs<'a> {
    disk: &'a dyn Disk,
    headers: std::vec::IntoIter<SegmentHeader>,
    segment_bytes_max: u64,
    inline_bytes_max: u32,
    current: Option<Output>,
    done: Vec<(u64, Segment)>,
    bytes: u64,
}

struct Output {
    header: SegmentHeader,
    file: Arc<dyn DiskFile>,
    footer: FooterBuilder,
    /// What is in the file, and what comes after it.
    written: u64,
    gathered: Vec<u8>,
    notes: u64,
    note_bytes: u64,
}

impl<'a> Outputs<'a> {
    pub(super) fn new(
        disk: &'a dyn Disk,
        headers: Vec<SegmentHeader>,
        config: &EngineConfig,
    ) -> Self {
        Self {
            disk,
            headers: headers.into_iter(),
            segment_bytes_max: config.segment_bytes_max,
            inline_bytes_max: config.inline_bytes_max,
            current: None,
            done: Vec::new(),
            bytes: 0,
        }
    }

    /// How many bytes of records were written.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a record.
    pub(super) fn append(&mut self, record: &Record<'_>) -> Result<()> {
        let full = self.current.as_ref().is_some_and(|it| it.len() >= self.segment_bytes_max);
        if full && self.headers.len() > 0 {
            self.end()?;
        }
        if self.current.is_none()
            && let Some(header) = self.headers.next()
        {
            self.current = Some(self.begin(header)?);
        }
        if let Some(output) = &mut self.current {
            self.bytes += u64::from(output.append(record));
            if output.gathered.len() >= WRITE_BYTES {
                output.write()?;
            }
        }
        Ok(())
    }

    /// Makes all of it durable under its names.
    pub(super) fn finish(mut self) -> Result<Vec<(u64, Segment)>> {
        self.end()?;
        for (number, _) in &self.done {
            let (from, to) = (segment_temp_name(*number), segment_name(*number));
            self.disk.rename(&from, &to).map_err(io_error)?;
        }
        if !self.done.is_empty() {
            self.disk.sync_dir(files::LOG).map_err(io_error)?;
        }
        Ok(self.done)
    }

    fn begin(&self, header: SegmentHeader) -> Result<Output> {
        let name = segment_temp_name(header.id);
        let file = self.disk.open(&name, OpenMode::CreateNew).map_err(io_error)?;
        let footer = FooterBuilder::new(
            header.id,
            header.len(),
            self.inline_bytes_max,
            self.segment_bytes_max,
        );
        let gathered = header.encode();
        Ok(Output { header, file, footer, written: 0, gathered, notes: 0, note_bytes: 0 })
    }

    fn end(&mut self) -> Result<()> {
        let Some(output) = self.current.take() else { return Ok(()) };
        let len = output.len();
        let Output { header, file, footer, written, mut gathered, notes, note_bytes } = output;
        gathered.extend_from_slice(&footer.finish(len));
        let bytes = written + gathered.len() as u64;
        file.write_at(written, &gathered).map_err(io_error)?;
        file.sync().map_err(io_error)?;
        let SegmentHeader { id, position, kind, as_of, .. } = header;
        self.done.push((
            id,
            Segment { position, bytes, notes, note_bytes, as_of, kind, ..Segment::default() },
        ));
        Ok(())
    }
}

impl Output {
    fn len(&self) -> u64 {
        self.written + self.gathered.len() as u64
    }

    fn append(&mut self, record: &Record<'_>) -> u32 {
        let offset = self.len();
        let segment = self.header.id;
        let len = encode(record, Batched::No, segment, offset, &mut self.gathered);
        let place = crate::engine::entry::Place { segment, offset, len };
        self.footer.add(place, record);
        match record {
            Record::Put { .. } => {}
            Record::NamespaceCreate { .. } => self.notes += 1,
            _ => {
                self.notes += 1;
                self.note_bytes += u64::from(len);
            }
        }
        len
    }

    fn write(&mut self) -> Result<()> {
        self.file.write_at(self.written, &self.gathered).map_err(io_error)?;
        self.written += self.gathered.len() as u64;
        self.gathered.clear();
        Ok(())
    }
}
