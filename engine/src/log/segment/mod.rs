//! A segment: one file of the log.
//!
//! ```text
//! header    see [`header`]
//! records   see [`super::record`], back to back
//! footer    once the segment is sealed; see [`footer`]
//! ```
//!
//! Only the last segment is appended to; a sealed one never changes again. What follows the last
//! record is either nothing, the footer, or what a crash left of either, which is
//! [`super::tail`]'s to judge.

pub(crate) mod footer;
pub(crate) mod header;
pub(crate) mod scan;
pub(crate) mod sealed;
pub(crate) mod steps;

/// What a footer begins with. No record does: it would need this for a checksum.
pub(super) const FOOTER_MAGIC: &[u8; 8] = b"SWlogdir";
