//! A tree may have more paths than anybody could walk, and paths longer than any stack is deep: a
//! copy shares what it copies, and a rename brings deep directories deeper. Opening, listing one
//! directory, changing and storing cost what is in memory, each shared node once.

use std::sync::Arc;

use futures_lite::future::block_on;
use futures_util::TryStreamExt;
use sealwood::Vault;
use sealwood::blob::MemoryStore;
use sealwood::vault::VaultConfig;

use crate::common::*;

/// Levels of copies, each of which doubles the number of paths.
const LEVELS: usize = 40;

async fn names(vault: &Vault, path: &str) -> Vec<String> {
    let page = vault.list(path).await.unwrap();
    page.entries.iter().map(|entry| entry.name().to_owned()).collect()
}

/// `0/x` is a file, and level n holds level n - 1 twice, as `a` and `b`.
async fn nest_copies(vault: &Vault) {
    vault.put_with("0/x", "x", &deferred()).await.unwrap();
    let batch = vault.batch();
    for level in 1..=LEVELS {
        for copy in ["a", "b"] {
            batch.copy((level - 1).to_string(), format!("{level}/{copy}")).unwrap();
        }
    }
    batch.commit().await.unwrap();
}

async fn check_nested(vault: &Vault) {
    assert_eq!(names(vault, "").await.len(), LEVELS + 1);
    assert_eq!(names(vault, &LEVELS.to_string()).await, ["a", "b"]);
    let deepest = format!("{LEVELS}/{}", ["b"; LEVELS].join("/"));
    assert_eq!(names(vault, &deepest).await, ["x"]);
    assert_eq!(vault.get(&format!("{deepest}/x")).await.unwrap(), "x");
}

#[test]
fn a_tail_of_nested_copies_costs_each_directory_once() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        nest_copies(&vault).await;
        assert!(vault.stats().tail_operations as usize > 2 * LEVELS, "the tail was spilled");
        check_nested(&vault).await;

        // Whoever opens the vault applies the tail.
        let other = open(store.clone()).await;
        check_nested(&other).await;
        let inside = format!("{LEVELS}/{}/y", ["a"; LEVELS].join("/"));
        put(&other, &inside, b"y").await.unwrap();
        assert_eq!(other.get(&inside).await.unwrap(), "y");
        // A spill stores every directory once, and what was dirty is Sealed then.
        other.link("").await.unwrap();
        let nodes = other.stats().written.index_bytes;
        assert!(nodes < 100_000, "{nodes} bytes for {LEVELS} directories");
        check_nested(&other).await;
        put(&other, &inside, b"z").await.unwrap();
        other.link("").await.unwrap();

        vault.refresh().await.unwrap();
        check_nested(&vault).await;
        assert_eq!(vault.get(&inside).await.unwrap(), "z");
        let cold = open(store).await;
        check_nested(&cold).await;
        assert_eq!(cold.get(&inside).await.unwrap(), "z");
    });
}

#[test]
fn a_budget_evicts_shared_directories_once() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        nest_copies(&vault).await;
        let config = VaultConfig::new().memory_budget_bytes(4096);
        let small = Vault::open_with(store, &credential(), &config).await.unwrap();
        for number in 0..20 {
            let way: Vec<_> =
                (0..LEVELS).map(|level| ["a", "b"][number >> (level % 8) & 1]).collect();
            let path = format!("{LEVELS}/{}/{number}", way.join("/"));
            put(&small, &path, &noise(number as u64, 2000)).await.unwrap();
            small.link("").await.unwrap();
            assert_eq!(small.get(&path).await.unwrap(), noise(number as u64, 2000));
        }
        check_nested(&small).await;
    });
}

/// Directories of one rename: each path of a change stays below 4,096 bytes.
const DIRECTORIES: usize = 550;
/// Renames, each of which hangs what is there below so many directories more.
const RENAMES: usize = 20;

fn way(top: &str) -> String {
    format!("{top}/{}", ["deeper"; DIRECTORIES - 1].join("/"))
}

async fn deepen(vault: &Vault) {
    vault.put_with("top0/file", "found", &deferred()).await.unwrap();
    for number in 1..=RENAMES {
        let batch = vault.batch();
        let target = format!("{}/x", way(&format!("top{number}")));
        batch.rename(format!("top{}", number - 1), &target).unwrap();
        batch.commit().await.unwrap();
    }
}

/// Runs `test` with the stack of a thread on wasm32.
fn on_a_small_stack(test: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    thread.spawn(test).unwrap().join().unwrap();
}

#[test]
fn a_deep_tree_is_dropped_with_few_calls() {
    on_a_small_stack(|| {
        block_on(async {
            // Some of it sealed, some dirty, all of it resident, and nobody else has a node of it.
            let (_store, vault) = memory_vault().await;
            deepen(&vault).await;
            drop(vault);
        });
    });
}

#[test]
fn directories_deeper_than_any_path_are_stored_and_listed() {
    on_a_small_stack(|| block_on(deeper_than_any_path()));
}

async fn deeper_than_any_path() {
    let store = Arc::new(MemoryStore::new());
    let vault = create(store.clone()).await;
    deepen(&vault).await;
    let top = format!("top{RENAMES}");
    let one = [vec!["deeper"; DIRECTORIES - 1], vec!["x"]].concat();
    let segments = [vec![&*top], one.repeat(RENAMES)].concat();
    let file = format!("{}/file", segments.join("/"));
    for vault in [&vault, &open(store.clone()).await] {
        let entries: Vec<_> = vault.list_recursive("").await.unwrap().try_collect().await.unwrap();
        let last = entries.last().unwrap();
        assert_eq!(last.path.as_str(), file);
        assert_eq!(entries.len(), DIRECTORIES * RENAMES + 2);
        assert_eq!(vault.get(&file).await.unwrap(), "found");
    }
    vault.link("").await.unwrap();
    let cold = open(store.clone()).await;
    assert_eq!(cold.get(&file).await.unwrap(), "found");

    // What is too deep for a change is brought up by a directory above it.
    assert_eq!(code(put(&cold, &file, b"no").await), "path-too-long");
    assert_eq!(code(cold.remove(&file).await), "path-too-long");
    let middle = segments[..DIRECTORIES].join("/");
    cold.rename(&middle, "up").await.unwrap();
    vault.refresh().await.unwrap();
    let found = format!("up/{}/file", segments[DIRECTORIES..].join("/"));
    assert_eq!(vault.get(&found).await.unwrap(), "found");
    cold.remove_all("up").await.unwrap();
    assert!(names(&cold, &top).await.len() == 1);
}
