//! Frames: the pieces in which a checkpoint keeps the index, and the files that they lie in.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::error::Result;
use sealwood_base::{MaybeSend, MaybeSync};

/// Where a frame lies, and which bytes it must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FrameRef {
    /// The number of the frame file.
    pub(crate) file: u64,
    /// Where the frame begins in the file, in bytes.
    pub(crate) offset: u64,
    /// The length of the whole frame, in bytes.
    pub(crate) len: u32,
    /// The checksum of the whole frame, so that no other and no older one is taken for it.
    pub(crate) checksum: u64,
}

/// What a frame's body holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum FrameKind {
    /// A sorted run of entries.
    Bucket,
    /// A branching of the index.
    Inner,
    /// What a checkpoint knows besides the index.
    Catalog,
    /// The hash of a namespace.
    Hash,
}

/// Where frames are read.
pub(crate) trait FrameSource: MaybeSend + MaybeSync {
    /// The body of a frame, checked.
    fn read(&self, frame: &FrameRef, kind: FrameKind) -> Result<Bytes>;
}

/// Where a checkpoint writes frames.
pub(crate) trait FrameSink {
    /// Writes a frame with this body.
    fn write(&mut self, kind: FrameKind, body: &[u8]) -> Result<FrameRef>;
}

/// How much of a frame file is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FrameFile {
    /// How much of it published checkpoints have written, in bytes.
    pub(crate) bytes: u64,
    /// How much of that the last checkpoint no longer reaches, in bytes.
    pub(crate) dead: u64,
}

/// What some frame files take together.
pub(crate) fn total(files: &FrameFiles) -> FrameFile {
    files.values().fold(FrameFile::default(), |sum, file| FrameFile {
        bytes: sum.bytes + file.bytes,
        dead: sum.dead + file.dead,
    })
}

/// The frame files there are, by number.
pub(crate) type FrameFiles = BTreeMap<u64, FrameFile>;

/// Where the frames of the next checkpoint go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct FramePosition {
    /// The file that is appended to and its published length; none begins a new one.
    pub(crate) current: Option<(u64, u64)>,
    /// The number of the next new file.
    pub(crate) next_file: u64,
}
