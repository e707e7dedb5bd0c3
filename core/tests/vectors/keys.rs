//! What follows from a secret and from the key of an epoch: phrase, addresses, names, sealed units
//! and chunks.

use sealwood::internals::{
    Epoch, ExtentName, Keys, PackWriter, UnitKind, open_chunk, open_unit, pack_name, seal_chunk,
};
use sealwood::seal::{Link, RecoveryPhrase};
use serde_json::{Value, json};

use crate::input::*;

const KINDS: [(&str, UnitKind); 3] =
    [("node", UnitKind::Node), ("content", UnitKind::Content), ("table", UnitKind::Table)];

pub(crate) async fn fill(document: &mut Value) {
    for case in cases(document, "secrets") {
        fill_secret(case);
    }
    for case in cases(document, "epochs") {
        fill_epoch(case).await;
    }
    for case in cases(document, "packs") {
        case["name"] = pack_name(pack_link(array(case, "pack")).place.pack).into();
    }
}

fn fill_secret(case: &mut Value) {
    let secret = secret(case);
    let phrase = secret.recovery_phrase().unwrap();
    assert!(RecoveryPhrase::parse(phrase.expose()).unwrap().secret().unwrap() == secret);
    case["recovery_phrase"] = phrase.expose().into();
}

async fn fill_epoch(case: &mut Value) {
    let keys = keys(case);
    let mut chunks = Vec::new();
    for plaintext in cases(case, "plaintexts") {
        let bytes = bytes(&plaintext["plaintext"]);
        for (name, kind) in KINDS {
            let address = keys.address(kind, &bytes);
            plaintext[format!("{name}_address")] = hex::encode(address.expose()).into();
        }
        let address = keys.address(UnitKind::Content, &bytes);
        let mut sealed = Vec::new();
        seal_chunk(&address, &bytes, &mut sealed).await.unwrap();
        assert_eq!(open_chunk(&address, &sealed).await.unwrap(), bytes);
        plaintext["chunk"] = hex::encode(sealed).into();
        chunks.push(address);
    }
    case["extent_name"] = ExtentName::of(&chunks).object().into();
    fill_pack(case, &keys);
}

/// Units of each kind, one after the other in one pack.
fn fill_pack(case: &mut Value, keys: &Keys) {
    let environment = environment(&Value::Null);
    let mut packs = PackWriter::new(&environment, Epoch::FIRST, 1 << 20);
    let mut links = Vec::new();
    for plaintext in list(case, "plaintexts") {
        let plaintext = bytes(&plaintext["plaintext"]);
        for (name, kind) in KINDS {
            let address = keys.address(kind, &plaintext);
            let place = packs.add(kind, &address, &plaintext).unwrap();
            links.push((name, kind, Link { address, place }, plaintext.clone()));
        }
    }
    let pack = packs.finish().remove(0);
    let units = links.into_iter().map(|(name, kind, link, plaintext)| {
        let sealed = &pack.bytes[link.place.offset as usize..][..link.place.length as usize];
        assert_eq!(open_unit(kind, &link, sealed).unwrap(), plaintext);
        json!({"kind": name, "link": hex::encode(link.to_bytes()), "sealed": hex::encode(sealed)})
    });
    case["pack"] = json!({
        "object": object(&pack_name(pack.id), &pack.bytes),
        "units": units.collect::<Vec<_>>(),
    });
}

/// A pack id, which has no constructor of its own, comes out of a link.
fn pack_link(id: [u8; 16]) -> Link {
    let mut bytes = [0; Link::BYTES];
    bytes[32..48].copy_from_slice(&id);
    Link::from_bytes(&bytes)
}
