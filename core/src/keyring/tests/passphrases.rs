//! Slots that a passphrase opens.

use super::*;
use crate::seal::Passphrase;

fn passphrase(text: &str) -> Opener {
    Opener::Passphrase(Passphrase::new(text).unwrap())
}

fn with_passphrases(texts: &[&str]) -> Keyring {
    let draw = |text: &&str| drawn(&passphrase(text), SlotKind::Passphrase, "").slot;
    Keyring::create(&texts.iter().map(draw).collect::<Vec<_>>(), &chain(), &environment()).unwrap()
}

#[test]
fn each_passphrase_opens_however_it_is_typed() {
    let keyring = with_passphrases(&["caf\u{e9}", "other"]);
    for right in ["cafe\u{301}", "caf\u{e9}", "other"] {
        assert_eq!(code(opened(keyring.bytes(), &passphrase(right))), "ok");
    }
    assert_eq!(code(opened(keyring.bytes(), &passphrase("cafe"))), "wrong-passphrase");
    assert_eq!(code(opened(keyring.bytes(), &secret(1))), "wrong-key");
    let bare = super::keyring(&[1]);
    assert_eq!(code(opened(bare.bytes(), &passphrase("other"))), "wrong-passphrase");
}

/// Of the slots that may be tried none may ask for much: this test would not end in time.
#[test]
fn what_a_slot_asks_for_is_bounded_before_it_is_spent() {
    let keyring = with_passphrases(&["p"]);
    let at = keyring.bytes().windows(2).position(|pair| pair == [1, 1]).unwrap() + 2;
    let outcome = |memory_kib: u32, passes: u32| {
        let mut bytes = keyring.bytes().to_vec();
        bytes[at..at + 4].copy_from_slice(&memory_kib.to_le_bytes());
        bytes[at + 4..at + 8].copy_from_slice(&passes.to_le_bytes());
        code(opened(&bytes.into(), &passphrase("p")))
    };
    assert_eq!(outcome(CHEAPEST.memory_kib, CHEAPEST.passes), "ok");
    assert_eq!(outcome(1024 * 1024, 64), "passphrase-too-costly");
    assert_eq!(outcome(u32::MAX, 1), "malformed");
    assert_eq!(outcome(8, 0), "malformed");
    // Cheaper than what is written today: it is tried, and is bound to the key that was wrapped.
    assert_eq!(outcome(8, 1), "wrong-passphrase");
}

/// One slot that asks for too much keeps nobody out whose own does not.
#[test]
fn a_costly_slot_does_not_stand_before_others() {
    let costly = Cost {
        params: KdfParams { passes: 3, ..CHEAPEST },
        ceiling: KdfParams { memory_kib: 1 << 20, ..KdfParams::CEILING },
    };
    let (dear, kind, environment) = (passphrase("dear"), SlotKind::Passphrase, environment());
    let dear_slot = NewSlot::draw(&dear, kind, "", None, costly, &environment);
    let slots = [block_on(dear_slot).unwrap().slot, drawn(&passphrase("p"), kind, "").slot];
    let keyring = Keyring::create(&slots, &chain(), &environment).unwrap();
    let locked = Locked::decode(keyring.bytes().clone()).unwrap();
    let outcome = |opener| code(block_on(locked.unlock(&opener, CHEAPEST)));
    assert_eq!(outcome(passphrase("p")), "ok");
    assert_eq!(outcome(dear), "passphrase-too-costly");
    assert_eq!(outcome(passphrase("neither")), "passphrase-too-costly");
}

#[test]
fn a_vault_has_four_passphrases_at_most() {
    let keyring = with_passphrases(&["1", "2", "3", "4"]);
    let fifth = drawn(&passphrase("5"), SlotKind::Passphrase, "").slot;
    let refused = Change::Add(fifth.clone()).make(&keyring, &Heads::default(), &environment());
    assert_eq!(code(refused), "invalid-argument");
    let id = keyring.slots()[0].id;
    let change = Change::Replace { which: Which::One(id), by: fifth };
    let after = change.make(&keyring, &Heads::default(), &environment()).unwrap();
    assert_eq!(code(opened(after.bytes(), &passphrase("5"))), "ok");
    // A slot that was a passphrase does not show that it was.
    let after = Change::Remove(after.slots()[0].id)
        .make(&after, &Heads::default(), &environment())
        .unwrap();
    let stretched = after.slots.iter().filter(|slot| slot.head.stretch.is_some()).count();
    assert_eq!(stretched, 3);
}
