//! Links of shared directories: as text, as bytes, and as what a reader asks a store for.
#![no_main]

use std::sync::Arc;

use futures_lite::future::block_on;
use libfuzzer_sys::fuzz_target;
use sealwood::blob::MemoryStore;
use sealwood::seal::Link;
use sealwood::vault::Snapshot;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(link) = text.parse::<Link>() {
        let plain: String = text.chars().filter(|one| !one.is_whitespace()).collect();
        assert_eq!(link.to_string(), plain.to_ascii_lowercase());
    }
    let Some(bytes) = bytes.first_chunk::<{ Link::BYTES }>() else { return };
    let link = Link::from_bytes(bytes);
    assert_eq!(link.to_bytes(), *bytes);
    let shared = Snapshot::shared(Arc::new(MemoryStore::new()), &link);
    block_on(async { assert!(shared.stat("file").await.is_err()) });
});
