//! Why something is not trusted.

use std::fmt;

use super::rows::RowId;
use super::vault_id::VaultId;
use crate::error::Error;

/// A result of this room.
pub type RefusalResult<T> = Result<T, Refusal>;

/// Why a chain, a root or a proof is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The bytes break a rule of the format.
    Malformed {
        /// What was being read.
        what: &'static str,
    },
    /// A signature is not right, or somebody signed what they may not.
    Tampered {
        /// What is wrong.
        what: &'static str,
    },
    /// It is of another vault.
    WrongVault {
        /// The vault that is meant.
        expected: VaultId,
        /// The vault it is of.
        found: VaultId,
    },
    /// The root is older than the one that was accepted.
    Rollback {
        /// The sequence number of the root accepted last.
        accepted: u64,
        /// That of the root found.
        found: u64,
    },
    /// Neither of both roots follows the other.
    Fork {
        /// The sequence number of the root accepted last.
        accepted: u64,
        /// That of the root found.
        found: u64,
        /// Whose commits tell: those with other commits in both, or commits in one alone.
        rows: Vec<RowId>,
    },
    /// The root is of a history in which this device's own last commit did not happen.
    OwnCommitMissing {
        /// The sequence number of the root accepted last.
        accepted: u64,
        /// That of the root found.
        found: u64,
    },
    /// The device's own row has a commit that this device does not know of: its key is in use
    /// elsewhere, or what it kept was lost or set back.
    DeviceCloned {
        /// The sequence number of that commit.
        sequence: u64,
    },
    /// The newest root is older than the bound that the app has set.
    Frozen {
        /// Its age.
        age_ms: u64,
    },
}

impl Refusal {
    /// The stable code of this case.
    pub fn code(&self) -> &'static str {
        match self {
            Refusal::Malformed { .. } => "malformed",
            Refusal::Tampered { .. } => "tampered",
            Refusal::WrongVault { .. } => "wrong-vault",
            Refusal::Rollback { .. } => "rollback",
            Refusal::Fork { .. } => "fork",
            Refusal::OwnCommitMissing { .. } => "own-commit-missing",
            Refusal::DeviceCloned { .. } => "device-cloned",
            Refusal::Frozen { .. } => "frozen",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Malformed { what } => write!(f, "malformed {what}"),
            Refusal::Tampered { what } => write!(f, "not signed by who may: {what}"),
            Refusal::WrongVault { expected, found } => {
                write!(f, "vault {expected} is meant, and vault {found} is there")
            }
            Refusal::Rollback { accepted, found } => {
                write!(f, "root {found} is older than root {accepted}, which was accepted before")
            }
            Refusal::Fork { accepted, found, .. } => {
                write!(
                    f,
                    "root {found} and root {accepted}, which was accepted before, are of two histories"
                )
            }
            Refusal::OwnCommitMissing { accepted, found } => {
                write!(
                    f,
                    "root {found} lacks the last commit of this device, whose last accepted root is {accepted}"
                )
            }
            Refusal::DeviceCloned { sequence } => {
                write!(
                    f,
                    "root {sequence} was signed with this device's key, and it does not know of that"
                )
            }
            Refusal::Frozen { age_ms } => write!(f, "the newest root is {age_ms} ms old"),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<sealwood_base::codec::Malformed> for Refusal {
    fn from(malformed: sealwood_base::codec::Malformed) -> Self {
        Refusal::Malformed { what: malformed.what }
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Malformed { what } => Error::Malformed { what },
            Refusal::Tampered { what } => Error::Tampered { what },
            Refusal::WrongVault { expected, found } => {
                Error::WrongVault { expected: expected.to_string(), found: found.to_string() }
            }
            Refusal::Rollback { accepted, found } => Error::Rollback { accepted, found },
            Refusal::Fork { found, .. } => Error::Fork { sequence: found },
            Refusal::OwnCommitMissing { accepted, found } => {
                Error::OwnCommitMissing { accepted, found }
            }
            Refusal::DeviceCloned { sequence } => Error::DeviceCloned { sequence },
            Refusal::Frozen { age_ms } => Error::Frozen { age_ms },
        }
    }
}

/// A cursor over bytes of one structure of this room.
pub(super) type Reader<'a> = sealwood_base::codec::Reader<'a, Refusal>;
