//! Vaults that a passphrase opens.

use futures_lite::future::block_on;

use super::code;
use crate::error::Error;
use crate::platform::Environment;
use crate::seal::*;

const CHEAPEST: KdfParams =
    KdfParams { memory_kib: KdfParams::MEMORY_KIB_MIN, passes: KdfParams::PASSES_MIN, lanes: 1 };

fn wrapped(
    secret: &RootSecret,
    passphrase: &Passphrase,
    params: KdfParams,
    ceiling: KdfParams,
) -> Result<KeySlot, Error> {
    block_on(KeySlot::wrap(secret, passphrase, params, ceiling, &Environment::default()))
}

#[test]
fn a_new_passphrase_is_not_guessed_cheaply() {
    let (secret, passphrase) =
        (RootSecret::from_bytes([7; 32]), Passphrase::new("open sesame").unwrap());
    let outcome = |params| code(wrapped(&secret, &passphrase, params, KdfParams::CEILING));
    assert_eq!(outcome(CHEAPEST), "ok");
    let less = KdfParams { memory_kib: CHEAPEST.memory_kib - 1, ..CHEAPEST };
    assert_eq!(outcome(less), "invalid-argument");
    assert_eq!(outcome(KdfParams { passes: CHEAPEST.passes - 1, ..CHEAPEST }), "invalid-argument");
}

/// Of the slots that would be opened none may ask for much: this test would not end in time.
#[test]
fn what_a_slot_asks_for_is_bounded_before_it_is_spent() {
    let default = KdfParams::default();
    let ask = |memory_kib, passes| {
        let params = KdfParams { memory_kib, passes, lanes: 1 };
        let slot = KeySlot::Passphrase { params, salt: [1; 16], wrapped: [2; 48] };
        let encoded = slot.encode();
        let slot = KeySlot::decode(&mut crate::codec::Reader::new(&encoded, "slot")).unwrap();
        let with = Unlock::Passphrase(Passphrase::new("p").unwrap());
        code(block_on(slot.unlock(&with, KdfParams::CEILING)))
    };
    assert_eq!(ask(1024 * 1024, 64), "passphrase-too-costly");
    assert_eq!(ask(4 * default.memory_kib + 1, 1), "passphrase-too-costly");
    assert_eq!(ask(4 * default.memory_kib, default.passes + 1), "passphrase-too-costly");
    assert_eq!(ask(default.memory_kib, 4 * default.passes + 1), "passphrase-too-costly");
    // What was written before there were floors is still opened.
    assert_eq!(ask(8, 1), "wrong-passphrase");

    let (secret, passphrase) = (RootSecret::from_bytes([7; 32]), Passphrase::new("p").unwrap());
    let low = KdfParams { memory_kib: CHEAPEST.memory_kib, passes: 1, lanes: 1 };
    let refused = wrapped(&secret, &passphrase, CHEAPEST, low);
    assert_eq!(code(refused), "passphrase-too-costly");
}

#[test]
fn a_passphrase_opens_its_vault_and_bad_parameters_are_refused_early() {
    let secret = RootSecret::from_bytes([7; 32]);
    let right = Passphrase::new("caf\u{e9}").unwrap();
    let slot = wrapped(&secret, &right, CHEAPEST, KdfParams::CEILING).unwrap();
    let same = Unlock::Passphrase(Passphrase::new("cafe\u{301}").unwrap());
    assert!(block_on(slot.unlock(&same, CHEAPEST)).unwrap() == secret);
    let wrong = Unlock::Passphrase(Passphrase::new("cafe").unwrap());
    assert_eq!(code(block_on(slot.unlock(&wrong, CHEAPEST))), "wrong-passphrase");

    let mut encoded = slot.encode();
    encoded[1..5].copy_from_slice(&u32::MAX.to_le_bytes());
    let mut reader = crate::codec::Reader::new(&encoded, "slot");
    assert_eq!(code(KeySlot::decode(&mut reader)), "malformed");
}

#[test]
fn a_slot_that_other_programs_made_opens() {
    // Argon2id by libargon2 (19,456 KiB, 2 passes, 3 lanes), AES-256-GCM by OpenSSL.
    let slot = "01004c00000200000003000000404142434445464748494a4b4c4d4e4f\
                fba58165862650ac59e802cc3343cd400731e9562859a1e33624105a87c8878a\
                09f65212eacb92f4e1f3e87b0ddf2750";
    let slot = hex::decode(slot).unwrap();
    let slot = KeySlot::decode(&mut crate::codec::Reader::new(&slot, "slot")).unwrap();
    let passphrase = Unlock::Passphrase(Passphrase::new("caf\u{e9} correct horse").unwrap());
    let secret: [u8; 32] = std::array::from_fn(|index| index as u8);
    assert!(
        block_on(slot.unlock(&passphrase, KdfParams::CEILING)).unwrap()
            == RootSecret::from_bytes(secret)
    );
}

#[test]
fn a_passphrase_does_not_show() {
    let shown = format!("{:?}", Passphrase::new("AAAA").unwrap());
    assert!(!shown.contains("65") && !shown.contains("AAAA"));
}
