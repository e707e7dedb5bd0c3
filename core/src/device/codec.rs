//! A record as bytes.
//!
//! ```text
//! position   0, or 1 and: varint line, epoch key (32), bytes keyring, bytes kept root
//! device     varint: 0, or its number and 1
//! sent       varint count, each: varint sequence, hash (32); ascending
//! stores     varint count, each: text identity, varint seen, varint 0 or probed and 1; ascending
//! settings   varint count, each: text name, bytes value; ascending
//! ```

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use zeroize::Zeroizing;

use super::record::{
    DeviceRecord, KEYRING_BYTES_MAX, Position, SENT_MAX, SETTING_BYTES_MAX, SETTING_NAME_BYTES_MAX,
    SETTINGS_MAX, STORE_BYTES_MAX, STORES_MAX, Sent, StoreNote,
};
use crate::codec::{Reader, put_bytes, put_varint};
use crate::error::{Error, Result};
use crate::trust::{Kept, RootHash};

/// The most bytes of what is kept of a root: the rows of all members and devices there may be.
const KEPT_BYTES_MAX: usize = 256 << 10;

/// No record has more bytes than this.
pub(super) const RECORD_BYTES_MAX: usize = KEYRING_BYTES_MAX
    + KEPT_BYTES_MAX
    + SENT_MAX * (10 + 32)
    + STORES_MAX * (2 + STORE_BYTES_MAX + 10 + 10)
    + SETTINGS_MAX * (1 + SETTING_NAME_BYTES_MAX + 2 + SETTING_BYTES_MAX)
    + 128;

/// Returns the record as bytes. Fails if it breaks a limit.
pub(super) fn encode(record: &DeviceRecord) -> Result<Zeroizing<Vec<u8>>> {
    let keyring_bytes = record.position.as_ref().map_or(0, |position| position.keyring.len());
    // What holds a key does not move.
    let mut out = Zeroizing::new(Vec::with_capacity(
        RECORD_BYTES_MAX - KEYRING_BYTES_MAX + keyring_bytes.min(KEYRING_BYTES_MAX),
    ));
    put_position(&mut out, record.position.as_ref())?;
    put_varint(&mut out, record.device.map_or(0, |number| u64::from(number) + 1));
    put_count(&mut out, record.sent.len(), SENT_MAX)?;
    for Sent { sequence, hash } in &record.sent {
        put_varint(&mut out, *sequence);
        out.extend_from_slice(hash.as_bytes());
    }
    put_count(&mut out, record.stores.len(), STORES_MAX)?;
    for (identity, note) in &record.stores {
        put_limited(&mut out, identity.as_bytes(), 1, STORE_BYTES_MAX)?;
        put_varint(&mut out, note.seen_ms);
        check_limit(note.probed_ms != Some(u64::MAX))?;
        put_varint(&mut out, note.probed_ms.map_or(0, |probed| probed + 1));
    }
    put_count(&mut out, record.settings.len(), SETTINGS_MAX)?;
    for (name, value) in &record.settings {
        put_limited(&mut out, name.as_bytes(), 1, SETTING_NAME_BYTES_MAX)?;
        put_limited(&mut out, value, 0, SETTING_BYTES_MAX)?;
    }
    Ok(out)
}

/// Reads a record, and nothing else.
pub(super) fn decode(bytes: &[u8]) -> Result<DeviceRecord> {
    let mut reader = Reader::new(bytes, "device record");
    let record = DeviceRecord {
        position: read_position(&mut reader)?,
        device: read_device(&mut reader)?,
        sent: read_sent(&mut reader)?,
        stores: read_stores(&mut reader)?,
        settings: read_settings(&mut reader)?,
    };
    reader.finish()?;
    Ok(record)
}

