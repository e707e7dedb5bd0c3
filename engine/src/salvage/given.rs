//! What a salvage gives.

use bytes::Bytes;

use super::Reading;
use super::evidence::{Source, State};
use crate::entry::Place;
use crate::error::{Error, Result};
use crate::expiry::Expiry;
use crate::files::{read_error, segment_name};
use crate::finding::Finding;
use crate::log::logged_value;
use crate::memory;
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::value_ref::ValueRef;

/// How much of a value is given at once, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

/// What was salvaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Salvage {
    /// Keys that were given.
    pub keys: u64,
    /// Bytes of their values.
    pub value_bytes: u64,
    /// Keys that may have been changed since; see [`Certainty::MaybeChanged`].
    pub uncertain: u64,
    /// What was found to be wrong.
    pub findings: u64,
    /// What of that is damage: all but what a crash or a deletion under way leaves too.
    pub damaged: u64,
}

impl Salvage {
    pub(super) fn found(&mut self, finding: Finding) -> Salvaged<'static> {
        self.findings += 1;
        self.damaged += u64::from(finding.kind.is_damage());
        Salvaged::Finding(finding)
    }
}

/// One thing that a salvage gives.
#[derive(Debug)]
pub enum Salvaged<'a> {
    /// A key with its value, whole.
    Key(SalvagedKey<'a>),
    /// Something that is wrong. What is wrong with a key that is lost names it.
    Finding(Finding),
}

/// How certain it is that a key has this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Certainty {
    /// Nothing that is known to be missing can have changed it.
    Newest,
    /// It had this state once. What is missing may have changed, renamed or deleted it since.
    MaybeChanged,
}

/// A key that was salvaged. All of its value was read and found whole.
pub struct SalvagedKey<'a> {
    pub(super) namespace: Option<&'a str>,
    pub(super) namespace_id: NamespaceId,
    pub(super) key: &'a [u8],
    pub(super) revision: Revision,
    pub(super) expires_at: Option<Expiry>,
    pub(super) certainty: Certainty,
    pub(super) content: &'a Content,
    pub(super) reading: &'a Reading,
}

impl SalvagedKey<'_> {
    /// The name of its namespace; none if that is lost.
    pub fn namespace(&self) -> Option<&str> {
        self.namespace
    }

    /// The id of its namespace, which tells those without a name apart.
    pub fn namespace_id(&self) -> NamespaceId {
        self.namespace_id
    }

    /// The key.
    pub fn key(&self) -> &[u8] {
        self.key
    }

    /// The revision of its last change that is known.
    pub fn revision(&self) -> Revision {
        self.revision
    }

    /// When it expires, if it does. It may have expired already.
    pub fn expires_at(&self) -> Option<Expiry> {
        self.expires_at
    }

    /// How certain it is that this is its last state.
    pub fn certainty(&self) -> Certainty {
        self.certainty
    }

    /// The length of the value, in bytes.
    pub fn value_len(&self) -> u64 {
        self.content.len()
    }

    /// All of the value, checked as it is read.
    pub fn value(&self) -> Result<Bytes> {
        match self.content {
            Content::Here(bytes) => Ok(bytes.clone()),
            Content::Separated(value) => self.reading.values.read(value),
        }
    }

    /// Passes the value to `each` in pieces of at most 64 KiB, in order, each checked as it is
    /// read.
    pub fn pieces(&self, each: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        match self.content {
            Content::Here(bytes) => bytes.chunks(PIECE_BYTES).try_for_each(each),
            Content::Separated(value) => {
                let mut reader = self.reading.values.reader(value)?;
                while let Some(piece) = reader.next()? {
                    each(&piece)?;
                }
                Ok(())
            }
        }
    }
}

impl std::fmt::Debug for SalvagedKey<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SalvagedKey").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// A value that is whole.
pub(super) enum Content {
    Here(Bytes),
    Separated(ValueRef),
}

impl Content {
    /// The value of a state, all of it read and checked.
    pub(super) fn check(reading: &Reading, state: &State<'_>) -> Result<Self> {
        match state.source {
            Source::Inline(bytes) => Ok(Self::Here(Bytes::copy_from_slice(bytes))),
            Source::Logged(place, _) => read_logged(reading, place).map(Self::Here),
            Source::Separated(value) => {
                reading.values.verify(&value)?;
                Ok(Self::Separated(value))
            }
        }
    }

    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Here(bytes) => bytes.len() as u64,
            Self::Separated(value) => value.len,
        }
    }
}

fn read_logged(reading: &Reading, place: Place) -> Result<Bytes> {
    let name = segment_name(place.segment);
    let file = reading
        .handles
        .read(&name)
        .map_err(|error| read_error("log record", &name, place.offset, error))?;
    // What names a record may be an index that is older than the file.
    let end = place.offset.checked_add(u64::from(place.len));
    let len = file.len().map_err(|error| read_error("segment", &name, 0, error))?;
    if end.is_none_or(|end| end > len) {
        return Err(Error::StoreCorrupt { what: "log record", file: name, offset: place.offset });
    }
    let mut record = memory::zeroed(place.len.into())?;
    file.read_at(place.offset, &mut record)
        .map_err(|error| read_error("log record", &name, place.offset, error))?;
    let record = Bytes::from(record);
    let len = logged_value(&record, place)?.len();
    Ok(record.slice(record.len() - len..))
}
