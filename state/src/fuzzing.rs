//! Every parser of stored bytes, for the fuzz targets. No part of the API: it may change in any
//! version.
//!
//! A meaning has one spelling. So a parser is here as a function that returns the encoding of what
//! was read, which must be the bytes it was given.

use crate::entry::Entry;
use crate::error::Result;
use crate::head::Head;
use crate::undo::Undo;

/// Reads the head of a log of versions.
pub fn head(bytes: &[u8]) -> Result<Vec<u8>> {
    Head::decode(bytes).map(|head| head.encode())
}

/// Reads an entry of a log of versions.
pub fn entry(bytes: &[u8]) -> Result<Vec<u8>> {
    Entry::decode(bytes).map(|entry| entry.encode())
}

/// Reads what takes a version back.
pub fn undo(bytes: &[u8]) -> Result<Vec<u8>> {
    Undo::decode(bytes).map(|undo| undo.encode())
}

#[cfg(test)]
#[cfg(not(target_arch = "wasm32"))]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::change_set::ChangeSet;
    use crate::head::{KEPT_VERSIONS_MAX, Stage, Versions};

    /// What parses a record.
    type Parser = fn(&[u8]) -> Result<Vec<u8>>;

    const PARSERS: [Parser; 3] = [head, entry, undo];

    fn changes() -> impl Strategy<Value = ChangeSet> {
        let value = proptest::option::of(proptest::collection::vec(any::<u8>(), 0..200));
        let key = proptest::collection::vec(any::<u8>(), 0..10);
        let value = value.prop_map(|value| value.map(bytes::Bytes::from));
        let changes = proptest::collection::btree_map(key, value, 0..5);
        changes.prop_map(|changes| changes.into_iter().collect())
    }

    fn records() -> impl Strategy<Value = Vec<u8>> {
        let behind = proptest::array::uniform2(0..=KEPT_VERSIONS_MAX);
        let head = (any::<u32>(), behind, any::<bool>()).prop_map(|(newest, behind, importing)| {
            let ahead_max = u64::from(newest) + KEPT_VERSIONS_MAX;
            let mut versions = behind.map(|behind| ahead_max - behind);
            versions.sort_unstable();
            let [oldest, newest] = versions;
            let stage = if importing {
                Stage::Importing { version: newest }
            } else {
                Stage::Ready(Versions { oldest, newest, ahead_max })
            };
            Head { stage, names: vec!["a".into(), "b".into()] }.encode()
        });
        let parts = proptest::collection::vec((any::<[u8; 32]>(), changes()), 0..4);
        let entry = (any::<u64>(), parts, any::<bool>()).prop_map(|(version, parts, known)| {
            let (checksums, changes) = parts.into_iter().unzip();
            Entry { version, checksums, changes: Some(changes).filter(|_| known) }.encode()
        });
        let undo = (any::<u64>(), changes())
            .prop_map(|(version, before)| Undo { version, before }.encode());
        prop_oneof![head, entry, undo]
    }

    proptest! {
        /// A record is read by one parser; cut or followed by something, by none.
        #[test]
        fn records_have_one_spelling(record in records(), at in any::<prop::sample::Index>()) {
            let read = PARSERS.map(|parse| parse(&record).ok());
            prop_assert_eq!(read.iter().flatten().collect::<Vec<_>>(), [&record]);
            let cut = &record[..at.index(record.len())];
            let longer = [&record[..], b"x"].concat();
            for parse in PARSERS {
                prop_assert!(parse(cut).is_err() && parse(&longer).is_err());
            }
        }

        /// Whatever is read of bytes that are anything is spelt as they are.
        #[test]
        fn no_bytes_do_harm(
            mut record in records(),
            at in any::<prop::sample::Index>(),
            byte in any::<u8>(),
        ) {
            let at = at.index(record.len());
            record[at] = byte;
            for parse in PARSERS {
                if let Ok(again) = parse(&record) {
                    prop_assert_eq!(&again, &record);
                }
            }
        }
    }
}
