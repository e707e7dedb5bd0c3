//! A commit took effect, its answer was lost, and other clients committed before this one looked.
//! What was applied is told and not done again; where nothing tells, the outcome is unknown.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::blob::{
    BlobStore, ETag, MemoryStore, Object, RetryPolicy, RetryingStore, StoreGetOptions,
    StorePutOptions,
};
use sealwood::forward;
use sealwood::platform::BoxFuture;
use sealwood::vault::Metadata;
use sealwood::{Error, Result, Vault};

use crate::common::*;

/// What others do between a lost answer and the next request for the root.
type Others = BoxFuture<'static, ()>;

/// A store that loses the answer of one put of the root.
struct Losing {
    inner: Arc<MemoryStore>,
    loses: AtomicBool,
    waiting: Mutex<Option<Others>>,
    next: Mutex<Option<Others>>,
}

impl Losing {
    fn new(inner: Arc<MemoryStore>) -> Self {
        let loses = AtomicBool::new(false);
        Self { inner, loses, waiting: Mutex::default(), next: Mutex::default() }
    }

    /// Loses the answer of the next root, and has `others` at work right after.
    fn lose(&self, others: Others) {
        *self.waiting.lock().unwrap() = Some(others);
        self.loses.store(true, Ordering::SeqCst);
    }

    async fn others(&self, key: &str) {
        let others = if key == "root" { self.next.lock().unwrap().take() } else { None };
        if let Some(others) = others {
            others.await;
        }
    }
}

impl BlobStore for Losing {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            self.others(key).await;
            self.inner.get_with(key, options).await
        })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            self.others(key).await;
            let put = self.inner.put_with(key, bytes, options).await;
            if key == "root" && self.loses.swap(false, Ordering::SeqCst) {
                *self.next.lock().unwrap() = self.waiting.lock().unwrap().take();
                return Err(Error::StoreUnavailable {
                    reason: "injected".into(),
                    retry_after: None,
                    source: None,
                });
            }
            put
        })
    }

    fn confirms_puts(&self) -> bool {
        true
    }

    fn needs_flush(&self) -> bool {
        false
    }

    forward!(inner: get_range, delete, list, head, flush);
}

#[derive(Debug, Clone, Copy)]
enum Call {
    Put,
    PutPacked,
    PutOver,
    MakeDirectory,
    Rename,
    Copy,
    Remove,
    RemoveAll,
    SetMetadata,
    Batch,
    Flush,
}

const CALLS: [Call; 11] = [
    Call::Put,
    Call::PutPacked,
    Call::PutOver,
    Call::MakeDirectory,
    Call::Rename,
    Call::Copy,
    Call::Remove,
    Call::RemoveAll,
    Call::SetMetadata,
    Call::Batch,
    Call::Flush,
];

async fn run(vault: &Vault, call: Call) -> Result<()> {
    match call {
        Call::Put => put(vault, "new", b"small").await,
        Call::PutPacked => put(vault, "new", &noise(1, 5_000)).await,
        Call::PutOver => put(vault, "dir/3", &noise(2, 700)).await,
        Call::MakeDirectory => vault.mkdir("made").await,
        Call::Rename => vault.rename("dir/3", "moved").await,
        Call::Copy => vault.copy("dir", "copy").await,
        Call::Remove => vault.remove("dir/3").await,
        Call::RemoveAll => vault.remove_all("dir").await,
        Call::SetMetadata => {
            let metadata = Metadata::new().content_type("a/b");
            vault.set_metadata("dir/3", &metadata).await
        }
        Call::Batch => {
            let batch = vault.batch();
            batch.put("new", "in a batch").await?;
            batch.remove("dir/3")?;
            batch.rename("dir", "elsewhere")?;
            batch.commit().await
        }
        Call::Flush => {
            vault.put_with("new", "deferred", &deferred()).await?;
            vault.flush().await
        }
    }
}

/// Two clients of one vault: ours over a store that loses an answer, another beside it.
async fn clients() -> (Arc<MemoryStore>, Arc<Losing>, Vault) {
    let (store, vault) = memory_vault().await;
    for number in 0..400 {
        vault.put_with(&format!("dir/{number}"), noise(number, 100), &deferred()).await.unwrap();
    }
    vault.link("").await.unwrap();
    put(&vault, "dir/tail", b"in the tail").await.unwrap();
    (store.clone(), Arc::new(Losing::new(store)), vault)
}

