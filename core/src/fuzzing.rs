//! Every parser of stored or foreign bytes, for the fuzz targets. No part of the API: it may
//! change in any version.
//!
//! A meaning has one spelling in a vault. So a parser of a stored structure is here as a function
//! that gives back the encoding of what was read, which must be the bytes it was given.

use bytes::Bytes;

use crate::blob::{self, Object, ObjectPage, S3Config, S3Credentials};
use crate::error::{Error, Result};
use crate::path::{EntryName, VaultPath};
pub use crate::platform::http::HttpResponse;
use crate::trust::{self, RefusalResult};
use crate::{content, device, forest, keyring, seal};

/// Reads a node of a directory.
pub fn node(plaintext: &[u8]) -> Result<Vec<u8>> {
    forest::reencode_node(plaintext)
}

/// Reads the part of a root object that needs no key; returns that part.
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

/// Reads the part of a keyring that needs no key; returns that part.
pub fn keyring(bytes: &[u8]) -> Result<Vec<u8>> {
    keyring::reencode_object(bytes)
}

/// Reads the sealed part of a keyring.
pub fn keyring_contents(plaintext: &[u8]) -> Result<Vec<u8>> {
    keyring::reencode_contents(plaintext)
}

/// Reads what a device remembers of a vault.
pub fn device_record(plaintext: &[u8]) -> Result<Vec<u8>> {
    device::reencode_record(plaintext)
}

/// Reads a table that stands for so many chunks.
pub fn chunk_table(chunks: u64, plaintext: &[u8]) -> Result<Vec<u8>> {
    content::reencode_table(plaintext, chunks)
}

/// Reads the runs of as many chunks as there are numbers; equal numbers stand for equal chunks.
pub fn chunk_runs(chunks: &[u8], runs: &[u8]) -> Result<Vec<u8>> {
    let addresses: Vec<_> = chunks.iter().map(|number| seal::Address([*number; 32])).collect();
    seal::reencode_runs(runs, &addresses)
}

pub use sealwood_engine::fuzzing::{
    engine_bucket, engine_catalog, engine_inner, engine_manifest, log_footer, log_header,
    log_record, log_tail, value_name,
};

/// Reads a chain of members, but not its signatures.
pub fn member_chain(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    trust::reencode_chain(bytes)
}

/// Reads rows of heads.
pub fn heads(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    trust::reencode_rows(bytes)
}

/// Reads what the body of a root carries of its statement.
pub fn carried(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    trust::reencode_carried(bytes)
}

/// Reads what a device keeps of a root.
pub fn kept_root(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    trust::reencode_kept(bytes)
}

/// Reads a proof of a fork, but not its signatures.
pub fn fork_proof(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    trust::reencode_fork_proof(bytes)
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

/// Reads the address of a bucket; returns the URL its objects are under.
pub fn s3_address(address: &str) -> Result<String> {
    let config = S3Config::from_address(address, S3Credentials::new("id", "secret"))?;
    Ok(config.bucket()?.base_url().to_string())
}
