//! Whatever a caller does with a future (polls it once and leaves it, drops it, goes on with it
//! from another thread), no other call waits for it.
//!
//! Every call is polled up to each of its awaits and left there; every other call runs to its end
//! beside it. That a call waits for one that is left shows at once: it is pending, and nobody woke
//! it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_util::{TryStreamExt, stream};
use sealwood::blob::{
    BlobStore, ETag, MemoryStore, Object, ObjectMeta, ObjectPage, Precondition, StoreGetOptions,
    StorePutOptions,
};
use sealwood::platform::BoxFuture;
use sealwood::vault::{Metadata, ReadOptions, VaultConfig};
use sealwood::{Error, Result, Vault};

use crate::common::*;

/// A store that lets every call wait for some polls before it takes effect, and for as many before
/// its answer arrives. It keeps what it acknowledged in memory, and does not say what it received.
struct Gated {
    store: MemoryStore,
    polls: usize,
    roots: AtomicUsize,
}

impl Gated {
    fn new(store: MemoryStore, polls: usize) -> Self {
        Self { store, polls, roots: AtomicUsize::new(0) }
    }

    fn around<'a, T: Send + 'a>(&self, request: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        let polls = self.polls;
        let wait = async move || {
            for _ in 0..polls {
                futures_lite::future::yield_now().await;
            }
        };
        Box::pin(async move {
            wait().await;
            let answer = request.await;
            wait().await;
            answer
        })
    }
}

impl BlobStore for Gated {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        self.around(self.store.get_with(key, options))
    }

    fn get_range<'a>(&'a self, key: &'a str, at: u64, len: u64) -> BoxFuture<'a, Result<Bytes>> {
        self.around(self.store.get_range(key, at, len))
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        self.roots.fetch_add(usize::from(key == "root"), Ordering::SeqCst);
        self.around(self.store.put_with(key, bytes, options))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        self.around(self.store.delete(key))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        self.around(self.store.list(prefix, start_after, limit))
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        self.around(self.store.head(key))
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        self.around(self.store.flush())
    }

    fn needs_flush(&self) -> bool {
        true
    }
}

/// Every call that may wait. Each keeps to files and directories of its own side.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Call {
    Put,
    PutPacked,
    PutChunked,
    PutOver,
    PutDeferred,
    PutStream,
    MakeDirectory,
    Remove,
    RemoveAll,
    Rename,
    Copy,
    SetMetadata,
    Batch,
    Flush,
    Refresh,
    Link,
    Stat,
    Exists,
    Get,
    GetRange,
    GetWith,
    GetStream,
    List,
    ListStream,
    ListRecursive,
    SnapshotReads,
    Close,
}

const CALLS: [Call; 27] = [
    Call::Put,
    Call::PutPacked,
    Call::PutChunked,
    Call::PutOver,
    Call::PutDeferred,
    Call::PutStream,
    Call::MakeDirectory,
    Call::Remove,
    Call::RemoveAll,
    Call::Rename,
    Call::Copy,
    Call::SetMetadata,
    Call::Batch,
    Call::Flush,
    Call::Refresh,
    Call::Link,
    Call::Stat,
    Call::Exists,
    Call::Get,
    Call::GetRange,
    Call::GetWith,
    Call::GetStream,
    Call::List,
    Call::ListStream,
    Call::ListRecursive,
    Call::SnapshotReads,
    Call::Close,
];

/// Where the reads begin.
const FIRST_READ: usize = 16;

type Running = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

impl Call {
    fn start(self, vault: &Vault, side: &'static str) -> Running {
        let vault = vault.clone();
        Box::pin(async move { self.run(&vault, side).await })
    }

