//! What can go wrong, and the exit code it ends the program with.

use std::io;
use std::path::{Path, PathBuf};

use sealwood::path::PathRule;
use sealwood::{Error, engine};

/// The exit code where two things that were compared are not the same.
pub(crate) const DIFFERS: u8 = 1;

/// The exit code where stored data is damaged or rolled back.
pub(crate) const DAMAGED: u8 = 5;

/// The exit code of a command that did its work on some files and failed on others.
pub(crate) const PARTLY_DONE: u8 = 7;

pub(crate) type Result<T, E = Failure> = std::result::Result<T, E>;

/// Why a command, or its work on one file, failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The vault or its store.
    #[error("{}", plain(error))]
    Vault { error: Error, path: Option<String> },
    /// An engine that is used by itself, and what of it, or where it is.
    #[error("{}", plain_of_engine(error))]
    Engine { error: engine::Error, path: Option<String> },
    /// No engine, no namespace or no key where one was asked for.
    #[error("{reason}")]
    Absent { code: &'static str, reason: String, path: String },
    /// The hash of a namespace is not that of its rows.
    #[error("the rows are not those that were counted, {place}")]
    StateDiffers { place: String, namespace: String },
    /// A file of this machine.
    #[error("{error}")]
    Local { error: io::Error, path: PathBuf },
    /// A file of this machine that is left alone for a reason of our own.
    #[error("{reason}")]
    LocalRefused { code: &'static str, reason: &'static str, path: PathBuf },
    /// A store without a vault that is not empty either.
    #[error("the store holds objects but no root: it may be a vault whose root was lost")]
    RootMissing,
    /// A failure of which more is known than its cause says.
    #[error("{cause}; {more}")]
    Explained { cause: Box<Failure>, more: String },
    /// A secret that cannot be taken.
    #[error("{reason}")]
    SecretRefused { reason: String, path: Option<PathBuf> },
    /// The demo read back other bytes than it wrote.
    #[error("the bytes read back differ from those written")]
    Differs { path: String },
    /// The command line or the environment asks for something that cannot be.
    #[error("{0}")]
    Usage(String),
    /// Standard output was closed.
    #[error("standard output was closed")]
    ReaderGone,
}

impl Failure {
    /// The failure of a call on the local file at `path`.
    pub(crate) fn local(path: &Path, error: io::Error) -> Self {
        Self::Local { error, path: path.to_owned() }
    }

    /// The same failure, about `path` of the vault unless it already names one.
    pub(crate) fn at(self, path: &str) -> Self {
        match self {
            Self::Vault { error, path: None } => Self::Vault { error, path: Some(path.into()) },
            other => other,
        }
    }

    /// The same failure, about `path` of this machine, which cannot be reached by what it names.
    pub(crate) fn on_the_way_to(mut self, path: &Path) -> Self {
        let named = match &mut self {
            Self::Local { path: named, .. } | Self::LocalRefused { path: named, .. }
                if named != path =>
            {
                std::mem::replace(named, path.to_owned())
            }
            _ => return self,
        };
        Self::Explained { cause: Box::new(self), more: format!("at {}", named.display()) }
    }

