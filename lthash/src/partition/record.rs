//! A partition as bytes, with the version of the data that it belongs to.
//!
//! ```text
//!  0  4  F5 4C 54 48
//!  4  1  version of the record: 1
//!  5  1  state: 0 absent, 1 backfilling, 2 valid
//!  6  1  detail: 0 whole, 1 buckets
//!  7  1  1 if the domain has a key, and 2 if statistics are unknown
//!  8  8  version of the data
//! 16  1  length of the name, then the name
//!        backfilling: 0, or 1 and the cursor: its length in 8 bytes, then the key
//!        whole, unless absent: a tally
//!        buckets, unless absent: 32 bytes, of which bit b % 8 of byte b / 8 says whether
//!        bucket b has rows; then the tally of each that has
//! ```
//!
//! A tally is the rows and the bytes, 8 bytes each, unless they are unknown, and the hash. Numbers
//! are little-endian. Every partition has one spelling.
//!
//! Two more lengths are records of another system, which keeps a version, big-endian, alone or
//! before a hash: 8 bytes are an absent partition, 2,056 a valid one of unknown statistics. Their
//! versions are below 2^63, which no record of ours looks like.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::{Detail, Partition, State, Statistics, Tally};
use crate::domain::Domain;
use crate::error::{Error, Result};
use crate::hash::LtHash;

const MAGIC: [u8; 4] = [0xf5, b'L', b'T', b'H'];
const VERSION: u8 = 1;
const KEYED: u8 = 1;
const UNKNOWN_STATISTICS: u8 = 2;
const BITMAP_BYTES: usize = 32;

/// The lengths of the other system's records.
const REFERENCE_ABSENT: usize = size_of::<u64>();
const REFERENCE_VALID: usize = REFERENCE_ABSENT + LtHash::BYTES;

/// A partition at a version of the data.
#[derive(Debug, Clone)]
pub struct Record {
    /// Of the data, as whoever keeps them counts.
    pub version: u64,
    /// What is known of the partition at that version.
    pub partition: Partition,
}

impl Record {
    /// Returns the bytes of the record.
    pub fn encode(&self) -> Vec<u8> {
        let Partition { domain, state, total, buckets } = &self.partition;
        let mut bytes = Vec::new();
        bytes.extend(MAGIC);
        bytes.push(VERSION);
        bytes.push(match state {
            State::Absent => 0,
            State::Backfilling { .. } => 1,
            State::Valid => 2,
        });
        bytes.push(u8::from(buckets.is_some()));
        let keyed = if domain.is_keyed() { KEYED } else { 0 };
        let unknown = if total.statistics.is_none() { UNKNOWN_STATISTICS } else { 0 };
        bytes.push(keyed | unknown);
        bytes.extend(self.version.to_le_bytes());
        // A name has at most 255 bytes.
        bytes.push(domain.name().len() as u8);
        bytes.extend(domain.name());
        if let State::Backfilling { cursor } = state {
            bytes.push(u8::from(cursor.is_some()));
            if let Some(cursor) = cursor {
                bytes.extend((cursor.len() as u64).to_le_bytes());
                bytes.extend(cursor);
            }
        }
        match buckets {
            _ if *state == State::Absent => {}
            None => put_tally(&mut bytes, total),
            Some(buckets) => {
                let mut bitmap = [0u8; BITMAP_BYTES];
                buckets
                    .keys()
                    .for_each(|bucket| bitmap[usize::from(bucket / 8)] |= 1 << (bucket % 8));
                bytes.extend(bitmap);
                buckets.values().for_each(|tally| put_tally(&mut bytes, tally));
            }
        }
        bytes
    }

    /// Returns the record that some bytes are, of the partition of a domain.
    ///
    /// # Errors
    ///
    /// [`Error::NotARecord`] for bytes that are none, or damaged, [`Error::RecordVersion`] for
    /// those of a later release, and [`Error::OtherPartition`] for the record of another name, or
    /// of one with a key where this has none.
    pub fn decode(domain: Domain, bytes: &[u8]) -> Result<Self> {
        match bytes.len() {
            REFERENCE_ABSENT | REFERENCE_VALID if bytes[0] < 0x80 => {
                Self::of_reference(domain, bytes)
            }
            _ => Self::of_ours(domain, bytes).unwrap_or(Err(Error::NotARecord)),
        }
    }

