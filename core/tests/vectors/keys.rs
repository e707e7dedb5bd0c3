//! What follows from a root secret: phrase, addresses, names, sealed units and chunks, key slot.

use std::sync::Arc;

use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore, Precondition};
use sealwood::internals::{
    ExtentName, Keys, PackWriter, UnitKind, open_chunk, open_unit, pack_name, seal_chunk,
};
use sealwood::seal::{KdfParams, Link, Passphrase, RecoveryPhrase};
use sealwood::vault::{Credential, VaultConfig};
use serde_json::{Value, json};

use crate::forge::{self, Body};
use crate::input::*;

const KINDS: [(&str, UnitKind); 3] =
    [("node", UnitKind::Node), ("content", UnitKind::Content), ("table", UnitKind::Table)];

pub(crate) async fn fill(document: &mut Value) {
    for case in cases(document, "secrets") {
        fill_secret(case).await;
    }
    for case in cases(document, "packs") {
        case["name"] = pack_name(pack_link(array(case, "pack")).place.pack).into();
    }
    for case in cases(document, "passphrases") {
        fill_passphrase(case).await;
    }
    for case in cases(document, "passphrases_below_the_floor") {
        open_passphrase(case).await;
    }
}

async fn fill_secret(case: &mut Value) {
    let secret = secret(case);
    let phrase = secret.recovery_phrase().unwrap();
    assert!(RecoveryPhrase::parse(phrase.expose()).unwrap().root_secret().unwrap() == secret);
    case["recovery_phrase"] = phrase.expose().into();
    let keys = Keys::derive(&secret);
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
    let mut packs = PackWriter::new(&environment, 1 << 20);
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

/// A vault whose passphrase costs less than one that is created today: it is still opened. Its key
/// slot and its secret are given.
async fn open_passphrase(case: &mut Value) {
    let passphrase = Credential::Passphrase(Passphrase::new(text(case, "passphrase")).unwrap());
    let store = Arc::new(MemoryStore::new());
    let slot = hex::decode(text(case, "slot")).unwrap();
    let root = forge::root(&array(case, "root_secret"), &slot, &Body::default().plaintext());
    case["root"] = hex::encode(&root).into();
    store.put("root", root.into(), Precondition::Absent).await.unwrap();
    let vault = Vault::open(store, &passphrase).await.unwrap();
    let secret = vault.recovery_phrase().unwrap().root_secret().unwrap();
    assert_eq!(secret.expose(), &array(case, "root_secret"));
}

/// A new vault under a passphrase: draw 0 is its secret, draw 1 the salt of the key slot.
async fn fill_passphrase(case: &mut Value) {
    let passphrase = Credential::Passphrase(Passphrase::new(text(case, "passphrase")).unwrap());
    let kdf = KdfParams {
        memory_kib: number(case, "memory_kib") as u32,
        passes: number(case, "passes") as u32,
        lanes: number(case, "lanes") as u32,
    };
    let environment = environment(&Value::Null);
    let config = VaultConfig::new().kdf(kdf).environment(environment);
    let store = Arc::new(MemoryStore::new());
    let vault = Vault::create_with(store.clone(), &passphrase, &config).await.unwrap();
    let secret = vault.recovery_phrase().unwrap().root_secret().unwrap();
    let root = store.get("root").await.unwrap().bytes;
    Vault::open(store, &passphrase).await.unwrap();
    case["root_secret"] = hex::encode(secret.expose()).into();
    case["root"] = hex::encode(root).into();
}
