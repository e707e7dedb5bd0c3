//! What can go wrong: bytes that are no hash, names that are none, rows that cannot be.

use alloc::vec::Vec;

/// What this crate returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Why something was refused. Whatever was to be changed is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// These are not the bytes of a hash, which are exactly [`LtHash::BYTES`](crate::LtHash::BYTES).
    #[error("a hash has 2048 bytes, these are {bytes}")]
    HashLength {
        /// How many there are.
        bytes: usize,
    },
    /// The name of a domain is longer than [`Domain::NAME_BYTES_MAX`](crate::Domain::NAME_BYTES_MAX).
    #[error("the name of a domain has at most 255 bytes, this one {bytes}")]
    DomainLength {
        /// How many it has.
        bytes: usize,
    },
    /// A partition is not valid: nothing is known of it, or not of all its rows.
    #[error("the partition \"{}\" is not valid", partition.escape_ascii())]
    NotValid {
        /// Its name.
        partition: Vec<u8>,
    },
    /// No backfill of this partition has begun, or it has ended.
    #[error("no backfill is under way")]
    NotBackfilling,
    /// Rows of a backfill are not in ascending order of their keys, or were counted before.
    #[error("rows have to come in ascending order")]
    Order,
    /// More rows or bytes are removed than there are: what was removed was not there.
    #[error("more is removed than there is")]
    NoSuchRow,
    /// There are 2^64 rows or bytes.
    #[error("there are more rows than can be counted")]
    TooManyRows,
    /// There is a partition of this name.
    #[error("there is a partition \"{}\" already", partition.escape_ascii())]
    PartitionExists {
        /// Its name.
        partition: Vec<u8>,
    },
    /// The bytes are no record of a partition, or a damaged one.
    #[error("these bytes are no record of a partition")]
    NotARecord,
    /// The record was made by a later release.
    #[error("records of version {version} are not known here")]
    RecordVersion {
        /// Of the record.
        version: u8,
    },
    /// The record is that of another partition, or of one with a key where this has none.
    #[error("the record is that of another partition")]
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
