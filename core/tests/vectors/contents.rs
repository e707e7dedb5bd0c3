//! One file of each size that matters: which objects it becomes.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use sealwood::blob::MemoryStore;
use sealwood::vault::{Convergence, Credential, VaultConfig};
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
            .convergence(convergence(case))
            .environment(environment(&clock));
        let store = Arc::new(MemoryStore::new());
        let vault = Vault::create_with(store.clone(), &credential, &config).await.unwrap();
        let source = stream::iter(pieces.clone().into_iter().map(Ok::<_, sealwood::Error>));
        vault.put_stream("file", source).await.unwrap();
        vault.link("").await.unwrap();
        let stored = objects(&store).await;
        let content = pieces.concat();
        let key = keyrings::epoch_key(&store, &secret).await;
        match config.convergence {
            Convergence::Vault => check_extents(None, &key, case, &content, &stored),
            Convergence::Off => check_salted_extents(&key, case, &content, &stored),
        }
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

/// The same where convergence is off. The salt is one of the first draws, by the name of the first
/// extent, and is recorded.
fn check_salted_extents(epoch_key: &[u8; 32], case: &mut Value, content: &[u8], stored: &Value) {
    if content.len() < CHUNKED_BYTES_MIN {
        return;
    }
    let chunk_bytes = number(case, "chunk_bytes") as usize;
    let block =
        content.chunks(chunk_bytes).take((EXTENT_BYTES_DEFAULT as usize / chunk_bytes).min(64));
    let block: Vec<_> = block.zip(0..).collect();
    let salts = (0..200).map(|draw| noise(draw, 16).try_into().unwrap());
    let mut salts = salts.filter(|salt: &[u8; 16]| {
        let addresses = block
            .iter()
            .flat_map(|(chunk, index)| forge::salted_address(epoch_key, salt, *index, chunk));
        let name = forge::object_name(&forge::extent_name(&addresses.collect::<Vec<_>>()));
        stored.as_array().unwrap().iter().any(|object| text(object, "name") == name)
    });
    let salt = salts.next().unwrap();
    case["salt"] = hex::encode(salt).into();
    check_extents(Some(&salt), epoch_key, case, content, stored);
}

/// A writer that knows the page on the format alone makes the same extents of a content.
fn check_extents(
    salt: Option<&[u8; 16]>,
    epoch_key: &[u8; 32],
    case: &Value,
    content: &[u8],
    stored: &Value,
) {
    if content.len() < CHUNKED_BYTES_MIN {
        return;
    }
    let chunk_bytes = number(case, "chunk_bytes") as usize;
    let chunks: Vec<_> = content
        .chunks(chunk_bytes)
        .zip(0..)
        .map(|(chunk, index)| match salt {
            None => (forge::chunk_address(epoch_key, chunk), chunk),
            Some(salt) => (forge::salted_address(epoch_key, salt, index, chunk), chunk),
        })
        .collect();
    for block in chunks.chunks((EXTENT_BYTES_DEFAULT as usize / chunk_bytes).min(64)) {
        let Extent { name, bytes } = forge::extent(block);
        let expected = object(&name, &bytes);
        assert!(stored.as_array().unwrap().contains(&expected), "{}: {name}", text(case, "name"));
    }
}
