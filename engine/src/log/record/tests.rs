//! Records: one spelling each, bound to their place, and nothing else is taken for one.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;
use crate::entry::Place;

const SEGMENT: SegmentId = SegmentId::new(7);
const OFFSET: u64 = 4_096;

fn encoded(record: &Record<'_>, batched: Batched) -> Vec<u8> {
    let mut bytes = Vec::new();
    let len = encode(record, batched, SEGMENT, OFFSET, &mut bytes);
    assert_eq!(len as usize, bytes.len());
    assert_eq!(len, encoded_len(record));
    bytes
}

fn every_kind() -> Vec<Record<'static>> {
    let value = ValueRef { hash: [3; 32], len: 1 << 40 };
    vec![
        Record::Put {
            namespace: NamespaceId::new(1),
            key: b"key\0with nul",
            revision: Revision::new(300),
            expires_at_ms: 0,
            value: PutValue::Bytes(b"value"),
        },
        Record::Put {
            namespace: NamespaceId::NONE,
            key: b"",
            revision: Revision::MAX,
            expires_at_ms: u64::MAX,
            value: PutValue::Bytes(b""),
        },
        Record::Put {
            namespace: NamespaceId::new(2),
            key: b"large",
            revision: Revision::new(5),
            expires_at_ms: 9,
            value: PutValue::Separated(value),
        },
        Record::Delete { namespace: NamespaceId::new(0), key: b"gone", revision: Revision::new(1) },
        Record::Expire {
            namespace: NamespaceId::new(3),
            key: b"later",
            revision: Revision::new(2),
            expires_at_ms: 77,
        },
        Record::Rename {
            namespace: NamespaceId::new(4),
            from: b"a/",
            to: b"b/",
            revision: Revision::new(3),
        },
        Record::NamespaceCreate {
            namespace: NamespaceId::new(5),
            revision: Revision::new(4),
            name: "files_A-1",
            threshold: 4_096,
        },
        Record::NamespaceDrop { namespace: NamespaceId::new(6), revision: Revision::new(5) },
        Record::Track {
            namespace: NamespaceId::new(7),
            revision: Revision::new(6),
            tracking: Tracking::Buckets,
        },
        Record::BatchEnd { revision: Revision::new(6), count: 12 },
        Record::Mark { synced: 1 << 20 },
    ]
}

#[test]
fn every_kind_is_read_as_written() {
    for record in every_kind() {
        let single = matches!(record, Record::BatchEnd { .. } | Record::Mark { .. });
        for batched in [Batched::No, Batched::Yes] {
            let bytes = encoded(&record, batched);
            let read = decode(&bytes, SEGMENT, OFFSET);
            if single && batched == Batched::Yes {
                assert_eq!(read, Err(DecodeError::Invalid));
            } else {
                assert_eq!(
                    read,
                    Ok(Decoded {
                        record,
                        batched,
                        behind: Behind::Unknown,
                        len: bytes.len() as u32
                    })
                );
            }
        }
    }
}

#[test]
fn a_small_put_costs_at_most_24_bytes_more_than_its_key_and_value() {
    let put = Record::Put {
        namespace: NamespaceId::new(1),
        key: &[1; 32],
        revision: Revision::new(1 << 34),
        expires_at_ms: 0,
        value: PutValue::Bytes(&[2; 100]),
    };
    assert!(encoded_len(&put) <= 32 + 100 + 24);
}

#[test]
fn a_record_counts_only_at_its_place() {
    for record in every_kind() {
        let bytes = encoded(&record, Batched::No);
        for (segment, offset) in [
            (SEGMENT.next(), OFFSET),
            (SEGMENT, OFFSET + 1),
            (SegmentId::new(OFFSET), SEGMENT.get()),
        ] {
            assert_eq!(decode(&bytes, segment, offset), Err(DecodeError::Invalid));
        }
    }
}

#[test]
fn every_flipped_bit_is_noticed_and_every_cut_asks_for_more() {
    for record in every_kind() {
        let bytes = encoded(&record, Batched::No);
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(&flipped, SEGMENT, OFFSET).is_err(), "bit {bit} of {record:?}");
        }
        for cut in 0..bytes.len() {
            let need = if cut < HEAD_BYTES { HEAD_BYTES } else { bytes.len() };
            assert_eq!(decode(&bytes[..cut], SEGMENT, OFFSET), Err(DecodeError::NeedMore(need)));
        }
    }
}

#[test]
fn zeros_are_no_record() {
    assert_eq!(decode(&[0; 64], SegmentId::new(0), 0), Err(DecodeError::Invalid));
}

