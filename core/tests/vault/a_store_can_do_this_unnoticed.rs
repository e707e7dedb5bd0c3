//! What `docs/THREATS.md` says is not noticed. It is no promise: each test says what would end it,
//! and whoever does that ends its line on that page as well.

use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore, Precondition};
use sealwood::seal::{KdfParams, Passphrase};
use sealwood::vault::{Credential, Snapshot, VaultConfig};

use crate::common::*;

async fn root(store: &MemoryStore) -> bytes::Bytes {
    store.get("root").await.unwrap().bytes
}

async fn serve(store: &MemoryStore, root: bytes::Bytes) {
    store.put("root", root, Precondition::None).await.unwrap();
}

/// The name of every object but the root, and its size.
async fn objects(store: &MemoryStore) -> Vec<(String, u64)> {
    let page = store.list("objects/", None, 1000).await.unwrap();
    page.objects.into_iter().map(|object| (object.key, object.size)).collect()
}

/// Ends once a device remembers for its next session what the last one accepted.
#[test]
fn a_fresh_session_takes_an_older_root() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "a", b"1").await.unwrap();
        let old = root(&store).await;
        put(&vault, "b", b"2").await.unwrap();
        put(&vault, "c", b"3").await.unwrap();

        serve(&store, old).await;
        let fresh = open(store.clone()).await;
        assert!(fresh.exists("a").await.unwrap() && !fresh.exists("c").await.unwrap());
        put(&fresh, "d", b"4").await.unwrap();
        assert_eq!(code(vault.refresh().await), "own-commit-missing");
    });
}

/// Ends once something besides the root tells that there is a vault.
#[test]
fn a_root_that_is_gone_is_no_vault() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "a", b"1").await.unwrap();
        store.delete("root").await.unwrap();
        assert_eq!(code(vault.refresh().await), "root-vanished");
        let reopened = Vault::open(store.clone(), &credential()).await;
        assert_eq!(code(reopened), "vault-not-found");
        // Nothing keeps anybody from making another one there.
        assert!(!create(store).await.exists("a").await.unwrap());
    });
}

/// Ends once every session is told which of the vaults it has to be.
#[test]
fn a_fresh_session_takes_either_vault_of_one_secret() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "a", b"1").await.unwrap();
        let (elsewhere, other) = memory_vault().await;
        for name in ["x", "y", "z"] {
            put(&other, name, b"1").await.unwrap();
        }
        for (name, _) in objects(&elsewhere).await {
            let bytes = elsewhere.get(&name).await.unwrap().bytes;
            store.put(&name, bytes, Precondition::None).await.unwrap();
        }
        serve(&store, root(&elsewhere).await).await;
        let fresh = open(store).await;
        assert!(fresh.exists("x").await.unwrap() && !fresh.exists("a").await.unwrap());
        // A session that has the first one open finds no slot of its own there.
        assert_eq!(code(vault.refresh().await), "shut-out");
    });
}

/// Of a content in chunks the size shows to a step of its padding, of smaller ones to the byte.
/// Ends once all are padded, and once equal ones are stored twice.
#[test]
fn sizes_and_what_is_there_already_show() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "film", &noise(1, 300_000)).await.unwrap();
        let before = objects(&store).await;
        // 303,104 is what contents from 294,913 bytes on are padded to; the chunk has a seal.
        let sizes = |objects: &[(String, u64)], size: u64| {
            objects.iter().filter(|object| object.1 == size).count()
        };
        assert_eq!(sizes(&before, 303_104 + 16), 1, "{before:?}");
        // Whoever has it put again, into any session, sees that it was there.
        let other = open(store.clone()).await;
        put(&other, "the same film", &noise(1, 300_000)).await.unwrap();
        assert_eq!(objects(&store).await, before);
        put(&other, "another film", &noise(2, 300_000)).await.unwrap();
        put(&other, "a longer film", &noise(3, 303_104)).await.unwrap();
        assert_eq!(sizes(&objects(&store).await, 303_104 + 16), 3);
        // A pack is as long as what is in it.
        let (store, vault) = memory_vault().await;
        put(&vault, "a picture", &noise(4, 30_001)).await.unwrap();
        assert_eq!(sizes(&objects(&store).await, 30_001 + 16), 1);
    });
}

/// Ends once a link can be revoked, or what is removed leaves the store at once.
#[test]
fn a_link_shows_what_it_named_for_as_long_as_that_is_stored() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "shared/file", b"seen").await.unwrap();
        let link = vault.link("shared").await.unwrap().unwrap();
        vault.remove_all("shared").await.unwrap();
        let store: Arc<dyn BlobStore> = store;
        let shared = Snapshot::shared(store, &link);
        assert_eq!(shared.get("file").await.unwrap(), "seen");
    });
}

/// A slot that is altered by itself is told as damage. Ends once something that a passphrase does
/// not open vouches for the keyring that the root names.
#[test]
fn an_altered_slot_that_the_root_names_makes_the_right_passphrase_wrong() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        let passphrase = Credential::Passphrase(Passphrase::new("open sesame").unwrap());
        let kdf = KdfParams {
            memory_kib: KdfParams::MEMORY_KIB_MIN,
            passes: KdfParams::PASSES_MIN,
            ..KdfParams::default()
        };
        let config = VaultConfig::new().kdf(kdf);
        Vault::create_with(store.clone(), &passphrase, &config).await.unwrap();
        let whole = root(&store).await;
        let mut keyring = store.get(&keyring_name(&whole)).await.unwrap().bytes.to_vec();
        // A bit of the salt of the only slot that a passphrase opens.
        let slots = keyring[7..].chunks_exact_mut(158).take(8);
        let slot = slots.into_iter().find(|slot| slot[1] == 1).unwrap();
        slot[14] ^= 1;
        let hash = blake3::hash(&keyring);
        let mut altered = whole.to_vec();
        altered[6..38].copy_from_slice(hash.as_bytes());
        let renamed = keyring_name(&altered);
        store.put(&renamed, keyring.into(), Precondition::Absent).await.unwrap();
        serve(&store, altered.into()).await;
        let opened = Vault::open_with(store.clone(), &passphrase, &config).await;
        assert_eq!(code(opened), "wrong-passphrase");
        serve(&store, whole).await;
        Vault::open_with(store, &passphrase, &config).await.unwrap();
    });
}
