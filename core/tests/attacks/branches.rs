//! Two histories of one vault.

use futures_lite::future::block_on;

use crate::common::*;
use crate::lying::{Lying, commit, refuses};

/// The store keeps two sessions apart and then shows each the other's history, after one commit,
/// two and many, each of them by one session and by several.
#[test]
fn branches_never_meet_again() {
    block_on(async {
        for (ours, theirs, sessions) in [
            (1, 1, 1),
            (1, 2, 1),
            (1, 3, 1),
            (2, 1, 1),
            (3, 2, 2),
            (1, 40, 1),
            (1, 12, 6),
            (9, 2, 1),
        ] {
            let (store, vault) = Lying::new().await;
            commit(&vault, "common", 1).await;
            let common = store.root().await;
            let reader = store.session(&common).await;
            commit(&vault, "ours", ours).await;
            let here = store.root().await;
            reader.refresh().await.unwrap();

            store.show(&common).await;
            let mut other = store.session(&common).await;
            for session in 0..sessions {
                commit(&other, &format!("theirs {session}"), theirs / sessions).await;
                if session + 1 < sessions {
                    other = open(store.store.clone()).await;
                }
            }
            let there = store.root().await;
            refuses(&vault, "ours 0", "own-commit-missing").await;
            refuses(&reader, "ours 0", "fork").await;
            store.show(&here).await;
            refuses(&other, "theirs 0 0", "own-commit-missing").await;
            vault.refresh().await.unwrap();
            // A session that has seen neither takes either, and no more the other.
            let new = store.session(&there).await;
            store.show(&here).await;
            refuses(&new, "theirs 0 0", "fork").await;
            store.show(&here).await;
            commit(&vault, "goes on", 2).await;
            let newer = store.root().await;
            store.show(&newer).await;
            refuses(&new, "theirs 0 0", "fork").await;
        }
    });
}

/// A store that answers a commit and then shows the root before it as if nothing had been.
#[test]
fn a_commit_that_was_acknowledged_is_missed_at_once() {
    block_on(async {
        let (store, vault) = Lying::new().await;
        commit(&vault, "of", 1).await;
        let before = store.root().await;
        commit(&vault, "acknowledged", 1).await;
        store.show(&before).await;
        refuses(&vault, "acknowledged 0", "rollback").await;
        // Somebody else commits in its place.
        let other = store.session(&before).await;
        commit(&other, "in its place", 1).await;
        refuses(&vault, "acknowledged 0", "own-commit-missing").await;
    });
}

/// A store that shows nothing new. Nobody can tell that from a vault to which nobody writes.
#[test]
fn a_frozen_root_is_not_noticed_by_itself() {
    block_on(async {
        let (store, vault) = Lying::new().await;
        let frozen = store.root().await;
        let reader = store.session(&frozen).await;
        commit(&vault, "of", 3).await;
        store.show(&frozen).await;
        reader.refresh().await.unwrap();
        assert_eq!(code(reader.get("of 0").await), "not-found");
    });
}

/// An old commit of one's own that the store had refused is no fork once it is shown, and none that
/// is gone.
#[test]
fn both_sides_of_a_fork_are_a_proof() {
    block_on(async {
        let (store, vault) = Lying::new().await;
        commit(&vault, "common", 1).await;
        let common = store.root().await;
        commit(&vault, "ours", 1).await;
        let other = store.session(&common).await;
        commit(&other, "theirs", 1).await;
        assert_eq!(vault.fork_proof(), None);
        refuses(&vault, "ours 0", "own-commit-missing").await;
        let proof = vault.fork_proof().unwrap();
        let fork = sealwood::trust::ForkProof::verify(&proof, vault.id()).unwrap();
        assert_eq!((fork.first.sequence(), fork.second.sequence()), (3, 3));
        let shown = String::from_utf8_lossy(&proof);
        assert!(!shown.contains("ours") && !shown.contains("theirs"));
    });
}
