//! A put that fails or is cancelled removes what it alone has stored, and nothing that anybody
//! relies on.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_lite::future::block_on;
use futures_util::{FutureExt, stream};
use proptest::prelude::*;
use sealwood::blob::{
    BlobStore, DirectoryStore, EngineStore, Fault, FaultMode, FaultyStore, Method,
};
use sealwood::engine::EngineConfig;
use sealwood::platform::BoxFuture;
use sealwood::vault::{PutOptions, VaultConfig};
use sealwood::{CallContext, CancelToken, Error, Vault};

use crate::common::limited::Limited;
use crate::common::*;

const CHUNK: usize = 128 * 1024;
const CHUNKS: usize = 5;
const NO_LIMIT: u64 = u64::MAX / 2;

/// With so many chunks in an extent.
fn config(chunks: usize) -> VaultConfig {
    VaultConfig::new().chunk_bytes(CHUNK as u32).extent_bytes_max((chunks * CHUNK) as u32)
}

async fn make(store: Arc<dyn BlobStore>) -> Vault {
    Vault::create_with(store, &credential(), &config(2)).await.unwrap()
}

async fn open(store: Arc<dyn BlobStore>) -> Vault {
    Vault::open_with(store, &credential(), &config(2)).await.unwrap()
}

async fn is_there(vault: &Vault, path: &str, content: &[u8]) {
    assert!(vault.get(path).await.unwrap() == content, "{path}");
}

#[test]
fn whatever_the_limit_a_put_that_meets_it_leaves_nothing() {
    block_on(async {
        let (kept, large) = (noise(1, 2 * CHUNK), noise(2, CHUNKS * CHUNK));
        let needed = {
            let store = Limited::new(NO_LIMIT);
            let vault = make(store.clone()).await;
            put(&vault, "kept", &kept).await.unwrap();
            let before = store.used().await;
            put(&vault, "large", &large).await.unwrap();
            store.used().await - before
        };
        let mut refused = 0;
        for room in (0..needed + 40_000).step_by(50_000) {
            let store = Limited::new(NO_LIMIT);
            let vault = make(store.clone()).await;
            put(&vault, "kept", &kept).await.unwrap();
            let (extents, used) = (store.extents().await, store.used().await);
            store.set_bytes_max(used + room);
            match put(&vault, "large", &large).await {
                Ok(()) => is_there(&vault, "large", &large).await,
                Err(error) => {
                    assert_eq!(error.code(), "store-full", "with {room}");
                    assert_eq!(store.extents().await, extents, "with {room}");
                    refused += 1;
                }
            }
            is_there(&open(store.clone()).await, "kept", &kept).await;
            // What it knew of them it has forgotten.
            store.set_bytes_max(NO_LIMIT);
            put(&vault, "large", &large).await.unwrap();
            is_there(&open(store.clone()).await, "large", &large).await;
        }
        assert!(refused > CHUNKS, "{refused}");
    });
}

#[test]
fn a_source_that_fails_leaves_nothing() {
    block_on(async {
        let store = Limited::new(NO_LIMIT);
        let vault = make(store.clone()).await;
        let pieces = || {
            let piece = |seed| Ok(Bytes::from(noise(seed, CHUNK)));
            let failed = Err(Error::SourceFailed { reason: "gone".into(), source: None });
            stream::iter((0..5).map(piece).chain([failed]))
        };
        let outcome = vault.put_stream("a", pieces()).await;
        assert_eq!(code(outcome), "source-failed");
        assert_eq!(store.extents().await, [""; 0]);
        let batch = vault.batch();
        let outcome = batch.put_stream("a", pieces()).await;
        assert_eq!(code(outcome), "source-failed");
        assert_eq!(store.extents().await, [""; 0]);
        // A batch that is given up.
        batch.put("a", noise(9, 3 * CHUNK)).await.unwrap();
        assert_eq!(store.extents().await.len(), 2);
        batch.discard();
        vault.flush().await.unwrap();
        assert_eq!(store.extents().await, [""; 0]);
    });
}

