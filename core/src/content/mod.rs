//! Contents of files: how they are split by size, stored, and read back.
//!
//! This room owns three shapes. Up to [`INLINE_BYTES_MAX`] a content lies in its entry. Below
//! [`CHUNKED_BYTES_MIN`] it is one sealed unit of a pack. From there on it is cut into chunks of
//! the vault's chunk size, which lie side by side in extents and are named by a table of addresses.
//! Moving an entry never moves its content.
//!
//! It promises bounded memory for streams of any length, and that no byte is released before the
//! address of the unit or chunk it lies in was checked; and that a put which comes to nothing
//! leaves no extent of its own, where that can be known.

mod chunk_size;
mod claims;
mod content_type;
mod extents;
mod known;
mod read;
mod reads;
mod split;
mod table;
mod table_walk;
mod unit;

pub use chunk_size::{CHUNK_BYTES_DEFAULT, EXTENT_BYTES_DEFAULT};
pub use content_type::{CHUNKED_BYTES_MIN, INLINE_BYTES_MAX};
pub(crate) use read::Pieces;

pub(crate) use chunk_size::{ChunkSize, ExtentSize};
pub(crate) use claims::{Claim, Claims, Unfinished};
pub(crate) use content_type::Content;
pub(crate) use known::KnownExtents;
pub(crate) use read::ContentReader;
pub(crate) use split::{FindFormer, Former, FormerChunks, Splitter, Taken};
pub(crate) use unit::Unit;

#[cfg(feature = "fuzzing")]
pub(crate) use table::reencode_table;
