//! A root that is cut or altered on its way to a store that does not check what it receives.

use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, Fault, FaultMode, MemoryStore, Method, Precondition};
use sealwood::{Error, Vault};

use crate::common::*;

fn on_root(mode: FaultMode) -> Fault {
    Fault::new(mode).on(Method::Put).below("root")
}

/// Bits of the magic, the version, the salt, the body and the tag, and a cut.
fn damages() -> Vec<FaultMode> {
    let mut damages: Vec<_> = [0, 37, 60, 200, 500, 900, 1_500].map(FaultMode::FlipSent).into();
    damages.push(FaultMode::TruncateSent);
    damages
}

fn root_gets(store: &Faulty) -> usize {
    let is_get = |call: &&sealwood::blob::Call| call.method == Method::Get && call.key == "root";
    store.trace().iter().filter(is_get).count()
}

#[test]
fn a_root_that_arrived_damaged_is_put_again() {
    for mode in damages() {
        for times in [1, 2, 4] {
            block_on(async {
                let at = format!("{mode:?}, {times} times");
                let (store, vault) = faulty_vault().await;
                put(&vault, "a", b"1").await.unwrap();
                (1..=times).for_each(|nth| store.arm(on_root(mode.clone()).nth(nth)));
                put(&vault, "b", &noise(1, 3_000)).await.unwrap_or_else(|e| panic!("{at}: {e}"));
                store.disarm();
                let cold = tree(&open(store.clone()).await).await;
                assert_eq!(cold.len(), 2, "{at}");
                assert!(tree(&vault).await == cold, "{at}");
                put(&vault, "c", b"3").await.unwrap();
                assert_eq!(vault.stats().written.conflicts, 0, "{at}");
            });
        }
    }
}

#[test]
fn the_first_root_is_checked_as_well() {
    for mode in damages() {
        block_on(async {
            let store = Arc::new(Faulty::new(MemoryStore::new()));
            store.arm(on_root(mode.clone()).nth(1));
            let vault = create(store.clone()).await;
            store.disarm();
            put(&vault, "a", b"1").await.unwrap();
            assert_eq!(open(store).await.get("a").await.unwrap(), "1", "{mode:?}");
        });
    }
}

#[test]
fn a_store_that_damages_every_root_is_given_up_on_and_mended_later() {
    for mode in damages() {
        block_on(async {
            let (store, vault) = faulty_vault().await;
            put(&vault, "a", b"1").await.unwrap();
            store.arm(on_root(mode.clone()));
            store.clear_trace();
            assert_eq!(code(put(&vault, "b", b"2").await), "outcome-unknown", "{mode:?}");
            // A root that came altered may name a keyring that there is not.
            assert!(store.trace().len() <= 18, "{mode:?}: {:?}", store.trace());
            // Whoever looks now is told which object is at fault.
            let error = vault.refresh().await.unwrap_err();
            assert!(matches!(error, Error::Damaged { object, .. } if object == "root"));
            store.disarm();
            // The session holds the only intact copy, and puts it.
            put(&vault, "c", b"3").await.unwrap();
            let cold = open(store).await;
            for (path, content) in [("a", "1"), ("b", "2"), ("c", "3")] {
                assert_eq!(cold.get(path).await.unwrap(), content, "{mode:?}");
            }
        });
    }
}

#[test]
fn a_root_cut_by_a_put_that_failed_is_put_again() {
    block_on(async {
        let (store, vault) = faulty_vault().await;
        put(&vault, "a", b"1").await.unwrap();
        store.arm(Fault::lost_answer().on(Method::Put).below("root").nth(1));
        // The store cannot be asked.
        store.arm(Fault::unavailable().on(Method::Get).below("root").nth(1));
        assert_eq!(code(put(&vault, "b", b"2").await), "outcome-unknown");
        store.disarm();
        let whole = store.inner().get("root").await.unwrap().bytes;
        let cut = whole.slice(..whole.len() - 9);
        store.inner().put("root", cut, Precondition::None).await.unwrap();
        vault.refresh().await.unwrap();
        assert_eq!(vault.get("b").await.unwrap(), "2");
        assert_eq!(store.inner().get("root").await.unwrap().bytes, whole);
        assert_eq!(open(store).await.get("b").await.unwrap(), "2");
    });
}

#[test]
fn another_writers_root_that_is_damaged_on_the_way_here_is_left_alone() {
    for mode in [FaultMode::FlipBit(700), FaultMode::TruncateReads] {
        block_on(async {
            let (store, ours) = faulty_vault().await;
            put(&ours, "a", &noise(1, 900)).await.unwrap();
            let theirs = open(store.clone()).await;
            put(&theirs, "b", b"theirs").await.unwrap();
            let root = store.get("root").await.unwrap().bytes;
            // Our put is refused, and what is there arrives damaged.
            store.arm(Fault::new(mode).on(Method::Get).below("root"));
            let outcome = code(put(&ours, "c", b"3").await);
            assert!(["object-corrupt", "object-truncated", "malformed"].contains(&outcome));
            store.disarm();
            assert_eq!(store.get("root").await.unwrap().bytes, root);
            put(&ours, "c", b"3").await.unwrap();
            assert_eq!(tree(&open(store).await).await.len(), 3);
        });
    }
}

#[test]
fn a_commit_costs_one_read_of_the_root_where_puts_are_not_confirmed() {
    block_on(async {
        let (store, vault) = faulty_vault().await;
        put(&vault, "a", b"1").await.unwrap();
        assert_eq!((root_gets(&store), vault.stats().written.read_backs), (0, 0));
        // Never strikes, but the store no longer says that it checks.
        store.arm(on_root(FaultMode::TruncateSent).nth(u64::MAX));
        for number in 0..5 {
            put(&vault, "a", &noise(number, 2_000)).await.unwrap();
        }
        assert_eq!((root_gets(&store), vault.stats().written.read_backs), (5, 5));
        store.clear_trace();
        let other = Arc::new(Faulty::new(MemoryStore::new()));
        other.arm(on_root(FaultMode::TruncateSent).nth(u64::MAX));
        Vault::create(other.clone(), &credential()).await.unwrap();
        assert_eq!(root_gets(&other), 1);
    });
}
