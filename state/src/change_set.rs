//! Changes of rows, as callers give them and as they are stored.

use bytes::Bytes;
use sealwood_base::codec::{put_bytes, put_varint};
use sealwood_engine::KEY_BYTES_MAX;

use crate::codec::Reader;
use crate::error::{Error, Result};

/// The most rows that one version changes.
pub const CHANGES_MAX: usize = 90_000;

/// What rows are to be: of several changes of one key the last counts. A value without bytes is a
/// value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChangeSet {
    changes: Vec<(Vec<u8>, Option<Bytes>)>,
}

impl ChangeSet {
    /// Returns a set without changes.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a row a value, whether it is there or not.
    pub fn put(&mut self, key: impl Into<Vec<u8>>, value: impl Into<Bytes>) -> &mut Self {
        self.changes.push((key.into(), Some(value.into())));
        self
    }

    /// Ends a row, if it is there.
    pub fn delete(&mut self, key: impl Into<Vec<u8>>) -> &mut Self {
        self.changes.push((key.into(), None));
        self
    }

    /// Returns how many changes there are.
    pub fn len(&self) -> usize {
        self.changes.len()
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Each key with its value, or none if it is deleted, in the order in which they were given.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], Option<&Bytes>)> {
        self.changes.iter().map(|(key, value)| (key.as_slice(), value.as_ref()))
    }

    /// Appends how many there are and each of them: its key, and its value with a number one above
    /// its length before it, 0 for none.
    pub(crate) fn encode(&self, out: &mut Vec<u8>) {
        put_varint(out, self.changes.len() as u64);
        for (key, value) in self.iter() {
            put_bytes(out, key);
            put_varint(out, value.map_or(0, |value| value.len() as u64 + 1));
            out.extend_from_slice(value.map_or(&[], |value| value));
        }
    }

    /// Takes up what was appended of changes with ascending keys.
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let count = reader.count()?;
        // Nobody is believed about how much there will be.
        let mut changes: Vec<(Vec<u8>, _)> = Vec::new();
        for _ in 0..count {
            let key = reader.bytes()?.to_vec();
            if changes.last().is_some_and(|(last, _)| *last >= key) {
                return Err(reader.malformed());
            }
            let value = match reader.varint()?.checked_sub(1) {
                None => None,
                Some(len) => {
                    let len = usize::try_from(len).map_err(|_| reader.malformed())?;
                    Some(Bytes::copy_from_slice(reader.take(len)?))
                }
            };
            changes.push((key, value));
        }
        Ok(Self { changes })
    }
}

impl FromIterator<(Vec<u8>, Option<Bytes>)> for ChangeSet {
    fn from_iter<I: IntoIterator<Item = (Vec<u8>, Option<Bytes>)>>(changes: I) -> Self {
        Self { changes: changes.into_iter().collect() }
    }
}

/// Refuses a key that no engine takes.
pub(crate) fn check_key(key: &[u8]) -> Result<()> {
    if key.len() > KEY_BYTES_MAX {
        return Err(Error::InvalidArgument { what: "a key has at most 65,536 bytes" });
    }
    Ok(())
}
