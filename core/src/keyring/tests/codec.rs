//! Keyrings as bytes.

use proptest::prelude::*;

use super::super::contents::Contents;
use super::super::record::Record;
use super::*;
use crate::forest::Time;
use crate::seal::{Epoch, EpochKey, SlotLock, padded_length};

#[test]
fn what_is_written_is_read_by_everybody_who_opens_it() {
    let keyring = keyring(&[1, 2]);
    for fill in [1, 2] {
        let (read, unlocked) = opened(keyring.bytes(), &secret(fill)).unwrap();
        assert!(read.contents == keyring.contents && read.slots == keyring.slots);
        assert_eq!((read.hash(), read.bytes()), (keyring.hash(), keyring.bytes()));
        assert!(unlocked.seed == Some(MemberSeed([9; 32])));
    }
    assert_eq!(code(opened(keyring.bytes(), &secret(3))), "wrong-key");
}

#[test]
fn a_keyring_of_another_shape_is_refused() {
    let bytes = keyring(&[1]).bytes().to_vec();
    let outcome = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = bytes.clone();
        change(&mut bytes);
        code(opened(&bytes.into(), &secret(1)))
    };
    assert_eq!(outcome(&|_| {}), "ok");
    assert_eq!(outcome(&|bytes| bytes[0] = b's'), "malformed");
    assert_eq!(outcome(&|bytes| bytes[4] = 3), "unsupported-version");
    assert_eq!(outcome(&|bytes| bytes[6] = 2), "malformed");
    assert_eq!(outcome(&|bytes| bytes[6] = 9), "malformed");
    // The suite, whether it is a passphrase, and what it costs.
    assert_eq!(outcome(&|bytes| bytes[7] = 2), "malformed");
    assert_eq!(outcome(&|bytes| bytes[8] = 1), "malformed");
    assert_eq!(outcome(&|bytes| bytes[9] = 1), "malformed");
    for cut in 0..bytes.len() {
        let refused = outcome(&|bytes| bytes.truncate(cut));
        assert!(matches!(refused, "object-truncated" | "object-corrupt"), "{cut}: {refused}");
    }
    // What is not read for the slot is bound to the sealed part.
    for bit in (7 * 8)..bytes.len() * 8 {
        assert_ne!(outcome(&|bytes| bytes[bit / 8] ^= 1 << (bit % 8)), "ok", "{bit}");
    }
}

#[test]
fn the_length_shows_the_padded_length_alone() {
    let lengths: Vec<usize> = ["", "a", "a label", &"l".repeat(64)]
        .map(|label| {
            let slot = drawn(&secret(1), SlotKind::Secret, label).slot;
            Keyring::create(&[slot], &chain(), &environment()).unwrap().bytes().len()
        })
        .into();
    let sealed = lengths[0] - 7 - 8 * 158 - 24 - 16;
    assert_eq!(padded_length(sealed as u64), sealed as u64);
    assert_eq!(lengths[0], lengths[1]);
}

fn contents() -> impl Strategy<Value = Contents> {
    let record = (any::<[u8; 16]>(), 2..=4u8, any::<u16>(), -5..5i64, ".{0,16}", any::<[u8; 32]>());
    let records = prop::collection::vec(record, 1..8);
    let chain = prop::collection::vec(any::<u8>(), 0..200);
    (1..4090u16, 1..6usize, records, chain.clone(), chain).prop_map(
        |(first, keys, records, chain, resting)| {
            let record = |(index, (id, kind, member, created, label, key))| Record {
                index,
                id: SlotId(id),
                kind: [SlotKind::Words, SlotKind::Secret, SlotKind::Device][usize::from(kind) - 2],
                member,
                created: Time::new(created).unwrap(),
                label,
                lock: SlotLock { public: key, psk: key },
            };
            Contents {
                first: Epoch::new(first).unwrap(),
                keys: (0..keys).map(|fill| EpochKey::from_bytes([fill as u8; 32])).collect(),
                records: (0..).zip(records).map(record).collect(),
                chain,
                resting,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn contents_are_read_as_they_were_written(contents in contents()) {
        let slots = keyring(&[1]).slots;
        let bytes = contents.encode();
        prop_assert_eq!(padded_length(bytes.len() as u64), bytes.len() as u64);
        let read = Contents::decode(&bytes, &slots);
        let ids: std::collections::HashSet<_> = contents.records.iter().map(|it| it.id).collect();
        if ids.len() < contents.records.len() {
            prop_assert_eq!(code(read), "malformed");
        } else {
            prop_assert!(read.unwrap() == contents);
        }
    }

    /// Whatever is read is spelled as it would be written.
    #[test]
    fn contents_have_one_spelling(contents in contents(), at: prop::sample::Index, byte: u8) {
        let slots = keyring(&[1]).slots;
        let mut bytes = contents.encode().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(read) = Contents::decode(&bytes, &slots) {
            prop_assert_eq!(&read.encode()[..], &bytes[..]);
        }
    }
}

#[test]
fn contents_that_do_not_fit_their_slots_are_refused() {
    let keyring = keyring(&[1, 2]);
    let outcome = |change: &dyn Fn(&mut Contents)| {
        let mut contents = keyring.contents.clone();
        change(&mut contents);
        code(Contents::decode(&contents.encode(), &keyring.slots))
    };
    assert_eq!(outcome(&|_| {}), "ok");
    assert_eq!(outcome(&|it| it.records.clear()), "malformed");
    assert_eq!(outcome(&|it| it.records.reverse()), "malformed");
    assert_eq!(outcome(&|it| it.records[1].index = it.records[0].index), "malformed");
    assert_eq!(outcome(&|it| it.records[1].id = it.records[0].id), "malformed");
    assert_eq!(outcome(&|it| it.records[1].index = 8), "malformed");
    assert_eq!(outcome(&|it| it.records[0].kind = SlotKind::Passphrase), "malformed");
    assert_eq!(outcome(&|it| it.keys.clear()), "malformed");
    assert_eq!(outcome(&|it| it.first = Epoch::LAST), "ok");
    let two = |it: &mut Contents| it.keys.push(EpochKey::from_bytes([1; 32]));
    assert_eq!(outcome(&two), "ok");
    assert_eq!(
        outcome(&|it| {
            it.first = Epoch::LAST;
            two(it);
        }),
        "malformed"
    );
    assert_eq!(outcome(&|it| it.chain = vec![0; 512 * 1024]), "ok");
    assert_eq!(outcome(&|it| it.chain = vec![0; 512 * 1024 + 1]), "malformed");
    assert_eq!(outcome(&|it| it.resting = vec![0; 192 * 1024 + 1]), "malformed");
    assert_eq!(outcome(&|it| it.records[0].label = "x".repeat(65)), "malformed");
}
