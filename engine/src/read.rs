//! Reading: where the value of an entry is, and how it is checked.

use bytes::Bytes;

use super::entry::{Entry, Place};
use super::expiry::Expiry;
use super::files::{self, segment_name};
use super::index_key::IndexKey;
use super::log::logged_value;
use super::memory;
use super::shared::Shared;
use super::source::Source;
use super::write::Now;
use crate::disk::Handles;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// A value and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Value {
    /// The bytes.
    pub bytes: Bytes,
    /// The revision of the key's last change.
    pub revision: Revision,
    /// When the key expires, if it does.
    pub expires_at: Option<Expiry>,
}

/// What is known of a key without reading its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KeyInfo {
    /// The length of the value, in bytes.
    pub len: u64,
    /// The revision of the key's last change.
    pub revision: Revision,
    /// When the key expires, if it does.
    pub expires_at: Option<Expiry>,
}

/// What the index says of a key.
pub(crate) struct Found {
    pub(crate) revision: Revision,
    pub(crate) expires_at_ms: u64,
    pub(crate) source: Source,
}

impl Found {
    pub(crate) fn of(entry: &Entry<'_>) -> Self {
        let Entry { revision, expires_at_ms, .. } = *entry;
        Self { revision, expires_at_ms, source: Source::of(entry) }
    }

    pub(crate) fn info(&self) -> KeyInfo {
        let expires_at = Expiry::of_stored(self.expires_at_ms);
        KeyInfo { len: self.source.len(), revision: self.revision, expires_at }
    }

    pub(crate) fn value(&self, bytes: Bytes) -> Value {
        let expires_at = Expiry::of_stored(self.expires_at_ms);
        Value { bytes, revision: self.revision, expires_at }
    }
}

impl Shared {
    /// What the index says of a key now, unless it is expired.
    pub(crate) fn find(&self, namespace: NamespaceId, key: &[u8]) -> Result<Option<Found>> {
        let full = IndexKey::new(namespace, key);
        let found = self.reading(|state| {
            if state.namespaces.by_id(namespace).is_none() {
                return Ok(Err(Error::NamespaceDropped));
            }
            state.tree.get(&full, |entry| Found::of(&entry)).map(Ok)
        })??;
        if let Some(found) = &found
            && Now::new(self).is_past(found.expires_at_ms)
        {
            self.let_go_of(namespace, key, found.revision);
            return Ok(None);
        }
        Ok(found)
    }

    /// Reads what `read` wants of the present value of a key. A file that compaction or an
    /// overwrite took away in between means that the key has a newer state, which is then read.
    pub(crate) fn read_present<T>(
        &self,
        namespace: NamespaceId,
        key: &[u8],
        read: impl Fn(&Found) -> Result<T>,
    ) -> Result<Option<T>> {
        let Some(mut found) = self.find(namespace, key)? else { return Ok(None) };
        loop {
            let error = match read(&found) {
                Ok(value) => return Ok(Some(value)),
                Err(error) => error,
            };
            let Some(now) = self.find(namespace, key)? else { return Ok(None) };
            if now.revision == found.revision && now.source.is_same(&found.source) {
                return Err(error);
            }
            found = now;
        }
    }

    /// All of a value, checked.
    pub(crate) fn read_all(&self, source: &Source) -> Result<Bytes> {
        match source {
            Source::Here(bytes) => Ok(bytes.clone()),
            Source::Logged(place, _) => self.read_logged(*place),
            Source::Separated(value) => self.values.read(value),
        }
    }

    /// `len` bytes of a value from `offset` on, which it has, checked.
    pub(crate) fn read_part(&self, source: &Source, offset: u64, len: u64) -> Result<Bytes> {
        match source {
            Source::Separated(value) => self.values.read_range(value, offset, len),
            _ => {
                let bytes = self.read_all(source)?;
                Ok(bytes.slice(offset as usize..(offset + len) as usize))
            }
        }
    }

    /// The value in a record, checked.
    pub(crate) fn read_logged(&self, place: Place) -> Result<Bytes> {
        value_in(self.read_record(place)?, place)
    }

    /// The bytes of a record, from memory if it is not in the file yet.
    pub(crate) fn read_record(&self, place: Place) -> Result<Bytes> {
        if let Some(record) = self.read().pending.read(place) {
            return Ok(record);
        }
        read_written(&self.handles, place)
    }
}

/// The bytes of a record that is in its file.
pub(crate) fn read_written(handles: &Handles, place: Place) -> Result<Bytes> {
    let name = segment_name(place.segment);
    let mut record = memory::zeroed(place.len.into())?;
    handles
        .read(&name)
        .and_then(|file| file.read_at(place.offset, &mut record))
        .map_err(|error| files::read_error("log record", &name, place.offset, error))?;
    Ok(Bytes::from(record))
}

/// The value in a record that was read, checked.
pub(crate) fn value_in(record: Bytes, place: Place) -> Result<Bytes> {
    let len = logged_value(&record, place)?.len();
    Ok(record.slice(record.len() - len..))
}