#[test]
fn a_commit_that_is_refused_leaves_no_extent_and_one_in_doubt_leaves_all() {
    block_on(async {
        for (error, left) in [(Error::StoreFull, 0), (Error::OutcomeUnknown, 2)] {
            let store = Arc::new(FaultyStore::new(Limited::default()));
            store.inner().set_bytes_max(NO_LIMIT);
            let vault = make(store.clone()).await;
            let fault = Fault::new(FaultMode::FailBefore(error)).on(Method::Put).below("root");
            store.arm(fault);
            assert!(put(&vault, "a", &noise(1, 3 * CHUNK)).await.is_err());
            vault.flush().await.ok();
            assert_eq!(store.inner().extents().await.len(), left);
        }
    });
}

/// A file of eight chunks is changed in two of them, so that the put reads what it keeps and stores
/// two extents, a table and a root; whichever of these requests fails, nothing is left of it.
#[test]
fn whichever_request_fails_a_changed_file_leaves_nothing_and_is_put_again() {
    let denied = || Error::StoreDenied { reason: "injected".into(), source: None };
    block_on(async {
        let before = noise(1, 8 * CHUNK);
        let mut after = before.clone();
        after[CHUNK + 5] ^= 1;
        after[7 * CHUNK + 5] ^= 1;
        for nth in 1.. {
            let store = Arc::new(FaultyStore::new(Limited::default()));
            store.inner().set_bytes_max(NO_LIMIT);
            let config = config(4);
            let vault = Vault::create_with(store.clone(), &credential(), &config).await.unwrap();
            put(&vault, "a", &before).await.unwrap();
            vault.link("").await.unwrap();
            let extents = store.inner().extents().await;
            assert_eq!(extents.len(), 2);
            let vault = Vault::open_with(store.clone(), &credential(), &config).await.unwrap();
            store.clear_trace();
            store.arm(Fault::new(FaultMode::FailBefore(denied())).nth(nth));
            let failed = put(&vault, "a", &after).await;
            let struck = store.trace().into_iter().find(|call| call.struck);
            store.disarm();
            vault.flush().await.unwrap();
            let found = open(store.clone()).await.get("a").await.unwrap();
            match &failed {
                Ok(()) => assert!(found == after, "{struck:?}"),
                Err(error) => {
                    assert_eq!(error.code(), "store-denied");
                    assert!(found == before, "{struck:?}");
                    assert_eq!(store.inner().extents().await, extents, "{struck:?}");
                }
            }
            put(&vault, "a", &after).await.unwrap();
            assert!(open(store.clone()).await.get("a").await.unwrap() == after, "{struck:?}");
            // Two chunks, each in an extent of its own, unless what was kept could not be read.
            let new = store.inner().extents().await.len() - extents.len();
            assert!(new == 2, "{new} extents, {struck:?}");
            if struck.is_none() {
                assert!(failed.is_ok() && nth > 8, "{nth} requests");
                break;
            }
        }
    });
}

/// Polls `call` at most `polls` times and drops it. Returns whether it ended.
fn cut<T>(mut call: BoxFuture<'_, T>, polls: usize) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    (0..polls).any(|_| call.poll_unpin(&mut context).is_ready())
}

#[test]
fn wherever_a_put_is_dropped_nothing_is_left_after_the_next_flush_or_close() {
    let kept = noise(1, 2 * CHUNK);
    // It shares an extent with what is there.
    let large = [&noise(2, 2 * CHUNK)[..], &kept, &noise(3, 2 * CHUNK)].concat();
    for polls in 0.. {
        let ended = block_on(async {
            let store = Limited::new(NO_LIMIT);
            let vault = make(store.clone()).await;
            put(&vault, "kept", &kept).await.unwrap();
            let extents = store.extents().await;
            let ended = cut(Box::pin(put(&vault, "large", &large)), polls);
            // If the root was on its way, the next one tells what became of it.
            vault.mkdir("next").await.unwrap();
            match polls % 2 {
                0 => vault.flush().await.unwrap(),
                _ => vault.close().await.unwrap(),
            }
            let fresh = open(store.clone()).await;
            is_there(&fresh, "kept", &kept).await;
            match fresh.get("large").await {
                Ok(found) => assert!(found == large),
                Err(_) => assert_eq!(store.extents().await, extents, "after {polls} polls"),
            }
            ended
        });
        if ended {
            assert!(polls > 5, "{polls}");
            break;
        }
    }
}

