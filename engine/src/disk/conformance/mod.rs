//! The contract of [`Disk`] as a suite any implementation can run.
//!
//! [`check`] tries every [`Promise`] against a disk and names the first that does not hold. It
//! needs no test framework. It leaves the directories `conformance-1` and `conformance-2` behind,
//! and removes the files it made, under names that start with `conformance`, whatever the outcome.
//! What survives a power cut can't be checked from inside.

mod bytes;
mod fixture;
mod lock;
mod names;

use sealwood_base::conformance::{Outcome, Promises};

use super::Disk;

use fixture::Fixture;

/// One promise of the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Promise {
    /// Bytes written are read back, through the same handle and through every other.
    ReadsWhatWasWritten,
    /// A read past the end fails, and one of no bytes never does.
    EndsWhereItEnds,
    /// A write at an offset replaces those bytes and no others; a gap before it reads as zeros.
    WritesInPlace,
    /// An append begins where the file ended, also when several threads append through one handle.
    AppendsAtTheEnd,
    /// A set length cuts, or lengthens by zeros, also where bytes had been before the cut.
    SetsTheLength,
    /// 5 MiB in one write come back whole.
    LargeWrites,
    /// A handle to read changes nothing.
    ReadersCannotWrite,
    /// An offset at which no file can end is refused.
    RefusesImpossibleOffsets,
    /// A sync of a file and of each directory succeeds.
    Syncs,
    /// What is missing is reported as missing, and so is what lies in a missing directory.
    MissingIsMissing,
    /// A file is made only where there is none.
    MakesOnlyNewFiles,
    /// A directory can be made again, and not in place of a file.
    MakesDirectories,
    /// A file renamed is found under its new name alone, in place of what was there.
    Renames,
    /// A file removed is gone; another can be made under its name.
    Removes,
    /// Handles outlive the name of their file.
    HandlesOutliveNames,
    /// A listing has the files of its directory alone, in ascending order, with their sizes.
    ListsInOrder,
    /// Every call refuses what is not a name.
    RefusesBadNames,
    /// The lock excludes others, or is shared, until it is dropped.
    Locks,
    /// The free bytes can be asked for.
    TellsFreeBytes,
}

impl Promise {
    /// Every promise, in the order in which they are tried.
    pub const ALL: [Promise; 19] = [
        Promise::ReadsWhatWasWritten,
        Promise::EndsWhereItEnds,
        Promise::WritesInPlace,
        Promise::AppendsAtTheEnd,
        Promise::SetsTheLength,
        Promise::LargeWrites,
        Promise::ReadersCannotWrite,
        Promise::RefusesImpossibleOffsets,
        Promise::Syncs,
        Promise::MissingIsMissing,
        Promise::MakesOnlyNewFiles,
        Promise::MakesDirectories,
        Promise::Renames,
        Promise::Removes,
        Promise::HandlesOutliveNames,
        Promise::ListsInOrder,
        Promise::RefusesBadNames,
        Promise::Locks,
        Promise::TellsFreeBytes,
    ];

    fn check(self, fixture: &Fixture<'_>) -> Outcome {
        match self {
            Promise::ReadsWhatWasWritten => bytes::reads_what_was_written(fixture),
            Promise::EndsWhereItEnds => bytes::ends_where_it_ends(fixture),
            Promise::WritesInPlace => bytes::writes_in_place(fixture),
            Promise::AppendsAtTheEnd => bytes::appends_at_the_end(fixture),
            Promise::SetsTheLength => bytes::sets_the_length(fixture),
            Promise::LargeWrites => bytes::large_writes(fixture),
            Promise::ReadersCannotWrite => bytes::readers_cannot_write(fixture),
            Promise::RefusesImpossibleOffsets => bytes::refuses_impossible_offsets(fixture),
            Promise::Syncs => bytes::syncs(fixture),
            Promise::MissingIsMissing => names::missing_is_missing(fixture),
            Promise::MakesOnlyNewFiles => names::makes_only_new_files(fixture),
            Promise::MakesDirectories => names::makes_directories(fixture),
            Promise::Renames => names::renames(fixture),
            Promise::Removes => names::removes(fixture),
            Promise::HandlesOutliveNames => names::handles_outlive_names(fixture),
            Promise::ListsInOrder => names::lists_in_order(fixture),
            Promise::RefusesBadNames => names::refuses_bad_names(fixture),
            Promise::Locks => lock::locks(fixture),
            Promise::TellsFreeBytes => lock::tells_free_bytes(fixture),
        }
    }
}

impl Promises for Promise {
    const SUBJECT: &'static str = "the disk";
}

/// What did not hold.
pub type Violation = sealwood_base::conformance::Violation<Promise>;

/// Tries every promise on a disk that nobody else uses.
pub fn check(disk: &dyn Disk) -> Result<(), Violation> {
    Promise::ALL.into_iter().try_for_each(|promise| check_promise(disk, promise))
}

/// Tries one promise, on the same terms as [`check`].
pub fn check_promise(disk: &dyn Disk, promise: Promise) -> Result<(), Violation> {
    let fixture = Fixture::new(disk);
    let outcome = fixture.clean_up().and_then(|()| promise.check(&fixture));
    let cleaned = fixture.clean_up();
    outcome.and(cleaned).map_err(|detail| Violation { promise, detail })
}
