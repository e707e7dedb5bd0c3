//! Every parser of stored or foreign bytes, for the fuzz targets. No part of the API: it may
//! change in any version.
//!
//! A meaning has one spelling in a vault. So a parser of a stored structure is here as a function
//! that gives back the encoding of what was read, which must be the bytes it was given.

use bytes::Bytes;

use crate::blob::{self, Object, ObjectPage, S3Config, S3Credentials};
use crate::error::{Error, Result};
use crate::path::{EntryName, VaultPath};
use crate::platform::HttpResponse;
use crate::{content, engine, forest, seal};

/// Reads a node of a directory.
pub fn node(plaintext: &[u8]) -> Result<Vec<u8>> {
    forest::reencode_node(plaintext)
}

/// Reads the part of a root object that needs no key; gives that part.
pub fn root_header(bytes: &[u8]) -> Result<Vec<u8>> {
    seal::reencode_header(bytes)
}

/// Reads the body of a root object.
pub fn root_body(plaintext: &[u8]) -> Result<Vec<u8>> {
    forest::reencode_root(plaintext)
}

/// Reads operations to the end.
pub fn operations(plaintext: &[u8]) -> Result<Vec<u8>> {
    forest::reencode_ops(plaintext)
}

/// Reads a key slot.
pub fn key_slot(bytes: &[u8]) -> Result<Vec<u8>> {
    seal::reencode_slot(bytes)
}

/// Reads a table that stands for so many chunks.
pub fn chunk_table(chunks: u64, plaintext: &[u8]) -> Result<Vec<u8>> {
    content::reencode_table(plaintext, chunks)
}

/// Reads a record of the engine's log, given from its kind on.
pub fn log_record(bytes: &[u8]) -> Result<Vec<u8>> {
    engine::log_fuzzing::record(bytes)
}

/// Reads the header of a segment of the log, given from its length on.
pub fn log_header(bytes: &[u8]) -> Result<Vec<u8>> {
    engine::log_fuzzing::header(bytes)
}

/// Reads the footer of a segment of the log, given without its trailer.
pub fn log_footer(bytes: &[u8]) -> Result<Vec<u8>> {
    engine::log_fuzzing::footer(bytes)
}

/// Judges what a crash left of the last segment of the log, of which so many bytes were synced.
pub fn log_tail(bytes: &[u8], from: u64, known_synced: u64) -> Result<()> {
    engine::log_fuzzing::tail(bytes, from, known_synced)
}

/// Reads a bucket of the engine's index, given without the header of its frame.
pub fn engine_bucket(body: &[u8]) -> Result<Vec<u8>> {
    engine::reencode_node(engine::FrameKind::Bucket, body)
}

/// Reads a branching of the engine's index, given without the header of its frame.
pub fn engine_inner(body: &[u8]) -> Result<Vec<u8>> {
    engine::reencode_node(engine::FrameKind::Inner, body)
}

/// Reads the catalog of a checkpoint, given without the header of its frame.
pub fn engine_catalog(body: &[u8]) -> Result<Vec<u8>> {
    engine::reencode_catalog(body)
}

/// Reads a slot of the manifest, given without its checksum and what follows; the zeros at the
/// end of the fields may be left out.
pub fn engine_manifest(fields: &[u8]) -> Result<Vec<u8>> {
    engine::reencode_manifest(fields)
}

/// Reads the name of a separated value's file; gives the name it would be written with.
pub fn value_name(name: &str) -> Option<String> {
    engine::respell_value_name(name)
}

/// Reads a stored path.
pub fn stored_path(bytes: &[u8]) -> Result<VaultPath> {
    Ok(VaultPath::from_stored(bytes)?)
}

/// Reads a stored name.
pub fn stored_name(bytes: &[u8]) -> Result<EntryName> {
    Ok(EntryName::from_stored(bytes)?)
}

/// Reads an S3 server's listing of keys that start with `prefix` and come after `start_after`, in
/// a store that lies at `below` in its bucket.
pub fn s3_list(
    below: &str,
    prefix: &str,
    start_after: Option<&str>,
    body: &[u8],
) -> Result<ObjectPage> {
    blob::Listing { below, prefix, start_after }.page(body)
}

/// Reads an S3 server's answer to a GET of an object.
pub fn s3_object(response: HttpResponse) -> Result<Object> {
    blob::object(response)
}

/// Reads an S3 server's answer to a GET of a range.
pub fn s3_range(response: HttpResponse, offset: u64, length: u64) -> Result<Bytes> {
    blob::range(response, offset, length)
}

/// Reads an S3 server's refusal.
pub fn s3_refusal(response: &HttpResponse) -> Error {
    blob::refusal(response, 0)
}

/// Reads the address of a bucket; gives the URL its objects are under.
pub fn s3_address(address: &str) -> Result<String> {
    let config = S3Config::from_address(address, S3Credentials::new("id", "secret"))?;
    Ok(config.bucket()?.base_url().to_string())
}
