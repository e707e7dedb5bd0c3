//! The one error type of the crate.
//!
//! Every case has a stable string code ([`Error::code`]), the same as in `sealwood` and in every
//! language. Messages carry no key and no path outside the engine's directory. An error that comes
//! from the disk has that of the disk as its [`source`](std::error::Error::source).

use crate::revision::Revision;
use std::fmt;
use std::io;
use std::sync::Arc;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with a stable [`code`](Error::code).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// A byte range starts or ends past the end of the value.
    RangePastEnd {
        /// The end that was asked for, in bytes.
        end: u64,
        /// The size of the value, in bytes.
        size: u64,
    },
    /// An argument is outside its documented limits.
    InvalidArgument {
        /// Which argument and which limit.
        what: &'static str,
    },
    /// The store was written in a format this version does not know.
    UnsupportedVersion {
        /// The version found.
        found: u16,
    },
    /// Whole bytes do not follow the format.
    Malformed {
        /// What was being decoded.
        what: &'static str,
    },
    /// A condition of a write did not hold.
    PreconditionFailed,
    /// The disk has no room left.
    StoreFull,
    /// The system refused access to the directory or a file in it.
    StoreDenied {
        /// What the system said.
        reason: String,
        /// The error of the disk that it comes from.
        source: Arc<io::Error>,
    },
    /// Something is scarce at the moment; trying again may help.
    StoreUnavailable {
        /// What is scarce.
        reason: String,
        /// The error of the disk that it comes from.
        source: Arc<io::Error>,
    },
    /// The disk failed in a way that trying again does not mend.
    StoreFailed {
        /// What the system said.
        reason: String,
        /// The error of the disk that it comes from.
        source: Arc<io::Error>,
    },
    /// Nobody knows whether the write took effect; opening the engine again tells.
    OutcomeUnknown,
    /// The caller ended it.
    Cancelled,
    /// The engine or upload was closed before.
    Closed,
    /// Another opener has the directory.
    StoreLocked,
    /// An earlier write or sync failed: nothing more is accepted. What was acknowledged before is
    /// safe; open the engine again.
    StorePoisoned,
    /// Stored bytes are damaged or missing.
    StoreCorrupt {
        /// Which structure.
        what: &'static str,
        /// The file, relative to the engine's directory.
        file: String,
        /// Where in the file, in bytes.
        offset: u64,
    },
    /// The engine was opened to read only.
    ReadOnly,
    /// There are as many namespaces as the configuration allows.
    NamespaceLimit {
        /// The most there may be.
        max: usize,
    },
    /// The namespace was dropped.
    NamespaceDropped,
    /// The changes that a watch asks for are no longer kept: read the present state, then watch
    /// from there.
    CursorExpired {
        /// The first revision that is still kept.
        oldest: Revision,
    },
    /// The platform has no source of randomness or lacks a facility.
    Platform {
        /// What is missing.
        what: &'static str,
    },
}

impl Error {
    /// Whether something is scarce, as memory and handles are: it says nothing of what is stored.
    pub(crate) fn is_scarcity(&self) -> bool {
        matches!(self, Error::StoreUnavailable { .. } | Error::Platform { .. })
    }

    /// The stable code of this case, the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Error::RangePastEnd { .. } => "range-past-end",
            Error::InvalidArgument { .. } => "invalid-argument",
            Error::UnsupportedVersion { .. } => "unsupported-version",
            Error::Malformed { .. } => "malformed",
            Error::PreconditionFailed => "precondition-failed",
            Error::StoreFull => "store-full",
            Error::StoreDenied { .. } => "store-denied",
            Error::StoreUnavailable { .. } => "store-unavailable",
            Error::StoreFailed { .. } => "store-failed",
            Error::OutcomeUnknown => "outcome-unknown",
            Error::Cancelled => "cancelled",
            Error::Closed => "closed",
            Error::StoreLocked => "store-locked",
            Error::StorePoisoned => "store-poisoned",
            Error::StoreCorrupt { .. } => "store-corrupt",
            Error::ReadOnly => "read-only",
            Error::NamespaceLimit { .. } => "namespace-limit",
            Error::NamespaceDropped => "namespace-dropped",
            Error::CursorExpired { .. } => "cursor-expired",
            Error::Platform { .. } => "platform",
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::RangePastEnd { end, size } => {
                write!(f, "range ends at {end} but the value has {size} bytes")
            }
            Error::InvalidArgument { what } => write!(f, "invalid argument: {what}"),
            Error::UnsupportedVersion { found } => write!(f, "unknown format version {found}"),
            Error::Malformed { what } => write!(f, "malformed {what}"),
            Error::PreconditionFailed => f.write_str("precondition failed"),
            Error::StoreFull => f.write_str("the store is full"),
            Error::StoreDenied { reason, .. } => write!(f, "the store denied access: {reason}"),
            Error::StoreUnavailable { reason, .. } => {
                write!(f, "the store is unavailable: {reason}")
            }
            Error::StoreFailed { reason, .. } => write!(f, "the store failed: {reason}"),
            Error::OutcomeUnknown => {
                f.write_str("the store did not say whether the write took effect")
            }
            Error::Cancelled => f.write_str("cancelled"),
            Error::Closed => f.write_str("closed"),
            Error::StoreLocked => f.write_str("the store is locked by another opener"),
            Error::StorePoisoned => {
                f.write_str("the store takes no more writes after a failed one; open it again")
            }
            Error::StoreCorrupt { what, file, offset } => {
                write!(f, "damaged {what} in {file} at byte {offset}")
            }
            Error::ReadOnly => f.write_str("the store is open to read only"),
            Error::NamespaceLimit { max } => {
                write!(f, "there are {max} namespaces, which is the most")
            }
            Error::NamespaceDropped => f.write_str("the namespace was dropped"),
            Error::CursorExpired { oldest } => {
                write!(f, "changes are kept from revision {oldest} on")
            }
            Error::Platform { what } => write!(f, "the platform lacks {what}"),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::StoreDenied { source, .. }
            | Error::StoreUnavailable { source, .. }
            | Error::StoreFailed { source, .. } => Some(&**source),
            _ => None,
        }
    }
}

impl From<sealwood_base::codec::Malformed> for Error {
    fn from(malformed: sealwood_base::codec::Malformed) -> Self {
        Error::Malformed { what: malformed.what }
    }
}

impl From<sealwood_base::NoEntropy> for Error {
    fn from(_: sealwood_base::NoEntropy) -> Self {
        Error::Platform { what: sealwood_base::NoEntropy::WHAT }
    }
}
