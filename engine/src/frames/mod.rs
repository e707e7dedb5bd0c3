//! Frame files: where a checkpoint's frames are written and read.
//!
//! A frame file is a row of frames and nothing else; it is only ever appended to, and removed when
//! none of its frames is needed. [`buffer`] gathers the frames of a checkpoint and writes them. A
//! frame is
//!
//! ```text
//! offset  size  field
//!      0     4  magic "SWF1"
//!      4     1  kind: 1 bucket, 2 inner, 3 catalog, 4 hash of a namespace
//!      5     3  zero
//!      8     8  number of the frame file
//!     16     8  offset of the frame in it
//!     24     8  generation of the checkpoint that wrote it
//!     32     4  length of the body
//!     36     n  body
//! ```
//!
//! Integers are little endian. Whoever names a frame also says its length and the XXH3-64 of all of
//! it, header included ([`FrameRef`]): bytes that were damaged, belong elsewhere or to an older
//! checkpoint are not taken for it. Neither file nor frame needs a checksum of its own.

mod buffer;

use std::sync::Arc;

use bytes::Bytes;
use xxhash_rust::xxh3::xxh3_64;

use super::files::{self, frame_file_name};
use super::frame::{FrameKind, FrameRef, FrameSource};
use super::memory;
use crate::disk::Handles;
use crate::error::{Error, Result};

pub(crate) use buffer::FrameBuffer;

/// Magic 4, kind 1, zero 3, file 8, offset 8, generation 8, length 4.
const HEADER_BYTES: usize = 4 + 1 + 3 + 8 + 8 + 8 + 4;
const MAGIC: &[u8; 4] = b"SWF1";

/// A frame that says it has more bytes than this is compared with its file before it is read.
const LEN_TRUSTED_MAX: u32 = 1024 * 1024;

/// Reads frames.
pub(crate) struct FrameStore {
    handles: Arc<Handles>,
}

impl FrameStore {
    pub(crate) fn new(handles: Arc<Handles>) -> Self {
        Self { handles }
    }
}

impl FrameSource for FrameStore {
    fn read(&self, frame: &FrameRef, kind: FrameKind) -> Result<Bytes> {
        let name = frame_file_name(frame.file);
        let damaged =
            || Error::StoreCorrupt { what: "frame", file: name.clone(), offset: frame.offset };
        if (frame.len as usize) < HEADER_BYTES {
            return Err(damaged());
        }
        let failed = |error| files::read_error("frame", &name, frame.offset, error);
        let file = self.handles.read(&name).map_err(failed)?;
        // What is damaged may say any length: memory is given for what is there.
        if frame.len > LEN_TRUSTED_MAX && file.len().map_err(failed)? < u64::from(frame.len) {
            return Err(damaged());
        }
        let mut bytes = memory::zeroed(frame.len.into())?;
        file.read_at(frame.offset, &mut bytes).map_err(failed)?;
        let header = &bytes[..HEADER_BYTES];
        let expected = header_of(kind, frame.file, frame.offset, generation_in(header), frame.len);
        if xxh3_64(&bytes) != frame.checksum || header != expected {
            return Err(damaged());
        }
        Ok(Bytes::from(bytes).slice(HEADER_BYTES..))
    }
}

fn header_of(
    kind: FrameKind,
    file: u64,
    offset: u64,
    generation: u64,
    len: u32,
) -> [u8; HEADER_BYTES] {
    let mut header = [0; HEADER_BYTES];
    header[..4].copy_from_slice(MAGIC);
    header[4] = match kind {
        FrameKind::Bucket => 1,
        FrameKind::Inner => 2,
        FrameKind::Catalog => 3,
        FrameKind::Hash => 4,
    };
    header[8..16].copy_from_slice(&file.to_le_bytes());
    header[16..24].copy_from_slice(&offset.to_le_bytes());
    header[24..32].copy_from_slice(&generation.to_le_bytes());
    header[32..].copy_from_slice(&(len - HEADER_BYTES as u32).to_le_bytes());
    header
}

/// The generation in a header, which only the checksum vouches for.
fn generation_in(header: &[u8]) -> u64 {
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&header[24..32]);
    u64::from_le_bytes(bytes)
}
