//! What is likely to be stored already is compared before it is sent; what is new is sent at once.

use std::sync::Arc;

use futures_lite::future::block_on;
use futures_util::{Stream, stream};
use sealwood::blob::{BlobStore, MemoryStore, MeteredStore, Method, Precondition};
use sealwood::vault::{ListOptions, PutOptions, VaultConfig};
use sealwood::{Error, Vault};

use crate::common::*;

const MIB: usize = 1024 * 1024;
/// One chunk.
const CHUNK: usize = MIB;

type Metered = MeteredStore<MemoryStore>;

/// A vault with `files`, each of noise with its own seed.
fn prepared(files: &[(&str, u64, usize)]) -> Arc<Metered> {
    let store = Arc::new(Metered::with_log(MemoryStore::new(), 1000));
    let vault = block_on(create(store.clone()));
    for (path, seed, size) in files {
        block_on(put(&vault, path, &noise(*seed, *size))).unwrap();
    }
    store
}

/// Puts of chunks, comparisons, and bytes that were sent for chunks.
#[derive(Debug, PartialEq)]
struct Sent {
    chunks: usize,
    compared: u64,
}

/// What a put in a fresh session asks of the store.
fn sent(store: &Arc<Metered>, path: &str, content: &[u8]) -> Sent {
    let vault = block_on(open(store.clone()));
    store.reset();
    block_on(put(&vault, path, content)).unwrap();
    let sent = count(store);
    assert!(block_on(open_and_get(store.clone(), path)) == content);
    sent
}

fn count(store: &Metered) -> Sent {
    let chunk = |bytes: u64| bytes >= 100_000;
    let puts = store.log();
    let chunks = puts.iter().filter(|put| put.method == Method::Put && chunk(put.bytes)).count();
    Sent { chunks, compared: store.snapshot().calls(Method::Compare) }
}

async fn open_and_get(store: Arc<Metered>, path: &str) -> Vec<u8> {
    open(store).await.get(path).await.unwrap().to_vec()
}

#[test]
fn an_unchanged_file_of_40_mib_sends_no_body() {
    let content = noise(1, 40 * CHUNK);
    let store = prepared(&[("dir/large", 1, 40 * CHUNK)]);
    assert_eq!(sent(&store, "dir/large", &content), Sent { chunks: 0, compared: 40 });
    let metrics = store.reset();
    assert!(metrics.bytes_sent < 10_000, "{}", metrics.bytes_sent);

    // From a stream and in a batch as well.
    let pieces = || {
        let pieces: Vec<_> =
            content.chunks(300_000).map(|piece| Ok::<_, Error>(piece.to_vec().into())).collect();
        stream::iter(pieces)
    };
    let options = PutOptions::default;
    let vault = block_on(open(store.clone()));
    store.reset();
    block_on(vault.put_stream_with("dir/large", pieces(), &options())).unwrap();
    assert_eq!(count(&store), Sent { chunks: 0, compared: 40 });
    let vault = block_on(open(store.clone()));
    store.reset();
    let batch = vault.batch();
    block_on(batch.put_stream_with("dir/large", pieces(), &options())).unwrap();
    block_on(batch.put_with("dir/large", content.clone(), &options())).unwrap();
    block_on(batch.commit()).unwrap();
    assert_eq!(count(&store), Sent { chunks: 0, compared: 40 });
}

#[test]
fn an_unchanged_small_file_is_read_and_not_sent() {
    let store = prepared(&[("dir/packed", 1, 50_000), ("dir/other", 2, 50_000)]);
    for path in ["dir/packed", "dir/other"] {
        let content = noise(if path == "dir/packed" { 1 } else { 2 }, 50_000);
        let vault = block_on(open(store.clone()));
        store.reset();
        block_on(put(&vault, path, &content)).unwrap();
        let metrics = store.reset();
        assert!(metrics.bytes_sent < 2_000, "{metrics:?}");
        assert!(metrics.bytes_received < 60_000, "{metrics:?}");
        block_on(vault.put_stream(path, pieces_of(&content))).unwrap();
        assert!(store.reset().bytes_sent < 2_000);
        assert!(block_on(open_and_get(store.clone(), path)) == content);
    }
    // What has changed is sent, and nothing is read for it.
    let vault = block_on(open(store.clone()));
    block_on(vault.list_with("dir", &ListOptions::new().limit(10))).unwrap();
    store.reset();
    block_on(put(&vault, "dir/packed", &noise(3, 50_000))).unwrap();
    let metrics = store.reset();
    assert!(metrics.bytes_sent > 50_000 && metrics.bytes_received < 1_000, "{metrics:?}");
}

#[test]
fn a_damaged_small_file_is_sent_again_and_whole() {
    let content = noise(1, 50_000);
    for damage in ["turned", "cut", "gone"] {
        let store = prepared(&[("dir/packed", 1, 50_000)]);
        let key = &block_on(store.list("objects/", None, 10)).unwrap().objects.remove(0).key;
        let whole = block_on(store.get(key)).unwrap().bytes;
        let mut wrong = whole.to_vec();
        match damage {
            "turned" => wrong[20_000] ^= 1,
            "cut" => wrong.truncate(30_000),
            _ => block_on(store.delete(key)).unwrap(),
        }
        if damage != "gone" {
            block_on(store.put(key, wrong.into(), Precondition::None)).unwrap();
        }
        block_on(put(&block_on(open(store.clone())), "dir/packed", &content)).unwrap();
        assert!(block_on(open_and_get(store, "dir/packed")) == content, "{damage}");
    }
}

