//! The put of a root that takes effect after its answer was given up on: after a look at the root
//! that found the old one. A root found unchanged says nothing of what was sent. So no change is
//! told as failed that may still come, and none is made twice.

mod histories;
mod slow;

use std::sync::Arc;

use futures_lite::future::{block_on, poll_once};
use sealwood::blob::{BlobStore, DirectoryStore, MemoryStore};
use sealwood::platform::BoxFuture;
use sealwood::{Result, Vault};

use self::slow::{Slow, Way};
use crate::common::*;

/// Two clients of one vault: ours over a store whose roots may be late, another beside it.
async fn clients() -> (Arc<MemoryStore>, Arc<Slow>, Vault, Vault) {
    let (store, theirs) = memory_vault().await;
    put(&theirs, "before", b"before").await.unwrap();
    let slow = Slow::new(store.clone());
    let ours = open(slow.clone()).await;
    (store, slow, ours, theirs)
}

/// Commits of another client, none of which spills.
async fn commit(theirs: &Vault, count: usize) {
    theirs.refresh().await.unwrap();
    for number in 0..count {
        put(theirs, &format!("theirs/{number}"), b"theirs").await.unwrap();
    }
}

async fn read(vault: &Vault, path: &str) -> String {
    vault.get(path).await.map_or_else(
        |error| error.code().to_owned(),
        |content| String::from_utf8(content.to_vec()).unwrap(),
    )
}

/// What our session and a fresh one read.
async fn both(store: &Arc<MemoryStore>, ours: &Vault, path: &str) -> String {
    let (mine, cold) = (read(ours, path).await, read(&open(store.clone()).await, path).await);
    assert_eq!(mine, cold, "{path}: the session and the store differ");
    cold
}

#[test]
fn a_change_that_may_still_come_is_not_told_as_failed() {
    for looks in 0..3 {
        for others in 0..4 {
            block_on(async {
                let at = format!("{looks} looks, {others} commits");
                let (store, slow, ours, theirs) = clients().await;
                slow.take(Way::Late);
                assert_eq!(code(put(&ours, "new", b"ours").await), "outcome-unknown", "{at}");
                slow.take(Way::Straight);
                for _ in 0..looks {
                    ours.refresh().await.unwrap();
                    assert_eq!(read(&ours, "new").await, "not-found", "{at}");
                }
                slow.land(0);
                commit(&theirs, others).await;
                // What comes next builds on it, and is not disturbed by it.
                put(&ours, "next", b"next").await.unwrap();
                assert_eq!(both(&store, &ours, "new").await, "ours", "{at}");
                assert_eq!(both(&store, &ours, "next").await, "next", "{at}");
            });
        }
    }
}

#[test]
fn a_change_that_did_not_come_never_comes_once_another_did() {
    block_on(async {
        let (store, slow, ours, _) = clients().await;
        slow.take(Way::Late);
        assert_eq!(code(put(&ours, "new", b"late").await), "outcome-unknown");
        slow.take(Way::Straight);
        put(&ours, "new", b"again").await.unwrap();
        slow.land(0);
        ours.refresh().await.unwrap();
        assert_eq!(both(&store, &ours, "new").await, "again");
        assert_eq!(ours.stats().written.conflicts, 0);
    });
}

#[test]
fn a_deferred_change_that_came_late_is_not_made_twice() {
    // Dropped or failed; looked at in between or not.
    for way in [Way::Late, Way::LateAndSilent] {
        for looks in 0..2 {
            for others in 0..4 {
                block_on(async {
                    let at = format!("{way:?}, {looks} looks, {others} commits");
                    let (store, slow, ours, theirs) = clients().await;
                    ours.put_with("new", "ours", &deferred()).await.unwrap();
                    slow.take(way);
                    match poll_once(Box::pin(ours.flush())).await {
                        Some(outcome) => assert_eq!(code(outcome), "outcome-unknown", "{at}"),
                        None => assert_eq!(way, Way::LateAndSilent, "{at}"),
                    }
                    assert!(ours.needs_flush(), "{at}");
                    slow.take(Way::Straight);
                    for _ in 0..looks {
                        ours.refresh().await.unwrap();
                    }
                    slow.land(0);
                    theirs.refresh().await.unwrap();
                    assert_eq!(read(&theirs, "new").await, "ours", "{at}");
                    put(&theirs, "new", b"theirs").await.unwrap();
                    commit(&theirs, others).await;
                    ours.flush().await.unwrap();
                    assert!(!ours.needs_flush(), "{at}");
                    assert_eq!(both(&store, &ours, "new").await, "theirs", "{at}: made twice");
                });
            }
        }
    }
}

