//! Calls that come again and again do not keep others from their turn, and a store that panics
//! does so for one round.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use futures_lite::future::{block_on, poll_once, yield_now};
use sealwood::blob::{
    BlobStore, ETag, MemoryStore, Object, ObjectMeta, ObjectPage, StoreGetOptions, StorePutOptions,
};
use sealwood::forward;
use sealwood::platform::BoxFuture;
use sealwood::{Result, Vault};

use crate::common::*;

/// A store whose every request takes a step, and whose n-th from now may panic.
struct Stepwise {
    inner: MemoryStore,
    panics_in: AtomicUsize,
}

impl Stepwise {
    fn new() -> Arc<Self> {
        Arc::new(Self { inner: MemoryStore::new(), panics_in: AtomicUsize::new(0) })
    }

    fn around<'a, T: Send + 'a>(&'a self, request: BoxFuture<'a, T>) -> BoxFuture<'a, T> {
        Box::pin(async move {
            yield_now().await;
            let due = self.panics_in.load(Ordering::SeqCst);
            self.panics_in.store(due.saturating_sub(1), Ordering::SeqCst);
            assert_ne!(due, 1, "the store panics, as it was told");
            request.await
        })
    }
}

impl BlobStore for Stepwise {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        self.around(self.inner.get_with(key, options))
    }

    fn get_range<'a>(&'a self, key: &'a str, at: u64, len: u64) -> BoxFuture<'a, Result<Bytes>> {
        self.around(self.inner.get_range(key, at, len))
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        self.around(self.inner.put_with(key, bytes, options))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        self.around(self.inner.delete(key))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        self.around(self.inner.list(prefix, start_after, limit))
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        self.around(self.inner.head(key))
    }

    fn confirms_puts(&self) -> bool {
        true
    }

    fn needs_flush(&self) -> bool {
        false
    }

    forward!(inner: flush);
}

type Call = fn(&Vault) -> BoxFuture<'_, Result<()>>;

const COMMIT: Call = |vault| Box::pin(put(vault, "a", b"1"));
const LOOK: Call = |vault| Box::pin(vault.refresh());
const SPILL: Call = |vault| {
    Box::pin(async {
        vault.put_with("c", "1", &deferred()).await?;
        vault.link("").await.map(drop)
    })
};

/// How many calls of `again` end, one after the other, before one of `once` does that is polled
/// once with every `every`-th of them, when that one is under way.
fn calls_beside(once: Call, again: Call, every: usize) -> usize {
    const CALLS_MAX: usize = 100;
    block_on(async {
        let vault = create(Stepwise::new()).await;
        put(&vault, "b", b"in the tail").await.unwrap();
        let mut waiting = once(&vault);
        for number in 1..CALLS_MAX {
            let mut call = again(&vault);
            assert!(poll_once(&mut call).await.is_none());
            if number % every == 0
                && let Some(outcome) = poll_once(&mut waiting).await
            {
                outcome.unwrap();
                return number;
            }
            call.await.unwrap();
        }
        CALLS_MAX
    })
}

#[test]
fn no_call_waits_for_more_than_a_round_of_each_kind() {
    let pairs = [
        ("a look beside commits", LOOK, COMMIT),
        ("a commit beside looks", COMMIT, LOOK),
        ("a spill beside commits", SPILL, COMMIT),
        ("a spill beside looks", SPILL, LOOK),
        ("a look beside spills", LOOK, SPILL),
    ];
    for (at, once, again) in pairs {
        for every in [1, 2, 5] {
            // Polled to stand in the queue, to see its turn, and to hear of its end.
            let calls = calls_beside(once, again, every);
            assert!(calls <= 4 * every, "{at}, polled with every {every}: after {calls}");
        }
    }
}

#[test]
fn a_link_made_beside_commits_names_the_directory_during_the_call() {
    block_on(async {
        let vault = create(Stepwise::new()).await;
        for number in 0..9 {
            vault.put_with(&format!("d/{number}"), "before", &deferred()).await.unwrap();
        }
        let mut linked = Box::pin(vault.link("d"));
        for number in 0.. {
            let path = format!("d/during/{number}");
            let mut call: BoxFuture<'_, Result<()>> = Box::pin(put(&vault, &path, b"1"));
            assert!(poll_once(&mut call).await.is_none());
            if let Some(link) = poll_once(&mut linked).await {
                assert!(number < 10, "after {number}");
                let now = vault.link("d").await.unwrap();
                assert!(link.unwrap().is_some() && now.is_some());
                break;
            }
            call.await.unwrap();
        }
    });
}

#[test]
fn a_wish_ends_with_the_call_that_had_it() {
    block_on(async {
        let vault = create(Stepwise::new()).await;
        let mut commit = COMMIT(&vault);
        assert!(poll_once(&mut commit).await.is_none());
        let mut spill = SPILL(&vault);
        assert!(poll_once(&mut spill).await.is_none());
        drop(spill);
        commit.await.unwrap();
        COMMIT(&vault).await.unwrap();
        assert_eq!(vault.stats().written.spills, 0);
    });
}

#[test]
fn a_store_that_panics_fails_those_who_wait_and_nobody_after_them() {
    for nth in 1.. {
        let struck = block_on(async {
            let at = format!("request {nth}");
            let store = Stepwise::new();
            let vault = create(store.clone()).await;
            put(&vault, "before", b"1").await.unwrap();
            let packed = noise(1, 3_000);
            let mut calls: Vec<BoxFuture<'_, Result<()>>> = vec![
                Box::pin(put(&vault, "packed", &packed)),
                Box::pin(put(&vault, "small", b"2")),
                Box::pin(vault.refresh()),
                Box::pin(async { vault.link("").await.map(drop) }),
            ];
            store.panics_in.store(nth, Ordering::SeqCst);
            for call in &mut calls {
                assert!(poll_once(call).await.is_none(), "{at}");
            }
            let outcomes: Vec<_> = futures_util::future::join_all(calls).await;
            let struck = store.panics_in.swap(0, Ordering::SeqCst) == 0;
            let codes: Vec<_> = outcomes.into_iter().map(code).collect();
            for code in &codes {
                assert!(
                    ["ok", "store-failed", "outcome-unknown"].contains(code),
                    "{at}: {codes:?}"
                );
            }
            assert!(!struck || codes.iter().any(|code| *code != "ok"), "{at}: {codes:?}");
            put(&vault, "after", b"3").await.unwrap_or_else(|error| panic!("{at}: {error}"));
            let cold = tree(&open(store.clone()).await).await;
            let paths: Vec<_> = cold.keys().cloned().collect();
            assert!(paths.contains(&"after".to_owned()), "{at}");
            for (path, code) in [("packed", codes[0]), ("small", codes[1])] {
                let is_there = paths.contains(&path.to_owned());
                assert!(code == "outcome-unknown" || is_there == (code == "ok"), "{at}: {codes:?}");
            }
            assert!(tree(&vault).await == cold, "{at}");
            struck
        });
        if !struck {
            assert!(nth > 5, "{nth} requests");
            break;
        }
    }
}
