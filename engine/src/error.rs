//! The one error type of the crate.
//!
//! Every case has a stable string code ([`Error::code`]), the same as in `sealwood` and in every
//! language. Messages carry no key and no path outside the engine's directory.

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, with a stable [`code`](Error::code).
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A byte range starts or ends past the end of the value.
    #[error("range ends at {end} but the value has {size} bytes")]
    RangePastEnd {
        /// The end that was asked for, in bytes.
        end: u64,
        /// The size of the value, in bytes.
        size: u64,
    },
    /// An argument is outside its documented limits.
    #[error("invalid argument: {what}")]
    InvalidArgument {
        /// Which argument and which limit.
        what: &'static str,
    },
    /// The store was written in a format this version does not know.
    #[error("unknown format version {found}")]
    UnsupportedVersion {
        /// The version found.
        found: u16,
    },
    /// Whole bytes do not follow the format.
    #[error("malformed {what}")]
    Malformed {
        /// What was being decoded.
        what: &'static str,
    },
    /// A condition of a write did not hold.
    #[error("precondition failed")]
    PreconditionFailed,
    /// The disk has no room left.
    #[error("the store is full")]
    StoreFull,
    /// The system refused access to the directory or a file in it.
    #[error("the store denied access: {reason}")]
    StoreDenied {
        /// What the system said.
        reason: String,
    },
    /// Something is scarce at the moment; trying again may help.
    #[error("the store is unavailable: {reason}")]
    StoreUnavailable {
        /// What is scarce.
        reason: String,
    },
    /// The disk failed in a way that trying again does not mend.
    #[error("the store failed: {reason}")]
    StoreFailed {
        /// What the system said.
        reason: String,
    },
    /// Nobody knows whether the write took effect; opening the engine again tells.
    #[error("the store did not say whether the write took effect")]
    OutcomeUnknown,
    /// The caller ended it.
    #[error("cancelled")]
    Cancelled,
    /// The engine or upload was closed before.
    #[error("closed")]
    Closed,
    /// Another opener has the directory.
    #[error("the store is locked by another opener")]
    StoreLocked,
    /// An earlier write or sync failed: nothing more is accepted. What was acknowledged before is
    /// safe; open the engine again.
    #[error("the store takes no more writes after a failed one; open it again")]
    StorePoisoned,
    /// Stored bytes are damaged or missing.
    #[error("damaged {what} in {file} at byte {offset}")]
    StoreCorrupt {
        /// Which structure.
        what: &'static str,
        /// The file, relative to the engine's directory.
        file: String,
        /// Where in the file, in bytes.
        offset: u64,
    },
    /// The engine was opened to read only.
    #[error("the store is open to read only")]
    ReadOnly,
    /// There are as many namespaces as the configuration allows.
    #[error("there are {max} namespaces, which is the most")]
    NamespaceLimit {
        /// The most there may be.
        max: usize,
    },
    /// The namespace was dropped.
    #[error("the namespace was dropped")]
    NamespaceDropped,
    /// The changes that a watch asks for are no longer kept: read the present state, then watch
    /// from there.
    #[error("changes are kept from revision {oldest} on")]
    CursorExpired {
        /// The first revision that is still kept.
        oldest: u64,
    },
    /// The platform has no source of randomness or lacks a facility.
    #[error("the platform lacks {what}")]
    Platform {
        /// What is missing.
        what: &'static str,
    },
}

impl Error {
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
