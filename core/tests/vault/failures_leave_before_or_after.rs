//! Every request of every call fails once, before and after it took effect. Whatever fails:
//! the session and a cold client see the state before or the state after, the call's answer says
//! which, and the same call made again succeeds.

use std::collections::BTreeMap;

use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, Fault, FaultMode, Method};
use sealwood::{Error, Vault};

use crate::common::*;

const MIB: usize = 1024 * 1024;

#[derive(Debug, Clone, Copy)]
enum Call {
    Inline,
    Packed,
    Chunked,
    Overwrite,
    MakeDirectory,
    Rename,
    Copy,
    Remove,
    RemoveAll,
    Batch,
    Link,
}

const CALLS: [Call; 11] = [
    Call::Inline,
    Call::Packed,
    Call::Chunked,
    Call::Overwrite,
    Call::MakeDirectory,
    Call::Rename,
    Call::Copy,
    Call::Remove,
    Call::RemoveAll,
    Call::Batch,
    Call::Link,
];

async fn run(vault: &Vault, call: Call) -> Result<(), Error> {
    match call {
        Call::Inline => put(vault, "new/inline", &noise(1, 500)).await,
        Call::Packed => put(vault, "new/packed", &noise(2, 5000)).await,
        Call::Chunked => put(vault, "new/chunked", &noise(3, 5 * MIB + 1)).await,
        Call::Overwrite => put(vault, "dir/3", &noise(4, 9000)).await,
        Call::MakeDirectory => vault.mkdir("new/made").await,
        Call::Rename => vault.rename("dir", "elsewhere/dir").await,
        Call::Copy => vault.copy("dir", "copy").await,
        Call::Remove => vault.remove("dir/3").await,
        Call::RemoveAll => vault.remove_all("dir").await,
        Call::Batch => {
            let batch = vault.batch();
            batch.put("dir/3", noise(5, 3000)).await?;
            batch.put("dir/more", noise(6, 300_000)).await?;
            batch.rename("dir/4", "four")?;
            batch.commit().await
        }
        Call::Link => vault.link("dir").await.map(drop),
    }
}

/// A vault with a directory in nodes, and some more operations in the tail.
async fn prepared() -> (std::sync::Arc<Faulty>, Vault) {
    let (store, vault) = faulty_vault().await;
    for number in 0..60 {
        vault
            .put_with(&format!("dir/{number}"), noise(100 + number, 2000), &deferred())
            .await
            .unwrap();
    }
    vault.link("").await.unwrap();
    put(&vault, "dir/tail", b"in the tail").await.unwrap();
    (store, vault)
}

type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// Checks what must hold after a failure, then that the call can be made again.
async fn check(
    store: std::sync::Arc<Faulty>,
    vault: &Vault,
    call: Call,
    states: (&Tree, &Tree),
    failed: Error,
    at: &str,
) {
    let (before, after) = states;
    let mine = tree(vault).await;
    let cold = tree(&open(store.clone()).await).await;
    assert!(&cold == before || &cold == after, "{at}: a third state is stored");
    if failed.code() != "outcome-unknown" {
        assert!(&cold == before, "{at}: {failed} but the change was stored");
        assert!(&mine == before, "{at}: {failed} but the session shows the change");
    }
    vault.refresh().await.unwrap();
    let mine = tree(vault).await;
    assert!(mine == cold, "{at}: the session and the store differ");
    if &cold == before {
        run(vault, call).await.unwrap();
    }
    assert!(&tree(vault).await == after, "{at}: made again");
    assert!(&tree(&open(store).await).await == after, "{at}: made again, cold");
}

