//! What a session keeps in memory shows in no object: one that loads every node anew writes the
//! same bytes as one that forgets nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore};
use sealwood::platform::{Clock, Entropy, Environment, NoEntropy};
use sealwood::vault::VaultConfig;

use crate::common::*;

/// The time and the randomness of a run: counted, so that two runs have the same.
#[derive(Default)]
struct Counted(AtomicU64);

impl Counted {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }
}

impl Entropy for Counted {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy> {
        buffer.copy_from_slice(&noise(self.next(), buffer.len()));
        Ok(())
    }
}

impl Clock for Counted {
    fn now_ms(&self) -> u64 {
        self.next()
    }
}

/// Every object after some rounds of changes in a few directories.
async fn objects(memory_budget_bytes: usize) -> Vec<(String, Bytes)> {
    let store = Arc::new(MemoryStore::new());
    let environment =
        Environment { clock: Arc::<Counted>::default(), entropy: Arc::<Counted>::default() };
    let config =
        VaultConfig::new().memory_budget_bytes(memory_budget_bytes).environment(environment);
    let vault = Vault::create_with(store.clone(), &credential(), &config).await.unwrap();
    for round in 0..3 {
        for directory in ["d", "b", "c", "a"] {
            let path = format!("{directory}/{round}");
            vault.put_with(&path, noise(round, 2_000), &deferred()).await.unwrap();
        }
        vault.link("").await.unwrap();
    }
    let mut found = Vec::new();
    for meta in store.list("", None, 1000).await.unwrap().objects {
        let bytes = store.get(&meta.key).await.unwrap().bytes;
        found.push((meta.key, bytes));
    }
    found
}

#[test]
fn forgetful_sessions_write_the_same_objects() {
    let (kept, forgotten) = (block_on(objects(64 << 20)), block_on(objects(0)));
    assert!(kept.len() >= 4);
    assert!(kept == forgotten, "objects differ by what was in memory");
}
