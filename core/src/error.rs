//! The one error type of the crate.
//!
//! Every case has a stable string code ([`Error::code`]), the same in every language. Messages
//! carry no path, no name and no key: what an app may show lives in fields, what a log may hold
//! is in the text. An error that comes from one of the system, of the engine or of a reader or
//! stream of the caller's has that as its [`source`](std::error::Error::source). No source holds a
//! key, a signature or a URL, unless the caller put it there.

mod text;

use std::sync::Arc;
use std::time::Duration;

use crate::path::{PathRule, VaultPath};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What an error comes from.
pub type Cause = Arc<dyn std::error::Error + Send + Sync>;

/// What went wrong, with a stable [`code`](Error::code).
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Error {
    /// A path or name breaks a rule of [`crate::path`].
    InvalidPath(PathRule),
    /// There is no entry at the path.
    NotFound {
        /// The path asked for.
        path: VaultPath,
    },
    /// There is already an entry at the path.
    AlreadyExists {
        /// The path that is taken.
        path: VaultPath,
    },
    /// The operation needs a directory and found a file.
    NotADirectory {
        /// The path of the file.
        path: VaultPath,
    },
    /// The operation needs a file and found a directory.
    IsADirectory {
        /// The path of the directory.
        path: VaultPath,
    },
    /// A directory with entries cannot be removed by `Vault::remove`.
    DirectoryNotEmpty {
        /// The path of the directory.
        path: VaultPath,
    },
    /// A directory cannot be moved or copied into itself.
    IntoItself {
        /// The destination.
        path: VaultPath,
    },
    /// A byte range starts or ends past the end of the content.
    RangePastEnd {
        /// The end that was asked for, in bytes.
        end: u64,
        /// The size of the content, in bytes.
        size: u64,
    },
    /// An argument is outside its documented limits.
    InvalidArgument {
        /// Which argument and which limit.
        what: &'static str,
    },
    /// The secret or recovery phrase opens no slot of this vault.
    WrongKey,
    /// The passphrase opens no slot of this vault.
    WrongPassphrase,
    /// Opening the vault by its passphrase would take more memory or work than
    /// [`VaultConfig::kdf_ceiling`](crate::vault::VaultConfig) allows. What it asks for is not
    /// verified: an altered root can ask for anything.
    PassphraseTooCostly {
        /// The memory asked for, in KiB.
        memory_kib: u32,
        /// The passes over it asked for.
        passes: u32,
    },
    /// The words are not a recovery phrase.
    InvalidPhrase {
        /// Which property the words lack; never the words.
        reason: &'static str,
    },
    /// The vault has no such slot.
    SlotNotFound,
    /// The last slot of a vault cannot be removed: nothing would open it any more.
    LastSlot,
    /// The slot that the session was opened by is none of the vault's any more: another session
    /// removed it, or changed its passphrase or words. Open the vault with what opens it now.
    ShutOut,
    /// The text is no link: it was mistyped or cut off, or is something else.
    InvalidLink {
        /// Which property the text lacks; never the text.
        reason: &'static str,
    },
    /// The text is no pairing: it was mistyped or cut off, or is something else.
    InvalidPairing {
        /// Which property the text lacks; never the text.
        reason: &'static str,
    },
    /// The store already holds a vault.
    VaultExists,
    /// The store holds no vault.
    VaultNotFound,
    /// The vault or text was written in a format this version does not know.
    UnsupportedVersion {
        /// The version found.
        found: u16,
    },
    /// The store holds another vault than the one that was meant.
    WrongVault {
        /// The id of the vault that was meant, in hexadecimal digits.
        expected: String,
        /// The id of the vault that is there.
        found: String,
    },
    /// A root was served that was signed by nobody who may write, or with members that are not
    /// those that were accepted before.
    Tampered {
        /// What is wrong.
        what: &'static str,
    },
    /// A root older than one already accepted was served.
    Rollback {
        /// The highest sequence number accepted.
        accepted: u64,
        /// The sequence number served.
        found: u64,
    },
    /// A root was served that is of another history than the one that was accepted before.
    Fork {
        /// The sequence number of the root that was served.
        sequence: u64,
    },
    /// A root was served that is of a history in which the last commit of this device did not
    /// happen.
    OwnCommitMissing {
        /// The highest sequence number accepted.
        accepted: u64,
        /// The sequence number served.
        found: u64,
    },
    /// A root has a commit in the name of this device that it does not know of: its key is in use
    /// elsewhere, or what it kept was lost or set back.
    DeviceCloned {
        /// The sequence number of that commit.
        sequence: u64,
    },
    /// The store holds no vault, and held one before.
    RootVanished,
    /// The newest root is older than the app allows.
    Frozen {
        /// Its age.
        age_ms: u64,
    },
    /// A stored object is missing.
    ObjectMissing,
    /// A stored object is shorter than the link to it says.
    ObjectTruncated,
    /// A stored object was altered or put in the place of another.
    ObjectCorrupt,
    /// Authentic bytes do not follow the format.
    Malformed {
        /// What was being decoded.
        what: &'static str,
    },
    /// Stored data of a vault is damaged: what is at fault, in which object, and below which path
    /// it was met. Its code is that of the damage.
    Damaged {
        /// What is wrong with it.
        damage: Damage,
        /// The key of the object in the store.
        object: String,
        /// The path that was asked for, where there was one.
        path: Option<VaultPath>,
    },
    /// A condition of a blob store put did not hold.
    PreconditionFailed,
    /// The store ignores conditional puts, without which writers would lose each other's work.
    ConditionalPutUnsupported {
        /// Which probe failed.
        reason: &'static str,
    },
    /// The store has no room left.
    StoreFull,
    /// The store refused the credentials, or what they asked for.
    StoreDenied {
        /// What the store said.
        reason: String,
        /// The error that it comes from, where there was one.
        source: Option<Cause>,
    },
    /// The store did not answer in time or is overloaded; trying again may help.
    StoreUnavailable {
        /// What the adapter saw.
        reason: String,
        /// How long the store asked to be left alone.
        retry_after: Option<Duration>,
        /// The error that it comes from, where there was one.
        source: Option<Cause>,
    },
    /// The store failed in a way that trying again does not mend.
    StoreFailed {
        /// What the adapter saw.
        reason: String,
        /// The error that it comes from, where there was one.
        source: Option<Cause>,
    },
    /// Other writers won every attempt to commit.
    CommitContention {
        /// How many commits were tried.
        attempts: u32,
    },
    /// A concurrent change by another writer made this operation impossible. From a flush also:
    /// other writers came between, and nobody can tell any more whether a deferred change was
    /// committed; it is given up, and the reason is `outcome-unknown`.
    Conflict {
        /// The code of the error the operation met when it was replayed.
        reason: &'static str,
        /// The path that error was about, where it was about one.
        path: Option<VaultPath>,
    },
    /// The store did not say whether the commit took effect; a later read tells. One that finds
    /// nothing tells only after another commit: a request that was given up on may come late.
    OutcomeUnknown,
    /// The caller's token cancelled the operation. What was not committed by then has not happened;
    /// if the last request of the commit was under way, a later read tells.
    Cancelled,
    /// The vault, batch or stream was closed before.
    Closed,
    /// A reader or stream given by the caller failed.
    SourceFailed {
        /// What the stream reported.
        reason: String,
        /// The error that it comes from, where there was one.
        source: Option<Cause>,
    },
    /// Another opener has the engine's directory.
    StoreLocked,
    /// An earlier write or sync of the engine failed: nothing more is accepted. What was
    /// acknowledged before is safe; open the engine again.
    StorePoisoned,
    /// Stored bytes of the engine are damaged or missing.
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
    /// There are as many namespaces of the engine as its configuration allows.
    NamespaceLimit {
        /// The most there may be.
        max: usize,
    },
    /// The namespace of the engine was dropped.
    NamespaceDropped,
    /// The changes that a watch of the engine asks for are no longer kept: read the present state,
    /// then watch from there.
    CursorExpired {
        /// The revision of the first change that is still kept.
        oldest: u64,
    },
    /// A hash of rows refused what it was given. Its code is that of the refusal.
    #[cfg(feature = "engine")]
    LtHash(sealwood_engine::lthash::Error),
    /// The platform has no source of randomness or lacks a facility.
    Platform {
        /// What is missing.
        what: &'static str,
    },
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Error::StoreDenied { source, .. }
            | Error::StoreUnavailable { source, .. }
            | Error::StoreFailed { source, .. }
            | Error::SourceFailed { source, .. } => {
                source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
            }
            _ => None,
        }
    }
}

