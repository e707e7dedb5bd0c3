//! Readers that are between their steps while a flush seals what they read.

use std::sync::Arc;

use futures_lite::StreamExt;
use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::{MemoryStore, Method};
use sealwood::vault::VaultConfig;

use crate::common::*;

/// Reads of packs and extents so far.
fn object_reads(store: &Faulty) -> usize {
    let is_read = |call: &&sealwood::blob::Call| {
        call.method == Method::GetRange && call.key.starts_with("objects/")
    };
    store.trace().iter().filter(is_read).count()
}

#[test]
fn a_reader_between_its_steps_goes_on_when_what_it_reads_is_sealed() {
    block_on(async {
        let store = Arc::new(Faulty::new(MemoryStore::new()));
        let config = VaultConfig::new().chunk_bytes(128 * 1024);
        let vault = Vault::create_with(store.clone(), &credential(), &config).await.unwrap();
        // One that lies in a pack, and one of twelve chunks whose table does: these are read in
        // requests for one, two, four and five.
        for (path, size, reads) in [("packed", 90_000, 1), ("chunked", 1_500_000, 5)] {
            let content = noise(size as u64, size);
            vault.put_with(path, content.clone(), &deferred()).await.unwrap();
            let snapshot = vault.snapshot().await.unwrap();
            let (_, mut parts) = vault.get_stream(path).await.unwrap();
            let before = vault.stats().written;
            store.clear_trace();
            vault.flush().await.unwrap();
            // The unit is sealed, and its bytes are gone: the reader has to fetch it.
            let after = vault.stats().written;
            assert!(after.content_bytes > before.content_bytes, "{path}: nothing was sealed");
            let mut read = Vec::new();
            while let Some(part) = parts.next().await {
                read.extend_from_slice(&part.unwrap());
            }
            assert!(read == content, "{path}");
            assert_eq!(object_reads(&store), reads, "{path}: the reader met no sealed unit");
            assert!(snapshot.get(path).await.unwrap() == content, "{path}");
        }
    });
}
