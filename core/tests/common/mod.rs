//! What the tests share.
#![allow(dead_code, unreachable_pub)]

pub mod limited;
#[cfg(target_os = "linux")]
pub mod small_disk;

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::TryStreamExt;
use sealwood::blob::{BlobStore, FaultyStore, MemoryStore, ObjectMeta};
use sealwood::seal::SlotSecret;
use sealwood::vault::{Credential, Durability, EntryKind, PutOptions, VaultConfig};
use sealwood::{Error, Vault};

pub type Faulty = FaultyStore<MemoryStore>;

pub fn credential() -> Credential {
    Credential::Secret(SlotSecret::from_bytes([7; 32]))
}

pub async fn create(store: Arc<dyn BlobStore>) -> Vault {
    Vault::create(store, &credential()).await.unwrap()
}

pub async fn open(store: Arc<dyn BlobStore>) -> Vault {
    Vault::open(store, &credential()).await.unwrap()
}

pub async fn memory_vault() -> (Arc<MemoryStore>, Vault) {
    let store = Arc::new(MemoryStore::new());
    (store.clone(), create(store).await)
}

pub async fn faulty_vault() -> (Arc<Faulty>, Vault) {
    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    let vault = create(store.clone()).await;
    store.clear_trace();
    (store, vault)
}

/// A session that stores extents of at most so many bytes.
pub async fn open_in_extents(store: Arc<dyn BlobStore>, bytes: u32) -> Vault {
    let config = VaultConfig::new().extent_bytes_max(bytes);
    Vault::open_with(store, &credential(), &config).await.unwrap()
}

pub fn deferred() -> PutOptions {
    PutOptions::new().durability(Durability::Deferred)
}

pub async fn put(vault: &Vault, path: &str, bytes: &[u8]) -> Result<(), Error> {
    vault.put(path, bytes.to_vec()).await.map(drop)
}

pub fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.map(|_| "ok").unwrap_or_else(|error| error.code())
}

/// Bytes that differ from one seed to the next and do not repeat.
pub fn noise(seed: u64, len: usize) -> Vec<u8> {
    let mut bytes = vec![0; len];
    let mut reader = blake3::Hasher::new();
    reader.update(&seed.to_le_bytes());
    reader.finalize_xof().fill(&mut bytes);
    bytes
}

/// Every path with its content; directories have none.
pub async fn tree(vault: &Vault) -> BTreeMap<String, Option<Vec<u8>>> {
    let snapshot = vault.snapshot().await.unwrap();
    let entries: Vec<_> = snapshot.list_recursive("").await.unwrap().try_collect().await.unwrap();
    let mut tree = BTreeMap::new();
    for entry in entries {
        let content = match entry.kind {
            EntryKind::File => Some(snapshot.get(entry.path.as_str()).await.unwrap().to_vec()),
            EntryKind::Directory => None,
        };
        assert!(tree.insert(entry.path.to_string(), content).is_none(), "listed twice");
    }
    tree
}

/// The name of the keyring that a root names, by `docs/FORMAT.md`.
pub fn keyring_name(root: &[u8]) -> String {
    let domain = blake3::derive_key("sealwood v2 keyring name", &[]);
    let name = blake3::keyed_hash(&domain, &root[6..38]).to_hex();
    format!("objects/{}", &name[..40])
}

/// The packs and extents of a vault.
pub async fn packs_and_extents(store: &dyn BlobStore) -> Vec<ObjectMeta> {
    let keyring = keyring_name(&store.get("root").await.unwrap().bytes);
    let mut objects = store.list("objects/", None, 1000).await.unwrap().objects;
    objects.retain(|object| object.key != keyring);
    objects
}
