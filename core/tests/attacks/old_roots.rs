//! Roots that the store held before, and one that it holds no more.

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::BlobStore;

use crate::common::*;
use crate::lying::{Lying, commit, refuses};

/// Sessions that read, that write, and that do both: none goes back to a root older than the one
/// it accepted, however old that is.
#[test]
fn no_session_goes_back_to_any_older_root() {
    block_on(async {
        let (store, writer) = Lying::new().await;
        let mut roots = vec![store.root().await];
        for number in 0..6 {
            commit(&writer, &format!("of {number}"), 1).await;
            roots.push(store.root().await);
        }
        let newest = roots.pop().unwrap();
        let reader = store.session(&newest).await;
        let other = store.session(&newest).await;
        put(&other, "of other", b"1").await.unwrap();
        writer.refresh().await.unwrap();
        let newest = store.root().await;
        for old in &roots {
            store.show(old).await;
            refuses(&writer, "of other", "rollback").await;
            refuses(&other, "of other", "rollback").await;
            refuses(&reader, "of 5 0", "rollback").await;
        }
        store.show(&newest).await;
        for session in [&writer, &reader, &other] {
            session.refresh().await.unwrap();
            assert_eq!(code(session.get("of other").await), "ok");
        }
        put(&writer, "goes on", b"1").await.unwrap();
    });
}

/// A session that has never seen a newer one cannot know, and says so.
#[test]
fn a_new_session_takes_an_old_root_and_says_that_it_knows_nothing_newer() {
    block_on(async {
        let (store, writer) = Lying::new().await;
        let old = store.root().await;
        commit(&writer, "of", 3).await;
        let newest = store.root().await;
        let new = store.session(&old).await;
        assert!(!new.is_known_to_follow());
        assert!(writer.is_known_to_follow());
        // What comes after it tells nothing of what came before.
        let other = open(store.store.clone()).await;
        put(&other, "later", b"1").await.unwrap();
        new.refresh().await.unwrap();
        assert!(!new.is_known_to_follow());
        // What it commits on the old one is refused by whoever knows better.
        put(&new, "on the old one", b"1").await.unwrap();
        refuses(&writer, "of 2", "own-commit-missing").await;
        store.show(&newest).await;
        refuses(&new, "on the old one", "own-commit-missing").await;
    });
}

/// A vault that was there and is not.
#[test]
fn a_vault_that_vanishes_is_missed() {
    block_on(async {
        let (store, vault) = Lying::new().await;
        commit(&vault, "of", 1).await;
        let newest = store.root().await;
        store.store.delete("root").await.unwrap();
        assert_eq!(code(vault.refresh().await), "root-vanished");
        assert_eq!(code(put(&vault, "more", b"1").await), "root-vanished");
        assert_eq!(code(vault.get("of 0").await), "ok");
        let opened = Vault::open(store.store.clone(), &credential()).await;
        assert_eq!(code(opened), "vault-not-found");
        store.show(&newest).await;
        put(&vault, "more", b"1").await.unwrap();
    });
}
