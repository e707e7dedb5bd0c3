//! What replay needs of a record: all but the bytes of values that the index does not keep.
//!
//! A sealed segment gives the same steps whether they come from its footer or from its records.

use crate::entry::{Body, Place};
use crate::log::record::{PutValue, Record};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::tracking::Tracking;

/// One step of replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step<'a> {
    /// The record.
    pub(crate) place: Place,
    /// Its revision.
    pub(crate) revision: Revision,
    /// What it says.
    pub(crate) what: What<'a>,
}

/// What a step does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What<'a> {
    /// A key has a value, until a time in milliseconds since 1970 (0 is never).
    Put { namespace: NamespaceId, key: &'a [u8], expires_at_ms: u64, body: Body<'a> },
    /// A key is no more.
    Delete { namespace: NamespaceId, key: &'a [u8] },
    /// A key expires at another time.
    Expire { namespace: NamespaceId, key: &'a [u8], expires_at_ms: u64 },
    /// Everything under one prefix is under another.
    Rename { namespace: NamespaceId, from: &'a [u8], to: &'a [u8] },
    /// A namespace begins.
    NamespaceCreate { namespace: NamespaceId, name: &'a str, threshold: u64 },
    /// A namespace and all its keys are no more.
    NamespaceDrop { namespace: NamespaceId },
    /// A namespace is tracked from here on, or no more.
    Track { namespace: NamespaceId, tracking: Tracking },
}

impl<'a> Step<'a> {
    /// The step of the record at `place`, with values of at most `inline_bytes_max` bytes; none
    /// for a record that only says something of the log itself.
    pub(crate) fn of(place: Place, record: &Record<'a>, inline_bytes_max: u32) -> Option<Self> {
        let (revision, what) = match *record {
            Record::Put { namespace, key, revision, expires_at_ms, value } => {
                let body = match value {
                    PutValue::Bytes(bytes) if bytes.len() <= inline_bytes_max as usize => {
                        Body::Inline(bytes)
                    }
                    PutValue::Bytes(bytes) => Body::Logged { len: bytes.len() as u32 },
                    PutValue::Separated(value) => Body::Separated(value),
                };
                (revision, What::Put { namespace, key, expires_at_ms, body })
            }
            Record::Delete { namespace, key, revision } => {
                (revision, What::Delete { namespace, key })
            }
            Record::Expire { namespace, key, revision, expires_at_ms } => {
                (revision, What::Expire { namespace, key, expires_at_ms })
            }
            Record::Rename { namespace, from, to, revision } => {
                (revision, What::Rename { namespace, from, to })
            }
            Record::NamespaceCreate { namespace, revision, name, threshold } => {
                (revision, What::NamespaceCreate { namespace, name, threshold })
            }
            Record::NamespaceDrop { namespace, revision } => {
                (revision, What::NamespaceDrop { namespace })
            }
            Record::Track { namespace, revision, tracking } => {
                (revision, What::Track { namespace, tracking })
            }
            Record::BatchEnd { .. } | Record::Mark { .. } => return None,
        };
        Some(Self { place, revision, what })
    }
}

impl What<'_> {
    /// The id of the namespace it is about.
    pub(crate) fn namespace(&self) -> NamespaceId {
        match *self {
            What::Put { namespace, .. }
            | What::Delete { namespace, .. }
            | What::Expire { namespace, .. }
            | What::Rename { namespace, .. }
            | What::NamespaceCreate { namespace, .. }
            | What::NamespaceDrop { namespace }
            | What::Track { namespace, .. } => namespace,
        }
    }
}

/// The revision that a record carries; a mark has none.
pub(crate) fn revision_of(record: &Record<'_>) -> Option<Revision> {
    match *record {
        Record::Put { revision, .. }
        | Record::Delete { revision, .. }
        | Record::Expire { revision, .. }
        | Record::Rename { revision, .. }
        | Record::NamespaceCreate { revision, .. }
        | Record::NamespaceDrop { revision, .. }
        | Record::Track { revision, .. }
        | Record::BatchEnd { revision, .. } => Some(revision),
        Record::Mark { .. } => None,
    }
}