#[test]
fn a_put_that_is_cancelled_leaves_nothing_after_the_next_call() {
    block_on(async {
        let store = Limited::new(NO_LIMIT);
        let vault = make(store.clone()).await;
        let cancel = CancelToken::new();
        let by = cancel.clone();
        let pieces = stream::iter(0..9).map(move |seed| {
            if seed == 7 {
                by.cancel();
            }
            Ok::<_, Error>(Bytes::from(noise(seed, CHUNK)))
        });
        use futures_util::StreamExt;
        let context = CallContext::new().cancel(cancel);
        let options = PutOptions::new().context(context);
        assert_eq!(code(vault.put_stream_with("a", pieces, &options).await), "cancelled");
        vault.mkdir("b").await.unwrap();
        assert_eq!(store.extents().await, [""; 0]);
    });
}

/// Of two puts of one content, in one session or in two, one comes to nothing.
#[test]
fn who_relies_on_the_chunks_of_a_put_that_fails_keeps_them() {
    let content = noise(5, 4 * CHUNK);
    for (sessions, polls) in [1, 2].into_iter().flat_map(|n| (1..24).map(move |polls| (n, polls))) {
        block_on(async {
            let store = Limited::new(NO_LIMIT);
            let one = make(store.clone()).await;
            let two = if sessions == 1 { one.clone() } else { open(store.clone()).await };
            let mut failing: BoxFuture<'_, _> = Box::pin(put(&one, "failing", &content));
            let mut context = Context::from_waker(Waker::noop());
            for _ in 0..polls {
                if failing.poll_unpin(&mut context).is_ready() {
                    return;
                }
            }
            put(&two, "other", &content).await.unwrap();
            drop(failing);
            one.flush().await.unwrap();
            is_there(&open(store.clone()).await, "other", &content).await;
            // The other way round: what is known of them is not trusted once they may be gone.
            one.remove("other").await.unwrap();
            put(&one, "again", &content).await.unwrap();
            is_there(&open(store.clone()).await, "again", &content).await;
        });
    }
}

/// Between its chunks and its commit nothing is removed: not by the session that stored them
/// either.
#[test]
fn who_relies_on_chunks_and_has_not_committed_yet_keeps_them() {
    block_on(async {
        let content = noise(5, 4 * CHUNK);
        let store = Limited::new(NO_LIMIT);
        let (one, two) = (make(store.clone()).await, open(store.clone()).await);
        let (first, second) = (one.batch(), two.batch());
        first.put("a", content.clone()).await.unwrap();
        second.put("b", content.clone()).await.unwrap();
        first.discard();
        one.flush().await.unwrap();
        assert_eq!(store.extents().await.len(), 2);
        second.commit().await.unwrap();
        is_there(&open(store.clone()).await, "b", &content).await;
    });
}

#[test]
fn what_another_session_found_and_gave_up_it_does_not_rely_on_later() {
    block_on(async {
        let content = noise(5, 4 * CHUNK);
        let store = Limited::new(NO_LIMIT);
        let (one, two) = (make(store.clone()).await, open(store.clone()).await);
        let (first, second) = (one.batch(), two.batch());
        first.put("a", content.clone()).await.unwrap();
        second.put("b", content.clone()).await.unwrap();
        second.discard();
        first.discard();
        one.flush().await.unwrap();
        assert_eq!(store.extents().await, [""; 0]);
        put(&two, "b", &content).await.unwrap();
        is_there(&open(store.clone()).await, "b", &content).await;
    });
}

#[test]
fn directories_and_engines_are_left_clean_too() {
    block_on(async {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let engine =
            EngineStore::open_directory(path("engine"), EngineConfig::default()).await.unwrap();
        let stores: [Arc<dyn BlobStore>; 2] =
            [Arc::new(DirectoryStore::open(path("directory")).await.unwrap()), Arc::new(engine)];
        for store in stores {
            let vault = make(store.clone()).await;
            let batch = vault.batch();
            batch.put("a", noise(1, 3 * CHUNK)).await.unwrap();
            let count = || async { store.list("", None, 100).await.unwrap().objects.len() };
            let before = count().await;
            batch.discard();
            vault.flush().await.unwrap();
            assert_eq!(count().await, before - 2);
        }
    });
}

