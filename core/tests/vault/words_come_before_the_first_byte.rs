//! The words of a new vault are known before its first byte is stored, and a vault whose creation
//! may have happened is known again.

use std::sync::Arc;

use futures_lite::future::{block_on, poll_once};
use sealwood::Vault;
use sealwood::blob::{BlobStore, Fault, FaultMode, MemoryStore, Method};
use sealwood::seal::{KdfParams, Passphrase, SlotSecret};
use sealwood::vault::{Credential, NewVault, SlotKind, VaultConfig};

use crate::common::*;

fn passphrase() -> Credential {
    Credential::Passphrase(Passphrase::new("a passphrase nobody guesses").unwrap())
}

async fn prepare(credential: &Credential) -> NewVault {
    Vault::prepare(credential).await.unwrap()
}

fn empty() -> Arc<Faulty> {
    Arc::new(Faulty::new(Default::default()))
}

#[test]
fn the_words_shown_before_anything_is_stored_open_the_vault() {
    block_on(async {
        let draft = prepare(&passphrase()).await;
        let words = draft.recovery_phrase().unwrap();
        let store = empty();
        assert_eq!(store.trace().len(), 0);
        let vault = draft.create(store.clone()).await.unwrap();
        assert_eq!(draft.recovery_phrase().unwrap().expose(), words.expose());
        put(&vault, "a", b"x").await.unwrap();
        let credential = Credential::Words(words.clone());
        let again = Vault::open(store, &credential).await.unwrap();
        assert_eq!(again.get("a").await.unwrap(), "x");
    });
}

#[test]
fn a_configuration_out_of_bounds_is_refused_when_it_is_prepared() {
    let config = VaultConfig::new().chunk_bytes(5);
    assert_eq!(code(block_on(Vault::prepare_with(&credential(), &config))), "invalid-argument");
    let kdf = KdfParams { lanes: 0, ..KdfParams::default() };
    let config = VaultConfig::new().kdf(kdf);
    assert_eq!(code(block_on(Vault::prepare_with(&passphrase(), &config))), "invalid-argument");
}

#[test]
fn a_vault_whose_answer_was_lost_is_known_again() {
    block_on(async {
        // Lost once: the store tells at once.
        let store = empty();
        // The keyring is put first, then the root.
        store.arm(Fault::lost_answer().on(Method::Put).nth(2));
        prepare(&passphrase()).await.create(store).await.unwrap();

        // Lost, and the store is gone: the next try finds it, also after others wrote to it.
        let store = empty();
        let draft = prepare(&passphrase()).await;
        let words = draft.recovery_phrase().unwrap();
        store.arm(Fault::lost_answer().on(Method::Put).nth(2));
        store.arm(Fault::unavailable().on(Method::Get));
        assert_eq!(code(draft.create(store.clone()).await), "store-unavailable");
        store.disarm();
        let credential = Credential::Words(words.clone());
        let other = Vault::open(store.clone(), &credential).await.unwrap();
        put(&other, "a", b"x").await.unwrap();
        let vault = draft.create(store).await.unwrap();
        assert_eq!(vault.get("a").await.unwrap(), "x");
    });
}

#[test]
fn a_dropped_creation_is_made_again() {
    block_on(async {
        let draft = prepare(&credential()).await;
        let store = empty();
        for put in 1..=2 {
            store.arm(Fault::new(FaultMode::Hang).on(Method::Put).nth(put));
            assert!(poll_once(Box::pin(draft.create(store.clone()))).await.is_none());
            store.disarm();
        }
        let first = draft.create(store.clone()).await.unwrap();
        put(&first, "a", b"x").await.unwrap();
        assert_eq!(draft.create(store).await.unwrap().get("a").await.unwrap(), "x");
    });
}

#[test]
fn a_vault_of_the_same_secret_is_another_vault() {
    block_on(async {
        let store = empty();
        prepare(&credential()).await.create(store.clone()).await.unwrap();
        let root = store.get("root").await.unwrap().bytes;
        let objects = store.list("objects/", None, 10).await.unwrap().objects.len();
        let other = Credential::Secret(SlotSecret::from_bytes([9; 32]));
        for credential in [credential(), other, passphrase()] {
            let refused = prepare(&credential).await.create(store.clone()).await;
            assert_eq!(code(refused), "vault-exists");
        }
        assert_eq!(store.get("root").await.unwrap().bytes, root);
        // Nothing is left of those.
        assert_eq!(store.list("objects/", None, 10).await.unwrap().objects.len(), objects);
    });
}

#[test]
fn a_vault_opens_with_its_passphrase_or_its_words() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        let config = VaultConfig::new().kdf(KdfParams { memory_kib: 19_456, passes: 2, lanes: 1 });
        let right = Credential::Passphrase(Passphrase::new("correct horse").unwrap());
        let draft = Vault::prepare_with(&right, &config).await.unwrap();
        let words = draft.recovery_phrase().unwrap();
        let vault = draft.create(store.clone()).await.unwrap();
        put(&vault, "a", b"1").await.unwrap();
        let by_words = Credential::Words(words.clone());
        for credential in [&right, &by_words] {
            let opened = Vault::open_with(store.clone(), credential, &config).await.unwrap();
            assert_eq!(opened.get("a").await.unwrap(), "1");
            put(&opened, "a", b"1").await.unwrap();
        }
        let wrong = Credential::Passphrase(Passphrase::new("wrong horse").unwrap());
        let refused = Vault::open_with(store.clone(), &wrong, &config).await;
        assert_eq!(code(refused), "wrong-passphrase");
        let refused = Vault::open_with(store.clone(), &credential(), &config).await;
        assert_eq!(code(refused), "wrong-key");
        assert_eq!(code(Vault::create_with(store, &right, &config).await), "vault-exists");
        let nothing = Arc::new(MemoryStore::new());
        assert_eq!(code(Vault::open_with(nothing, &right, &config).await), "vault-not-found");
    });
}

/// There is no slot that words open whose words nobody was shown.
#[test]
fn a_vault_has_words_if_they_were_asked_for_before_it_was_stored() {
    block_on(async {
        let draft = prepare(&passphrase()).await;
        let vault = draft.create(empty()).await.unwrap();
        assert_eq!(
            vault.slots().iter().map(|slot| slot.kind).collect::<Vec<_>>(),
            [SlotKind::Passphrase]
        );
        assert_eq!(code(draft.recovery_phrase()), "invalid-argument");
        let draft = prepare(&passphrase()).await;
        draft.recovery_phrase().unwrap();
        let vault = draft.create(empty()).await.unwrap();
        assert_eq!(vault.slots().len(), 2);
        assert!(vault.slots().iter().any(|slot| slot.kind == SlotKind::Words));
    });
}
