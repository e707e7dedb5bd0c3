//! Vaults in the place of others.

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::{BlobStore, Precondition};
use sealwood::vault::VaultConfig;

use crate::common::*;
use crate::lying::{Lying, commit};

/// Copies all objects of a store into another one, the root over the one that is there.
async fn swap_in(from: &Lying, into: &Lying) {
    let page = from.store.list("", None, 1000).await.unwrap();
    for object in page.objects {
        let bytes = from.store.get(&object.key).await.unwrap().bytes;
        into.store.put(&object.key, bytes, Precondition::None).await.unwrap();
    }
}

/// Two vaults under one secret: whoever names the one that is meant is not given the other.
#[test]
fn a_vault_is_not_taken_for_another_of_the_same_secret() {
    block_on(async {
        let (mine, vault) = Lying::new().await;
        let (other, elsewhere) = Lying::new().await;
        commit(&elsewhere, "elsewhere", 5).await;
        assert_ne!(vault.id(), elsewhere.id());
        swap_in(&other, &mine).await;
        // The open session's slot opens nothing there.
        assert_eq!(code(vault.refresh().await), "shut-out");
        let pinned = |id| VaultConfig::new().vault(id);
        let opened = Vault::open_with(mine.store.clone(), &credential(), &pinned(vault.id())).await;
        assert_eq!(code(opened), "wrong-vault");
        let config = pinned(elsewhere.id());
        let opened = Vault::open_with(mine.store.clone(), &credential(), &config).await;
        assert_eq!(opened.unwrap().id(), elsewhere.id());
        // Without a name either is taken, and it can be asked which it is.
        assert_eq!(open(mine.store.clone()).await.id(), elsewhere.id());
    });
}
