#![allow(clippy::unwrap_used)]

#[cfg(feature = "passphrase")]
mod passphrases;
#[cfg(feature = "phrase")]
mod phrases;

use std::sync::Arc;

use futures_lite::future::block_on;

use super::keys::seal_unit;
use super::*;
use crate::error::Error;
use crate::platform::Environment;

fn keys(fill: u8) -> Keys {
    Keys::derive(Epoch::FIRST, &EpochKey::from_bytes([fill; 32]))
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
    let (mut sealed, mut behind) = (Vec::new(), b"before".to_vec());
    block_on(seal_chunk(&address, b"chunk", &mut sealed)).unwrap();
    block_on(seal_chunk(&address, b"chunk", &mut behind)).unwrap();
    assert_eq!(behind, [b"before", &sealed[..]].concat());
    assert_eq!(block_on(open_chunk(&address, &sealed)).unwrap(), b"chunk");
    let name = ExtentName::of([&address]);
    assert_ne!(name, ExtentName::of([&theirs.address(UnitKind::Content, b"chunk")]));
    assert_ne!(address, ours.address(UnitKind::Node, b"chunk"));
    assert_eq!(name.object().len(), pack_name(PackId([0; 16])).len());
}

#[test]
fn a_root_opens_with_its_key_and_its_keyring() {
    let sealed = seal_root(&keys(1), &[8; 32], [9; 24], b"body").unwrap();
    let header = RootHeader::decode(&sealed).unwrap();
    assert_eq!(header.keyring, [8; 32]);
    assert_eq!(header.open_body(&keys(1), &sealed).unwrap(), b"body");
    assert_eq!(code(header.open_body(&keys(2), &sealed)), "object-corrupt");
    let mut flipped = sealed.clone();
    *flipped.last_mut().unwrap() ^= 1;
    assert_eq!(code(header.open_body(&keys(1), &flipped)), "object-corrupt");
    let mut newer = sealed.clone();
    newer[4] = 3;
    assert_eq!(code(RootHeader::decode(&newer)), "unsupported-version");
    let mut moved = sealed.clone();
    moved[6] ^= 1;
    let header = RootHeader::decode(&moved).unwrap();
    assert_eq!(code(header.open_body(&keys(1), &moved)), "object-corrupt");
    for cut in 0..sealed.len() {
        let outcome = RootHeader::decode(&sealed[..cut])
            .and_then(|header| header.open_body(&keys(1), &sealed[..cut]));
        assert!(outcome.is_err(), "a root cut at {cut} opened");
    }
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
fn secrets_do_not_show() {
    let secret = SlotSecret::from_bytes([0x41; 32]);
    let slot = SlotKeys::of_secret(&secret, [0x41; 16]);
    let (key, seed) = (EpochKey::from_bytes([0x41; 32]), MemberSeed([0x41; 32]));
    let address = keys(0x41).address(UnitKind::Node, b"x");
    let lock = slot.lock();
    let shown =
        format!("{secret:?} {slot:?} {lock:?} {key:?} {seed:?} {:?} {address:?}", keys(0x41));
    assert!(!shown.contains("65") && !shown.contains("AAAA") && !shown.contains("4141"));
}

#[test]
fn what_is_read_is_checked_with_the_keys_of_its_epoch() {
    let second = Epoch::FIRST.next().unwrap();
    let key = |fill| EpochKey::from_bytes([fill; 32]);
    let epochs = Arc::new(Epochs::new(Epoch::FIRST, &[key(1), key(2)]).unwrap());
    let ring = Ring::new(&Arc::new(Epochs::new(Epoch::FIRST, &[key(1)]).unwrap()));
    let link = |epoch, keys: &Keys| Link {
        address: keys.address(UnitKind::Node, b"node"),
        place: Place { pack: PackId::new(epoch, [7; 14]), offset: 0, length: 20 },
    };
    let (old, new) = (Keys::derive(Epoch::FIRST, &key(1)), Keys::derive(second, &key(2)));
    let check = |link: Link| code(ring.check(UnitKind::Node, &link, b"node"));
    assert_eq!(check(link(Epoch::FIRST, &old)), "ok");
    assert_eq!(check(link(second, &new)), "malformed");
    ring.learn(&epochs);
    assert_eq!(ring.newest().epoch(), second);
    assert_eq!(check(link(Epoch::FIRST, &old)), "ok");
    assert_eq!(check(link(second, &new)), "ok");
    assert_eq!(check(link(second, &old)), "object-corrupt");
    assert_eq!(check(link(Epoch::FIRST, &new)), "object-corrupt");
    // A ring that was cut still has what was known before.
    ring.learn(&Arc::new(Epochs::new(second, &[key(2)]).unwrap()));
    assert_eq!(check(link(Epoch::FIRST, &old)), "ok");

    let matched = LastMatch::default();
    for keys in [&new, &old, &old, &new, &new] {
        let address = keys.address(UnitKind::Content, b"chunk");
        assert_eq!(code(ring.check_chunk(&address, b"chunk", &matched)), "ok");
        assert_eq!(code(ring.check_chunk(&address, b"chunl", &matched)), "object-corrupt");
    }
}

#[test]
fn there_are_4096_epochs_and_a_pack_says_of_which_it_is() {
    assert!(Epoch::new(0).is_none() && Epoch::new(4097).is_none() && Epoch::LAST.next().is_none());
    for number in [1, 2, 255, 256, 4096] {
        let epoch = Epoch::new(number).unwrap();
        assert_eq!(PackId::new(epoch, [9; 14]).epoch(), Some(epoch));
    }
    assert_eq!(PackId([0; 16]).epoch(), None);
    let keys: Vec<_> = (0..4097).map(|_| EpochKey::from_bytes([1; 32])).collect();
    assert!(Epochs::new(Epoch::FIRST, &keys).is_none());
    assert!(Epochs::new(Epoch::FIRST, &keys[1..]).is_some());
    assert!(Epochs::new(Epoch::FIRST, &[]).is_none());
}

#[test]
fn units_of_two_epochs_are_in_packs_of_their_own() {
    let (environment, second) = (Environment::default(), Epoch::new(2).unwrap());
    let address = keys(1).address(UnitKind::Content, b"content");
    let mut packs = PackWriter::new(&environment, second, PACK_BYTES_MAX);
    let mut epoch_of = |epoch| {
        let place = packs.add_of(epoch, UnitKind::Content, &address, b"content").unwrap();
        place.pack.epoch()
    };
    for epoch in [second, Epoch::FIRST, second, Epoch::FIRST] {
        assert_eq!(epoch_of(epoch), Some(epoch));
    }
    assert_eq!(packs.finish().len(), 2);
}
