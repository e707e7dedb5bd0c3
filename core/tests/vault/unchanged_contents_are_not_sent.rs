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

/// What was asked of the store about extents.
#[derive(Debug, Default, PartialEq)]
struct Sent {
    extents: usize,
    /// The bytes of these.
    bytes: u64,
    compared: u64,
    /// Requests for chunks, and the bytes that came.
    reads: usize,
    read_bytes: u64,
}

const NOTHING: Sent = Sent { extents: 0, bytes: 0, compared: 0, reads: 0, read_bytes: 0 };

/// A chunk and its seal.
const SEALED: u64 = CHUNK as u64 + 16;

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
    let (log, compared) = (store.log(), store.snapshot().calls(Method::Compare));
    let large = |method| log.iter().filter(move |it| it.method == method && it.bytes >= 100_000);
    let (puts, reads) = (large(Method::Put), large(Method::GetRange));
    Sent {
        extents: puts.clone().count(),
        bytes: puts.map(|put| put.bytes).sum(),
        compared,
        reads: reads.clone().count(),
        read_bytes: reads.map(|read| read.bytes).sum(),
    }
}

async fn open_and_get(store: Arc<Metered>, path: &str) -> Vec<u8> {
    open(store).await.get(path).await.unwrap().to_vec()
}

#[test]
fn an_unchanged_file_of_40_mib_sends_no_body() {
    // Sixteen chunks in an extent.
    let unchanged = || Sent { compared: 3, ..NOTHING };
    let content = noise(1, 40 * CHUNK);
    let store = prepared(&[("dir/large", 1, 40 * CHUNK)]);
    assert_eq!(sent(&store, "dir/large", &content), unchanged());
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
    assert_eq!(count(&store), unchanged());
    let vault = block_on(open(store.clone()));
    store.reset();
    let batch = vault.batch();
    block_on(batch.put_stream_with("dir/large", pieces(), &options())).unwrap();
    block_on(batch.put_with("dir/large", content.clone(), &options())).unwrap();
    block_on(batch.commit()).unwrap();
    assert_eq!(count(&store), unchanged());
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
        let key = &block_on(packs_and_extents(&*store)).remove(0).key;
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
        let all = Sent { extents: 1, bytes: 9 * SEALED, ..NOTHING };
        assert_eq!(count(&store), all, "{path}");
    }
}

#[test]
fn a_small_file_over_a_large_one_looks_at_no_extent() {
    let store = prepared(&[("dir/large", 1, 9 * CHUNK)]);
    assert_eq!(sent(&store, "dir/large", &noise(2, 5_000)), NOTHING);
}

/// What is kept of a block that has changed is read: nobody else knows that it is there, and whole.
#[test]
fn of_a_changed_file_only_what_changed_is_sent() {
    let store = prepared(&[("few", 1, 3 * CHUNK + 5), ("many", 2, 20 * CHUNK)]);
    // The last chunk grows: 524,293 bytes, which are padded.
    let mut few = noise(1, 3 * CHUNK + 5);
    few.extend_from_slice(&noise(7, CHUNK / 2));
    let grown =
        Sent { extents: 1, bytes: 540_672 + 16, compared: 0, reads: 1, read_bytes: 3 * SEALED };
    assert_eq!(sent(&store, "few", &few), grown);
    // A chunk in the middle of the first block changes; the second is as it was.
    let mut many = noise(2, 20 * CHUNK);
    many[7 * CHUNK + 1] ^= 1;
    let one = Sent { extents: 1, bytes: SEALED, compared: 1, reads: 2, read_bytes: 15 * SEALED };
    assert_eq!(sent(&store, "many", &many), one);
    // The end is cut off, and then it grows beyond what it was.
    many.truncate(10 * CHUNK);
    let none = Sent { reads: 3, read_bytes: 10 * SEALED, ..NOTHING };
    assert_eq!(sent(&store, "many", &many), none);
    many.extend_from_slice(&noise(8, 5 * CHUNK));
    let five = Sent { extents: 1, bytes: 5 * SEALED, ..none };
    assert_eq!(sent(&store, "many", &many), five);
    // Of two chunks in three only the last is left: the block is sent whole.
    many[..10 * CHUNK].copy_from_slice(&noise(9, 10 * CHUNK));
    let all = Sent { extents: 1, bytes: 15 * SEALED, ..NOTHING };
    assert_eq!(sent(&store, "many", &many), all);
}

#[test]
fn a_changed_byte_of_100_mib_sends_one_chunk() {
    let content = noise(1, 100 * CHUNK);
    let store = prepared(&[]);
    let vault = block_on(open(store.clone()));
    store.reset();
    block_on(put(&vault, "film", &content)).unwrap();
    assert_eq!(count(&store), Sent { extents: 7, bytes: 100 * SEALED, ..NOTHING });
    // By the session that stored it, which knows what is there.
    let mut changed = content;
    changed[50 * CHUNK + 77] ^= 1;
    store.reset();
    block_on(put(&vault, "film", &changed)).unwrap();
    assert_eq!(count(&store), Sent { extents: 1, bytes: SEALED, ..NOTHING });
    let metrics = store.reset();
    assert_eq!(metrics.calls(Method::Put), 3, "the extent, the table, the root");
    assert!(metrics.bytes_sent < SEALED + 10_000, "{metrics:?}");
    assert!(block_on(open_and_get(store.clone(), "film")) == changed);
    // By another: extents that are as they were are compared; what is kept in the blocks of the two
    // changes is read.
    changed[80 * CHUNK + 77] ^= 1;
    let one = Sent { extents: 1, bytes: SEALED, compared: 5, reads: 4, read_bytes: 31 * SEALED };
    assert_eq!(sent(&store, "film", &changed), one);
}