fn enumerate(mode: impl Fn() -> FaultMode) {
    for call in CALLS {
        block_on(async {
            let (store, vault) = prepared().await;
            let before = tree(&vault).await;
            run(&vault, call).await.unwrap();
            let after = tree(&open(store).await).await;
            let mut nth = 1;
            // A fresh session each time, so that reads are struck as well.
            loop {
                let (store, _) = prepared().await;
                let vault = open(store.clone()).await;
                store.clear_trace();
                store.arm(Fault::new(mode()).nth(nth));
                let outcome = run(&vault, call).await;
                store.disarm();
                let struck = store.trace().iter().filter(|call| call.struck).count();
                let at = format!("{call:?}, request {nth}");
                match outcome {
                    Ok(()) => {
                        assert!(
                            tree(&open(store.clone()).await).await == after,
                            "{at}: {:?}",
                            store.trace()
                        );
                        if struck == 0 {
                            break;
                        }
                    }
                    Err(error) => {
                        assert_eq!(struck, 1, "{at}: failed by itself with {error}");
                        check(store, &vault, call, (&before, &after), error, &at).await;
                    }
                }
                nth += 1;
            }
            assert!(nth > 2, "{call:?} made {} requests", nth - 1);
        });
    }
}

#[test]
fn a_request_that_never_arrives_changes_nothing() {
    enumerate(|| {
        FaultMode::FailBefore(Error::StoreUnavailable {
            reason: "injected".into(),
            retry_after: None,
            source: None,
        })
    });
}

#[test]
fn a_request_whose_answer_is_lost_leaves_one_of_two_states() {
    enumerate(|| {
        FaultMode::FailAfter(Error::StoreUnavailable {
            reason: "injected".into(),
            retry_after: None,
            source: None,
        })
    });
}

#[test]
fn a_store_that_goes_away_for_good_leaves_one_of_two_states() {
    for call in CALLS {
        block_on(async {
            let (store, vault) = prepared().await;
            let before = tree(&vault).await;
            run(&vault, call).await.unwrap();
            let after = tree(&open(store).await).await;
            for alive in 0.. {
                let (store, _) = prepared().await;
                let vault = open(store.clone()).await;
                store.clear_trace();
                for nth in 1..=200 {
                    store.arm(Fault::unavailable().nth(alive + nth));
                }
                let outcome = run(&vault, call).await;
                store.disarm();
                let at = format!("{call:?}, gone after {alive}");
                let Err(error) = outcome else { break };
                check(store, &vault, call, (&before, &after), error, &at).await;
            }
        });
    }
}

#[test]
fn a_dropped_call_leaves_one_of_two_states() {
    for call in CALLS {
        block_on(async {
            let (store, vault) = prepared().await;
            let before = tree(&vault).await;
            run(&vault, call).await.unwrap();
            let after = tree(&open(store).await).await;
            for nth in 1.. {
                let (store, _) = prepared().await;
                let vault = open(store.clone()).await;
                store.clear_trace();
                store.arm(Fault::new(FaultMode::Hang).nth(nth));
                // The hanging request never ends, so one poll goes as far as it can.
                let done = futures_lite::future::poll_once(Box::pin(run(&vault, call))).await;
                store.disarm();
                if done.is_some_and(|outcome| outcome.is_ok()) {
                    assert!(store.trace().iter().all(|call| !call.struck));
                    break;
                }
                let at = format!("{call:?}, dropped at {nth}");
                check(store, &vault, call, (&before, &after), Error::Cancelled, &at).await;
            }
        });
    }
}

#[test]
fn a_full_store_says_so_and_keeps_what_it_has() {
    block_on(async {
        let (store, vault) = prepared().await;
        let before = tree(&vault).await;
        store.arm(Fault::full());
        for call in CALLS {
            assert_eq!(code(run(&vault, call).await), "store-full", "{call:?}");
            assert!(tree(&vault).await == before);
        }
        store.disarm();
        run(&vault, Call::Batch).await.unwrap();
    });
}

