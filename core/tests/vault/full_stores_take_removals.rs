//! A store that is full takes removals, and what they make room for.

use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::EngineStore;
#[cfg(target_os = "linux")]
use sealwood::blob::{BlobStore, DirectoryStore};
use sealwood::engine::Background;
use sealwood::engine::EngineConfig;

use crate::common::limited::Limited;
#[cfg(target_os = "linux")]
use crate::common::small_disk::on_small_disk;
use crate::common::*;

const NO_LIMIT: u64 = u64::MAX / 2;
const RESERVE: u64 = 256 * 1024;

/// A vault with `files` files in a store that is filled to the brim by small ones after that.
async fn filled(files: u64, room: u64) -> (Arc<Limited>, Vault, Vec<String>) {
    let store = Limited::new(NO_LIMIT);
    let vault = create(store.clone()).await;
    let mut paths = Vec::new();
    for number in 0..files {
        let path = format!("dir/{number}");
        put(&vault, &path, &noise(number, 200)).await.unwrap();
        paths.push(path);
    }
    store.set_bytes_max(store.used().await + room);
    for (kind, size) in [("packed", 6000), ("inline", 900), ("tiny", 1)] {
        for number in 0.. {
            let path = format!("{kind}/{number}");
            match put(&vault, &path, &noise(number, size)).await {
                Ok(()) => paths.push(path),
                Err(error) => {
                    assert_eq!(error.code(), "store-full");
                    break;
                }
            }
        }
    }
    (store, vault, paths)
}

#[test]
fn whatever_room_is_left_everything_can_be_removed_one_by_one() {
    block_on(async {
        for room in (0..24_000).step_by(1_500) {
            let (store, vault, paths) = filled(5, room).await;
            let half = paths.len() / 2;
            for path in &paths[..half] {
                vault.remove(path).await.unwrap_or_else(|error| panic!("{room} {path} {error}"));
            }
            // The same by who opens it while it is full.
            let fresh = open(store.clone()).await;
            for path in &paths[half..] {
                fresh.remove(path).await.unwrap_or_else(|error| panic!("{room} {path} {error}"));
            }
            let found = tree(&open(store.clone()).await).await;
            assert!(found.values().all(Option::is_none), "{found:?}");
        }
    });
}

#[test]
fn the_room_for_removals_is_not_taken_by_puts() {
    block_on(async {
        let (store, vault, paths) = filled(5, 10_000).await;
        vault.remove(&paths[0]).await.unwrap();
        assert!(!store.objects().await.iter().any(|object| object.0 == "reserve"));
        store.set_bytes_max(store.used().await + RESERVE - 1);
        // There are nearly 256 KiB, which a put of this session does not get, nor one of another.
        assert_eq!(code(put(&vault, "more", b"x").await), "store-full");
        let fresh = open(store.clone()).await;
        assert_eq!(code(put(&fresh, "more", b"x").await), "store-full");
        for path in &paths[1..] {
            fresh.remove(path).await.unwrap();
        }
        // As soon as there is room it is kept again.
        store.set_bytes_max(store.used().await + RESERVE + 10_000);
        put(&fresh, "more", b"x").await.unwrap();
        assert!(store.objects().await.contains(&("reserve".to_owned(), RESERVE)));
        let later = open(store.clone()).await;
        store.set_bytes_max(store.used().await);
        later.remove("more").await.unwrap();
    });
}

#[test]
fn a_removal_beside_deferred_puts_that_find_no_room_is_made() {
    block_on(async {
        let (_store, vault, paths) = filled(5, 10_000).await;
        vault.put_with("deferred", noise(1, 5000), &deferred()).await.unwrap();
        assert_eq!(code(vault.flush().await), "store-full");
        vault.remove(&paths[0]).await.unwrap();
        assert!(vault.get("deferred").await.unwrap() == noise(1, 5000));
    });
}

