//! One file of each size that matters: which objects it becomes.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use sealwood::blob::MemoryStore;
use sealwood::vault::{Credential, VaultConfig};
use sealwood::{CHUNKED_BYTES_MIN, EXTENT_BYTES_DEFAULT, Vault};
use serde_json::Value;

use crate::forge::{self, Extent};
use crate::input::*;
use crate::keyrings;

/// How much of a file's end is read back: without optimisation a cipher is slow.
const READ_BYTES_MAX: u64 = 1 << 20;

pub(crate) async fn fill(document: &mut Value) {
    let credential = Credential::Secret(secret(document));
    let secret = array(document, "secret");
    let clock = document["clock"].clone();
    for case in cases(document, "cases") {
        let pieces = pieces(&case["content"]);
        let config = VaultConfig::new()
            .chunk_bytes(number(case, "chunk_bytes") as u32)
            .environment(environment(&clock));
        let store = Arc::new(MemoryStore::new());
        let vault = Vault::create_with(store.clone(), &credential, &config).await.unwrap();
        let source = stream::iter(pieces.clone().into_iter().map(Ok::<_, sealwood::Error>));
        vault.put_stream("file", source).await.unwrap();
        vault.link("").await.unwrap();
        let stored = objects(&store).await;
        let key = keyrings::epoch_key(&store, &secret).await;
        check_extents(&key, case, &pieces.concat(), &stored);
        case["size"] = pieces.iter().map(Bytes::len).sum::<usize>().into();
        case["objects"] = stored;

        let vault = Vault::open(store, &credential).await.unwrap();
        let (content, size) = (pieces.concat(), number(case, "size"));
        assert_eq!(vault.stat("file").await.unwrap().size, size);
        let from = size.saturating_sub(READ_BYTES_MAX);
        let read = vault.get_range("file", from..size).await.unwrap();
        assert!(read == content[from as usize..], "{}", text(case, "name"));
    }
}

/// A writer that knows the page on the format alone makes the same extents of a content.
fn check_extents(epoch_key: &[u8; 32], case: &Value, content: &[u8], stored: &Value) {
    if content.len() < CHUNKED_BYTES_MIN {
        return;
    }
    let chunk_bytes = number(case, "chunk_bytes") as usize;
    let chunks: Vec<_> = content
        .chunks(chunk_bytes)
        .map(|chunk| (forge::chunk_address(epoch_key, chunk), chunk))
        .collect();
    for block in chunks.chunks((EXTENT_BYTES_DEFAULT as usize / chunk_bytes).min(64)) {
        let Extent { name, bytes } = forge::extent(block);
        let expected = object(&name, &bytes);
        assert!(stored.as_array().unwrap().contains(&expected), "{}: {name}", text(case, "name"));
    }
}
