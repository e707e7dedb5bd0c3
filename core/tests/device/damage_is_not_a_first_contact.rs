//! A record that was altered is told as damage; one that is not there is a first contact; and a
//! record opens for its device and vault alone.

use std::sync::Arc;

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::blob::{
    BlobStore, DirectoryStore, EngineStore, Fault, FaultMode, FaultyStore, MemoryStore,
    Precondition,
};
use sealwood::engine::{Engine, EngineConfig};
use sealwood::internals::{DeviceSecret, DeviceState, VaultId};
use sealwood::platform::Environment;
use sealwood::{Damage, Error};

use crate::fixture::*;

#[test]
fn what_was_remembered_is_found_again_in_every_store() {
    let (root, other_root) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let directory = block_on(DirectoryStore::open(root.path())).unwrap();
    let engine = Engine::open_directory(other_root.path(), EngineConfig::default()).unwrap();
    let stores: [Arc<dyn BlobStore>; 3] = [
        Arc::new(MemoryStore::new()),
        Arc::new(directory),
        Arc::new(EngineStore::new(engine).unwrap()),
    ];
    let roots = history(3);
    for store in stores {
        assert!(found(store.clone()).is_none());
        let state = state(store.clone());
        block_on(state.update(&accepted(&roots[1]))).unwrap();
        let updated = block_on(state.update(&setting("name", "value"))).unwrap();
        assert_eq!(found(store.clone()), Some(updated.clone()));
        assert_eq!(sequence(&updated), 2);
        assert_eq!(updated.position, Some(position(&roots[1])));
        // Somebody else is further by now.
        let later = block_on(crate::fixture::state(store.clone()).update(&accepted(&roots[2])));
        let old = block_on(state.update(&accepted(&roots[0]))).unwrap();
        assert_eq!(old, later.unwrap());
        block_on(state.forget()).unwrap();
        assert!(found(store.clone()).is_none());
        block_on(state.forget()).unwrap();
        assert_eq!(sequence(&block_on(state.update(&accepted(&roots[0]))).unwrap()), 1);
    }
}

#[test]
fn every_flipped_bit_and_every_cut_is_damage() {
    let memory = Arc::new(MemoryStore::new());
    let state = state(memory.clone());
    block_on(state.update(&setting("a", "b"))).unwrap();
    let whole = block_on(memory.get(state.key())).unwrap().bytes;
    let with = |bytes: Vec<u8>| {
        block_on(memory.put(state.key(), bytes.into(), Precondition::None)).unwrap();
        let loaded = block_on(state.load()).map(drop).unwrap_err();
        let updated = block_on(crate::fixture::state(memory.clone()).update(&setting("c", "d")));
        assert_eq!(loaded.code(), updated.unwrap_err().code(), "nothing is written over damage");
        loaded
    };
    for bit in 0..whole.len() * 8 {
        let mut altered = whole.to_vec();
        altered[bit / 8] ^= 1 << (bit % 8);
        match with(altered) {
            Error::UnsupportedVersion { .. } => assert!((32..48).contains(&bit)),
            Error::Damaged { damage, object, path: None } => {
                assert_eq!(object, state.key());
                assert_eq!(matches!(damage, Damage::Malformed { .. }), bit < 32);
            }
            error => panic!("{bit}: {error}"),
        }
    }
    for length in 0..whole.len() {
        assert!(matches!(with(whole[..length].to_vec()), Error::Damaged { .. }));
    }
    assert!(matches!(with(vec![0; 4 << 20]), Error::Damaged { damage: Damage::Corrupt, .. }));
    // A new beginning is possible, and is the app's decision.
    block_on(state.forget()).unwrap();
    block_on(state.update(&setting("a", "b"))).unwrap();
}

#[test]
fn a_record_is_of_one_device_and_one_vault() {
    let memory = Arc::new(MemoryStore::new());
    let of = |device, vault| {
        let secret = DeviceSecret::from_bytes([device; 32]);
        DeviceState::new(memory.clone(), secret, vault, Environment::default())
    };
    let own = of(4, vault());
    block_on(own.update(&setting("a", "b"))).unwrap();
    let bytes: Bytes = block_on(memory.get(own.key())).unwrap().bytes;
    for other in [of(5, vault()), of(4, VaultId::from_bytes([5; 32]))] {
        assert_ne!(own.key(), other.key());
        assert!(block_on(other.load()).unwrap().is_none());
        // Put in the place of the other's it is damage.
        block_on(memory.put(other.key(), bytes.clone(), Precondition::None)).unwrap();
        let swapped = block_on(other.load()).unwrap_err();
        assert!(matches!(swapped, Error::Damaged { damage: Damage::Corrupt, .. }));
        block_on(other.forget()).unwrap();
    }
    assert!(!own.key().contains(&hex::encode(&vault().as_bytes()[..4])));
}

#[test]
fn a_store_that_ignores_conditions_is_refused() {
    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    store.arm(Fault::new(FaultMode::IgnorePreconditions));
    let error = block_on(state(store.clone()).update(&setting("a", "b"))).unwrap_err();
    assert!(matches!(error, Error::ConditionalPutUnsupported { .. }), "{error}");
    assert!(found(store).is_none());
}
