//! Keyrings: a new vault, then changes of its slots, and what a reader that knows the page on the
//! format alone has of each keyring.

use std::sync::Arc;

use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore};
use sealwood::seal::{KdfParams, Passphrase, SlotSecret};
use sealwood::vault::{Credential, SlotId, VaultConfig};
use serde_json::{Value, json};

use crate::forged_keyring;
use crate::input::*;

pub(crate) async fn fill(document: &mut Value) {
    for case in cases(document, "cases") {
        fill_case(case).await;
    }
}

async fn fill_case(case: &mut Value) {
    let store = Arc::new(MemoryStore::new());
    let config = VaultConfig::new()
        .chunk_bytes(1 << 17)
        .kdf(KdfParams { memory_kib: 19_456, passes: 2, lanes: 2 })
        .environment(environment(&case["clock"]));
    let mut vault = None;
    for step in cases(case, "steps") {
        let mut opens = step.clone();
        match text(step, "do") {
            "create" => {
                let new = Vault::prepare_with(&credential(step), &config).await.unwrap();
                if step["words"].as_bool() == Some(true) {
                    step["recovery_phrase"] = new.recovery_phrase().unwrap().expose().into();
                }
                vault = Some(new.create(store.clone()).await.unwrap());
            }
            "add" => {
                let vault = vault.as_ref().unwrap();
                vault.add_slot(&credential(step), text(step, "label")).await.unwrap();
            }
            "remove" => {
                let vault: &Vault = vault.as_ref().unwrap();
                let id = slot(vault, number(step, "slot"));
                vault.remove_slot(id).await.unwrap();
                opens = step["by"].clone();
            }
            "change_passphrase" => {
                let passphrase = Passphrase::new(text(step, "passphrase")).unwrap();
                vault.as_ref().unwrap().change_passphrase(&passphrase).await.unwrap();
            }
            "new_words" => {
                let words = vault.as_ref().unwrap().new_recovery_words().await.unwrap();
                words.replace().await.unwrap();
                let phrase = words.phrase();
                step["recovery_phrase"] = phrase.expose().into();
                opens = json!({"secret": hex::encode(phrase.secret().unwrap().expose())});
            }
            other => panic!("no step {other:?}"),
        }
        let slots = vault.as_ref().unwrap().slots();
        step["slots"] = slots
            .iter()
            .map(|slot| {
                json!({
                    "id": slot.id.to_string(),
                    "kind": format!("{:?}", slot.kind).to_lowercase(),
                    "label": slot.label,
                    "created_ms": slot.created_ms,
                })
            })
            .collect();
        record(&store, step, &opens).await;
    }
}

/// The keyring that the root names now, and what who has `opens` knows by it.
async fn record(store: &MemoryStore, step: &mut Value, opens: &Value) {
    let root = store.get("root").await.unwrap().bytes;
    let page = store.list("objects/", None, 100).await.unwrap();
    let mut found = None;
    for meta in page.objects {
        let bytes = store.get(&meta.key).await.unwrap().bytes;
        if *blake3::hash(&bytes).as_bytes() == root[6..38] {
            assert_eq!(meta.key, forged_keyring::name(&bytes));
            found = Some((meta.key, bytes));
        }
    }
    let (name, keyring) = found.unwrap();
    step["root"] = hex::encode(root).into();
    step["keyring"] = object(&name, &keyring);
    let secret = match opens["passphrase"].as_str() {
        None => array(opens, "secret"),
        Some(passphrase) => {
            let stretched = forged_keyring::stretches(&keyring).into_iter();
            let mut all = stretched.map(|(params, salt)| stretch(passphrase, params, &salt));
            all.find(|secret| forged_keyring::read(&keyring, secret).is_some()).unwrap()
        }
    };
    let read = forged_keyring::read(&keyring, &secret).unwrap();
    step["opened"] = json!({
        "slot": read.slot,
        "slot_secret": hex::encode(secret),
        "private_key": hex::encode(read.private_key),
        "psk": hex::encode(read.psk),
        "seed": read.seed.map(hex::encode),
        "first_epoch": read.first_epoch,
        "epoch_keys": read.epoch_keys.iter().map(hex::encode).collect::<Vec<_>>(),
        "contents": hex::encode(&read.contents),
    });
}

fn stretch(passphrase: &str, [memory_kib, passes, lanes]: [u32; 3], salt: &[u8]) -> [u8; 32] {
    use argon2::{Algorithm, Argon2, Params, Version};
    use unicode_normalization::UnicodeNormalization;

    let params = Params::new(memory_kib, passes, lanes, Some(32)).unwrap();
    let text: String = passphrase.nfc().collect();
    let mut key = [0; 32];
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password_into(text.as_bytes(), salt, &mut key).unwrap();
    key
}

fn slot(vault: &Vault, number: u64) -> SlotId {
    vault.slots()[number as usize].id
}

fn credential(step: &Value) -> Credential {
    match step["passphrase"].as_str() {
        Some(passphrase) => Credential::Passphrase(Passphrase::new(passphrase).unwrap()),
        None => Credential::Secret(SlotSecret::from_bytes(array(step, "secret"))),
    }
}

/// The key of the newest epoch of the vault in a store that `secret` opens.
pub(crate) async fn epoch_key(store: &MemoryStore, secret: &[u8; 32]) -> [u8; 32] {
    let root = store.get("root").await.unwrap().bytes;
    let page = store.list("objects/", None, 1000).await.unwrap();
    for meta in page.objects {
        let bytes = store.get(&meta.key).await.unwrap().bytes;
        if *blake3::hash(&bytes).as_bytes() == root[6..38] {
            return *forged_keyring::read(&bytes, secret).unwrap().epoch_keys.last().unwrap();
        }
    }
    panic!("no keyring");
}
