//! The sealed part of a keyring.

use std::collections::HashSet;
use std::ops::Range;

use zeroize::Zeroizing;

use super::record::{Record, SlotKind};
use super::slot::Slot;
use crate::codec::{Reader, put_bytes, put_varint};
use crate::error::Result;
use crate::seal::{Epoch, EpochKey, padded_length};

/// What errors call it.
const WHAT: &str = "keyring";

/// The most slots that passphrases open: each may be tried by who has one.
pub(super) const PASSPHRASES_MAX: usize = 4;
/// The most bytes of the chain of members, and of the rows of heads at rest.
const CHAIN_BYTES_MAX: usize = 512 * 1024;
const RESTING_BYTES_MAX: usize = 192 * 1024;

/// What whoever has the key of the newest epoch may know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Contents {
    /// The first epoch whose key is kept.
    pub(super) first: Epoch,
    /// The keys from the first epoch to the newest.
    pub(super) keys: Vec<EpochKey>,
    /// What the slots are, by their index.
    pub(super) records: Vec<Record>,
    /// The chain of members.
    pub(super) chain: Vec<u8>,
    /// Rows of heads that were not used for long.
    pub(super) resting: Vec<u8>,
}

impl Contents {
    /// The epochs it has keys of; `None` where there are none or too many.
    pub(super) fn numbers(&self) -> Option<Range<u16>> {
        let count = u16::try_from(self.keys.len()).ok()?;
        let end = self.first.number().checked_add(count)?;
        let newest = Epoch::new(end - 1).filter(|newest| *newest >= self.first)?;
        Some(self.first.number()..newest.number() + 1)
    }

    /// ```text
    /// le16 first epoch, le16 how many, their keys (32 each),
    /// varint count, records,
    /// bytes chain of members, bytes rows at rest,
    /// zeros up to the padded length
    /// ```
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        // Long enough from the start: growing would leave copies behind.
        let fixed = 16 + self.keys.len() * 32 + self.chain.len() + self.resting.len();
        let length = fixed + self.records.len() * 192;
        let mut out = Zeroizing::new(Vec::with_capacity(length + length / 8));
        out.extend_from_slice(&self.first.number().to_le_bytes());
        out.extend_from_slice(&(self.keys.len() as u16).to_le_bytes());
        self.keys.iter().for_each(|key| out.extend_from_slice(key.expose()));
        put_varint(&mut out, self.records.len() as u64);
        self.records.iter().for_each(|record| record.encode(&mut out));
        put_bytes(&mut out, &self.chain);
        put_bytes(&mut out, &self.resting);
        let padded = padded_length(out.len() as u64) as usize;
        out.resize(padded, 0);
        out
    }

    /// Reads the sealed part of a keyring with these slots.
    pub(super) fn decode(bytes: &[u8], slots: &[Slot]) -> Result<Self> {
        let contents = Self::read(bytes)?;
        if contents.is_of(slots) { Ok(contents) } else { Err(Reader::new(bytes, WHAT).malformed()) }
    }

    fn read(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes, WHAT);
        let malformed = reader.malformed();
        let first = Epoch::new(u16::from_le_bytes(reader.array()?));
        let first = first.ok_or_else(|| malformed.clone())?;
        let count = u16::from_le_bytes(reader.array()?);
        if count > Epoch::LAST.number() {
            return Err(malformed);
        }
        let key = |_| reader.array().map(EpochKey::from_bytes);
        let keys = (0..count).map(key).collect::<Result<_>>()?;
        let count = reader.count()?;
        if count > 256 {
            return Err(malformed);
        }
        let records = (0..count).map(|_| Record::decode(&mut reader)).collect::<Result<_>>()?;
        let (chain, resting) = (reader.bytes()?, reader.bytes()?);
        if chain.len() > CHAIN_BYTES_MAX || resting.len() > RESTING_BYTES_MAX {
            return Err(malformed);
        }
        let length = (bytes.len() - reader.remaining()) as u64;
        let padding = reader.take(reader.remaining())?;
        if padded_length(length) != bytes.len() as u64 || padding.iter().any(|byte| *byte != 0) {
            return Err(malformed);
        }
        let (chain, resting) = (chain.to_vec(), resting.to_vec());
        let contents = Self { first, keys, records, chain, resting };
        if contents.numbers().is_none() { Err(malformed) } else { Ok(contents) }
    }

    /// Whether the records are of these slots: at least one, ascending, no id twice, and a slot
    /// that asks for the work of a passphrase is that of one.
    fn is_of(&self, slots: &[Slot]) -> bool {
        let ids: HashSet<_> = self.records.iter().map(|record| record.id).collect();
        let is_passphrase = |record: &Record| record.kind == SlotKind::Passphrase;
        let fits = |record: &Record| {
            slots
                .get(usize::from(record.index))
                .is_some_and(|slot| slot.head.stretch.is_some() == is_passphrase(record))
        };
        let stretched = slots.iter().filter(|slot| slot.head.stretch.is_some()).count();
        !self.records.is_empty()
            && ids.len() == self.records.len()
            && self.records.is_sorted_by(|one, next| one.index < next.index)
            && self.records.iter().all(fits)
            && self.records.iter().filter(|record| is_passphrase(record)).count() == stretched
    }
}

/// Reads a sealed part by itself and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_contents(bytes: &[u8]) -> Result<Vec<u8>> {
    Ok(Contents::read(bytes)?.encode().to_vec())
}