    /// The stable code, the same as in every language where the vault is the cause.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Vault { error, .. } => error.code(),
            Self::Engine { error, .. } => error.code(),
            Self::Absent { code, .. } => code,
            Self::StateDiffers { .. } => "state-differs",
            Self::Local { error, .. } => match error.kind() {
                io::ErrorKind::NotFound => "local-not-found",
                io::ErrorKind::PermissionDenied => "local-denied",
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "local-full",
                _ => "local-failed",
            },
            Self::LocalRefused { code, .. } => code,
            Self::RootMissing => "root-missing",
            Self::Explained { cause, .. } => cause.code(),
            Self::SecretRefused { .. } => "secret-refused",
            Self::Differs { .. } => "differs",
            Self::Usage(_) => "usage",
            Self::ReaderGone => "reader-gone",
        }
    }

    /// What it is about, where there is one thing.
    pub(crate) fn path(&self) -> Option<String> {
        match self {
            Self::Vault { error, path } => {
                error.path().map(ToString::to_string).or_else(|| path.clone())
            }
            Self::Local { path, .. } | Self::LocalRefused { path, .. } => {
                Some(path.to_string_lossy().into_owned())
            }
            Self::Explained { cause, .. } => cause.path(),
            Self::SecretRefused { path, .. } => {
                path.as_ref().map(|path| path.to_string_lossy().into_owned())
            }
            Self::Engine { path, .. } => path.clone(),
            Self::Differs { path } | Self::Absent { path, .. } => Some(path.clone()),
            Self::StateDiffers { namespace, .. } => Some(namespace.clone()),
            Self::RootMissing | Self::Usage(_) | Self::ReaderGone => None,
        }
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Vault { error, .. } => exit_code_of(error),
            Self::Engine { error, .. } => exit_code_of(&error.clone().into()),
            Self::Absent { .. } => 3,
            Self::Local { error, .. } if error.kind() == io::ErrorKind::NotFound => 3,
            Self::Local { .. } | Self::LocalRefused { .. } | Self::ReaderGone => 1,
            Self::Explained { cause, .. } => cause.exit_code(),
            Self::SecretRefused { .. } => 4,
            Self::RootMissing | Self::Differs { .. } | Self::StateDiffers { .. } => DAMAGED,
            Self::Usage(_) => 2,
        }
    }

    /// Whether it says that stored data is damaged, and nothing else is in the way.
    pub(crate) fn is_damage(&self) -> bool {
        self.exit_code() == DAMAGED
    }

    /// Whether the work on other files can go on after this: the cause lies in one file.
    pub(crate) fn concerns_one_file(&self) -> bool {
        match self {
            Self::Vault { error, .. } => {
                exit_code_of(error) == DAMAGED
                    || error.path().is_some()
                    || matches!(
                        error,
                        Error::InvalidPath(_)
                            | Error::InvalidArgument { .. }
                            | Error::SourceFailed { .. }
                    )
            }
            Self::Local { error, .. } => {
                !matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            Self::LocalRefused { .. } | Self::Differs { .. } => true,
            Self::Explained { cause, .. } => cause.concerns_one_file(),
            Self::Engine { .. }
            | Self::Absent { .. }
            | Self::StateDiffers { .. }
            | Self::RootMissing
            | Self::SecretRefused { .. }
            | Self::Usage(_)
            | Self::ReaderGone => false,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Vault { error, path: None }
    }
}

impl From<PathRule> for Failure {
    fn from(rule: PathRule) -> Self {
        Error::from(rule).into()
    }
}

impl From<engine::Error> for Failure {
    fn from(error: engine::Error) -> Self {
        Error::from(error).into()
    }
}

/// What went wrong, with the way out where there is one on the command line.
fn plain(error: &Error) -> String {
    match error {
        Error::StoreLocked => {
            "another program has this vault open; wait for it (a vault at dir:PATH can be shared)"
                .to_owned()
        }
        error => error.to_string(),
    }
}

fn plain_of_engine(error: &engine::Error) -> String {
    match error {
        engine::Error::StoreLocked => {
            "another program has this engine open; wait for it".to_owned()
        }
        error => error.to_string(),
    }
}

fn exit_code_of(error: &Error) -> u8 {
    match error {
        // Other paths are checked as arguments: one that is refused later was made of names found.
        Error::InvalidArgument { .. } | Error::InvalidPath(PathRule::Top) => 2,
        Error::NotFound { .. } | Error::VaultNotFound => 3,
        Error::WrongKey | Error::WrongPassphrase | Error::InvalidPhrase { .. } => 4,
        Error::Rollback { .. }
        | Error::Fork { .. }
        | Error::ObjectMissing
        | Error::ObjectTruncated
        | Error::ObjectCorrupt
        | Error::Damaged { .. }
        | Error::StoreCorrupt { .. }
        | Error::Malformed { .. } => DAMAGED,
        Error::StoreFull
        | Error::StoreDenied { .. }
        | Error::StoreUnavailable { .. }
        | Error::StoreFailed { .. }
        | Error::StoreLocked
        | Error::StorePoisoned
        | Error::OutcomeUnknown
        | Error::ConditionalPutUnsupported { .. } => 6,
        Error::Cancelled => 130,
        _ => 1,
    }
}
