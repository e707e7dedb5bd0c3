//! What is said of something that is wrong.

use std::ops::RangeInclusive;

use crate::error::Error;
use crate::revision::Revision;

/// Something that is wrong.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Finding {
    /// What it means.
    pub kind: FindingKind,
    /// The name of the namespace it is about, if it is about one whose name is known.
    pub namespace: Option<String>,
    /// The key it is about, if it is about one.
    pub key: Option<Vec<u8>>,
    /// What is wrong: mostly [`Error::StoreCorrupt`], which names file and offset.
    pub error: Error,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.error.fmt(f)
    }
}

impl std::error::Error for Finding {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.error.source()
    }
}

/// What it means that something is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FindingKind {
    /// The value of a key is damaged or missing. The key is there and all else that is known of it.
    Value,
    /// A part of the log is damaged or missing.
    Log {
        /// How long the damaged part is, in bytes; 0 where nothing is left of it.
        bytes: u64,
        /// The revisions of the changes that may have been in it: puts, deletes and all else.
        /// `None` if it is certain that there was none.
        revisions: Option<RangeInclusive<Revision>>,
    },
    /// The last segment ends in so many bytes that are no record, as a crash leaves it and as
    /// damage to the last record does: which it is cannot be told. Nothing that was acknowledged is
    /// missing, unless it is the latter.
    TornEnd {
        /// How long that is, in bytes.
        bytes: u64,
    },
    /// The header of a segment. Its records are read all the same.
    Header,
    /// The footer of a sealed segment. Nothing is lost: its records are read instead.
    Footer,
    /// The last checkpoint. The log has all that it has, but for what makes up for damage there.
    Checkpoint,
    /// A part of the index in the last checkpoint. A rebuild makes it anew from the log.
    Index,
    /// Counts that the engine keeps do not agree with what it holds.
    Accounts,
    /// A separated value is whole and no key names it: one that was deleted and not removed yet,
    /// or one whose key is lost.
    UnnamedValue,
}

impl FindingKind {
    /// Whether it is damage. What a crash or a deletion under way leaves too is none.
    pub fn is_damage(&self) -> bool {
        !matches!(self, Self::TornEnd { .. } | Self::UnnamedValue)
    }
}

impl Finding {
    /// A finding about no key.
    pub(crate) fn new(kind: FindingKind, error: Error) -> Self {
        Self { kind, namespace: None, key: None, error }
    }

    /// A finding about the value of a key.
    pub(crate) fn of_value(namespace: Option<String>, key: &[u8], error: Error) -> Self {
        Self { kind: FindingKind::Value, namespace, key: Some(key.to_vec()), error }
    }
}