fn put_position(out: &mut Vec<u8>, position: Option<&Position>) -> Result<()> {
    let Some(Position { line, kept, epoch_key, keyring }) = position else {
        out.push(0);
        return Ok(());
    };
    out.push(1);
    put_varint(out, u64::from(*line));
    out.extend_from_slice(&**epoch_key);
    put_limited(out, keyring, 0, KEYRING_BYTES_MAX)?;
    let mut bytes = Vec::new();
    kept.put(&mut bytes);
    put_limited(out, &bytes, 0, KEPT_BYTES_MAX)
}

fn read_position(reader: &mut Reader<'_>) -> Result<Option<Position>> {
    match reader.byte()? {
        0 => Ok(None),
        1 => {
            let line = reader.varint_u32()?;
            let epoch_key = Zeroizing::new(reader.array()?);
            let keyring = Bytes::copy_from_slice(limited(reader, 0, KEYRING_BYTES_MAX)?);
            let kept = Kept::decode(limited(reader, 0, KEPT_BYTES_MAX)?);
            let kept = kept.map_err(|_| reader.malformed())?;
            Ok(Some(Position { line, kept, epoch_key, keyring }))
        }
        _ => Err(reader.malformed()),
    }
}

fn read_device(reader: &mut Reader<'_>) -> Result<Option<u32>> {
    let number = read_optional(reader)?;
    number.map(u32::try_from).transpose().map_err(|_| reader.malformed())
}

fn read_sent(reader: &mut Reader<'_>) -> Result<BTreeSet<Sent>> {
    let mut sent = BTreeSet::new();
    for _ in 0..count(reader, SENT_MAX)? {
        let next = Sent { sequence: reader.varint()?, hash: RootHash::from_bytes(reader.array()?) };
        if sent.last().is_some_and(|last| *last >= next) {
            return Err(reader.malformed());
        }
        sent.insert(next);
    }
    Ok(sent)
}

fn read_stores(reader: &mut Reader<'_>) -> Result<BTreeMap<String, StoreNote>> {
    read_map(reader, STORES_MAX, STORE_BYTES_MAX, |reader| {
        Ok(StoreNote { seen_ms: reader.varint()?, probed_ms: read_optional(reader)? })
    })
}

fn read_settings(reader: &mut Reader<'_>) -> Result<BTreeMap<String, Bytes>> {
    read_map(reader, SETTINGS_MAX, SETTING_NAME_BYTES_MAX, |reader| {
        Ok(Bytes::copy_from_slice(limited(reader, 0, SETTING_BYTES_MAX)?))
    })
}

/// Names in ascending order, each with what `value` reads.
fn read_map<T>(
    reader: &mut Reader<'_>,
    count_max: usize,
    name_bytes_max: usize,
    value: impl Fn(&mut Reader<'_>) -> Result<T>,
) -> Result<BTreeMap<String, T>> {
    let mut map: BTreeMap<String, T> = BTreeMap::new();
    for _ in 0..count(reader, count_max)? {
        let name = limited(reader, 1, name_bytes_max)?;
        let name = std::str::from_utf8(name).map_err(|_| reader.malformed())?;
        if map.last_key_value().is_some_and(|(last, _)| last.as_str() >= name) {
            return Err(reader.malformed());
        }
        let value = value(reader)?;
        map.insert(name.to_owned(), value);
    }
    Ok(map)
}

/// 0 for nothing, or a number and 1.
fn read_optional(reader: &mut Reader<'_>) -> Result<Option<u64>> {
    Ok(reader.varint()?.checked_sub(1))
}

fn limited<'a>(reader: &mut Reader<'a>, min: usize, max: usize) -> Result<&'a [u8]> {
    let bytes = reader.bytes()?;
    if (min..=max).contains(&bytes.len()) { Ok(bytes) } else { Err(reader.malformed()) }
}

fn count(reader: &mut Reader<'_>, max: usize) -> Result<usize> {
    let count = reader.count()?;
    if count > max { Err(reader.malformed()) } else { Ok(count) }
}

