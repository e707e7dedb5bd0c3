//! A store that keeps every root it ever held, and shows whichever it wants to.

use std::sync::Arc;

use bytes::Bytes;
use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore, Precondition};

use crate::common::*;

/// The store, and what it has kept. All other objects stay where they are.
pub(crate) struct Lying {
    pub(crate) store: Arc<MemoryStore>,
}

impl Lying {
    /// One with a new vault in it.
    pub(crate) async fn new() -> (Self, Vault) {
        let (store, vault) = memory_vault().await;
        (Self { store }, vault)
    }

    /// The root it shows now.
    pub(crate) async fn root(&self) -> Bytes {
        self.store.get("root").await.unwrap().bytes
    }

    /// Shows another one from now on.
    pub(crate) async fn show(&self, root: &Bytes) {
        self.store.put("root", root.clone(), Precondition::None).await.unwrap();
    }

    /// Another session, shown this root when it begins.
    pub(crate) async fn session(&self, root: &Bytes) -> Vault {
        self.show(root).await;
        open(self.store.clone()).await
    }
}

/// Commits so many files, each by itself.
pub(crate) async fn commit(vault: &Vault, name: &str, commits: usize) {
    for number in 0..commits {
        put(vault, &format!("{name} {number}"), b"committed").await.unwrap();
    }
}

/// A session that is told `expected` of what the store shows, goes on reading what it accepted, and
/// commits nothing on what it refused.
pub(crate) async fn refuses(vault: &Vault, reads: &str, expected: &str) {
    assert_eq!(code(vault.refresh().await), expected);
    assert_eq!(code(put(vault, "not this way", b"1").await), expected);
    assert_eq!(code(vault.get(reads).await), "ok");
    assert_eq!(code(vault.get("not this way").await), "not-found");
}
