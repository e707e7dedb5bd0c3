//! Who may make which record, and what a chain that is not right is told as.

use super::super::*;
use super::fixture::{chain, key, label};

fn code<T>(outcome: RefusalResult<T>) -> &'static str {
    outcome.map(|_| "ok").unwrap_or_else(|refusal| refusal.code())
}

/// What becomes of a record that the holder of this key adds to the fixture's chain.
fn outcome(record: Record, signer: u8) -> &'static str {
    let mut chain = chain();
    let before = chain.clone();
    let outcome = code(chain.append(&record, &key(signer)));
    match outcome {
        "ok" => assert_eq!(Chain::read(chain.as_bytes(), None).unwrap(), chain),
        _ => assert_eq!(chain, before),
    }
    outcome
}

#[test]
fn what_is_written_is_read() {
    let chain = chain();
    let read = Chain::read(chain.as_bytes(), None).unwrap();
    assert_eq!(read, chain);
    assert_eq!(read.vault(), VaultId::of(&key(1).verifying(), &[9; 16]));
    let roles: Vec<_> = read.members().members().iter().map(|member| member.role).collect();
    assert_eq!(roles, [Role::Owner, Role::Admin, Role::Writer, Role::Reader]);
    let members: Vec<_> = read.members().devices().iter().map(|device| device.member).collect();
    assert_eq!(members, [0, 0, 1, 2]);
}

#[test]
fn no_bit_of_a_chain_can_be_changed() {
    let chain = chain();
    for at in 0..chain.as_bytes().len() {
        for bit in [at % 8, (at + 3) % 8] {
            let mut bytes = chain.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            let outcome = code(Chain::read(&bytes, None));
            assert!(matches!(outcome, "malformed" | "tampered"), "byte {at} bit {bit}: {outcome}");
            // Nor is it believed because a chain of that length was accepted.
            let outcome = code(Chain::read(&bytes, Some(&chain.mark())));
            assert!(matches!(outcome, "malformed" | "tampered"), "byte {at} bit {bit}: {outcome}");
        }
    }
}

#[test]
fn a_chain_is_whole_records_from_its_beginning() {
    let chain = chain();
    let bytes = chain.as_bytes();
    let whole: Vec<usize> = (0..=bytes.len())
        .filter(|length| code(Chain::read(&bytes[..*length], None)) == "ok")
        .collect();
    assert_eq!(whole.len(), 8, "{whole:?}");
    assert_eq!(code(Chain::read(&[], None)), "malformed");
    assert_eq!(code(Chain::read(&bytes[whole[0]..], None)), "malformed");
    let twice = [&bytes[..whole[0]], &bytes[..whole[0]]].concat();
    assert_eq!(code(Chain::read(&twice, None)), "tampered");
    let left_out = [&bytes[..whole[0]], &bytes[whole[1]..]].concat();
    assert_eq!(code(Chain::read(&left_out, None)), "tampered");
}

/// What is done, as which member, and whether the owner, an admin, a writer and a reader may.
type Case<'a> = (&'a str, &'a dyn Fn(u32) -> Record, [bool; 4]);