    /// A record of the other system. The length was looked at.
    fn of_reference(domain: Domain, bytes: &[u8]) -> Result<Self> {
        let (version, hash) = bytes.split_first_chunk().ok_or(Error::NotARecord)?;
        let mut partition = Partition::absent(domain, Detail::Whole);
        if !hash.is_empty() {
            partition.state = State::Valid;
            partition.total = Tally { hash: LtHash::decode(hash)?, statistics: None };
        }
        Ok(Self { version: u64::from_be_bytes(*version), partition })
    }

    /// `None` if the bytes are no record.
    fn of_ours(domain: Domain, bytes: &[u8]) -> Option<Result<Self>> {
        let mut rest = bytes.strip_prefix(&MAGIC)?;
        let [version, state, detail, flags] = *take_array(&mut rest)?;
        if version != VERSION {
            return Some(Err(Error::RecordVersion { version }));
        }
        if flags & !(KEYED | UNKNOWN_STATISTICS) != 0 {
            return None;
        }
        let version = u64::from_le_bytes(*take_array(&mut rest)?);
        let [name_length] = *take_array(&mut rest)?;
        let name = take(&mut rest, name_length.into())?;
        if name != domain.name() || (flags & KEYED != 0) != domain.is_keyed() {
            return Some(Err(Error::OtherPartition));
        }
        let state = match state {
            0 => State::Absent,
            1 => State::Backfilling { cursor: cursor(&mut rest)? },
            2 => State::Valid,
            _ => return None,
        };
        let detail = match detail {
            0 => Detail::Whole,
            1 => Detail::Buckets,
            _ => return None,
        };
        let known = flags & UNKNOWN_STATISTICS == 0;
        if !known && (state != State::Valid || detail == Detail::Buckets) {
            return None;
        }
        let mut partition = Partition { state, ..Partition::absent(domain, detail) };
        match &mut partition.buckets {
            _ if partition.state == State::Absent => {}
            None => partition.total = tally(&mut rest, known)?,
            Some(buckets) => {
                *buckets = bucket_tallies(&mut rest)?;
                for bucket in buckets.values() {
                    partition.total.merge(bucket).ok()?;
                }
            }
        }
        let untouched = State::Backfilling { cursor: None };
        if partition.state == untouched && !partition.total.is_empty() {
            return None;
        }
        rest.is_empty().then_some(Ok(Self { version, partition }))
    }
}

fn put_tally(bytes: &mut Vec<u8>, tally: &Tally) {
    if let Some(Statistics { rows, bytes: size }) = tally.statistics {
        bytes.extend(rows.to_le_bytes());
        bytes.extend(size.to_le_bytes());
    }
    bytes.extend(tally.hash.encode());
}

fn tally(rest: &mut &[u8], known: bool) -> Option<Tally> {
    let statistics = if known {
        let rows = u64::from_le_bytes(*take_array(rest)?);
        let bytes = u64::from_le_bytes(*take_array(rest)?);
        Some(Statistics { rows, bytes })
    } else {
        None
    };
    Some(Tally { hash: LtHash::decode(take(rest, LtHash::BYTES)?).ok()?, statistics })
}

fn bucket_tallies(rest: &mut &[u8]) -> Option<BTreeMap<u8, Tally>> {
    let bitmap: [u8; BITMAP_BYTES] = *take_array(rest)?;
    let mut buckets = BTreeMap::new();
    for bucket in 0..=u8::MAX {
        if bitmap[usize::from(bucket / 8)] >> (bucket % 8) & 1 == 1 {
            let tally = tally(rest, true).filter(|tally| !tally.is_empty())?;
            buckets.insert(bucket, tally);
        }
    }
    Some(buckets)
}

fn cursor(rest: &mut &[u8]) -> Option<Option<Vec<u8>>> {
    match *take_array(rest)? {
        [0] => Some(None),
        [1] => {
            let length = u64::from_le_bytes(*take_array(rest)?);
            Some(Some(take(rest, usize::try_from(length).ok()?)?.to_vec()))
        }
        _ => None,
    }
}

fn take<'b>(rest: &mut &'b [u8], length: usize) -> Option<&'b [u8]> {
    rest.split_off(..length)
}

fn take_array<'b, const N: usize>(rest: &mut &'b [u8]) -> Option<&'b [u8; N]> {
    let (taken, after) = rest.split_first_chunk()?;
    *rest = after;
    Some(taken)
}
