//! Every parser of stored bytes, for the fuzz targets. No part of the API: it may change in any
//! version.
//!
//! A meaning has one spelling on the disk. So a parser of a stored structure is here as a function
//! that returns the encoding of what was read, which must be the bytes it was given.

use crate::error::Result;
use crate::frame::FrameKind;
use crate::index::reencode_node;
use crate::log::fuzzing as log;
use crate::values::respell_name;
use crate::{catalog, manifest};

/// Reads a record of the engine's log, given from its kind on.
pub fn log_record(bytes: &[u8]) -> Result<Vec<u8>> {
    log::record(bytes)
}

/// Reads the header of a segment of the log, given from its length on.
pub fn log_header(bytes: &[u8]) -> Result<Vec<u8>> {
    log::header(bytes)
}

/// Reads the footer of a segment of the log, given without its trailer.
pub fn log_footer(bytes: &[u8]) -> Result<Vec<u8>> {
    log::footer(bytes)
}

/// Judges what a crash left of the last segment of the log, of which so many bytes were synced.
pub fn log_tail(bytes: &[u8], from: u64, known_synced: u64) -> Result<()> {
    log::tail(bytes, from, known_synced)
}

/// Reads a bucket of the engine's index, given without the header of its frame.
pub fn engine_bucket(body: &[u8]) -> Result<Vec<u8>> {
    reencode_node(FrameKind::Bucket, body)
}

/// Reads a branching of the engine's index, given without the header of its frame.
pub fn engine_inner(body: &[u8]) -> Result<Vec<u8>> {
    reencode_node(FrameKind::Inner, body)
}

/// Reads the catalog of a checkpoint, given without the header of its frame.
pub fn engine_catalog(body: &[u8]) -> Result<Vec<u8>> {
    catalog::reencode(body)
}

/// Reads a slot of the manifest, given without its checksum and what follows; the zeros at the
/// end of the fields may be left out.
pub fn engine_manifest(fields: &[u8]) -> Result<Vec<u8>> {
    manifest::reencode(fields)
}

/// Reads the name of a separated value's file; returns the name it would be written with.
pub fn value_name(name: &str) -> Option<String> {
    respell_name(name)
}
