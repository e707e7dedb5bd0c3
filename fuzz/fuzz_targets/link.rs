//! Links of shared directories: as bytes, and as what a reader asks a store for.
#![no_main]

use std::sync::Arc;

use futures_lite::future::block_on;
use libfuzzer_sys::fuzz_target;
use sealwood::blob::MemoryStore;
use sealwood::seal::Link;
use sealwood::vault::Snapshot;

fuzz_target!(|bytes: [u8; Link::BYTES]| {
    let link = Link::from_bytes(&bytes);
    assert_eq!(link.to_bytes(), bytes);
    let shared = Snapshot::shared(Arc::new(MemoryStore::new()), &link);
    block_on(async { assert!(shared.stat("file").await.is_err()) });
});