/// A record with right length and checksum around any body.
fn forged(kind: u8, body: &[u8]) -> Vec<u8> {
    seal(kind, body, SEGMENT, OFFSET)
}

#[test]
fn limits_hold_even_under_a_right_checksum() {
    let key = vec![1; KEY_BYTES_MAX + 1];
    let value = vec![2; VALUE_BYTES_MAX + 1];
    let put = |key: &[u8], value: &[u8]| {
        let mut body = vec![1, 1, 0];
        crate::codec::put_bytes(&mut body, key);
        body.extend_from_slice(value);
        forged(KIND_PUT, &body)
    };
    assert!(decode(&put(&key[1..], &value[1..]), SEGMENT, OFFSET).is_ok());
    assert_eq!(decode(&put(&key, b""), SEGMENT, OFFSET), Err(DecodeError::Invalid));
    assert_eq!(decode(&put(b"", &value), SEGMENT, OFFSET), Err(DecodeError::Invalid));
    for name in ["", "a b", "ä", &"n".repeat(NAME_BYTES_MAX + 1)] {
        let mut body = vec![1, 1, 0];
        crate::codec::put_bytes(&mut body, name.as_bytes());
        let bytes = forged(KIND_NAMESPACE_CREATE, &body);
        assert_eq!(decode(&bytes, SEGMENT, OFFSET), Err(DecodeError::Invalid), "{name}");
    }
    // Something after the last field.
    let bytes = forged(KIND_MARK, &[1, 0]);
    assert_eq!(decode(&bytes, SEGMENT, OFFSET), Err(DecodeError::Invalid));
    // A length that no record has is known from the head alone.
    let mut head = vec![0; CHECKSUM_BYTES];
    head.extend_from_slice(&u32::MAX.to_le_bytes());
    head.push(KIND_PUT);
    assert_eq!(decode(&head, SEGMENT, OFFSET), Err(DecodeError::Invalid));
}

#[test]
fn a_logged_value_is_given_only_from_its_own_record() {
    let put = every_kind()[0];
    let bytes = encoded(&put, Batched::Yes);
    let place = Place { segment: SEGMENT, offset: OFFSET, len: bytes.len() as u32 };
    assert_eq!(logged_value(&bytes, place).unwrap(), b"value");
    let elsewhere = Place { offset: OFFSET + 1, ..place };
    let error = logged_value(&bytes, elsewhere).unwrap_err();
    assert_eq!(error.code(), "store-corrupt");
    let delete = encoded(&every_kind()[3], Batched::No);
    let place = Place { len: delete.len() as u32, ..place };
    assert_eq!(logged_value(&delete, place).unwrap_err().code(), "store-corrupt");
}

proptest! {
    #[test]
    fn puts_round_trip(
        namespace: u32,
        key in proptest::collection::vec(any::<u8>(), 0..300),
        revision: u64,
        expires_at_ms: u64,
        value in proptest::collection::vec(any::<u8>(), 0..300),
        segment: u64,
        offset: u64,
        separated: Option<(u64, [u8; 32])>,
    ) {
        let value = match separated {
            Some((len, hash)) => PutValue::Separated(ValueRef { hash, len }),
            None => PutValue::Bytes(&value),
        };
        let (namespace, revision) = (NamespaceId::new(namespace), Revision::new(revision));
        let record = Record::Put { namespace, key: &key, revision, expires_at_ms, value };
        let segment = SegmentId::new(segment);
        let mut bytes = Vec::new();
        let len = encode(&record, Batched::Yes, segment, offset, &mut bytes);
        prop_assert_eq!(len, encoded_len(&record));
        bytes.extend_from_slice(b"what follows");
        let read = decode(&bytes, segment, offset).unwrap();
        prop_assert_eq!(read, Decoded { record, batched: Batched::Yes, behind: Behind::Unknown, len });
    }

    #[test]
    fn any_body_is_read_to_its_one_spelling_or_refused(
        kind in 0u8..12,
        batched: bool,
        body in proptest::collection::vec(any::<u8>(), 0..80),
    ) {
        let bytes = forged(if batched { kind | FLAG_BATCHED } else { kind }, &body);
        if let Ok(read) = decode(&bytes, SEGMENT, OFFSET) {
            prop_assert_eq!(encoded(&read.record, read.batched), bytes);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..80),
        segment: u64,
        offset: u64,
    ) {
        let segment = SegmentId::new(segment);
        if let Err(DecodeError::NeedMore(total)) = decode(&bytes, segment, offset) {
            prop_assert!(total > bytes.len() && total <= RECORD_BYTES_MAX);
        }
    }
}
