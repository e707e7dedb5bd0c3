//! Devices that keep state, and those that were removed, copied or set back.

use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore};
use sealwood::device::DeviceState;
use sealwood::platform::Environment;
use sealwood::seal::DeviceSecret;
use sealwood::trust::{Seen, SigningKey};
use sealwood::vault::VaultConfig;

use crate::common::*;
use crate::lying::{Lying, commit, refuses};

fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

async fn opened(store: &Lying, device: u8, seen: Option<&Seen>) -> Result<Vault, sealwood::Error> {
    let config = VaultConfig::new().device(key(device));
    let config = match seen {
        Some(seen) => config.seen(seen.clone()),
        None => config,
    };
    Vault::open_with(store.store.clone(), &credential(), &config).await
}

/// A vault with two certified devices, and a session of the first.
async fn two_devices() -> (Lying, Vault) {
    let (store, owner) = Lying::new().await;
    assert_eq!(owner.certify_device(key(20).verifying(), "one").await.unwrap(), 0);
    assert_eq!(owner.certify_device(key(21).verifying(), "other").await.unwrap(), 1);
    let first = opened(&store, 20, Some(&owner.seen())).await.unwrap();
    (store, first)
}

/// What a device has seen goes with it from session to session, and it was away for long.
#[test]
fn a_device_goes_back_to_no_older_root_in_any_session() {
    block_on(async {
        let (store, first) = two_devices().await;
        let old = store.root().await;
        commit(&first, "of", 3).await;
        let (newest, seen) = (store.root().await, first.seen());
        first.close().await.unwrap();
        store.show(&old).await;
        assert_eq!(code(opened(&store, 20, Some(&seen)).await), "rollback");
        // A branch, however long.
        let other = opened(&store, 21, None).await.unwrap();
        commit(&other, "other", 5).await;
        let branch = store.root().await;
        assert_eq!(code(opened(&store, 20, Some(&seen)).await), "own-commit-missing");
        assert_eq!(code(opened(&store, 21, Some(&seen)).await), "fork");
        store.show(&newest).await;
        let again = opened(&store, 20, Some(&seen)).await.unwrap();
        assert!(again.is_known_to_follow());
        commit(&again, "again", 20).await;
        // Others have come a long way since.
        let third = open(store.store.clone()).await;
        commit(&third, "third", 20).await;
        assert_eq!(code(opened(&store, 20, Some(&seen)).await), "device-cloned");
        let later = opened(&store, 20, Some(&again.seen())).await.unwrap();
        assert!(later.is_known_to_follow());
        store.show(&branch).await;
        refuses(&later, "third 19", "own-commit-missing").await;
    });
}

/// Two machines with one device's key: the second of them to commit is told.
#[test]
fn a_copied_device_is_noticed_by_the_copy() {
    block_on(async {
        let (store, first) = two_devices().await;
        commit(&first, "before", 1).await;
        let seen = first.seen();
        let copy = opened(&store, 20, Some(&seen)).await.unwrap();
        commit(&first, "after", 1).await;
        assert_eq!(code(copy.refresh().await), "device-cloned");
        assert_eq!(code(put(&copy, "of the copy", b"1").await), "device-cloned");
        assert_eq!(code(opened(&store, 20, Some(&seen)).await), "device-cloned");
        // One that has forgotten everything, too.
        assert_eq!(code(opened(&store, 20, None).await), "device-cloned");
        first.refresh().await.unwrap();
        commit(&first, "goes on", 1).await;
    });
}

/// A device whose session ended before it knew what became of its commit.
#[test]
fn a_commit_in_doubt_is_known_again() {
    block_on(async {
        let (store, first) = two_devices().await;
        let before = first.seen();
        commit(&first, "in doubt", 1).await;
        let sent = vec![first.seen().kept.root.hash()];
        let seen = Seen { sent, ..before };
        let again = opened(&store, 20, Some(&seen)).await.unwrap();
        commit(&again, "goes on", 1).await;
    });
}

/// A device that was removed writes no more, neither by the members as they are nor as they were.
#[test]
fn a_removed_device_writes_nothing_that_others_accept() {
    block_on(async {
        let (store, first) = two_devices().await;
        let before = store.root().await;
        let removed = opened(&store, 21, None).await.unwrap();
        commit(&removed, "while it may", 1).await;
        first.refresh().await.unwrap();
        first.remove_device(1).await.unwrap();
        let after = store.root().await;
        assert_eq!(code(put(&removed, "no more", b"1").await), "read-only");
        let again = opened(&store, 21, Some(&removed.seen())).await.unwrap();
        assert_eq!(code(put(&again, "no more", b"1").await), "read-only");
        // The store has it go on from before.
        store.show(&before).await;
        let late = opened(&store, 21, None).await.unwrap();
        put(&late, "from before", b"1").await.unwrap();
        refuses(&first, "while it may 0", "own-commit-missing").await;
        store.show(&after).await;
        first.refresh().await.unwrap();
    });
}

/// What a device remembers by itself, over sessions that end without a word.
#[test]
fn a_device_remembers_without_being_told_to() {
    block_on(async {
        let (store, owner) = Lying::new().await;
        let secret = DeviceSecret::from_bytes([9; 32]);
        let kept: Arc<dyn BlobStore> = Arc::new(MemoryStore::new());
        let memory = || {
            let state = DeviceState::new(
                Arc::clone(&kept),
                secret.clone(),
                owner.id(),
                Environment::default(),
            );
            Arc::new(state)
        };
        owner.certify_device(memory().signing_key().verifying(), "phone").await.unwrap();
        let session = async || {
            let config = VaultConfig::new().memory(memory());
            Vault::open_with(store.store.clone(), &credential(), &config).await
        };
        let old = store.root().await;
        let first = session().await.unwrap();
        commit(&first, "of", 3).await;
        drop(first);
        let newest = store.root().await;
        store.show(&old).await;
        assert_eq!(code(session().await), "rollback");
        store.store.delete("root").await.unwrap();
        assert_eq!(code(session().await), "root-vanished");
        store.show(&newest).await;
        let again = session().await.unwrap();
        assert!(again.is_known_to_follow());
        // It has seen what others committed, and showed it.
        owner.refresh().await.unwrap();
        commit(&owner, "of the owner", 2).await;
        again.refresh().await.unwrap();
        drop(again);
        store.show(&newest).await;
        assert_eq!(code(session().await), "rollback");
    });
}
