#![allow(clippy::unwrap_used)]
use futures_lite::future::block_on;

use super::keys::seal_unit;
use super::*;
use crate::error::Error;
use crate::platform::Environment;

fn keys(fill: u8) -> Keys {
    Keys::derive(&RootSecret::from_bytes([fill; 32]))
}

fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.map(|_| "ok").unwrap_or_else(|error| error.code())
}

#[test]
fn a_unit_opens_only_where_it_was_sealed() {
    let keys = keys(1);
    let address = keys.address(UnitKind::Node, b"node");
    let mut pack = vec![0; 7];
    let place = seal_unit(UnitKind::Node, &address, PackId([2; 16]), &mut pack, b"node").unwrap();
    assert_eq!((place.offset, place.length as usize), (7, 4 + TAG_BYTES));
    let link = Link { address, place };
    assert_eq!(open_unit(UnitKind::Node, &link, &pack[7..]).unwrap(), b"node");

    let moved = Link { place: Place { offset: 8, ..place }, ..link };
    assert_eq!(code(open_unit(UnitKind::Node, &moved, &pack[7..])), "object-corrupt");
    let other = Link { place: Place { pack: PackId([3; 16]), ..place }, ..link };
    assert_eq!(code(open_unit(UnitKind::Node, &other, &pack[7..])), "object-corrupt");
    assert_eq!(code(open_unit(UnitKind::Content, &link, &pack[7..])), "object-corrupt");
    assert_eq!(code(open_unit(UnitKind::Node, &link, &pack[7..20])), "object-truncated");
    for bit in 0..(pack.len() - 7) * 8 {
        let mut flipped = pack.clone();
        flipped[7 + bit / 8] ^= 1 << (bit % 8);
        assert_eq!(code(open_unit(UnitKind::Node, &link, &flipped[7..])), "object-corrupt");
    }
}

#[test]
fn equal_chunks_are_equal_objects_and_names_need_the_key() {
    let (ours, theirs) = (keys(1), keys(2));
    let address = ours.address(UnitKind::Content, b"chunk");
    let sealed = block_on(seal_chunk(&address, b"chunk")).unwrap();
    assert_eq!(sealed, block_on(seal_chunk(&address, b"chunk")).unwrap());
    assert_eq!(block_on(open_chunk(&address, &sealed)).unwrap(), b"chunk");
    assert_ne!(chunk_name(&address), chunk_name(&theirs.address(UnitKind::Content, b"chunk")));
    assert_ne!(address, ours.address(UnitKind::Node, b"chunk"));
    assert_eq!(chunk_name(&address).len(), pack_name(PackId([0; 16])).len());
}

#[test]
fn a_root_tells_wrong_key_from_tampering() {
    let sealed = seal_root(&keys(1), &KeySlot::Secret, [9; 24], b"body").unwrap();
    let header = RootHeader::decode(&sealed).unwrap();
    assert_eq!(header.open_body(&keys(1), &sealed).unwrap(), b"body");
    assert_eq!(code(header.open_body(&keys(2), &sealed)), "wrong-key");
    let mut flipped = sealed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert_eq!(code(header.open_body(&keys(1), &flipped)), "object-corrupt");
    let mut newer = sealed.clone();
    newer[4] = 2;
    assert_eq!(code(RootHeader::decode(&newer)), "unsupported-version");
    for cut in 0..sealed.len() {
        let outcome = RootHeader::decode(&sealed[..cut])
            .and_then(|header| header.open_body(&keys(1), &sealed[..cut]));
        assert!(outcome.is_err(), "a root cut at {cut} opened");
    }
}

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
fn what_has_another_address_is_refused() {
    let keys = keys(1);
    for kind in [UnitKind::Node, UnitKind::Content, UnitKind::Table] {
        let address = keys.address(kind, b"right");
        assert_eq!(code(keys.check(kind, &address, b"right")), "ok");
        assert_eq!(code(keys.check(kind, &address, b"wrong")), "object-corrupt");
    }
}

#[test]
fn a_recovery_phrase_is_24_words_and_catches_typos() {
    let secret = RootSecret::from_bytes([0x5a; 32]);
    let phrase = secret.recovery_phrase().unwrap();
    assert_eq!(phrase.expose().split(' ').count(), 24);
    let typed = format!("  {} \n", phrase.expose().to_uppercase());
    assert!(RecoveryPhrase::parse(&typed).unwrap().root_secret().unwrap() == secret);
    let swapped = phrase.expose().replacen(phrase.expose().split(' ').next().unwrap(), "zoo", 1);
    assert_eq!(code(RecoveryPhrase::parse(&swapped)), "invalid-phrase");
    assert_eq!(code(RecoveryPhrase::parse("abandon abandon")), "invalid-phrase");
}

#[test]
fn secrets_do_not_show() {
    let secret = RootSecret::from_bytes([0x41; 32]);
    let shown = format!(
        "{secret:?} {:?} {:?} {:?} {:?}",
        secret.recovery_phrase().unwrap(),
        keys(0x41),
        keys(0x41).address(UnitKind::Node, b"x"),
        Passphrase::new("AAAA").unwrap(),
    );
    assert!(!shown.contains("65") && !shown.contains("AAAA") && !shown.contains("4141"));
}
