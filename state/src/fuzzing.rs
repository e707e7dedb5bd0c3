//! Every parser of stored bytes, for the fuzz targets. No part of the API: it may change in any
//! version.
//!
//! A meaning has one spelling. So a parser is here as a function that returns the encoding of what
//! was read, which must be the bytes it was given.

use crate::entry::Entry;
use crate::error::Result;
use crate::head::Head;
use crate::undo::Undo;

/// Reads the head of a log of versions.
pub fn head(bytes: &[u8]) -> Result<Vec<u8>> {
    Head::decode(bytes).map(|head| head.encode())
}

/// Reads an entry of a log of versions.
pub fn entry(bytes: &[u8]) -> Result<Vec<u8>> {
    Entry::decode(bytes).map(|entry| entry.encode())
}

/// Reads what takes a version back.
pub fn undo(bytes: &[u8]) -> Result<Vec<u8>> {
    Undo::decode(bytes).map(|undo| undo.encode())
}
