//! What can go wrong, with a stable code each.

use std::fmt;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with a stable [`code`](Error::code).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// An engine refused or failed.
    Engine(sealwood_engine::Error),
    /// An argument is outside its documented limits.
    InvalidArgument {
        /// Which argument and which limit.
        what: &'static str,
    },
    /// There is no partition of this name.
    UnknownPartition {
        /// The name.
        partition: String,
    },
    /// The log is that of a store with other partitions.
    OtherPartitions,
    /// A partition has rows and no hash of its own making. It is never taken for empty: an import
    /// begins it anew.
    NotHashed {
        /// Its name.
        partition: String,
    },
    /// A partition has more or fewer rows than were counted: somebody else has changed its
    /// namespace.
    Drifted {
        /// Its name.
        partition: String,
    },
    /// The record of a partition is none.
    BadRecord {
        /// The name of the partition.
        partition: String,
        /// What is wrong with it.
        source: sealwood_lthash::Error,
    },
    /// Whole bytes do not follow the format.
    Malformed {
        /// What was being decoded.
        what: &'static str,
    },
    /// The store was written by a later release.
    UnsupportedVersion {
        /// The version of the format that was found.
        found: u8,
    },
    /// Versions follow one another, and this is not the next.
    NotNext {
        /// The version that comes next.
        next: u64,
        /// The one that was asked for.
        given: u64,
    },
    /// The version is not among those that are kept.
    NotKept {
        /// The first that is.
        oldest: u64,
        /// The last.
        newest: u64,
    },
    /// A partition is so far behind, or is to go back so far, that a version between is not kept
    /// any more.
    Gap {
        /// The version of which the changes are missing.
        missing: u64,
    },
    /// A partition is at a version that the log does not know: the log is an older one, or that of
    /// another store.
    Ahead {
        /// The name of the partition.
        partition: String,
        /// Its version.
        version: u64,
        /// The newest of the log.
        newest: u64,
    },
    /// The rows of a partition are not those that the log had at this version.
    Misaligned {
        /// The name of the partition.
        partition: String,
        /// The version.
        version: u64,
    },
    /// An import was cut off. What is there is a part of it; begin it again.
    ImportUnfinished {
        /// The version it was to have.
        version: u64,
    },
    /// A commit or rollback has happened in the log and not in all partitions. Whatever changes the
    /// store next ends it; until then nothing is read.
    Unsettled {
        /// The version that all partitions will have.
        version: u64,
    },
    /// Somebody else has changed the log since: open the store again.
    OtherWriter,
    /// Another store of this process, or an import, has the log or a partition. It ends by being
    /// dropped.
    InUse {
        /// The namespace that it has.
        namespace: String,
    },
    /// One version changes more rows than a batch of the engine holds.
    TooManyChanges {
        /// The most there may be.
        max: usize,
    },
}

impl Error {
    /// Returns the stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Engine(error) => error.code(),
            Self::InvalidArgument { .. } => "invalid-argument",
            Self::UnknownPartition { .. } => "unknown-partition",
            Self::OtherPartitions => "other-partitions",
            Self::NotHashed { .. } => "state-not-valid",
            Self::Drifted { .. } => "state-drifted",
            Self::BadRecord { source, .. } => source.code(),
            Self::Malformed { .. } => "malformed",
            Self::UnsupportedVersion { .. } => "unsupported-version",
            Self::NotNext { .. } => "version-not-next",
            Self::NotKept { .. } => "version-not-kept",
            Self::Gap { .. } => "version-gap",
            Self::Ahead { .. } => "partition-ahead",
            Self::Misaligned { .. } => "state-misaligned",
            Self::ImportUnfinished { .. } => "import-unfinished",
            Self::Unsettled { .. } => "version-unsettled",
            Self::OtherWriter => "other-writer",
            Self::InUse { .. } => "store-locked",
            Self::TooManyChanges { .. } => "too-many-changes",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(error) => error.fmt(f),
            Self::InvalidArgument { what } => write!(f, "invalid argument: {what}"),
            Self::UnknownPartition { .. } => f.write_str("no partition of this name"),
            Self::OtherPartitions => f.write_str("the log is that of other partitions"),
            Self::NotHashed { .. } => f.write_str("a partition has rows that were never hashed"),
            Self::Drifted { .. } => f.write_str("a partition was changed by somebody else"),
            Self::BadRecord { source, .. } => write!(f, "the record of a partition: {source}"),
            Self::Malformed { what } => write!(f, "malformed {what}"),
            Self::UnsupportedVersion { found } => write!(f, "unknown format version {found}"),
            Self::NotNext { next, given } => {
                write!(f, "version {next} comes next, not {given}")
            }
            Self::NotKept { oldest, newest } => {
                write!(f, "versions {oldest} to {newest} are kept")
            }
            Self::Gap { missing } => write!(f, "the changes of version {missing} are missing"),
            Self::Ahead { version, newest, .. } => {
                write!(f, "a partition is at version {version}, the log at {newest}")
            }
            Self::Misaligned { version, .. } => {
                write!(f, "a partition has other rows than the log at version {version}")
            }
            Self::ImportUnfinished { version } => {
                write!(f, "the import of version {version} was cut off")
            }
            Self::Unsettled { version } => {
                write!(f, "version {version} is not in all partitions yet")
            }
            Self::OtherWriter => f.write_str("somebody else has changed the log"),
            Self::InUse { .. } => f.write_str("another store has a namespace of this one open"),
            Self::TooManyChanges { max } => {
                write!(f, "a version changes at most {max} rows")
            }
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Engine(error) => std::error::Error::source(error),
            Self::BadRecord { source, .. } => Some(source),
            _ => None,
        }
    }
}

impl From<sealwood_engine::Error> for Error {
    fn from(error: sealwood_engine::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<sealwood_base::codec::Malformed> for Error {
    fn from(malformed: sealwood_base::codec::Malformed) -> Self {
        Self::Malformed { what: malformed.what }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `docs/ERRORS.md` promises it of every message.
    #[test]
    fn no_message_holds_a_name() {
        let partition = || "secret".to_owned();
        for error in [
            Error::UnknownPartition { partition: partition() },
            Error::NotHashed { partition: partition() },
            Error::Drifted { partition: partition() },
            Error::BadRecord {
                partition: partition(),
                source: sealwood_lthash::Error::NotValid { partition: partition().into() },
            },
            Error::Ahead { partition: partition(), version: 2, newest: 1 },
            Error::Misaligned { partition: partition(), version: 1 },
            Error::InUse { namespace: partition() },
        ] {
            assert!(!error.to_string().contains("secret"), "{error}");
        }
    }
}
