//! What errors say.

use std::fmt;

use super::Error;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::InvalidPath(rule) => write!(f, "invalid path: {rule}"),
            Error::NotFound { .. } => f.write_str("no entry at that path"),
            Error::AlreadyExists { .. } => f.write_str("an entry exists at that path"),
            Error::NotADirectory { .. } => f.write_str("not a directory"),
            Error::IsADirectory { .. } => f.write_str("is a directory"),
            Error::DirectoryNotEmpty { .. } => f.write_str("directory is not empty"),
            Error::IntoItself { .. } => {
                f.write_str("a directory cannot be moved or copied into itself")
            }
            Error::RangePastEnd { end, size } => {
                write!(f, "range ends at {end} but the content has {size} bytes")
            }
            Error::InvalidArgument { what } => write!(f, "invalid argument: {what}"),
            Error::WrongKey => f.write_str("this secret does not open the vault"),
            Error::WrongPassphrase => f.write_str("this passphrase does not open the vault"),
            Error::PassphraseTooCostly { memory_kib, passes } => write!(
                f,
                "the passphrase asks for {memory_kib} KiB of memory and {passes} passes, over the ceiling"
            ),
            Error::InvalidPhrase { reason } => write!(f, "not a recovery phrase: {reason}"),
            Error::SlotNotFound => f.write_str("the vault has no such slot"),
            Error::LastSlot => f.write_str("the last slot of a vault cannot be removed"),
            Error::ShutOut => {
                f.write_str("what opened this session is no slot of the vault any more")
            }
            Error::InvalidLink { reason } => write!(f, "not a link: {reason}"),
            Error::InvalidPairing { reason } => write!(f, "not a pairing: {reason}"),
            Error::VaultExists => f.write_str("the store already holds a vault"),
            Error::VaultNotFound => f.write_str("the store holds no vault"),
            Error::UnsupportedVersion { found } => write!(f, "unknown format version {found}"),
            Error::Rollback { found, accepted } => {
                write!(f, "the store served root {found} after root {accepted}")
            }
            Error::WrongVault { expected, found } => {
                write!(f, "vault {expected} is meant, and the store holds vault {found}")
            }
            Error::Tampered { what } => write!(f, "not signed by who may: {what}"),
            Error::Fork { sequence } => {
                write!(f, "the store served root {sequence} of another history")
            }
            Error::OwnCommitMissing { accepted, found } => {
                let after = "which lacks the last commit of this device";
                write!(f, "the store served root {found}, {after}, after root {accepted}")
            }
            Error::DeviceCloned { sequence } => {
                let unknown = "which this device does not know of";
                write!(f, "root {sequence}, {unknown}, was signed with its key")
            }
            Error::RootVanished => f.write_str("the store holds no vault, and held one before"),
            Error::Frozen { age_ms } => write!(f, "the newest root is {age_ms} ms old"),
            Error::ObjectMissing => f.write_str("a stored object is missing"),
            Error::ObjectTruncated => f.write_str("a stored object is truncated"),
            Error::ObjectCorrupt => f.write_str("a stored object was altered or swapped"),
            Error::Malformed { what } => write!(f, "malformed {what}"),
            Error::Damaged { damage, object, .. } => write!(f, "{damage}, in {object}"),
            Error::PreconditionFailed => f.write_str("precondition failed"),
            Error::ConditionalPutUnsupported { reason } => {
                write!(f, "the store does not honour conditional puts: {reason}")
            }
            Error::StoreFull => f.write_str("the store is full"),
            Error::StoreDenied { reason, .. } => write!(f, "the store denied access: {reason}"),
            Error::StoreUnavailable { reason, .. } => {
                write!(f, "the store is unavailable: {reason}")
            }
            Error::StoreFailed { reason, .. } => write!(f, "the store failed: {reason}"),
            Error::CommitContention { attempts } => {
                write!(f, "lost the race to commit {attempts} times")
            }
            Error::Conflict { reason, .. } => {
                write!(f, "another writer's change made this operation impossible: {reason}")
            }
            Error::OutcomeUnknown => {
                f.write_str("the store did not say whether the commit took effect")
            }
            Error::Cancelled => f.write_str("cancelled"),
            Error::Closed => f.write_str("closed"),
            Error::SourceFailed { reason, .. } => write!(f, "the caller's stream failed: {reason}"),
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
            #[cfg(feature = "engine")]
            Error::LtHash(error) => error.fmt(f),
            Error::Platform { what } => write!(f, "the platform lacks {what}"),
        }
    }
}