/// One step of one of two sessions on one store.
#[derive(Debug, Clone)]
enum Step {
    /// Puts a content, and drops the put after so many polls.
    Put {
        session: usize,
        content: u64,
        polls: usize,
    },
    Defer {
        session: usize,
        content: u64,
    },
    Batch {
        session: usize,
        content: u64,
        commits: bool,
    },
    Remove {
        session: usize,
        content: u64,
    },
    Flush {
        session: usize,
    },
    Refresh {
        session: usize,
    },
    Limit {
        chunks: u64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let (session, content) = (0..2usize, 0..4u64);
    let at = (session, content);
    prop_oneof![
        4 => (at.clone(), 0..60usize).prop_map(|((session, content), polls)| Step::Put { session, content, polls }),
        1 => at.clone().prop_map(|(session, content)| Step::Defer { session, content }),
        2 => (at.clone(), any::<bool>()).prop_map(|((session, content), commits)| Step::Batch { session, content, commits }),
        1 => at.prop_map(|(session, content)| Step::Remove { session, content }),
        1 => (0..2usize).prop_map(|session| Step::Flush { session }),
        1 => (0..2usize).prop_map(|session| Step::Refresh { session }),
        1 => (2..20u64).prop_map(|chunks| Step::Limit { chunks }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever is in the tree can be read, whoever looks, and nothing acknowledged is missing.
    #[test]
    fn nothing_is_lost_and_nothing_dangles(steps in prop::collection::vec(step(), 1..14)) {
        block_on(async {
            let store = Limited::new(NO_LIMIT);
            let (credential, config) = (credential(), config(4));
            let one = Vault::create_with(store.clone(), &credential, &config).await.unwrap();
            let two = Vault::open_with(store.clone(), &credential, &config).await.unwrap();
            let sessions = [one, two];
            // Contents that share chunks: two for each path, where one keeps chunks of the other.
            let content = |number: u64| noise(number / 2, (2 + number as usize) * CHUNK);
            let path = |session: usize, number: u64| format!("{session}/{}", number / 2);
            // For each path with an acknowledged content what may be there now.
            let mut acknowledged = BTreeMap::<String, BTreeSet<u64>>::new();
            for step in steps {
                match step {
                    Step::Put { session, content: number, polls } => {
                        let path = path(session, number);
                        let bytes = content(number);
                        let mut call: BoxFuture<'_, _> =
                            Box::pin(put(&sessions[session], &path, &bytes));
                        let mut context = Context::from_waker(Waker::noop());
                        let ended = (0..polls).find_map(|_| {
                            match call.poll_unpin(&mut context) {
                                Poll::Ready(outcome) => Some(outcome.is_ok()),
                                Poll::Pending => None,
                            }
                        });
                        note(&mut acknowledged, path.clone(), number, ended == Some(true));
                    }
                    Step::Defer { session, content: number } => {
                        let path = path(session, number);
                        let (vault, options) = (&sessions[session], deferred());
                        let _ = vault.put_with(&path, content(number), &options).await;
                        note(&mut acknowledged, path, number, false);
                    }
                    Step::Batch { session, content: number, commits } => {
                        let batch = sessions[session].batch();
                        let path = path(session, number);
                        if batch.put(&path, content(number)).await.is_ok() && commits {
                            let is_ok = batch.commit().await.is_ok();
                            note(&mut acknowledged, path, number, is_ok);
                        }
                    }
                    Step::Remove { session, content: number } => {
                        let path = path(session, number);
                        if sessions[session].remove(&path).await.is_ok() {
                            acknowledged.remove(&path);
                        }
                    }
                    Step::Flush { session } => drop(sessions[session].flush().await),
                    Step::Refresh { session } => drop(sessions[session].refresh().await),
                    Step::Limit { chunks } => store.set_bytes_max(chunks * CHUNK as u64),
                }
                let fresh = open(store.clone()).await;
                let found = tree(&fresh).await;
                for (path, numbers) in &acknowledged {
                    let bytes = found.get(path).cloned().flatten();
                    let is_one = numbers.iter().any(|number| bytes == Some(content(*number)));
                    prop_assert!(is_one, "{} is lost", path);
                }
            }
            Ok(())
        })?;
    }
}

/// An acknowledged content replaces what may be at `path`; any other is one more that may be there.
fn note(
    acknowledged: &mut BTreeMap<String, BTreeSet<u64>>,
    path: String,
    number: u64,
    is_acknowledged: bool,
) {
    if is_acknowledged {
        acknowledged.insert(path, BTreeSet::from([number]));
    } else if let Some(numbers) = acknowledged.get_mut(&path) {
        numbers.insert(number);
    }
}
