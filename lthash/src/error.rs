//! What can go wrong: bytes that are no hash, names that are none, rows that cannot be.

use alloc::vec::Vec;
use core::fmt;

/// What this crate returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Why something was refused. Whatever was to be changed is as it was before. Messages hold no
/// names; where an error is about a partition, its name is a field.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// These are not the bytes of a hash, which are exactly
    /// [`LtHash::BYTES`](crate::LtHash::BYTES).
    HashLength {
        /// How many there are.
        bytes: usize,
    },
    /// The name of a domain is longer than
    /// [`Domain::NAME_BYTES_MAX`](crate::Domain::NAME_BYTES_MAX).
    DomainLength {
        /// How many it has.
        bytes: usize,
    },
    /// A partition is not valid: nothing is known of it, or not of all its rows.
    NotValid {
        /// Its name.
        partition: Vec<u8>,
    },
    /// No backfill of this partition has begun, or it has ended.
    NotBackfilling,
    /// Rows of a backfill are not in ascending order of their keys, or were counted before.
    Order,
    /// More rows or bytes are removed than there are: what was removed was not there.
    NoSuchRow,
    /// There are 2^64 rows or bytes.
    TooManyRows,
    /// There is a partition of this name.
    PartitionExists {
        /// Its name.
        partition: Vec<u8>,
    },
    /// The bytes are no record of a partition, or a damaged one.
    NotARecord,
    /// The record was made by a later release.
    RecordVersion {
        /// Of the record.
        version: u8,
    },
    /// The record is that of another partition, or of one with a key where this has none.
    OtherPartition,
}

impl Error {
    /// Returns the name of the kind of error, the same in every language and from release to
    /// release.
    pub fn code(&self) -> &'static str {
        match self {
            Self::HashLength { .. } => "hash-length",
            Self::DomainLength { .. } => "domain-length",
            Self::NotValid { .. } => "state-not-valid",
            Self::NotBackfilling => "state-not-backfilling",
            Self::Order => "rows-not-ascending",
            Self::NoSuchRow => "no-such-row",
            Self::TooManyRows => "too-many-rows",
            Self::PartitionExists { .. } => "partition-exists",
            Self::NotARecord => "malformed",
            Self::RecordVersion { .. } => "unsupported-version",
            Self::OtherPartition => "other-partition",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HashLength { bytes } => {
                write!(f, "a hash has 2048 bytes, these are {bytes}")
            }
            Self::DomainLength { bytes } => {
                write!(f, "the name of a domain has at most 255 bytes, this one {bytes}")
            }
            Self::NotValid { .. } => f.write_str("not all rows of a partition are counted"),
            Self::NotBackfilling => f.write_str("no backfill is under way"),
            Self::Order => f.write_str("rows have to come in ascending order"),
            Self::NoSuchRow => f.write_str("more is removed than there is"),
            Self::TooManyRows => f.write_str("there are more rows than can be counted"),
            Self::PartitionExists { .. } => f.write_str("there is a partition of this name"),
            Self::NotARecord => f.write_str("these bytes are no record of a partition"),
            Self::RecordVersion { version } => {
                write!(f, "records of version {version} are not known here")
            }
            Self::OtherPartition => f.write_str("the record is that of another partition"),
        }
    }
}

impl core::error::Error for Error {}
