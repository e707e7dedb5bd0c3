//! Values: whole or not there, found by what they hold, and never given unchecked.
#![allow(clippy::unwrap_used)]

#[cfg(feature = "faults")]
mod faults;

use super::*;
use crate::disk::{MemoryDisk, OpenMode};
use sealwood_base::SystemEntropy;

const LENS: [usize; 10] = [
    0,
    1,
    CHUNK_BYTES - 1,
    CHUNK_BYTES,
    CHUNK_BYTES + 1,
    2 * CHUNK_BYTES - 1,
    2 * CHUNK_BYTES,
    2 * CHUNK_BYTES + 1,
    5 * CHUNK_BYTES,
    5 * CHUNK_BYTES + 7,
];

fn values_on(disk: &Arc<dyn Disk>) -> Values {
    let handles = Arc::new(Handles::new(disk.clone(), 4));
    Values::new(disk.clone(), handles, &SystemEntropy).unwrap()
}

fn in_memory() -> (Arc<dyn Disk>, Values) {
    let disk: Arc<dyn Disk> = Arc::new(MemoryDisk::new());
    let values = values_on(&disk);
    (disk, values)
}

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| (at * 31 + at / CHUNK_BYTES) as u8).collect()
}

fn read_through(values: &Values, value: &ValueRef) -> Result<Vec<u8>> {
    let mut reader = values.reader(value)?;
    let mut all = Vec::new();
    while let Some(piece) = reader.next()? {
        assert!(!piece.is_empty() && piece.len() <= CHUNK_BYTES);
        all.extend_from_slice(&piece);
    }
    Ok(all)
}

#[test]
fn values_of_any_length_are_read_as_put() {
    let (_, values) = in_memory();
    for synced in [Synced::Now, Synced::Later] {
        for len in LENS {
            let bytes = content(len);
            let value = values.put(&bytes, synced).unwrap();
            assert_eq!(value.len, len as u64);
            assert_eq!(value, values.address(&bytes));
            assert_eq!(values.read(&value).unwrap(), bytes);
            assert_eq!(read_through(&values, &value).unwrap(), bytes);
            values.verify(&value).unwrap();
        }
        values.sync_owed().unwrap();
        for value in values.list().unwrap() {
            assert_eq!(values.read(&value).unwrap(), content(value.len as usize));
        }
        assert_eq!(values.list().unwrap().len(), LENS.len());
    }
}

#[test]
fn a_value_has_one_name_however_it_is_written() {
    let (_, values) = in_memory();
    for len in LENS {
        let bytes = content(len);
        for piece in [1_000, CHUNK_BYTES, CHUNK_BYTES + 1, 200_000] {
            let mut writer = values.writer().unwrap();
            for part in bytes.chunks(piece) {
                writer.write(part).unwrap();
            }
            assert_eq!(writer.address(), values.address(&bytes));
            let value = writer.finish(Synced::Now).unwrap();
            assert_eq!(value, values.address(&bytes));
            assert_eq!(values.read(&value).unwrap(), bytes);
        }
    }
    assert_ne!(values.address(b"a"), values.address(b"b"));
    assert_ne!(values.address(&[0; 10]).hash, values.address(&[0; 11]).hash);
}

#[test]
fn ranges_are_those_of_the_content() {
    let (_, values) = in_memory();
    let bytes = content(3 * CHUNK_BYTES + 5);
    let value = values.put(&bytes, Synced::Now).unwrap();
    let edges = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, bytes.len()];
    for from in edges {
        for to in edges.into_iter().filter(|to| *to >= from) {
            let range = values.read_range(&value, from as u64, (to - from) as u64).unwrap();
            assert_eq!(range, bytes[from..to]);
        }
    }
    for (offset, len) in [(value.len, 1), (0, value.len + 1), (u64::MAX, 1), (1, u64::MAX)] {
        let error = values.read_range(&value, offset, len).unwrap_err();
        assert_eq!(error.code(), "range-past-end");
    }
}

