//! What reads may cost in requests, in bytes and in round trips, counted exactly.

use std::collections::HashSet;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use futures_lite::future::block_on;
use futures_util::future::try_join_all;
use futures_util::{StreamExt, TryStreamExt};
use sealwood::blob::{BlobStore, MemoryStore, MeteredStore, Method};
use sealwood::forward;
use sealwood::platform::BoxFuture;
use sealwood::vault::{EntryKind, ListOptions, VaultConfig};
use sealwood::{Result, Vault};

use crate::common::{credential, deferred, noise, open};

/// The most requests that one call has on their way.
const AT_A_TIME: usize = 16;
const PAGE: ListOptions = ListOptions::new().limit(10_000);

/// A store that remembers which ranges were read and how many reads were on their way at once.
#[derive(Default)]
struct Watched {
    inner: MemoryStore,
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    ranges: Vec<(String, u64, u64)>,
    under_way: usize,
    under_way_max: usize,
}

impl BlobStore for Watched {
    fn get_range<'a>(&'a self, key: &'a str, at: u64, len: u64) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            {
                let mut seen = self.seen.lock().unwrap();
                seen.ranges.push((key.to_owned(), at, len));
                seen.under_way += 1;
                seen.under_way_max = seen.under_way_max.max(seen.under_way);
            }
            let mut turns = 0;
            poll_fn(|context| {
                turns += 1;
                context.waker().wake_by_ref();
                if turns > 2 { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            self.seen.lock().unwrap().under_way -= 1;
            self.inner.get_range(key, at, len).await
        })
    }

    forward!(inner: get_with, put_with, delete, list, head, confirms_puts, flush, needs_flush);
}

type Store = MeteredStore<Watched>;

async fn fresh() -> (Arc<Store>, Vault) {
    let store = Arc::new(MeteredStore::new(Watched::default()));
    let vault = Vault::create(store.clone(), &credential()).await.unwrap();
    (store, vault)
}

/// A new session whose counts start at nothing.
async fn cold(store: &Arc<Store>) -> Vault {
    let vault = open(store.clone()).await;
    store.reset();
    *store.inner().seen.lock().unwrap() = Seen::default();
    vault
}

/// One directory of so many files, committed `per_flush` at a time and all in nodes.
async fn directory(files: usize, bytes: usize, per_flush: usize) -> Arc<Store> {
    let (store, vault) = fresh().await;
    for first in (0..files).step_by(per_flush) {
        for file in first..files.min(first + per_flush) {
            vault.put_with(&name(file), noise(file as u64, bytes), &deferred()).await.unwrap();
        }
        vault.flush().await.unwrap();
    }
    vault.link("").await.unwrap();
    store
}

fn name(file: usize) -> String {
    format!("photos/IMG_{file:07}.jpg")
}

#[test]
fn a_listing_of_ten_thousand_entries_is_few_requests_in_few_rounds() {
    block_on(async {
        for (bytes, per_flush) in [(64, 10_000), (1_100, 2_500)] {
            let store = directory(10_000, bytes, per_flush).await;
            let vault = cold(&store).await;
            assert_eq!(vault.list_with("photos", &PAGE).await.unwrap().entries.len(), 10_000);
            let metrics = store.reset();
            assert!(metrics.requests() <= 60, "{metrics:?}");
            assert!(metrics.serial_depth <= 12, "{metrics:?}");

            let vault = cold(&store).await;
            let entries = vault.list_stream("photos", None).await.unwrap();
            assert_eq!(entries.try_fold(0, async |sum, _| Ok(sum + 1)).await.unwrap(), 10_000);
            let metrics = store.reset();
            assert!(metrics.requests() <= 60 && metrics.serial_depth <= 12, "{metrics:?}");
        }
    });
}

#[test]
fn a_cold_look_up_reads_the_nodes_on_its_way_alone() {
    block_on(async {
        let store = directory(10_000, 64, 10_000).await;
        for file in [3, 4_711, 9_999] {
            let vault = cold(&store).await;
            vault.get(&name(file)).await.unwrap();
            let metrics = store.reset();
            assert!(metrics.requests() <= 5, "{metrics:?}");
            assert!(metrics.bytes_received <= 8_192, "{metrics:?}");
        }
    });
}