    async fn run(self, vault: &Vault, side: &str) -> Result<()> {
        let at = |name: &str| format!("{side}/{name}");
        match self {
            Call::Put => put(vault, &at("new"), &noise(1, 300)).await,
            Call::PutPacked => put(vault, &at("new"), &noise(1, 3_000)).await,
            Call::PutChunked => put(vault, &at("new"), &noise(1, 140_000)).await,
            Call::PutOver => put(vault, &at("f3"), &noise(1, 2_000)).await,
            Call::PutDeferred => {
                vault.put_with(&at("new"), noise(1, 2_000), &deferred()).await.map(drop)
            }
            Call::PutStream => {
                let pieces = [noise(1, 2_000), noise(2, 500)];
                let pieces = stream::iter(pieces.map(|piece| Ok::<_, Error>(piece.into())));
                vault.put_stream(&at("new"), pieces).await.map(drop)
            }
            Call::MakeDirectory => vault.mkdir(&at("new")).await,
            Call::Remove => vault.remove(&at("f3")).await,
            Call::RemoveAll => vault.remove_all(&at("d")).await,
            Call::Rename => vault.rename(&at("f3"), &at("new")).await,
            Call::Copy => vault.copy(&at("f3"), &at("new")).await,
            Call::SetMetadata => {
                let metadata = Metadata::new().content_type("a/b");
                vault.set_metadata(&at("f3"), &metadata).await
            }
            Call::Batch => {
                let batch = vault.batch();
                batch.put(&at("new"), noise(1, 140_000)).await?;
                batch.rename(at("f3"), at("moved"))?;
                batch.commit().await
            }
            Call::Flush => vault.flush().await,
            Call::Refresh => vault.refresh().await,
            Call::Link => vault.link(side).await.map(drop),
            Call::Stat => vault.stat(&at("f1")).await.map(drop),
            Call::Exists => vault.exists(&at("f1")).await.map(drop),
            Call::Get => vault.get(&at("f1")).await.map(drop),
            Call::GetRange => vault.get_range(&at("f1"), 5..10).await.map(drop),
            Call::GetWith => vault.get_with(&at("f1"), &ReadOptions::new()).await.map(drop),
            Call::GetStream => {
                let (_, parts) = vault.get_stream(&at("f1")).await?;
                parts.try_collect::<Vec<_>>().await.map(drop)
            }
            Call::List => vault.list(side).await.map(drop),
            Call::ListStream => {
                vault.list_stream(side, None).await?.try_collect::<Vec<_>>().await.map(drop)
            }
            Call::ListRecursive => {
                vault.list_recursive(side).await?.try_collect::<Vec<_>>().await.map(drop)
            }
            Call::SnapshotReads => {
                let snapshot = vault.snapshot().await?;
                snapshot.stat(&at("f2")).await?;
                snapshot.get(&at("f2")).await?;
                snapshot.list(side).await.map(drop)
            }
            Call::Close => vault.close().await,
        }
    }

    /// Whether what the call acknowledged is there. A read acknowledges nothing.
    async fn holds(self, vault: &Vault, side: &str) -> bool {
        let at = |name: &str| format!("{side}/{name}");
        let holds =
            async |name: &str, seed, len| vault.get(&at(name)).await.unwrap() == noise(seed, len);
        match self {
            Call::Put => holds("new", 1, 300).await,
            Call::PutPacked => holds("new", 1, 3_000).await,
            Call::PutChunked => holds("new", 1, 140_000).await,
            Call::PutOver => holds("f3", 1, 2_000).await,
            Call::PutDeferred => holds("new", 1, 2_000).await,
            Call::PutStream => vault.stat(&at("new")).await.unwrap().size == 2_500,
            Call::MakeDirectory => vault.exists(&at("new")).await.unwrap(),
            Call::Remove => !vault.exists(&at("f3")).await.unwrap(),
            Call::RemoveAll => !vault.exists(&at("d")).await.unwrap(),
            Call::Rename => holds("new", 3, 1_500).await && !vault.exists(&at("f3")).await.unwrap(),
            Call::Copy => holds("new", 3, 1_500).await && holds("f3", 3, 1_500).await,
            Call::SetMetadata => vault.stat(&at("f3")).await.unwrap().content_type.is_some(),
            Call::Batch => holds("new", 1, 140_000).await && holds("moved", 3, 1_500).await,
            _ => true,
        }
    }
}