fn pieces_of(content: &[u8]) -> impl Stream<Item = sealwood::Result<bytes::Bytes>> + use<> {
    let pieces: Vec<_> = content.chunks(30_000).map(|piece| Ok(piece.to_vec().into())).collect();
    stream::iter(pieces)
}

#[test]
fn a_new_file_is_not_compared() {
    let store = prepared(&[("dir/other", 2, 3 * CHUNK), ("small", 3, 500), ("packed", 4, 5_000)]);
    for path in ["dir/new", "dir/other/not/a/directory", "small", "packed", "dir/other"] {
        let vault = block_on(open(store.clone()));
        store.reset();
        let seed = path.len() as u64 + 100;
        let _ = block_on(put(&vault, path, &noise(seed, 9 * CHUNK)));
        assert_eq!(count(&store), Sent { chunks: 9, compared: 0 }, "{path}");
    }
}

#[test]
fn a_small_file_over_a_large_one_looks_at_no_chunk() {
    let store = prepared(&[("dir/large", 1, 9 * CHUNK)]);
    assert_eq!(sent(&store, "dir/large", &noise(2, 5_000)), Sent { chunks: 0, compared: 0 });
}

#[test]
fn of_a_changed_file_only_what_changed_is_sent() {
    let store = prepared(&[("few", 1, 3 * CHUNK + 5), ("many", 2, 20 * CHUNK)]);
    // The last chunk grows.
    let mut few = noise(1, 3 * CHUNK + 5);
    few.extend_from_slice(&noise(7, CHUNK / 2));
    assert_eq!(sent(&store, "few", &few), Sent { chunks: 1, compared: 3 });
    // A chunk in the middle changes.
    let mut many = noise(2, 20 * CHUNK);
    many[7 * CHUNK + 1] ^= 1;
    assert_eq!(sent(&store, "many", &many), Sent { chunks: 1, compared: 19 });
    // The end is cut off, and then it grows beyond what it was.
    many.truncate(10 * CHUNK);
    assert_eq!(sent(&store, "many", &many), Sent { chunks: 0, compared: 10 });
    many.extend_from_slice(&noise(8, 5 * CHUNK));
    assert_eq!(sent(&store, "many", &many), Sent { chunks: 5, compared: 10 });
}

#[test]
fn looking_at_what_is_replaced_costs_at_most_the_table() {
    let store = prepared(&[("dir/few", 1, 3 * CHUNK), ("dir/many", 2, 9 * CHUNK)]);
    // Everything in nodes, so that a put has to read them.
    block_on(async { create_link(&open(store.clone()).await).await });
    let reads = |path: &str, size: usize| {
        let vault = block_on(open(store.clone()));
        store.reset();
        block_on(put(&vault, path, &noise(50, size))).unwrap();
        let reads = store.snapshot().calls(Method::GetRange);
        block_on(vault.remove(path)).unwrap();
        block_on(create_link(&vault));
        reads
    };
    let new = reads("dir/new", 3 * CHUNK);
    let few = reads("dir/few", 3 * CHUNK);
    let many = reads("dir/many", 9 * CHUNK);
    assert_eq!((few, many), (new, new + 1));
}

async fn create_link(vault: &Vault) {
    vault.link("").await.unwrap();
}

#[test]
fn an_upload_that_is_taken_up_again_compares_what_follows_a_chunk_that_was_there() {
    // Another path, or a put that was cut off: nothing says that the chunks are there.
    let content = noise(1, 20 * CHUNK);
    let store = prepared(&[("before", 1, 15 * CHUNK)]);
    let Sent { chunks, compared } = sent(&store, "again", &content);
    // Four are on their way before the first has answered, and four more when the last that was
    // there has.
    assert!((5 + 1..=5 + 4).contains(&chunks), "{chunks} chunks");
    assert!((15..=15 + 4).contains(&compared), "{compared} comparisons");
}

#[test]
fn a_session_asks_nothing_about_what_it_stored_itself() {
    let store = prepared(&[]);
    let vault = block_on(open(store.clone()));
    let content = noise(1, 9 * CHUNK);
    block_on(put(&vault, "a", &content)).unwrap();
    store.reset();
    block_on(put(&vault, "a", &content)).unwrap();
    block_on(put(&vault, "b", &content)).unwrap();
    assert_eq!(count(&store), Sent { chunks: 0, compared: 0 });
}

#[test]
fn a_vault_of_another_chunk_size_is_put_all_the_same() {
    let store = Arc::new(Metered::with_log(MemoryStore::new(), 1000));
    let config = VaultConfig::new().chunk_bytes(128 * 1024);
    let vault = block_on(Vault::create_with(store.clone(), &credential(), &config)).unwrap();
    let content = noise(1, 20 * 128 * 1024);
    block_on(put(&vault, "a", &content)).unwrap();
    assert_eq!(sent(&store, "a", &content), Sent { chunks: 0, compared: 20 });
}