/// Commits of another client, none of which spills.
fn commits(vault: &Vault, count: usize) -> Others {
    let vault = vault.clone();
    Box::pin(async move {
        vault.refresh().await.unwrap();
        for number in 0..count {
            put(&vault, &format!("theirs/{number}"), b"theirs").await.unwrap();
        }
    })
}

async fn metadata(vault: &Vault) -> Option<String> {
    vault.stat("dir/3").await.ok().and_then(|entry| entry.content_type)
}

#[test]
fn what_was_applied_is_not_reported_as_failed() {
    for call in CALLS {
        for count in [0, 1, 2, 3] {
            for retries in [false, true] {
                block_on(async {
                    let at = format!("{call:?} and {count} commits, retried: {retries}");
                    let (store, losing, theirs) = clients().await;
                    let over: Arc<dyn BlobStore> = if retries {
                        let policy = RetryPolicy {
                            attempts_max: 3,
                            base: Duration::from_micros(1),
                            cap: Duration::from_micros(1),
                            give_up_after: Duration::MAX,
                            ..RetryPolicy::NONE
                        };
                        Arc::new(RetryingStore::new(losing.clone(), policy))
                    } else {
                        losing.clone()
                    };
                    let ours = open(over).await;
                    let spills = theirs.stats().written.spills;
                    losing.lose(commits(&theirs, count));
                    run(&ours, call).await.unwrap_or_else(|error| panic!("{at}: {error}"));
                    assert_eq!(theirs.stats().written.spills, spills, "{at}: they spilled");
                    assert_eq!(ours.stats().written.conflicts, 0, "{at}: replayed");
                    let cold = open(store.clone()).await;
                    assert_eq!(ours.stats().sequence, cold.stats().sequence, "{at}");
                    assert!(tree(&ours).await == tree(&cold).await, "{at}");

                    // The same as without any of it.
                    let (plain, _, _) = clients().await;
                    let plain = open(plain).await;
                    run(&plain, call).await.unwrap();
                    commits(&plain, count).await;
                    assert!(tree(&plain).await == tree(&cold).await, "{at}: another outcome");
                    assert_eq!(metadata(&plain).await, metadata(&cold).await, "{at}");
                    // The session goes on.
                    put(&ours, "later", b"x").await.unwrap();
                });
            }
        }
    }
}

#[test]
fn what_others_saw_and_undid_is_told_and_not_done_again() {
    for call in CALLS {
        block_on(async {
            let (store, losing, theirs) = clients().await;
            let ours = open(losing.clone()).await;
            let others = theirs.clone();
            losing.lose(Box::pin(async move {
                others.refresh().await.unwrap();
                // They saw what we did, and undid it.
                put(&others, "new", b"theirs").await.unwrap();
                put(&others, "dir/3", b"theirs").await.unwrap();
                for name in ["moved", "made", "copy", "elsewhere"] {
                    let _ = others.remove_all(name).await;
                }
                others.link("").await.unwrap();
                put(&others, "last", b"theirs").await.unwrap();
            }));
            assert_eq!(code(run(&ours, call).await), "ok", "{call:?}");
            let cold = tree(&open(store.clone()).await).await;
            assert_eq!(cold["new"], Some(b"theirs".to_vec()), "{call:?}");
            assert_eq!(cold["dir/3"], Some(b"theirs".to_vec()), "{call:?}");
            assert!(tree(&ours).await == cold, "{call:?}");
            // Told once, and nothing of it waits for another flush.
            assert!(!ours.needs_flush(), "{call:?}");
            ours.flush().await.unwrap();
            assert!(tree(&open(store).await).await == cold, "{call:?}: done again");
        });
    }
}

#[test]
fn a_deferred_change_in_a_flush_that_was_dropped_is_not_done_again() {
    block_on(async {
        let (store, losing, theirs) = clients().await;
        let ours = open(losing.clone()).await;
        ours.put_with("new", "ours", &deferred()).await.unwrap();
        losing.lose(Box::pin(std::future::pending()));
        // The root arrives; the flush waits for the store to tell, and is dropped.
        assert!(futures_lite::future::poll_once(Box::pin(ours.flush())).await.is_none());
        theirs.refresh().await.unwrap();
        assert_eq!(theirs.get("new").await.unwrap(), "ours");
        put(&theirs, "new", b"theirs").await.unwrap();
        ours.flush().await.unwrap();
        assert!(!ours.needs_flush());
        assert_eq!(ours.get("new").await.unwrap(), "theirs");
        assert_eq!(open(store).await.get("new").await.unwrap(), "theirs");
    });
}
