#![allow(clippy::unwrap_used)]

#[cfg(feature = "passphrase")]
mod passphrases;
#[cfg(feature = "phrase")]
mod phrases;

use futures_lite::future::block_on;

use super::keys::seal_unit;
use super::*;
use crate::error::Error;

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
    let secret = RootSecret::from_bytes([0x41; 32]);
    let shown =
        format!("{secret:?} {:?} {:?}", keys(0x41), keys(0x41).address(UnitKind::Node, b"x"));
    assert!(!shown.contains("65") && !shown.contains("AAAA") && !shown.contains("4141"));
}
