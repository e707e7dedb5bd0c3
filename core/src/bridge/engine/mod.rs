//! The embedded engine and the hashes of rows as every language calls them.
//!
//! The engine of Rust blocks; here its calls are asynchronous, on a thread natively and where they
//! are made on wasm32. Values are owned, numbers are plain. What runs when its future is dropped
//! goes on to its next step, or to its end where it says so, as far as it has a thread.
//!
//! ```text
//!  Engine ── namespace ── Namespace ── scan, watch ── Pull of pages, of events
//!    │                        │
//!  batch ── Batch          snapshot ── Snapshot ── scan
//! ```
//!
//! [`LtHash`] and [`PartitionedLtHash`] are computed at once: their calls are synchronous. What a
//! binding can use as it is stays what it is: [`PutOptions`](crate::engine::PutOptions) and the
//! like, [`EngineSnapshot`](crate::engine::EngineSnapshot),
//! [`WatchEvent`](crate::engine::WatchEvent), [`Partition`](crate::lthash::Partition).

mod batch;
mod compare;
mod handle;
mod hash;
mod input;
mod namespace;
mod partitions;
mod scan;
mod snapshot;
mod state;
mod steps;
mod verify;

pub use batch::Batch;
pub use compare::{
    Compared, ComparedEngines, DifferenceKind, NamespaceDifference, NamespaceDifferenceKind,
    RowDifference,
};
pub use handle::Engine;
pub use hash::{LtHash, domain};
pub use input::{ConfigInput, ScanInput};
pub use namespace::Namespace;
pub use partitions::{PartitionedLtHash, RowChange, record};
pub use scan::{ScanEntry, ScanKey};
pub use snapshot::Snapshot;
pub use state::{StateDifference, VerifiedNamespace, VerifiedState, VerifiedStates};
pub use verify::{Finding, Verified};

/// How many differences or findings are given where nobody says.
const FIRST_DEFAULT: u32 = 1_000;
/// How many may be asked for.
const FIRST_MAX: u32 = 10_000;

/// How many of what is found are to be given. [`Error::InvalidArgument`] if that is too many.
///
/// [`Error::InvalidArgument`]: crate::Error::InvalidArgument
fn first_max(asked: Option<u32>) -> crate::Result<usize> {
    match asked.unwrap_or(FIRST_DEFAULT) {
        max if max <= FIRST_MAX => Ok(max as usize),
        _ => Err(crate::Error::InvalidArgument { what: "the first 10,000 at most are given" }),
    }
}
