//! The frames of one checkpoint, gathered in memory and then written.
//!
//! The index is encoded into the buffer under the state's lock, so that no node of it has to be
//! kept for the checkpoint while writers go on; the buffer is written without the lock. It has as
//! many bytes as the checkpoint writes.

use xxhash_rust::xxh3::xxh3_64;

use super::{HEADER_BYTES, header_of};
use crate::catalog::Catalog;
use crate::disk::{Disk, OpenMode};
use crate::error::{Error, Result};
use crate::files::{self, frame_file_name, io_error};
use crate::frame::{FrameFile, FrameFiles, FrameKind, FramePosition, FrameRef, FrameSink};

/// The size at which a frame file is full.
const FILE_BYTES_MAX: u64 = 8 << 20;
/// How much is written at once, unless a frame is longer.
const BLOCK_BYTES: usize = 96 << 10;

/// Frames that are not written yet, at the places where they will be.
pub(crate) struct FrameBuffer {
    generation: u64,
    next_file: u64,
    pieces: Vec<Piece>,
}

/// What goes to the end of one file.
struct Piece {
    file: u64,
    offset: u64,
    /// The bytes, in blocks that an allocator gives back when they are freed.
    blocks: Vec<Vec<u8>>,
    len: u64,
    begins: bool,
}

impl Piece {
    fn new(file: u64, offset: u64, begins: bool) -> Self {
        Self { file, offset, blocks: Vec::new(), len: 0, begins }
    }

    fn end(&self) -> u64 {
        self.offset + self.len
    }

    /// The block that `len` bytes more go into.
    fn block(&mut self, len: usize) -> &mut Vec<u8> {
        if self.blocks.last().is_none_or(|block| block.len() + len > block.capacity()) {
            self.blocks.push(Vec::with_capacity(len.max(BLOCK_BYTES)));
        }
        self.len += len as u64;
        let last = self.blocks.len() - 1;
        &mut self.blocks[last]
    }
}

impl FrameBuffer {
    /// A buffer whose frames go on at `position`.
    pub(crate) fn new(position: FramePosition, generation: u64) -> Self {
        let FramePosition { current, next_file } = position;
        let mut buffer = Self { generation, next_file, pieces: Vec::new() };
        if let Some((file, offset)) = current {
            buffer.pieces.push(Piece::new(file, offset, false));
        }
        buffer
    }

    /// The number of the next file that would be made.
    pub(crate) fn next_file(&self) -> u64 {
        self.next_file
    }

    /// How much each file grows.
    pub(crate) fn grown(&self) -> impl Iterator<Item = (u64, u64)> {
        let pieces = self.pieces.iter().filter(|piece| piece.len > 0);
        pieces.map(|piece| (piece.file, piece.len))
    }

    /// How many bytes there are to write.
    pub(crate) fn bytes(&self) -> u64 {
        self.grown().map(|(_, bytes)| bytes).sum()
    }

    /// The file that the next frame goes into.
    pub(crate) fn current(&mut self) -> u64 {
        self.piece().file
    }

    /// Adds the catalog as the last frame, after completing it with what that frame itself adds:
    /// `files` are the frame files as the other frames leave them.
    pub(crate) fn add_catalog(
        &mut self,
        catalog: &mut Catalog,
        files: FrameFiles,
    ) -> Result<FrameRef> {
        // The frame names its own length and the place after it, which have as many digits as
        // they have: it takes two or three tries until the length no longer changes.
        let (number, start) = (self.current(), self.piece().end());
        let before = files.get(&number).copied().unwrap_or_default();
        catalog.frame_files = files;
        let mut len = 0;
        let body = loop {
            let grown = FrameFile { bytes: before.bytes + len, ..before };
            catalog.frame_files.insert(number, grown);
            catalog.frames =
                FramePosition { current: Some((number, start + len)), next_file: self.next_file };
            let body = catalog.encode();
            let now = (HEADER_BYTES + body.len()) as u64;
            if now == len {
                break body;
            }
            len = now;
        };
        self.write(FrameKind::Catalog, &body)
    }

    /// Writes everything and makes it durable.
    pub(crate) fn store(self, disk: &dyn Disk) -> Result<()> {
        let mut made = false;
        for piece in self.pieces.iter().filter(|piece| piece.len > 0) {
            let mode = if piece.begins { OpenMode::CreateNew } else { OpenMode::Write };
            let file = disk.open(&frame_file_name(piece.file), mode).map_err(io_error)?;
            made |= piece.begins;
            let mut offset = piece.offset;
            for block in &piece.blocks {
                file.write_at(offset, block).map_err(io_error)?;
                offset += block.len() as u64;
            }
            file.sync().map_err(io_error)?;
        }
        if made { disk.sync_dir(files::FRAMES).map_err(io_error) } else { Ok(()) }
    }

    /// What the next frame is added to.
    fn piece(&mut self) -> &mut Piece {
        if self.pieces.last().is_none_or(|piece| piece.end() >= FILE_BYTES_MAX) {
            let file = self.next_file;
            self.next_file += 1;
            self.pieces.push(Piece::new(file, 0, true));
        }
        let last = self.pieces.len() - 1;
        &mut self.pieces[last]
    }
}

impl FrameSink for FrameBuffer {
    fn write(&mut self, kind: FrameKind, body: &[u8]) -> Result<FrameRef> {
        let len = u32::try_from(HEADER_BYTES + body.len())
            .map_err(|_| Error::InvalidArgument { what: "a frame has at most 4 GiB" })?;
        let generation = self.generation;
        let piece = self.piece();
        let (file, offset) = (piece.file, piece.end());
        let block = piece.block(len as usize);
        let start = block.len();
        block.extend_from_slice(&header_of(kind, file, offset, generation, len));
        block.extend_from_slice(body);
        let checksum = xxh3_64(&block[start..]);
        Ok(FrameRef { file, offset, len, checksum })
    }
}