#[test]
fn each_role_does_what_it_may_and_no_more() {
    let new = |number: u8| key(number).verifying();
    let add = |by, grant| Record::AddMember { by, grant, label: label("new") };
    let set = |by, member, grant| Record::SetRole { by, member, grant };
    let certify = |by| Record::CertifyDevice { by, key: new(20), label: label("") };
    let (owner, admin, writer, reader) = ((0, 1), (1, 4), (2, 6), (3, 8));
    let table: [Case<'_>; 16] = [
        ("add an admin", &|by| add(by, Grant::Admin(new(20))), [true, false, false, false]),
        ("add a writer", &|by| add(by, Grant::Writer(new(20))), [true, true, false, false]),
        ("add a reader", &|by| add(by, Grant::Reader), [true, true, false, false]),
        ("change the owner", &|by| set(by, 0, Grant::Writer(new(20))), [false; 4]),
        ("change an admin", &|by| set(by, 1, Grant::Reader), [true, false, false, false]),
        ("change a writer", &|by| set(by, 2, Grant::Reader), [true, true, false, false]),
        ("change a key", &|by| set(by, 2, Grant::Writer(new(20))), [true, true, false, false]),
        ("raise to admin", &|by| set(by, 2, Grant::Admin(new(20))), [true, false, false, false]),
        ("raise a reader", &|by| set(by, 3, Grant::Writer(new(20))), [true, true, false, false]),
        ("remove the owner", &|by| Record::RemoveMember { by, member: 0 }, [false; 4]),
        (
            "remove an admin",
            &|by| Record::RemoveMember { by, member: 1 },
            [true, false, false, false],
        ),
        (
            "remove a writer",
            &|by| Record::RemoveMember { by, member: 2 },
            [true, true, false, false],
        ),
        ("certify a device", &certify, [true, true, true, false]),
        (
            "remove the owner's device",
            &|by| Record::RemoveDevice { by, device: 0 },
            [true, false, false, false],
        ),
        (
            "remove an admin's device",
            &|by| Record::RemoveDevice { by, device: 2 },
            [true, true, false, false],
        ),
        (
            "remove a writer's device",
            &|by| Record::RemoveDevice { by, device: 3 },
            [true, true, true, false],
        ),
    ];
    for (what, record, allowed) in table {
        for ((by, signer), allowed) in [owner, admin, writer, reader].into_iter().zip(allowed) {
            let expected = if allowed { "ok" } else { "tampered" };
            assert_eq!(outcome(record(by), signer), expected, "{what} by member {by}");
            if allowed {
                // In the name of another, with a key of one's own.
                assert_eq!(outcome(record(by), signer + 30), "tampered", "{what} by nobody");
            }
        }
        assert_eq!(outcome(record(9), 1), "tampered", "{what} by a member that is not there");
    }
    let again = Record::Genesis { owner: new(20), nonce: [1; 16], label: label("") };
    assert_eq!(outcome(again, 20), "tampered");
    assert_eq!(outcome(set(0, 9, Grant::Reader), 1), "tampered");
    assert_eq!(outcome(Record::RemoveDevice { by: 0, device: 9 }, 1), "tampered");
}

#[test]
fn who_was_removed_does_nothing_more() {
    let mut chain = chain();
    chain.append(&Record::RemoveMember { by: 0, member: 1 }, &key(1)).unwrap();
    let members = chain.members();
    assert!(members.present(1).is_none());
    assert_eq!(members.writing_key(RowId::Member(1)), None);
    assert_eq!(members.writing_key(RowId::Device(2)), None);
    let add = Record::AddMember { by: 1, grant: Grant::Reader, label: label("") };
    assert_eq!(code(chain.append(&add, &key(4))), "tampered");
    let certify = Record::CertifyDevice { by: 1, key: key(20).verifying(), label: label("") };
    assert_eq!(code(chain.append(&certify, &key(4))), "tampered");
    let back = Record::SetRole { by: 0, member: 1, grant: Grant::Reader };
    assert_eq!(code(chain.append(&back, &key(1))), "tampered");
    // A number is not given again.
    let add = Record::AddMember { by: 0, grant: Grant::Reader, label: label("") };
    chain.append(&add, &key(1)).unwrap();
    assert_eq!(chain.members().members().len(), 5);
    chain.append(&Record::RemoveDevice { by: 0, device: 3 }, &key(1)).unwrap();
    assert_eq!(chain.members().writing_key(RowId::Device(3)), None);
    let twice = Record::RemoveDevice { by: 0, device: 3 };
    assert_eq!(code(chain.append(&twice, &key(1))), "tampered");
}

