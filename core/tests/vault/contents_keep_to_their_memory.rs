//! How much of a content is in memory while it is put or read, whatever its length; and that a slow
//! source or reader keeps no more than itself waiting.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_util::{FutureExt, StreamExt, stream};
use sealwood::blob::{BlobStore, Fault, FaultMode, FaultyStore, MemoryStore, MeteredStore, Method};
use sealwood::platform::BoxFuture;
use sealwood::vault::VaultConfig;
use sealwood::{Result, Vault};

use crate::common::*;

const CHUNK: usize = 128 * 1024;
/// Chunks of an extent.
const EXTENT: usize = 4;

async fn make(store: Arc<dyn BlobStore>) -> Vault {
    let extent = (EXTENT * CHUNK) as u32;
    let config = VaultConfig::new().chunk_bytes(CHUNK as u32).extent_bytes_max(extent);
    Vault::create_with(store, &credential(), &config).await.unwrap()
}

/// Polls `call` until it has nothing to do. Returns whether it ended.
fn run<T>(call: &mut BoxFuture<'_, T>) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    (0..200).any(|_| call.poll_unpin(&mut context).is_ready())
}

#[test]
fn a_put_whose_store_hangs_takes_three_extents_of_its_source_and_a_piece() {
    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    let vault = block_on(make(store.clone()));
    store.arm(Fault::new(FaultMode::Hang).on(Method::Put));
    let taken = AtomicUsize::new(0);
    let source = stream::iter(0..100).map(|seed| {
        taken.fetch_add(1, Ordering::SeqCst);
        Ok::<_, sealwood::Error>(Bytes::from(noise(seed, CHUNK)))
    });
    let mut call: BoxFuture<'_, _> = Box::pin(vault.put_stream("a", source));
    assert!(!run(&mut call));
    assert_eq!(taken.load(Ordering::SeqCst), 3 * EXTENT);
    let puts =
        store.trace().iter().filter(|call| call.method == Method::Put && call.struck).count();
    assert_eq!(puts, 2);
}

#[test]
fn extents_are_stored_while_their_source_waits() {
    let store = Arc::new(MemoryStore::new());
    let vault = block_on(make(store.clone()));
    let pieces = (0..EXTENT as u64 + 1).map(|seed| Ok(Bytes::from(noise(seed, CHUNK))));
    let source = stream::iter(pieces).chain(stream::pending::<Result<Bytes>>());
    let mut call: BoxFuture<'_, _> = Box::pin(vault.put_stream("a", source));
    assert!(!run(&mut call));
    let objects = block_on(packs_and_extents(&*store));
    let sizes: Vec<_> = objects.iter().map(|object| object.size).collect();
    assert_eq!(sizes, [(EXTENT * (CHUNK + 16)) as u64]);
}

#[test]
fn who_reads_a_stream_slowly_has_two_requests_ahead_at_most() {
    let store = Arc::new(MeteredStore::with_log(MemoryStore::new(), 100));
    let content = noise(1, 20 * EXTENT * CHUNK);
    block_on(async {
        let vault = make(store.clone()).await;
        put(&vault, "a", &content).await.unwrap();
    });
    let vault = block_on(open(store.clone()));
    let (_, mut parts) = block_on(vault.get_stream("a")).unwrap();
    store.reset();
    let mut given = 0;
    let mut context = Context::from_waker(Waker::noop());
    loop {
        let part = match parts.poll_next_unpin(&mut context) {
            Poll::Pending => continue,
            Poll::Ready(None) => break,
            Poll::Ready(Some(part)) => part.unwrap(),
        };
        assert!(part == content[given..given + part.len()]);
        given += part.len();
        // Whoever does not poll makes nothing of it go on, so what was asked for is all there is.
        let log = store.log();
        let reads =
            log.iter().filter(|read| read.method == Method::GetRange && read.bytes >= 10_000);
        let asked: usize = reads.map(|read| read.bytes as usize / CHUNK * CHUNK).sum();
        assert!(asked <= given + 2 * EXTENT * CHUNK, "{asked} of which {given} were given");
    }
    assert_eq!(given, content.len());
    assert_eq!(store.snapshot().calls(Method::GetRange), 1 + 2 + 20);
}