/// Whether somebody woke the call.
#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Polls a call up to `polls` times; returns its outcome if it ended.
fn advance(call: &mut Running, polls: usize, at: &str) -> Option<Result<()>> {
    let woken = Arc::<Woken>::default();
    let waker = Waker::from(Arc::clone(&woken));
    for _ in 0..polls {
        if let Poll::Ready(outcome) = call.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(outcome);
        }
        assert!(woken.0.swap(false, Ordering::SeqCst), "{at}: waits for a call that was left");
    }
    None
}

fn finish(mut call: Running, at: &str) -> Result<()> {
    const POLLS_MAX: usize = 2_000;
    advance(&mut call, POLLS_MAX, at).unwrap_or_else(|| panic!("{at}: does not end"))
}

/// The objects of a vault with two sides of the same shape, whose nodes are stored and whose tail
/// touches both.
fn prepared() -> Vec<(String, Bytes)> {
    block_on(async {
        let (store, vault) = memory_vault().await;
        for side in ["a", "b"] {
            for number in 0..6 {
                let path = format!("{side}/f{number}");
                vault.put_with(&path, noise(number, 1_500), &deferred()).await.unwrap();
                let path = format!("{side}/d/{number}");
                vault.put_with(&path, noise(number, 20), &deferred()).await.unwrap();
            }
        }
        vault.link("").await.unwrap();
        put(&vault, "a/tail", b"tail").await.unwrap();
        put(&vault, "b/tail", b"tail").await.unwrap();
        let mut objects = Vec::new();
        for meta in store.list("", None, 1000).await.unwrap().objects {
            objects.push((meta.key.clone(), store.get(&meta.key).await.unwrap().bytes));
        }
        objects
    })
}

/// A session that has loaded nothing and keeps as little as it can.
fn session(objects: &[(String, Bytes)]) -> (Arc<Gated>, Vault) {
    block_on(async {
        let store = MemoryStore::new();
        for (key, bytes) in objects {
            store.put(key, bytes.clone(), Precondition::None).await.unwrap();
        }
        let store = Arc::new(Gated::new(store, 1));
        let config = VaultConfig::new().memory_budget_bytes(0);
        let vault = Vault::open_with(store.clone(), &credential(), &config).await.unwrap();
        (store, vault)
    })
}

/// Checks that a fresh session finds what was acknowledged, and this one the same tree.
fn check(store: Arc<Gated>, vault: &Vault, acknowledged: &[(Call, &str)], at: &str) {
    block_on(async {
        match vault.flush().await {
            Ok(()) | Err(Error::Closed) => {}
            Err(error) => panic!("{at}: {error}"),
        }
        let cold = open(store).await;
        for (call, side) in acknowledged {
            assert!(call.holds(&cold, side).await, "{at}: {call:?} of {side} is lost");
        }
        if vault.refresh().await.is_ok() {
            let mine = vault.list_recursive("").await.unwrap().try_collect::<Vec<_>>();
            let theirs = cold.list_recursive("").await.unwrap().try_collect::<Vec<_>>();
            let paths = |entries: Vec<sealwood::vault::EntryInfo>| {
                let mut paths: Vec<_> =
                    entries.into_iter().map(|entry| (entry.path, entry.size)).collect();
                paths.sort();
                paths
            };
            assert_eq!(paths(mine.await.unwrap()), paths(theirs.await.unwrap()), "{at}");
        }
    });
}

#[test]
fn no_call_waits_for_a_change_that_is_left() {
    no_call_waits(&CALLS[..FIRST_READ]);
}

#[test]
fn no_call_waits_for_a_read_that_is_left() {
    no_call_waits(&CALLS[FIRST_READ..]);
}

fn no_call_waits(for_calls: &[Call]) {
    let objects = prepared();
    for &left in for_calls {
        for polls in 1.. {
            let mut ended = false;
            for (number, beside) in CALLS.into_iter().enumerate() {
                let at = format!("{beside:?} beside {left:?} left after {polls} polls");
                let (store, vault) = session(&objects);
                let mut call = left.start(&vault, "a");
                if let Some(outcome) = advance(&mut call, polls, &at) {
                    outcome.unwrap();
                    ended = true;
                    break;
                }
                finish(beside.start(&vault, "b"), &at).unwrap_or_else(|e| panic!("{at}: {e}"));
                let mut acknowledged = vec![(beside, "b")];
                if (number + polls).is_multiple_of(2) {
                    drop(call);
                } else {
                    let there = at.clone();
                    let outcome = std::thread::spawn(move || finish(call, &there)).join().unwrap();
                    match outcome {
                        Ok(()) => acknowledged.push((left, "a")),
                        Err(Error::Closed) if beside == Call::Close => {}
                        Err(error) => panic!("{at}: left, it fails with {error}"),
                    }
                }
                check(store, &vault, &acknowledged, &at);
            }
            if ended {
                break;
            }
        }
    }
}