#[test]
fn a_reader_writes_nothing_and_what_a_writer_wrote_before_stays_theirs() {
    let mut chain = chain();
    assert_eq!(chain.members().writing_key(RowId::Member(3)), None);
    assert!(!chain.members().may_have_written(RowId::Member(3)));
    chain.append(&Record::SetRole { by: 0, member: 2, grant: Grant::Reader }, &key(1)).unwrap();
    assert_eq!(chain.members().writing_key(RowId::Member(2)), None);
    assert_eq!(chain.members().writing_key(RowId::Device(3)), None);
    assert!(chain.members().may_have_written(RowId::Member(2)));
    let writer = Grant::Writer(key(20).verifying());
    chain.append(&Record::SetRole { by: 0, member: 2, grant: writer }, &key(1)).unwrap();
    assert_eq!(chain.members().writing_key(RowId::Member(2)), Some(key(20).verifying()));
    // Its device is its again.
    assert_eq!(chain.members().writing_key(RowId::Device(3)), Some(key(7).verifying()));
}

#[test]
fn a_key_stands_for_one() {
    for taken in 1..=7 {
        let key = key(taken).verifying();
        let label = label("");
        let add = Record::AddMember { by: 0, grant: Grant::Writer(key), label: label.clone() };
        assert_eq!(outcome(add, 1), "malformed");
        assert_eq!(outcome(Record::CertifyDevice { by: 0, key, label }, 1), "malformed");
        // But for a new role with the key of before.
        let set = Record::SetRole { by: 0, member: 2, grant: Grant::Writer(key) };
        assert_eq!(outcome(set, 1), if taken == 6 { "ok" } else { "malformed" });
    }
}

#[test]
fn labels_are_short_text() {
    assert!(Label::new(&"x".repeat(LABEL_BYTES_MAX)).is_ok());
    assert_eq!(code(Label::new(&"x".repeat(LABEL_BYTES_MAX + 1))), "malformed");
    assert_eq!(code(Label::new("line\nline")), "malformed");
}

#[test]
fn a_chain_goes_on_from_what_it_was_and_from_nothing_else() {
    let before = chain();
    let add = |chain: &Chain, text: &str| {
        let mut chain = chain.clone();
        let record = Record::AddMember { by: 0, grant: Grant::Reader, label: label(text) };
        chain.append(&record, &key(1)).unwrap();
        chain
    };
    let (one, other) = (add(&before, "one"), add(&before, "other"));
    let read = |chain: &Chain, mark: &Chain| {
        let chain = Chain::read(chain.as_bytes(), Some(&mark.mark())).unwrap();
        chain.goes_on_from(&mark.mark())
    };
    assert!(read(&one, &before) && read(&before, &before) && read(&add(&one, ""), &before));
    assert!(!read(&before, &one), "a shorter one");
    assert!(!read(&one, &other), "one that parts before");
    assert!(!read(&add(&one, ""), &other));
    let none = ChainMark { records: 0, hash: one.mark().hash };
    assert!(!one.goes_on_from(&none));
}

#[test]
fn a_chain_is_bounded() {
    let mut chain = chain();
    let add = Record::AddMember { by: 0, grant: Grant::Reader, label: label("") };
    while chain.members().members().len() < MEMBERS_MAX {
        chain.append(&add, &key(1)).unwrap();
    }
    assert_eq!(code(chain.append(&add, &key(1))), "malformed");
    let certify = |number: u16| {
        let mut seed = [40; 32];
        seed[..2].copy_from_slice(&number.to_le_bytes());
        let key = SigningKey::from_seed(&seed).verifying();
        Record::CertifyDevice { by: 0, key, label: label("") }
    };
    for number in 4..DEVICES_MAX as u16 {
        chain.append(&certify(number), &key(1)).unwrap();
    }
    assert_eq!(code(chain.append(&certify(u16::MAX), &key(1))), "malformed");
    let set = Record::SetRole { by: 0, member: 3, grant: Grant::Reader };
    while chain.mark().records < RECORDS_MAX as u32 {
        chain.append(&set, &key(1)).unwrap();
    }
    assert_eq!(code(chain.append(&set, &key(1))), "malformed");
    let bytes = chain.as_bytes();
    assert!(bytes.len() < CHAIN_BYTES_MAX);
    assert_eq!(Chain::read(bytes, None).unwrap(), chain);
    assert_eq!(code(Chain::read(&vec![0; CHAIN_BYTES_MAX + 1], None)), "malformed");
}
