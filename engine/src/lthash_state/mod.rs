//! The hash of a tracked namespace: an LtHash of its rows, as of one revision.
//!
//! The hash follows the index. Where the index changes, under its lock, the change is put
//! aside ([`Waiting`]): which row, what was there and what is there now. Elements are made later,
//! many at once and without that lock ([`Counted`]). Writers and replay put aside the same, so
//! that hash and rows come from the same records of the log, and a checkpoint that keeps both at
//! one revision ([`record`]) is all there is to store.
//!
//! ```text
//!  index changes ──▶ Waiting ──▶ Counted: a Tracked for each namespace ──▶ record, at a checkpoint
//!                                   ▲
//!                 rows of a snapshot┘ while there is a backfill
//! ```
//!
//! Nothing here does I/O or knows locks: values and rows come from a [`Reader`]. When a namespace
//! begins to be tracked, or ends, that is put aside too, so that all of it has one order.

mod counted;
mod hashed;
mod record;
mod rows;
#[cfg(test)]
mod tests;
mod tracked;
mod waiting;

pub(crate) use counted::{Counted, Reader};
pub(crate) use hashed::Hashed;
pub(crate) use record::{decode, encode};
pub(crate) use rows::{Change, Held};
#[cfg(test)]
use tracked::Fill;
pub(crate) use tracked::{ChangeNumber, Tracked};
pub(crate) use waiting::{Uncounted, Waiting};