#[test]
fn five_hundred_files_of_one_pack_are_few_requests_however_they_are_read() {
    block_on(async {
        let store = directory(500, 8_000, 500).await;
        let check = |file: usize, bytes: Bytes| assert!(bytes == noise(file as u64, 8_000));

        let vault = cold(&store).await;
        for file in 0..500 {
            check(file, vault.get(&name(file)).await.unwrap());
        }
        let metrics = store.reset();
        assert!(metrics.requests() <= 30, "by name: {metrics:?}");

        let vault = cold(&store).await;
        for file in (0..500).map(|file| file * 177 % 500) {
            check(file, vault.get(&name(file)).await.unwrap());
        }
        let metrics = store.reset();
        assert!(metrics.requests() <= 30, "in no order: {metrics:?}");

        let vault = cold(&store).await;
        let mut work = futures_util::stream::iter((0..500).map(|file| {
            let (vault, name) = (vault.clone(), name(file));
            async move { (file, vault.get(&name).await.unwrap()) }
        }))
        .buffer_unordered(8);
        while let Some((file, bytes)) = work.next().await {
            check(file, bytes);
        }
        let metrics = store.reset();
        assert!(metrics.requests() <= 30, "eight at a time: {metrics:?}");

        let vault = cold(&store).await;
        let files = vault.get_recursive("photos").await.unwrap();
        assert_eq!(
            files
                .try_fold(0, async |sum, (_, content)| {
                    Ok(sum + content.try_collect::<BytesMut>().await?.len())
                })
                .await
                .unwrap(),
            500 * 8_000
        );
        let metrics = store.reset();
        assert!(metrics.requests() <= 10, "together: {metrics:?}");
    });
}

#[test]
fn a_tree_of_many_small_folders_is_read_in_few_requests() {
    const FOLDERS: usize = 1_000;
    block_on(async {
        let (store, vault) = fresh().await;
        let path = |file: usize| format!("top/{:03}/file-{file}", file / 10);
        for file in 0..10 * FOLDERS {
            vault.put_with(&path(file), noise(file as u64, 1_500), &deferred()).await.unwrap();
            if file % 2_500 == 2_499 {
                vault.flush().await.unwrap();
            }
        }
        vault.link("").await.unwrap();

        let vault = cold(&store).await;
        let listing = vault.list_recursive("").await.unwrap();
        let entries: Vec<_> = listing.try_collect().await.unwrap();
        assert_eq!(entries.len(), 11 * FOLDERS + 1);
        let mut open = HashSet::from([String::new()]);
        for entry in &entries {
            let parent = entry.path.parent().unwrap();
            assert!(open.contains(parent.as_str()), "{} before its directory", entry.path);
            if entry.kind == EntryKind::Directory {
                open.insert(entry.path.to_string());
            }
        }
        let metrics = store.reset();
        assert!(metrics.requests() <= 60 && metrics.serial_depth <= 12, "{metrics:?}");
        assert!(store.inner().seen.lock().unwrap().under_way_max <= AT_A_TIME);

        let vault = cold(&store).await;
        let files = vault.get_recursive("top").await.unwrap();
        let read = files.map_ok(async |(entry, content)| {
            let bytes = content.try_collect::<BytesMut>().await?;
            if entry.kind == EntryKind::File {
                let file: u64 = entry.name().strip_prefix("file-").unwrap().parse().unwrap();
                assert!(bytes == noise(file, 1_500), "{}", entry.path);
            }
            Ok(entry.path)
        });
        let read: HashSet<_> = read.try_buffer_unordered(8).try_collect().await.unwrap();
        assert_eq!(read.len(), 11 * FOLDERS);
        let metrics = store.reset();
        assert!(metrics.requests() <= 100, "{metrics:?}");
        assert!(store.inner().seen.lock().unwrap().under_way_max <= AT_A_TIME + 8);

        // Somebody who knows nothing of it and takes one file after the other.
        let vault = cold(&store).await;
        for entry in entries.iter().filter(|entry| entry.kind == EntryKind::File) {
            vault.get(entry.path.as_str()).await.unwrap();
        }
        let metrics = store.reset();
        assert!(metrics.requests() <= 400, "{metrics:?}");
    });
}