#[cfg(feature = "engine")]
impl From<sealwood_engine::lthash::Error> for Error {
    fn from(error: sealwood_engine::lthash::Error) -> Self {
        Error::LtHash(error)
    }
}

impl From<PathRule> for Error {
    fn from(rule: PathRule) -> Self {
        Error::InvalidPath(rule)
    }
}

/// What is wrong with a stored object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Damage {
    /// There is no object.
    #[error("a stored object is missing")]
    Missing,
    /// It is shorter than the link to it says.
    #[error("a stored object is truncated")]
    Truncated,
    /// It was altered or put in the place of another.
    #[error("a stored object was altered or swapped")]
    Corrupt,
    /// It is authentic and does not follow the format.
    #[error("malformed {what}")]
    Malformed {
        /// What was being decoded.
        what: &'static str,
    },
}

impl Damage {
    /// The code of [`Error::Damaged`].
    pub fn code(self) -> &'static str {
        match self {
            Damage::Missing => Error::ObjectMissing.code(),
            Damage::Truncated => Error::ObjectTruncated.code(),
            Damage::Corrupt => Error::ObjectCorrupt.code(),
            Damage::Malformed { what } => Error::Malformed { what }.code(),
        }
    }
}

impl Error {
    /// Names the object in which damage was found; other errors stay as they are.
    pub(crate) fn in_object(self, key: &str) -> Self {
        match self.damage() {
            Some(damage) => Error::Damaged { damage, object: key.to_owned(), path: None },
            None => self,
        }
    }

