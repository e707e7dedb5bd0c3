//! What is wrong with a keyring: its slots, its sealed part.

use serde_json::Value;

use super::case::Act::{Open, OpenWithPassphrase};
use super::case::case;
use crate::forge::{Body, Forge};
use crate::forged_keyring::{FIRST_SLOT, Record, Ring, SLOT};

pub(super) fn cases() -> Vec<Value> {
    let forged = |keyring: Vec<u8>| {
        let mut forge = Forge::default();
        forge.keyed_root(keyring, &Body::default());
        forge
    };
    // Spoiled behind the back of the root, before the root names it, before it is sealed.
    let swapped = |spoil: fn(&mut Vec<u8>)| {
        let mut forge = forged(Ring::default().object(|_| {}));
        spoil(forge.keyring_mut());
        forge
    };
    let spoiled = |spoil: fn(&mut Vec<u8>)| {
        let mut keyring = Ring::default().object(|_| {});
        spoil(&mut keyring);
        forged(keyring)
    };
    let with_head = |spoil: &dyn Fn(&mut Vec<u8>)| forged(Ring::default().object(spoil));
    let stretched = |slots: usize, memory_kib: u32, passes: u32, lanes: u32| {
        with_head(&|head| {
            for slot in 1..=slots {
                stretch(&mut head[FIRST_SLOT + slot * SLOT..], [memory_kib, passes, lanes]);
            }
        })
    };
    let ring = |change: fn(&mut Ring)| {
        let mut ring = Ring::default();
        change(&mut ring);
        forged(ring.object(|_| {}))
    };
    let record = |change: fn(&mut Record)| {
        let mut ring = Ring::default();
        change(&mut ring.records[0]);
        forged(ring.object(|_| {}))
    };
    let malformed = |name, forge: Forge| case(name, Open, "malformed", &forge);
    let corrupt = |name, forge: Forge| case(name, Open, "object-corrupt", &forge);
    let costly =
        |name, forge: Forge| case(name, OpenWithPassphrase, "passphrase-too-costly", &forge);
    vec![
        case("a keyring that is right", Open, "ok", &ring(|_| {})),
        case("a keyring that is missing", Open, "object-missing", &swapped(Vec::clear)),
        corrupt("a keyring that is not what the root names", swapped(|it| it[100] ^= 1)),
        corrupt("a keyring that is longer than what the root names", swapped(|it| it.push(0))),
        malformed("a keyring of another magic", spoiled(|it| it[0] = b's')),
        case("a keyring of a later version", Open, "unsupported-version", &spoiled(|it| it[4] = 3)),
        case("a keyring that is cut", Open, "object-truncated", &spoiled(|it| it.truncate(1000))),
        malformed("four slots", spoiled(|it| it[6] = 2)),
        malformed("512 slots", spoiled(|it| it[6] = 9)),
        malformed("an unknown suite", with_head(&|it| it[FIRST_SLOT] = 2)),
        malformed("an unknown stretch", with_head(&|it| it[FIRST_SLOT + 1] = 2)),
        malformed("a bare slot with parameters", with_head(&|it| it[FIRST_SLOT + 2] = 1)),
        case(
            "a keyring without a slot for the secret",
            Open,
            "wrong-key",
            &spoiled(|it| it[FIRST_SLOT + 70] ^= 1),
        ),
        corrupt("a sealed part that is altered", spoiled(|it| *it.last_mut().unwrap() ^= 1)),
        corrupt("a decoy that is altered", spoiled(|it| it[FIRST_SLOT + 2 * SLOT - 1] ^= 1)),
        costly("a passphrase of 1 GiB and 64 passes", stretched(1, 1 << 20, 64, 1)),
        costly(
            "a passphrase of more than four times the default's work",
            stretched(1, 64 * 1024, 13, 1),
        ),
        malformed("a passphrase of more than 1 GiB", stretched(1, (1 << 20) + 1, 1, 1)),
        malformed("a passphrase of no pass", stretched(1, 64 * 1024, 0, 1)),
        malformed("a passphrase of 65 passes", stretched(1, 8, 65, 1)),
        malformed("a passphrase of 17 lanes", stretched(1, 64 * 1024, 3, 17)),
        malformed("less than 8 KiB a lane", stretched(1, 15, 3, 2)),
        malformed("five passphrases", stretched(5, 1 << 20, 64, 1)),
        malformed("a passphrase that no record is of", stretched(1, 1 << 20, 64, 1)),
        malformed("no slot that is known", ring(|it| it.records.clear())),
        malformed("a record of a slot that there is not", record(|it| it.index = 8)),
        malformed("a bare slot that is said to be a passphrase", record(|it| it.kind = 1)),
        malformed("a slot of no kind", record(|it| it.kind = 0)),
        malformed("a slot of an unknown kind", record(|it| it.kind = 5)),
        malformed("a label of 65 bytes", record(|it| it.label = vec![b'x'; 65])),
        malformed("a label that is no text", record(|it| it.label = vec![0xff])),
        malformed("a slot that was added after the last time", {
            record(|it| it.created = sealwood::vault::TIME_MS_MAX + 1)
        }),
        malformed("two slots of one id", {
            ring(|it| it.records.push(Record { index: 1, ..Record::default() }))
        }),
        malformed("two records of one slot", {
            ring(|it| it.records.push(Record { id: [1; 16], ..Record::default() }))
        }),
        malformed("records that do not ascend", {
            ring(|it| it.records.insert(0, Record { index: 1, id: [1; 16], ..Record::default() }))
        }),
        malformed("a ring without a key", ring(|it| it.keys.clear())),
        malformed("a ring whose newest key is another", ring(|it| it.keys.push([1; 32]))),
        malformed("a ring from epoch 0 on", ring(|it| it.first_epoch = 0)),
        malformed("a ring from epoch 4,097 on", ring(|it| it.first_epoch = 4097)),
        malformed("a ring that goes on after the last epoch", {
            ring(|it| {
                it.first_epoch = 4096;
                it.keys.insert(0, [1; 32]);
            })
        }),
        malformed("bytes after the rows at rest", ring(|it| it.after = vec![1])),
        malformed("padding that is not zeros", ring(|it| it.padding = 1)),
        malformed("padding that is too long", ring(|it| it.more = 1)),
    ]
}

/// Makes a slot that of a passphrase.
fn stretch(slot: &mut [u8], params: [u32; 3]) {
    slot[1] = 1;
    slot[2..14].copy_from_slice(&params.map(u32::to_le_bytes).concat());
}