/// A disk on which the embedded engine is, whatever room it has left.
#[test]
fn an_engine_on_a_full_disk_takes_removals() {
    use sealwood::engine::disk::Disk;
    use sealwood::engine::faults::FaultDisk;

    const ROOMY: u64 = 1 << 30;
    block_on(async {
        for room in [0, 15_000, 40_000, 1_500_000] {
            let disk = FaultDisk::new();
            disk.set_capacity(Some(ROOMY));
            let store = engine_on(&disk).await;
            let vault = create(store.clone()).await;
            let mut paths = Vec::new();
            for number in 0..5 {
                let path = format!("dir/{number}");
                put(&vault, &path, &noise(number, 200)).await.unwrap();
                paths.push(path);
            }
            let free = disk.free_bytes().unwrap().unwrap();
            disk.set_capacity(Some(ROOMY - free + room));
            fill(&vault, &[6000, 900, 1], &mut paths).await;
            let half = paths.len() / 2;
            for path in &paths[..half] {
                vault.remove(path).await.unwrap_or_else(|error| panic!("{room} {path} {error}"));
            }
            drop((vault, store));
            let disk = disk.reopen();
            disk.set_capacity(Some(ROOMY - free + room));
            let fresh = open(engine_on(&disk).await).await;
            for path in &paths[half..] {
                fresh.remove(path).await.unwrap_or_else(|error| panic!("{room} {path} {error}"));
            }
            assert!(tree(&fresh).await.values().all(Option::is_none));
        }
    });
}

async fn engine_on(disk: &sealwood::engine::faults::FaultDisk) -> Arc<EngineStore> {
    let config = EngineConfig::default().background(Background::Manual);
    Arc::new(EngineStore::open(Arc::new(disk.clone()), config).await.unwrap())
}

/// Puts files of these sizes, as many of each as there is room for.
async fn fill(vault: &Vault, sizes: &[usize], paths: &mut Vec<String>) {
    for size in sizes {
        for number in 0.. {
            let path = format!("{size}/{number}");
            match put(vault, &path, &noise(number, *size)).await {
                Ok(()) => paths.push(path),
                Err(error) => {
                    assert_eq!(error.code(), "store-full", "{path}");
                    break;
                }
            }
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "mounts a small tmpfs: needs util-linux and user namespaces or root"]
fn a_full_disk_takes_removals() {
    let test = "full_stores_take_removals::a_full_disk_takes_removals";
    if let Some(root) = on_small_disk("8m", test) {
        block_on(fill_disk(async || Arc::new(DirectoryStore::open(&root).await.unwrap())));
    }
}

#[cfg(target_os = "linux")]
#[test]
#[ignore = "mounts a small tmpfs: needs util-linux and user namespaces or root"]
fn an_engine_on_a_full_file_system_takes_removals() {
    let test = "full_stores_take_removals::an_engine_on_a_full_file_system_takes_removals";
    if let Some(root) = on_small_disk("8m", test) {
        block_on(fill_disk(async || {
            let config = EngineConfig::default();
            Arc::new(EngineStore::open_directory(&root, config).await.unwrap())
        }));
    }
}

#[cfg(target_os = "linux")]
async fn fill_disk<S: BlobStore>(opened: impl AsyncFn() -> Arc<S>) {
    let store = opened().await;
    let vault = create(store.clone()).await;
    let count = || async { store.list("objects/", None, 1000).await.unwrap().objects.len() };
    // What does not fit leaves nothing.
    put(&vault, "kept", &noise(1, 1 << 20)).await.unwrap();
    let before = count().await;
    assert_eq!(code(put(&vault, "large", &noise(2, 20 << 20)).await), "store-full");
    assert_eq!(count().await, before);
    // What fits fills it.
    let mut paths = vec!["kept".to_owned()];
    fill(&vault, &[1 << 20, 100_000, 9000, 900, 1], &mut paths).await;
    // Some hundreds one by one, in this session and the next, and then what is left at once.
    let (first, rest) = paths.split_at(150.min(paths.len() / 2));
    for path in first {
        vault.remove(path).await.unwrap_or_else(|error| panic!("{path} {error}"));
    }
    drop((vault, store));
    let fresh = open(opened().await).await;
    for path in rest.iter().take(150) {
        fresh.remove(path).await.unwrap_or_else(|error| panic!("{path} {error}"));
    }
    for entry in fresh.list("").await.unwrap().entries {
        let path = entry.path.as_str();
        fresh.remove_all(path).await.unwrap_or_else(|error| panic!("{path} {error}"));
    }
    assert!(tree(&fresh).await.is_empty());
}