/// Three flushes in a row are in doubt, each with one change more than the one before. One of them
/// lands, which decides what becomes of the others, whenever they come.
#[test]
fn of_several_commits_in_doubt_the_one_that_came_is_found() {
    for first in 0..3 {
        for others in 0..4 {
            block_on(async {
                let at = format!("number {first}, {others} commits");
                let (store, slow, ours, theirs) = clients().await;
                slow.take(Way::Late);
                for number in 0..3 {
                    ours.put_with(&format!("{number}"), "ours", &deferred()).await.unwrap();
                    assert_eq!(code(ours.flush().await), "outcome-unknown", "{at}");
                    ours.refresh().await.unwrap();
                }
                slow.take(Way::Straight);
                slow.land(first);
                theirs.refresh().await.unwrap();
                for number in 0..3 {
                    let is_there = theirs.exists(&format!("{number}")).await.unwrap();
                    assert_eq!(is_there, number <= first, "{at}");
                }
                // Whoever sees a change changes it again: made twice, it would come back.
                for number in 0..=first.min(others) {
                    put(&theirs, &format!("{number}"), b"theirs").await.unwrap();
                }
                while slow.count() > 0 {
                    slow.land(slow.count() - 1);
                }
                ours.flush().await.unwrap_or_else(|error| panic!("{at}: {error}"));
                assert!(!ours.needs_flush(), "{at}");
                for number in 0..3 {
                    let expected = if number <= first.min(others) { "theirs" } else { "ours" };
                    assert_eq!(both(&store, &ours, &format!("{number}")).await, expected, "{at}");
                }
                assert_eq!(ours.stats().sequence, open(store).await.stats().sequence, "{at}");
            });
        }
    }
}

#[test]
fn a_commit_in_doubt_that_others_built_on_is_known_and_not_made_again() {
    block_on(async {
        let (store, slow, ours, theirs) = clients().await;
        slow.take(Way::Late);
        for number in 0..2 {
            ours.put_with(&format!("{number}"), "ours", &deferred()).await.unwrap();
            assert_eq!(code(ours.flush().await), "outcome-unknown");
        }
        slow.take(Way::Straight);
        ours.put_with("never sent", "ours", &deferred()).await.unwrap();
        slow.land(1);
        theirs.refresh().await.unwrap();
        put(&theirs, "0", b"theirs").await.unwrap();
        theirs.link("").await.unwrap();
        put(&theirs, "last", b"theirs").await.unwrap();
        // What was not sent is committed, and nothing else.
        ours.flush().await.unwrap();
        assert!(!ours.needs_flush());
        ours.flush().await.unwrap();
        assert_eq!(both(&store, &ours, "0").await, "theirs");
        assert_eq!(both(&store, &ours, "1").await, "ours");
        assert_eq!(both(&store, &ours, "never sent").await, "ours");
    });
}

