//! The log: what was done to the store, in order, in segments. It is the truth; all else is made
//! from it.
//!
//! [`record`] is one thing done, bound to its place. A [`segment`] is a file of them: header,
//! records, footer. [`buffer`] holds what waits to be written, [`tail`] judges what a crash left
//! of the last segment, [`step`] is what replay sees, [`writer`] has the open files. This room
//! encodes, decodes and reads; when to write, sync, seal and remove is decided above it.

mod batch;
mod buffer;
#[cfg(feature = "fuzzing")]
pub(crate) mod fuzzing;
mod record;
mod segment;
mod step;
mod survey;
mod tail;
#[cfg(any(test, feature = "fuzzing"))]
mod testing;
mod writer;

pub(crate) use buffer::{Chunk, Pending, SegmentLimits};
pub(crate) use record::{
    Batched, PutValue, Record, decode, encode, is_namespace_name, logged_value,
};
pub(crate) use segment::footer::{Footer, FooterBuilder};
pub(crate) use segment::header::SegmentHeader;
pub(crate) use segment::scan::{Scan, Scanned};
pub(crate) use segment::sealed::{Sealed, ToldBy};
pub(crate) use segment::steps::Steps;
pub(crate) use step::{Step, What};
pub(crate) use survey::Survey;
pub(crate) use tail::{OpenTail, Tail, cut_short, examine};
pub(crate) use writer::LogWriter;