#[test]
fn a_tail_reads_each_node_once_and_few_at_a_time() {
    block_on(async {
        let (store, vault) = fresh().await;
        for file in 0..3_000 {
            vault.put_with(&name(file), vec![1; 64], &deferred()).await.unwrap();
        }
        vault.link("").await.unwrap();
        for file in (0..3_000).step_by(7) {
            let vault = vault.clone();
            vault.put_with(&name(file), vec![2; 8], &deferred()).await.unwrap();
        }
        vault.flush().await.unwrap();

        let vault = cold(&store).await;
        let operations = vault.stats().tail_operations;
        assert!(operations >= 400, "{operations} operations in the tail");
        assert_eq!(vault.list_with("photos", &PAGE).await.unwrap().entries.len(), 3_000);
        let seen = store.inner().seen.lock().unwrap();
        let distinct: HashSet<_> = seen.ranges.iter().collect();
        assert_eq!(distinct.len(), seen.ranges.len(), "a range was read twice");
        assert!(seen.under_way_max <= AT_A_TIME, "{}", seen.under_way_max);
        assert!(seen.ranges.len() <= 20, "{} requests", seen.ranges.len());
    });
}

/// Chunks of 128 KiB, 64 of which make an extent; a file of two and a half extents.
#[test]
fn a_range_of_many_chunks_is_one_request_for_each_extent() {
    const CHUNK: u64 = 128 * 1024;
    const SIZE: u64 = 160 * CHUNK - 7;
    block_on(async {
        let store = Arc::new(MeteredStore::new(Watched::default()));
        let config = VaultConfig::new().chunk_bytes(CHUNK as u32);
        let vault = Vault::create_with(store.clone(), &credential(), &config).await.unwrap();
        let content = noise(1, SIZE as usize);
        vault.put("film", content.clone()).await.unwrap();
        vault.link("").await.unwrap();
        for (range, chunks, requests) in [
            (0..SIZE, 160, 3),
            (0..64 * CHUNK, 64, 1),
            (CHUNK + 1..64 * CHUNK - 1, 63, 1),
            (63 * CHUNK..64 * CHUNK + 1, 2, 2),
            (50 * CHUNK..150 * CHUNK, 100, 3),
            (159 * CHUNK + 5..SIZE, 1, 1),
            (5 * CHUNK..5 * CHUNK, 0, 0),
            (SIZE..SIZE, 0, 0),
        ] {
            let vault = cold(&store).await;
            // The node and the table.
            vault.get_range("film", 0..1).await.unwrap();
            let one = store.reset().bytes_received;
            let vault = cold(&store).await;
            assert!(
                vault.get_range("film", range.clone()).await.unwrap()
                    == content[range.start as usize..range.end as usize]
            );
            let received = store.reset().bytes_received;
            let ranges = std::mem::take(&mut *store.inner().seen.lock().unwrap()).ranges;
            let large = ranges.iter().filter(|range| range.2 > 16_000).count();
            assert_eq!(large, requests, "{range:?}: {ranges:?}");
            let last = if range.end > 159 * CHUNK { 7 } else { 0 };
            let sealed = if chunks > 0 { chunks * (CHUNK + 16) - last } else { 0 };
            let index = one - (CHUNK + 16);
            assert!(received == sealed + index || chunks == 0, "{range:?}: {received}");
        }
        // A stream asks for one chunk, then for two, then for four, and so on, so that it begins
        // soon, and never across the end of an extent.
        let vault = cold(&store).await;
        let (_, parts) = vault.get_stream("film").await.unwrap();
        assert!(parts.try_collect::<BytesMut>().await.unwrap() == content);
        let ranges = std::mem::take(&mut *store.inner().seen.lock().unwrap()).ranges;
        let chunks: Vec<_> =
            ranges.iter().map(|range| range.2 / CHUNK).filter(|it| *it > 0).collect();
        assert_eq!(chunks, [1, 2, 4, 8, 16, 32, 1, 64, 32]);
    });
}

#[test]
fn many_who_read_one_file_read_it_once() {
    block_on(async {
        let store = directory(3, 5_000, 3).await;
        let vault = cold(&store).await;
        let name = name(1);
        let reads = (0..50).map(|_| vault.get(&name));
        try_join_all(reads).await.unwrap();
        let metrics = store.reset();
        assert!(metrics.calls(Method::GetRange) <= 3, "{metrics:?}");
    });
}

#[test]
fn a_thousand_directories_deep_is_a_thousand_nodes_and_fewer_requests() {
    block_on(async {
        let (store, vault) = fresh().await;
        let path = format!("{}file", "a/".repeat(1_000));
        vault.put_with(&path, b"deep".to_vec(), &deferred()).await.unwrap();
        vault.link("").await.unwrap();
        let vault = cold(&store).await;
        assert_eq!(vault.get(&path).await.unwrap(), b"deep"[..]);
        let metrics = store.reset();
        assert!(metrics.requests() <= 30, "{metrics:?}");
    });
}