fn put_limited(out: &mut Vec<u8>, bytes: &[u8], min: usize, max: usize) -> Result<()> {
    check_limit((min..=max).contains(&bytes.len()))?;
    put_bytes(out, bytes);
    Ok(())
}

fn put_count(out: &mut Vec<u8>, count: usize, max: usize) -> Result<()> {
    check_limit(count <= max)?;
    put_varint(out, count as u64);
    Ok(())
}

fn check_limit(is_kept: bool) -> Result<()> {
    if is_kept { Ok(()) } else { Err(Error::InvalidArgument { what: "a device record" }) }
}

/// Reads a record and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_record(bytes: &[u8]) -> Result<Vec<u8>> {
    Ok(encode(&decode(bytes)?)?.to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::seal::RECORD_SEAL_BYTES;

    /// A record that has as much of everything as it may, but for a root.
    fn full() -> DeviceRecord {
        let name = |number: usize, bytes: usize| format!("{number:0bytes$}");
        DeviceRecord {
            position: None,
            device: Some(u32::MAX),
            sent: (0..SENT_MAX as u64)
                .map(|number| Sent {
                    sequence: u64::MAX - number,
                    hash: RootHash::from_bytes([number as u8; 32]),
                })
                .collect(),
            stores: (0..STORES_MAX)
                .map(|number| {
                    let note = StoreNote { seen_ms: u64::MAX, probed_ms: Some(u64::MAX - 1) };
                    (name(number, STORE_BYTES_MAX), note)
                })
                .collect(),
            settings: (0..SETTINGS_MAX)
                .map(|number| {
                    let value = Bytes::from(vec![0xff; SETTING_BYTES_MAX]);
                    (name(number, SETTING_NAME_BYTES_MAX), value)
                })
                .collect(),
        }
    }

    #[test]
    fn a_record_is_read_back_at_its_limits_and_beyond_them_not_written() {
        let bytes = encode(&full()).unwrap();
        assert_eq!(decode(&bytes).unwrap(), full());
        assert!(bytes.len() + KEYRING_BYTES_MAX + KEPT_BYTES_MAX <= RECORD_BYTES_MAX);
        assert_eq!(RECORD_BYTES_MAX + RECORD_SEAL_BYTES, 1_365_230, "as docs/FORMAT.md says");
        let beyond: [fn(&mut DeviceRecord); 8] = [
            |it| it.sent.extend([Sent { sequence: 0, hash: RootHash::from_bytes([0; 32]) }]),
            |it| it.stores.extend([("a".into(), StoreNote { seen_ms: 0, probed_ms: None })]),
            |it| it.settings.extend([("a".into(), Bytes::new())]),
            |it| {
                it.stores.clear();
                it.stores.insert(String::new(), StoreNote { seen_ms: 0, probed_ms: None });
            },
            |it| {
                let note = StoreNote { seen_ms: 0, probed_ms: Some(u64::MAX) };
                it.stores = [("a".to_owned(), note)].into();
            },
            |it| it.settings = [(String::new(), Bytes::new())].into(),
            |it| it.settings = [("a".repeat(SETTING_NAME_BYTES_MAX + 1), Bytes::new())].into(),
            |it| {
                let value = Bytes::from(vec![0; SETTING_BYTES_MAX + 1]);
                it.settings = [("a".to_owned(), value)].into();
            },
        ];
        for (number, change) in beyond.into_iter().enumerate() {
            let mut record = full();
            change(&mut record);
            let refused = encode(&record);
            assert!(matches!(refused, Err(Error::InvalidArgument { .. })), "{number}");
        }
    }

    #[test]
    fn every_cut_of_a_record_is_refused() {
        let mut record = full();
        record.stores.retain(|name, _| name.ends_with('1'));
        record.settings.clear();
        let bytes = encode(&record).unwrap();
        for length in 0..bytes.len() {
            assert!(matches!(decode(&bytes[..length]), Err(Error::Malformed { .. })), "{length}");
        }
    }
}