#[test]
fn after_a_failed_flush_the_next_writes_only_the_remainder() {
    block_on(async {
        // Packs of 16 KiB, so that one flush has many.
        let store = std::sync::Arc::new(Faulty::new(Default::default()));
        let config = sealwood::vault::VaultConfig::new().pack_bytes_max(16 * 1024);
        let fill = |vault: Vault| async move {
            for number in 0..100 {
                vault
                    .put_with(&format!("d/{number}"), noise(number, 2000), &deferred())
                    .await
                    .unwrap();
            }
            vault
        };
        let vault = Vault::create_with(store.clone(), &credential(), &config).await.unwrap();
        let vault = fill(vault).await;
        store.clear_trace();
        vault.flush().await.unwrap();
        let puts = store.trace().len() as u64;
        assert!(puts > 10, "{puts} puts");
        for failing in 1..=puts {
            let store = std::sync::Arc::new(Faulty::new(Default::default()));
            let vault = Vault::create_with(store.clone(), &credential(), &config).await.unwrap();
            let vault = fill(vault).await;
            store.clear_trace();
            store.arm(Fault::unavailable().on(Method::Put).nth(failing));
            // The root is the last. Whether it comes late, nobody knows.
            let expected = if failing == puts { "outcome-unknown" } else { "store-unavailable" };
            assert_eq!(code(vault.flush().await), expected);
            store.disarm();
            assert!(vault.needs_flush());
            assert_eq!(tree(&vault).await.len(), 101);
            let objects = |page: sealwood::blob::ObjectPage| {
                page.objects.iter().map(|object| object.size).sum::<u64>()
            };
            let stored = objects(store.list("objects/", None, 1000).await.unwrap());
            let wrote = vault.stats().written;
            vault.flush().await.unwrap();
            let total = objects(store.list("objects/", None, 1000).await.unwrap());
            let again = vault.stats().written;
            let second = again.content_bytes - wrote.content_bytes;
            // What the first flush stored is not written again.
            assert!(second < 100 * 2016, "failing put {failing} of {puts} rewrote all contents");
            assert!(total - stored <= 30 * 1024 || failing == puts, "{failing}: {stored} {total}");
            assert_eq!(tree(&open(store).await).await.len(), 101);
        }
    });
}

#[test]
fn no_node_of_a_pack_that_failed_is_taken_for_stored() {
    fail_each_pack(false);
}

/// Nodes name where contents lie: one that is stored and names a pack that is not counts for
/// nothing.
#[test]
fn no_node_above_a_content_of_a_pack_that_failed_is_taken_for_stored() {
    fail_each_pack(true);
}

/// Contents lie in the packs, or in the nodes.
fn fail_each_pack(packed: bool) {
    const PACK_BYTES: usize = 8 * 1024;
    block_on(async {
        // So many changes that nodes are written, in many packs.
        let prepared = || async {
            let store = std::sync::Arc::new(Faulty::new(Default::default()));
            let config = sealwood::vault::VaultConfig::new().pack_bytes_max(PACK_BYTES);
            let vault = Vault::create_with(store.clone(), &credential(), &config).await.unwrap();
            for number in 0..600 {
                let size = if packed { 1_100 + number as usize } else { 100 + number as usize };
                let path = format!("d/{}/{number}", number % 3);
                vault.put_with(&path, noise(number, size), &deferred()).await.unwrap();
            }
            store.clear_trace();
            (store, vault)
        };
        let stored =
            |store: std::sync::Arc<Faulty>| async move { packs_and_extents(&*store).await };
        let bytes = |objects: &[sealwood::blob::ObjectMeta]| {
            objects.iter().map(|object| object.size).sum::<u64>()
        };
        let (store, vault) = prepared().await;
        vault.flush().await.unwrap();
        let expected = tree(&vault).await;
        let packs = stored(store).await.len();
        assert!(packs > 8, "{packs} packs");
        for failing in 1..=packs as u64 {
            let (store, vault) = prepared().await;
            store.arm(Fault::unavailable().on(Method::Put).nth(failing));
            assert_eq!(code(vault.flush().await), "store-unavailable");
            store.disarm();
            let first = stored(store.clone()).await;
            assert_eq!(first.len(), packs - 1);
            vault.flush().await.unwrap();
            let second = bytes(&stored(store.clone()).await) - bytes(&first);
            // What the pack held and the nodes above it, but not what lies in the other packs.
            let nodes = if packed { 10 } else { 2 };
            assert!(second <= (nodes + 1) * PACK_BYTES as u64, "pack {failing}: {second} bytes");
            assert!(tree(&vault).await == expected, "pack {failing}: the session");
            assert!(tree(&open(store).await).await == expected, "pack {failing}: a fresh session");
        }
    });
}