/// Each change of a block adds a piece or two to what is read, until the block is stored anew.
#[test]
fn a_block_of_many_changes_is_stored_anew() {
    const CHUNK: usize = 128 * 1024;
    let store = Arc::new(Metered::with_log(MemoryStore::new(), 1000));
    let config = VaultConfig::new().chunk_bytes(CHUNK as u32);
    let vault = block_on(Vault::create_with(store.clone(), &credential(), &config)).unwrap();
    let mut content = noise(1, 16 * CHUNK);
    block_on(put(&vault, "a", &content)).unwrap();
    let mut bytes = Vec::new();
    for at in [2, 5, 8, 11, 14] {
        content[at * CHUNK] ^= 1;
        store.reset();
        block_on(put(&vault, "a", &content)).unwrap();
        bytes.push(count(&store).bytes);
        let cold = block_on(open(store.clone()));
        store.reset();
        assert!(block_on(cold.get("a")).unwrap() == content);
        assert!(count(&store).reads <= 8);
    }
    let chunk = CHUNK as u64 + 16;
    assert_eq!(bytes, [chunk, chunk, chunk, 16 * chunk, chunk]);
}

/// The same extents are the same objects, whichever file or session they are of.
#[test]
fn equal_extents_are_stored_once() {
    let store = prepared(&[]);
    // Blocks of a file that are equal.
    let block = noise(1, 16 * CHUNK);
    let vault = block_on(open(store.clone()));
    store.reset();
    block_on(put(&vault, "a", &block.repeat(3))).unwrap();
    let once = Sent { extents: 1, bytes: 16 * SEALED, ..NOTHING };
    let before = block_on(store.list("objects/", None, 100)).unwrap().objects.len();
    assert!(count(&store).extents <= 2, "two are on their way before one has answered");
    // A file that begins as another does, in another session.
    let longer = [&block[..], &noise(2, 16 * CHUNK)].concat();
    let vault = block_on(open(store.clone()));
    block_on(put(&vault, "b", &longer)).unwrap();
    let objects = block_on(store.list("objects/", None, 100)).unwrap().objects;
    assert_eq!(objects.iter().filter(|object| object.size == once.bytes).count(), 2);
    assert!(objects.len() <= before + 2, "an extent, and a pack at most");
    // A whole copy.
    block_on(put(&block_on(open(store.clone())), "c", &longer)).unwrap();
    let again = block_on(store.list("objects/", None, 100)).unwrap().objects;
    assert_eq!(again.iter().filter(|object| object.size == once.bytes).count(), 2);
    for (path, content) in [("a", block.repeat(3)), ("b", longer.clone()), ("c", longer)] {
        assert!(block_on(open_and_get(store.clone(), path)) == content, "{path}");
    }
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
fn an_upload_that_is_taken_up_again_compares_what_follows_an_extent_that_was_there() {
    // Another path, or a put that was cut off: nothing says that the extents are there. Four chunks
    // of 128 KiB in each.
    const EXTENT: usize = 512 * 1024;
    let content = noise(1, 20 * EXTENT);
    let store = Arc::new(Metered::with_log(MemoryStore::new(), 1000));
    let config = VaultConfig::new().chunk_bytes(128 * 1024).extent_bytes_max(EXTENT as u32);
    let vault = block_on(Vault::create_with(store.clone(), &credential(), &config)).unwrap();
    block_on(put(&vault, "before", &content[..15 * EXTENT])).unwrap();
    let vault = block_on(Vault::open_with(store.clone(), &credential(), &config)).unwrap();
    store.reset();
    block_on(put(&vault, "again", &content)).unwrap();
    let Sent { extents, compared, .. } = count(&store);
    // Two are on their way before the first has answered, and two more when the last that was there
    // has.
    assert!((5 + 1..=5 + 2).contains(&extents), "{extents} extents");
    assert!((15..=15 + 2).contains(&compared), "{compared} comparisons");
    assert!(block_on(open_and_get(store.clone(), "again")) == content);
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
    assert_eq!(count(&store), NOTHING);
}

#[test]
fn a_vault_of_another_chunk_size_is_put_all_the_same() {
    let store = Arc::new(Metered::with_log(MemoryStore::new(), 1000));
    let config = VaultConfig::new().chunk_bytes(128 * 1024);
    let vault = block_on(Vault::create_with(store.clone(), &credential(), &config)).unwrap();
    let content = noise(1, 20 * 128 * 1024);
    block_on(put(&vault, "a", &content)).unwrap();
    assert_eq!(sent(&store, "a", &content), Sent { compared: 1, ..NOTHING });
}