    /// Names the path below which damage was found; other errors stay as they are.
    pub(crate) fn below(self, at: &VaultPath) -> Self {
        match self {
            Error::Damaged { damage, object, path: None } => {
                Error::Damaged { damage, object, path: Some(at.clone()) }
            }
            other => other,
        }
    }

    /// What is wrong with a stored object, for an error that says so and names none yet.
    fn damage(&self) -> Option<Damage> {
        match self {
            Error::ObjectMissing => Some(Damage::Missing),
            Error::ObjectTruncated => Some(Damage::Truncated),
            Error::ObjectCorrupt => Some(Damage::Corrupt),
            Error::Malformed { what } => Some(Damage::Malformed { what }),
            _ => None,
        }
    }

    /// The stable code of this case, the same in every language.
    pub fn code(&self) -> &'static str {
        match self {
            Error::InvalidPath(rule) => rule.code(),
            Error::NotFound { .. } => "not-found",
            Error::AlreadyExists { .. } => "already-exists",
            Error::NotADirectory { .. } => "not-a-directory",
            Error::IsADirectory { .. } => "is-a-directory",
            Error::DirectoryNotEmpty { .. } => "directory-not-empty",
            Error::IntoItself { .. } => "into-itself",
            Error::RangePastEnd { .. } => "range-past-end",
            Error::InvalidArgument { .. } => "invalid-argument",
            Error::WrongKey => "wrong-key",
            Error::WrongPassphrase => "wrong-passphrase",
            Error::PassphraseTooCostly { .. } => "passphrase-too-costly",
            Error::InvalidPhrase { .. } => "invalid-phrase",
            Error::SlotNotFound => "slot-not-found",
            Error::LastSlot => "last-slot",
            Error::ShutOut => "shut-out",
            Error::InvalidLink { .. } => "invalid-link",
            Error::InvalidPairing { .. } => "invalid-pairing",
            Error::VaultExists => "vault-exists",
            Error::VaultNotFound => "vault-not-found",
            Error::UnsupportedVersion { .. } => "unsupported-version",
            Error::WrongVault { .. } => "wrong-vault",
            Error::Tampered { .. } => "tampered",
            Error::Rollback { .. } => "rollback",
            Error::Fork { .. } => "fork",
            Error::OwnCommitMissing { .. } => "own-commit-missing",
            Error::DeviceCloned { .. } => "device-cloned",
            Error::RootVanished => "root-vanished",
            Error::Frozen { .. } => "frozen",
            Error::ObjectMissing => "object-missing",
            Error::ObjectTruncated => "object-truncated",
            Error::ObjectCorrupt => "object-corrupt",
            Error::Malformed { .. } => "malformed",
            Error::Damaged { damage, .. } => damage.code(),
            Error::PreconditionFailed => "precondition-failed",
            Error::ConditionalPutUnsupported { .. } => "conditional-put-unsupported",
            Error::StoreFull => "store-full",
            Error::StoreDenied { .. } => "store-denied",
            Error::StoreUnavailable { .. } => "store-unavailable",
            Error::StoreFailed { .. } => "store-failed",
            Error::CommitContention { .. } => "commit-contention",
            Error::Conflict { .. } => "conflict",
            Error::OutcomeUnknown => "outcome-unknown",
            Error::Cancelled => "cancelled",
            Error::Closed => "closed",
            Error::SourceFailed { .. } => "source-failed",
            Error::StoreLocked => "store-locked",
            Error::StorePoisoned => "store-poisoned",
            Error::StoreCorrupt { .. } => "store-corrupt",
            Error::ReadOnly => "read-only",
            Error::NamespaceLimit { .. } => "namespace-limit",
            Error::NamespaceDropped => "namespace-dropped",
            Error::CursorExpired { .. } => "cursor-expired",
            #[cfg(feature = "engine")]
            Error::LtHash(error) => error.code(),
            Error::Platform { .. } => "platform",
        }
    }

    /// The path the error is about, where there is one.
    pub fn path(&self) -> Option<&VaultPath> {
        match self {
            Error::NotFound { path }
            | Error::AlreadyExists { path }
            | Error::NotADirectory { path }
            | Error::IsADirectory { path }
            | Error::DirectoryNotEmpty { path }
            | Error::IntoItself { path } => Some(path),
            Error::Conflict { path, .. } | Error::Damaged { path, .. } => path.as_ref(),
            _ => None,
        }
    }

    /// Whether the same call may succeed later without anything else changing.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Error::StoreUnavailable { .. } | Error::CommitContention { .. } | Error::OutcomeUnknown
        )
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
