//! Checking everything.

use std::collections::{BTreeMap, HashMap};

use super::entry::{Body, Entry, ValueRef};
use super::files::{self, segment_name};
use super::log::{PutValue, Record, decode};
use super::shared::Shared;
use super::state::{FIRST_NAMESPACE, OwnedEntry, Present, count_of, referenced};
use crate::error::{Error, Result};

/// Something that is wrong.
#[derive(Debug, Clone)]
pub struct Finding {
    /// The key it is about, with the id of its namespace in front (4 bytes, big endian), if it is
    /// about one.
    pub key: Option<Vec<u8>>,
    /// What is wrong.
    pub error: Error,
}

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Keys.
    pub keys: u64,
    /// Bytes of values.
    pub value_bytes: u64,
    /// What was found to be wrong.
    pub findings: u64,
}

/// The accounts as they are and as they should be.
#[derive(Default)]
struct Accounts {
    live_bytes: BTreeMap<u64, u64>,
    references: HashMap<ValueRef, u64>,
    counted: HashMap<ValueRef, u64>,
}

impl Shared {
    /// Checks one snapshot of everything; writers go on meanwhile. Memory grows with the number of
    /// separated values alone.
    pub(crate) fn verify(&self, each: &mut dyn FnMut(Finding) -> bool) -> Result<Verified> {
        let _lease = self.leases.take();
        let (snapshot, segments, dropping) = {
            let state = self.read();
            (state.tree.snapshot(), state.segments.clone(), state.dropping.clone())
        };
        let mut verified = Verified::default();
        let mut report = |key: Option<&[u8]>, error: Error| {
            verified.findings += 1;
            let key = key.map(<[u8]>::to_vec);
            if each(Finding { key, error }) { Ok(()) } else { Err(Error::Cancelled) }
        };
        let mut accounts = Accounts::default();
        let (mut keys, mut value_bytes) = (0, 0);
        let structure = snapshot.verify(&*self.frames, &mut |key, entry| {
            let id = namespace_of(key).unwrap_or(0);
            if let Some(value) = referenced(key) {
                accounts.counted.insert(value, count_of(&entry));
            } else if id >= FIRST_NAMESPACE {
                accounts.take(&entry);
                keys += 1;
                match self.verify_entry(key, &entry) {
                    Ok(len) => value_bytes += len,
                    // Its file may be gone already; it is out of reach.
                    Err(_) if dropping.contains(&id) => {}
                    Err(error) => report(Some(key), error)?,
                }
            } else {
                report(Some(key), account_error("index", "namespaces"))?;
            }
            Ok(())
        });
        match structure {
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => report(None, error)?,
            Ok(_) => {}
        }
        if accounts.counted != accounts.references {
            report(None, account_error("counts of values", files::VALUES))?;
        }
        for (number, segment) in &segments {
            let live = accounts.live_bytes.remove(number).unwrap_or(0);
            if live != segment.live_bytes {
                report(None, account_error("live bytes", &segment_name(*number)))?;
            }
        }
        if let Some((number, _)) = accounts.live_bytes.first_key_value() {
            report(None, account_error("segment", &segment_name(*number)))?;
        }
        verified.keys = keys;
        verified.value_bytes = value_bytes;
        Ok(verified)
    }

    /// Checks that the record of an entry says what the entry says, and that the value is there.
    fn verify_entry(&self, key: &[u8], entry: &Entry<'_>) -> Result<u64> {
        let owned = OwnedEntry::of(entry);
        match self.verify_record(key, entry) {
            Ok(len) => Ok(len),
            // Compaction may have moved it since; then the present entry is what counts.
            Err(error) => {
                let (namespace, user_key) = split(key)?;
                let now = self.reading(|state| {
                    let present = state.present(namespace, user_key)?;
                    let entry = state.tree.get(key, |entry| OwnedEntry::of(&entry))?;
                    Ok((present, entry))
                })?;
                let Present { revision, .. } = match now.0 {
                    Some(present) => present,
                    None => return Ok(0),
                };
                match now.1 {
                    Some(entry) if entry.entry().place != owned.entry().place => {
                        self.verify_record(key, &entry.entry())
                    }
                    _ if revision != owned.entry().revision => Ok(0),
                    _ => Err(error),
                }
            }
        }
    }

    fn verify_record(&self, key: &[u8], entry: &Entry<'_>) -> Result<u64> {
        let damaged = || Error::StoreCorrupt {
            what: "log record",
            file: segment_name(entry.place.segment),
            offset: entry.place.offset,
        };
        let bytes = self.read_record(entry.place)?;
        let decoded = decode(&bytes, entry.place.segment, entry.place.offset);
        let Some(Record::Put { namespace, key: recorded, revision, value, .. }) =
            decoded.ok().map(|decoded| decoded.record)
        else {
            return Err(damaged());
        };
        let same = match (value, entry.body) {
            (PutValue::Bytes(bytes), Body::Inline(inline)) => bytes == inline,
            (PutValue::Bytes(bytes), Body::Logged { len }) => bytes.len() == len as usize,
            (PutValue::Separated(one), Body::Separated(other)) => one == other,
            _ => false,
        };
        let (own, user_key) = split(key)?;
        let named = self
            .read()
            .resolve(entry.place.segment, namespace, recorded, revision)
            .is_some_and(|now| now == user_key || recorded == user_key);
        // An expiry that was changed later has a later revision.
        if own != namespace || !named || revision > entry.revision || !same {
            return Err(damaged());
        }
        match entry.body {
            Body::Inline(bytes) => Ok(bytes.len() as u64),
            Body::Logged { len } => Ok(u64::from(len)),
            Body::Separated(value) => self.values.verify(&value).map(|()| value.len),
        }
    }
}

impl Accounts {
    fn take(&mut self, entry: &Entry<'_>) {
        *self.live_bytes.entry(entry.place.segment).or_default() += u64::from(entry.place.len);
        if let Body::Separated(value) = entry.body {
            *self.references.entry(value).or_default() += 1;
        }
    }
}

fn namespace_of(key: &[u8]) -> Option<u32> {
    key.first_chunk::<4>().map(|id| u32::from_be_bytes(*id))
}

fn split(key: &[u8]) -> Result<(u32, &[u8])> {
    let (id, key) = key.split_first_chunk::<4>().ok_or(Error::Malformed { what: "index key" })?;
    Ok((u32::from_be_bytes(*id), key))
}

fn account_error(what: &'static str, file: &str) -> Error {
    Error::StoreCorrupt { what, file: file.to_owned(), offset: 0 }
}