#[test]
fn damage_is_noticed_by_every_read_that_touches_it() {
    let (disk, values) = in_memory();
    let bytes = content(2 * CHUNK_BYTES + 9);
    let value = values.put(&bytes, Synced::Now).unwrap();
    let name = file_name(&value);
    let file = disk.open(&name, OpenMode::Write).unwrap();
    let chunk = CHUNK_BYTES as u64;
    let places = [0, chunk - 1, chunk, chunk + 77, 2 * chunk, value.len - 1];
    for at in places {
        let mut byte = [0];
        file.read_at(at, &mut byte).unwrap();
        file.write_at(at, &[byte[0] ^ 4]).unwrap();
        let damage = at / chunk * chunk;
        for error in [
            values.read(&value).unwrap_err(),
            values.verify(&value).unwrap_err(),
            values.read_range(&value, at, 1).unwrap_err(),
        ] {
            assert!(
                matches!(&error, Error::StoreCorrupt { what: "value", file, offset }
                    if *file == name && *offset == damage),
                "{error:?}"
            );
        }
        // What does not touch it is still given.
        let elsewhere = if damage == 0 { chunk } else { 0 };
        let range = values.read_range(&value, elsewhere, 1).unwrap();
        assert_eq!(range[0], bytes[elsewhere as usize]);
        file.write_at(at, &byte).unwrap();
    }
    for at in value.len..file.len().unwrap() {
        let mut byte = [0];
        file.read_at(at, &mut byte).unwrap();
        file.write_at(at, &[byte[0] ^ 0x80]).unwrap();
        assert_eq!(values.read(&value).unwrap_err().code(), "store-corrupt");
        assert_eq!(values.read_range(&value, 0, 1).unwrap_err().code(), "store-corrupt");
        file.write_at(at, &byte).unwrap();
    }
    assert_eq!(values.read(&value).unwrap(), bytes);
    let len = file.len().unwrap();
    for other in [len - 1, len + 1, 0] {
        file.set_len(other).unwrap();
        assert_eq!(values.read(&value).unwrap_err().code(), "store-corrupt");
        assert_eq!(values.read_range(&value, 0, 1).unwrap_err().code(), "store-corrupt");
    }
}

#[test]
fn a_missing_value_is_damage_and_a_removed_one_is_missing() {
    let (_, values) = in_memory();
    let never_put = values.address(b"never put");
    assert_eq!(values.read(&never_put).unwrap_err().code(), "store-corrupt");
    assert_eq!(values.list().unwrap(), []);
    values.remove(&never_put).unwrap();
    for synced in [Synced::Now, Synced::Later] {
        let value = values.put(b"something", synced).unwrap();
        values.read(&value).unwrap();
        values.remove(&value).unwrap();
        assert_eq!(values.read(&value).unwrap_err().code(), "store-corrupt");
        values.sync_owed().unwrap();
        assert_eq!(values.list().unwrap(), []);
    }
}

#[test]
fn a_dropped_writer_leaves_nothing() {
    let (disk, values) = in_memory();
    let mut writer = values.writer().unwrap();
    writer.write(&content(3 * CHUNK_BYTES)).unwrap();
    assert_eq!(disk.list(VALUES).unwrap().len(), 1);
    // One that is being written is no leftover; to another opener it would be.
    assert_eq!(values.find().unwrap().temps, Vec::<String>::new());
    let found = values_on(&disk).find().unwrap().temps;
    assert!(matches!(&found[..], [temp] if temp.starts_with("values/tmp-")), "{found:?}");
    drop(writer);
    assert_eq!(disk.list(VALUES).unwrap(), []);
}

#[test]
fn what_is_owed_has_its_name_once_paid() {
    let (disk, values) = in_memory();
    let puts: Vec<_> =
        (0..40u8).map(|number| values.put(&[number; 100], Synced::Later).unwrap()).collect();
    // The same content again takes no second file.
    values.put(&[7; 100], Synced::Later).unwrap();
    assert_eq!(disk.list(VALUES).unwrap().len(), puts.len());
    assert_eq!(values.list().unwrap(), []);
    for (number, value) in puts.iter().enumerate() {
        assert_eq!(values.read(value).unwrap(), vec![number as u8; 100]);
    }
    values.sync_owed().unwrap();
    let mut sorted = puts.clone();
    sorted.sort_unstable();
    assert_eq!(values.list().unwrap(), sorted);
    for (number, value) in puts.iter().enumerate() {
        assert_eq!(values.read(value).unwrap(), vec![number as u8; 100]);
    }
    assert_eq!(values_on(&disk).find().unwrap().temps, Vec::<String>::new());
}

#[test]
fn values_are_readable_while_they_get_their_names() {
    let (_, values) = in_memory();
    std::thread::scope(|scope| {
        for thread in 0..4u8 {
            let values = values.clone();
            scope.spawn(move || {
                for round in 0..100u8 {
                    let bytes = [thread, round, 1, 2, 3];
                    let value = values.put(&bytes, Synced::Later).unwrap();
                    assert_eq!(values.read(&value).unwrap(), bytes[..]);
                    values.sync_owed().unwrap();
                    assert_eq!(values.read(&value).unwrap(), bytes[..]);
                }
            });
        }
    });
    assert_eq!(values.list().unwrap().len(), 400);
}

#[test]
fn only_the_one_spelling_of_a_name_is_a_value() {
    let value = ValueRef { hash: [0xab; 32], len: 0x1f };
    let name = file_name(&value);
    let name = name.strip_prefix("values/").unwrap();
    assert_eq!(parse_file_name(name), Some(value));
    let hash = "ab".repeat(32);
    for other in [
        format!("{hash}-01f"),
        format!("{hash}-1F"),
        format!("{hash}-+1f"),
        format!("{}-1f", "AB".repeat(32)),
        format!("{}-1f", &hash[1..]),
        format!("{hash}-"),
        hash,
        "tmp-0-0000000000000000".into(),
    ] {
        assert_eq!(parse_file_name(&other), None, "{other}");
    }
}