#[test]
fn a_call_ends_however_many_are_left() {
    let objects = prepared();
    let changes = [Call::Put, Call::PutPacked, Call::MakeDirectory, Call::Rename, Call::Batch];
    for polls in 1..30 {
        for beside in CALLS {
            let at = format!("{beside:?} beside many left after {polls} polls");
            let (store, vault) = session(&objects);
            let mut left: Vec<_> = ["a", "a/x", "a/y", "a/z"]
                .into_iter()
                .zip(changes)
                .filter(|(side, call)| {
                    *side == "a" || matches!(call, Call::PutPacked | Call::MakeDirectory)
                })
                .map(|(side, call)| call.start(&vault, side))
                .collect();
            left.iter_mut().for_each(|call| drop(advance(call, polls, &at)));
            finish(beside.start(&vault, "b"), &at).unwrap_or_else(|e| panic!("{at}: {e}"));
            drop(left);
            check(store, &vault, &[(beside, "b")], &at);
        }
    }
}

#[test]
fn writers_that_arrive_during_a_commit_share_the_next() {
    block_on(async {
        let store = Arc::new(Gated::new(MemoryStore::new(), 100));
        let vault = create(store.clone()).await;
        store.roots.store(0, Ordering::SeqCst);
        let puts = (0..20).map(|number| {
            let vault = vault.clone();
            async move { put(&vault, &format!("w/{number}"), b"2").await }
        });
        let outcomes = futures_util::future::join_all(puts).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
        // One put its root alone. A condition taken before that ended would make it three.
        assert_eq!(store.roots.load(Ordering::SeqCst), 2);
        let written = vault.stats().written;
        assert_eq!((written.commits, written.conflicts), (2, 0));
        assert_eq!(tree(&open(store).await).await.len(), 21);
    });
}

#[test]
fn a_call_dropped_out_of_a_shared_commit_is_committed_whole_or_not_at_all() {
    for polls in 0..40 {
        block_on(async {
            let store = Arc::new(Gated::new(MemoryStore::new(), 3));
            let vault = create(store.clone()).await;
            put(&vault, "a", b"1").await.unwrap();
            let batch = vault.batch();
            batch.put("x", "2").await.unwrap();
            batch.rename("a", "b").unwrap();
            let mut dropped = Box::pin(batch.commit());
            let mut kept = Box::pin(put(&vault, "kept", b"3"));
            let mut kept_outcome = None;
            for _ in 0..polls {
                if futures_lite::future::poll_once(&mut dropped).await.is_some() {
                    break;
                }
                kept_outcome = futures_lite::future::poll_once(&mut kept).await;
                if kept_outcome.is_some() {
                    break;
                }
            }
            drop(dropped);
            // A read makes the tree anew without what was dropped.
            vault.exists("a").await.unwrap();
            match kept_outcome {
                Some(outcome) => outcome.unwrap(),
                None => kept.await.unwrap(),
            }
            // A later read tells, and the session reads what the store holds.
            let mine = tree(&vault).await;
            let cold = tree(&open(store.clone()).await).await;
            assert!(mine == cold, "after {polls} polls: {mine:?} and {cold:?}");
            assert_eq!(cold.contains_key("x"), cold.contains_key("b"), "half a group");
            assert_ne!(cold.contains_key("a"), cold.contains_key("b"), "half a group");
            // What is written next builds on it.
            put(&vault, "next", b"4").await.unwrap();
            vault.link("").await.unwrap();
            let cold = tree(&open(store).await).await;
            assert!(cold.contains_key("kept"));
            assert!(tree(&vault).await == cold, "after {polls} polls");
        });
    }
}