/// A change that needs one of which nobody knows is impossible in what the session sees, and may
/// come with it all the same.
#[test]
fn what_needs_a_change_in_doubt_is_in_doubt_as_well() {
    for lands in [false, true] {
        block_on(async {
            let (store, slow, ours, _) = clients().await;
            slow.take(Way::LateAndSilent);
            let mut first = Box::pin(put(&ours, "first", b"1"));
            assert!(poll_once(&mut first).await.is_none());
            let mut makes_room = Box::pin(ours.rename("before", "after"));
            assert!(poll_once(&mut makes_room).await.is_none());
            ours.put_with("before/child", "ours", &deferred()).await.unwrap();
            slow.take(Way::Late);
            assert_eq!(code(first.await), "outcome-unknown");
            assert_eq!(code(makes_room.await), "outcome-unknown");
            assert_eq!(slow.count(), 2);
            // The session sees neither.
            assert_eq!(read(&ours, "before").await, "before");
            slow.take(Way::Straight);
            if lands {
                slow.land(1);
            }
            assert_eq!(code(ours.flush().await), "conflict");
            ours.flush().await.unwrap();
            ours.refresh().await.unwrap();
            let [child, after] =
                if lands { ["ours", "before"] } else { ["not-found", "not-found"] };
            assert_eq!(both(&store, &ours, "before/child").await, child);
            assert_eq!(both(&store, &ours, "after").await, after);
        });
    }
}

#[test]
fn there_is_a_most_of_commits_in_doubt() {
    block_on(async {
        const MOST: usize = 16;
        let (store, slow, ours, _) = clients().await;
        slow.take(Way::Late);
        for number in 0..MOST {
            let outcome = put(&ours, &format!("{number}"), b"in doubt").await;
            assert_eq!(code(outcome), "outcome-unknown");
        }
        // No other is sent: these have failed, and only the last goes on its way again.
        for number in MOST..2 * MOST {
            let outcome = put(&ours, &format!("{number}"), b"not sent").await;
            assert_eq!(code(outcome), "store-unavailable");
        }
        let distinct: std::collections::HashSet<_> =
            slow.on_their_way.lock().unwrap().iter().map(|(bytes, _)| bytes.clone()).collect();
        assert_eq!(distinct.len(), MOST);
        slow.take(Way::Straight);
        put(&ours, "after", b"after").await.unwrap();
        while slow.count() > 0 {
            slow.land(0);
        }
        ours.refresh().await.unwrap();
        let found: Vec<_> = tree(&ours).await.into_keys().collect();
        assert_eq!(found, ["15", "after", "before"]);
        assert!(tree(&open(store).await).await.into_keys().eq(found));
    });
}

#[test]
fn a_directory_store_whose_put_was_dropped_may_still_make_it() {
    for is_deferred in [false, true] {
        block_on(async {
            let at = format!("deferred: {is_deferred}");
            let root = tempfile::tempdir().unwrap();
            let store = Arc::new(DirectoryStore::open(root.path()).await.unwrap());
            let ours = create(store.clone()).await;
            let theirs = open(store.clone()).await;
            let before = store.get("root").await.unwrap().etag;
            // While another process has the lock, a put waits for it.
            let lock = std::fs::File::options().write(true).open(root.path().join("lock")).unwrap();
            lock.lock().unwrap();
            let mut call: BoxFuture<'_, Result<()>> = if is_deferred {
                ours.put_with("new", "ours", &deferred()).await.unwrap();
                Box::pin(ours.flush())
            } else {
                Box::pin(put(&ours, "new", b"ours"))
            };
            let bodies = || std::fs::read_dir(root.path().join("tmp")).unwrap().count();
            while bodies() == 0 {
                assert!(poll_once(&mut call).await.is_none(), "{at}");
                std::thread::yield_now();
            }
            drop(call);
            ours.refresh().await.unwrap();
            assert_eq!(ours.stats().sequence, 1, "{at}: it came too early");
            lock.unlock().unwrap();
            while store.get("root").await.unwrap().etag == before {
                std::thread::yield_now();
            }
            theirs.refresh().await.unwrap();
            assert_eq!(read(&theirs, "new").await, "ours", "{at}");
            put(&theirs, "new", b"theirs").await.unwrap();
            ours.flush().await.unwrap();
            put(&ours, "next", b"next").await.unwrap();
            for vault in [&ours, &open(store).await] {
                assert_eq!(read(vault, "new").await, "theirs", "{at}: made twice");
                assert_eq!(read(vault, "next").await, "next", "{at}");
            }
        });
    }
}
