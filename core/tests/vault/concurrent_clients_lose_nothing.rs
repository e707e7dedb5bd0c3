//! Several sessions on one store: nothing is lost, and every lost race is replayed.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use futures_lite::future::block_on;
use proptest::prelude::*;
use sealwood::Result;
use sealwood::blob::{
    BlobStore, ETag, Fault, MemoryStore, Method, Object, ObjectMeta, ObjectPage, Precondition,
    StoreGetOptions, StorePutOptions,
};
use sealwood::forward;
use sealwood::platform::BoxFuture;
use sealwood::vault::PutOptions;

use crate::common::*;

#[test]
fn two_clients_that_take_turns_lose_nothing() {
    block_on(async {
        let (store, ours) = memory_vault().await;
        let theirs = open(store.clone()).await;
        for number in 0..120u64 {
            let (vault, side) = if number % 2 == 0 { (&ours, "ours") } else { (&theirs, "theirs") };
            let size = [300, 5_000, 200_000][number as usize % 3];
            put(vault, &format!("{side}/{number}"), &noise(number, size)).await.unwrap();
        }
        let lost_races = ours.stats().written.conflicts + theirs.stats().written.conflicts;
        assert!(lost_races >= 119, "only {lost_races} commits met the other's");
        let cold = tree(&open(store.clone()).await).await;
        assert_eq!(cold.len(), 122);
        for number in 0..120u64 {
            let side = if number % 2 == 0 { "ours" } else { "theirs" };
            let size = [300, 5_000, 200_000][number as usize % 3];
            assert!(cold[&format!("{side}/{number}")] == Some(noise(number, size)), "{number}");
        }
        for vault in [ours, theirs] {
            vault.refresh().await.unwrap();
            assert!(tree(&vault).await == cold);
        }
    });
}

#[test]
fn clients_that_write_at_once_lose_nothing() {
    block_on(async {
        let (store, first) = memory_vault().await;
        let mut vaults = vec![first];
        for _ in 1..5 {
            vaults.push(open(store.clone()).await);
        }
        let file = |client: u64, number: u64| {
            (format!("shared/{client}-{number}"), noise(100 * client + number, 3000))
        };
        let puts = vaults.iter().zip(0..).flat_map(|(vault, client)| {
            (0..20).map(move |number| async move {
                let (path, content) = file(client, number);
                put(vault, &path, &content).await
            })
        });
        futures_util::future::try_join_all(puts).await.unwrap();
        let cold = tree(&open(store).await).await;
        assert_eq!(cold.len(), 101);
        for (client, number) in (0..5).flat_map(|client| (0..20).map(move |n| (client, n))) {
            let (path, content) = file(client, number);
            assert!(cold[&path] == Some(content), "{path}");
        }
    });
}

#[test]
fn a_lost_race_reloads_the_root_and_no_node_it_has() {
    block_on(async {
        let (store, ours) = faulty_vault().await;
        for number in 0..2000 {
            ours.put_with(&format!("d/{number}"), noise(number, 100), &deferred()).await.unwrap();
        }
        ours.flush().await.unwrap();
        let theirs = open(store.clone()).await;
        put(&theirs, "d/theirs", b"x").await.unwrap();
        store.clear_trace();
        put(&ours, "d/ours", b"y").await.unwrap();
        let gets: Vec<_> = store
            .trace()
            .into_iter()
            .filter(|call| matches!(call.method, Method::Get | Method::GetRange))
            .map(|call| call.key)
            .collect();
        assert_eq!(gets, ["root"]);
        assert_eq!(tree(&open(store).await).await.len(), 2003);
    });
}

#[test]
fn an_operation_the_other_made_impossible_is_told_and_the_rest_commits() {
    block_on(async {
        let (store, ours) = memory_vault().await;
        put(&ours, "a/file", b"1").await.unwrap();
        put(&ours, "b", b"2").await.unwrap();
        let theirs = open(store.clone()).await;
        theirs.remove_all("a").await.unwrap();
        assert_eq!(code(ours.rename("a/file", "c").await), "conflict");
        // An update beats a delete.
        put(&ours, "a/new", b"3").await.unwrap();
        let cold = tree(&open(store.clone()).await).await;
        let expected: BTreeMap<String, Option<Vec<u8>>> = [
            ("a".to_owned(), None),
            ("a/new".to_owned(), Some(b"3".to_vec())),
            ("b".to_owned(), Some(b"2".to_vec())),
        ]
        .into();
        assert_eq!(cold, expected);

        let batch = theirs.batch();
        batch.put("kept-out", "4").await.unwrap();
        batch.rename("b", "d").unwrap();
        ours.remove("b").await.unwrap();
        assert_eq!(code(batch.commit().await), "conflict");
        assert!(!open(store.clone()).await.exists("kept-out").await.unwrap());

        // A deferred change has no caller left to tell, so the flush does, once.
        let late = open(store.clone()).await;
        put(&late, "e", b"5").await.unwrap();
        let waiting = late.batch();
        waiting.put("f", "6").await.unwrap();
        late.put_with("e/below", "7", &deferred()).await.unwrap_err();
        late.put_with("g/below", "7", &deferred()).await.unwrap();
        ours.refresh().await.unwrap();
        put(&ours, "g", b"8").await.unwrap();
        waiting.commit().await.unwrap();
        let refused = late.flush().await.unwrap_err();
        assert_eq!(refused.code(), "conflict");
        assert!(refused.path().is_some(), "a flush says which of the deferred changes it was");
        late.flush().await.unwrap();
        assert_eq!(open(store).await.get("g").await.unwrap(), "8");
    });
}

/// Lets others run before each request takes effect and before its answer arrives.
struct Slow(MemoryStore, AtomicU64);

impl Slow {
    fn around<'a, T>(&self, request: BoxFuture<'a, T>) -> BoxFuture<'a, T>
    where
        T: Send + 'a,
    {
        // Turns of different lengths, so that requests meet in every order.
        let turn = self.1.fetch_add(1, Ordering::Relaxed);
        Box::pin(async move {
            for _ in 0..turn % 3 {
                futures_lite::future::yield_now().await;
            }
            let answer = request.await;
            for _ in 0..turn % 7 {
                futures_lite::future::yield_now().await;
            }
            answer
        })
    }
}

impl BlobStore for Slow {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        self.around(self.0.get_with(key, options))
    }

    fn get_range<'a>(&'a self, key: &'a str, at: u64, len: u64) -> BoxFuture<'a, Result<Bytes>> {
        self.around(self.0.get_range(key, at, len))
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        self.around(self.0.put_with(key, bytes, options))
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        self.around(self.0.delete(key))
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        self.around(self.0.list(prefix, start_after, limit))
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        self.around(self.0.head(key))
    }

    forward!(0: flush, needs_flush);
}

#[test]
fn reads_and_refreshes_beside_a_commit_do_not_disturb_it() {
    block_on(async {
        let store = Arc::new(Slow(MemoryStore::new(), AtomicU64::new(0)));
        let vault = create(store.clone()).await;
        put(&vault, "0", b"moves").await.unwrap();
        let moves = async {
            for number in 0..50 {
                vault.rename(&number.to_string(), &(number + 1).to_string()).await.unwrap();
            }
        };
        let reads = async {
            for _ in 0..200 {
                vault.refresh().await.unwrap();
                assert_eq!(tree(&vault).await.len(), 1);
                futures_lite::future::yield_now().await;
            }
        };
        futures_util::future::join(moves, reads).await;
        assert_eq!(vault.stats().written.conflicts, 0);
        assert_eq!(open(store).await.get("50").await.unwrap(), "moves");
    });
}

#[test]
fn a_vault_is_created_once_however_many_try() {
    block_on(async {
        let store = Arc::new(MemoryStore::new());
        let credential = credential();
        let creations = (0..8).map(|_| sealwood::Vault::create(store.clone(), &credential));
        let outcomes = futures_util::future::join_all(creations).await;
        let codes: Vec<_> = outcomes.into_iter().map(code).collect();
        assert_eq!(codes.iter().filter(|code| **code == "ok").count(), 1);
        assert_eq!(codes.iter().filter(|code| **code == "vault-exists").count(), 7);
    });
}

#[test]
fn an_unlucky_client_gives_up_with_a_typed_error_and_keeps_nothing_half_done() {
    block_on(async {
        let (store, vault) = faulty_vault().await;
        put(&vault, "here", b"1").await.unwrap();
        store.arm(
            Fault::new(sealwood::blob::FaultMode::FailBefore(sealwood::Error::PreconditionFailed))
                .on(Method::Put)
                .below("root"),
        );
        assert_eq!(code(put(&vault, "new", b"2").await), "commit-contention");
        store.disarm();
        assert!(!vault.exists("new").await.unwrap());
        put(&vault, "new", b"2").await.unwrap();
    });
}

#[test]
fn an_older_or_second_root_is_refused() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "a", b"1").await.unwrap();
        let old = store.get("root").await.unwrap().bytes;
        let fork = open(store.clone()).await;
        put(&vault, "b", b"2").await.unwrap();
        put(&vault, "c", b"3").await.unwrap();
        let newest = store.get("root").await.unwrap().bytes;

        store.put("root", old.clone(), Precondition::None).await.unwrap();
        assert_eq!(code(vault.refresh().await), "rollback");
        assert_eq!(code(put(&vault, "d", b"4").await), "rollback");
        // The session goes on reading what it accepted.
        assert_eq!(vault.get("c").await.unwrap(), "3");

        // Another history with the same number.
        put(&fork, "x", b"1").await.unwrap();
        put(&fork, "y", b"2").await.unwrap();
        assert_eq!(code(vault.refresh().await), "own-commit-missing");
        // The next of another history.
        put(&fork, "z", b"2").await.unwrap();
        assert_eq!(code(vault.refresh().await), "own-commit-missing");

        store.put("root", newest, Precondition::None).await.unwrap();
        vault.refresh().await.unwrap();
        put(&vault, "d", b"4").await.unwrap();
    });
}

#[derive(Debug, Clone)]
enum Step {
    Put { client: usize, path: usize, size: usize, deferred: bool },
    Remove { client: usize, path: usize },
    RemoveAll { client: usize, path: usize },
    Rename { client: usize, from: usize, to: usize },
    Copy { client: usize, from: usize, to: usize },
    Flush { client: usize },
    Reopen { client: usize },
    Link { client: usize },
}

const PATHS: [&str; 9] = ["a", "b", "d", "d/a", "d/b", "d/e", "d/e/a", "d/e/b", "f/g/h"];

fn steps(clients: usize) -> impl Strategy<Value = Vec<Step>> {
    let (client, path) = (0..clients, 0..PATHS.len());
    let size = prop_oneof![Just(0usize), 1usize..600, Just(3000), Just(140_000)];
    let pair = (client.clone(), path.clone(), 0..PATHS.len());
    let step = prop_oneof![
        8 => (client.clone(), path.clone(), size, any::<bool>()).prop_map(
            |(client, path, size, deferred)| Step::Put { client, path, size, deferred }),
        2 => (client.clone(), path.clone()).prop_map(|(client, path)| Step::Remove { client, path }),
        1 => (client.clone(), path.clone()).prop_map(|(client, path)| Step::RemoveAll { client, path }),
        3 => pair.clone().prop_map(|(client, from, to)| Step::Rename { client, from, to }),
        2 => pair.prop_map(|(client, from, to)| Step::Copy { client, from, to }),
        1 => client.clone().prop_map(|client| Step::Flush { client }),
        1 => client.clone().prop_map(|client| Step::Reopen { client }),
        1 => client.prop_map(|client| Step::Link { client }),
    ];
    prop::collection::vec(step, 1..60)
}

/// A file system as simple as can be: paths to contents, directories to `None`.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model(BTreeMap<String, Option<Vec<u8>>>);

impl Model {
    fn below(path: &str) -> String {
        format!("{path}/")
    }

    fn make_parents(&mut self, path: &str) -> Result<(), &'static str> {
        for (cut, _) in path.match_indices('/') {
            match self.0.get(&path[..cut]) {
                Some(Some(_)) => return Err("not-a-directory"),
                Some(None) => {}
                None => {
                    self.0.insert(path[..cut].to_owned(), None);
                }
            }
        }
        Ok(())
    }

    fn put(&mut self, path: &str, bytes: Vec<u8>) -> Result<(), &'static str> {
        if let Some(None) = self.0.get(path) {
            return Err("is-a-directory");
        }
        self.make_parents(path)?;
        self.0.insert(path.to_owned(), Some(bytes));
        Ok(())
    }

    fn has_children(&self, path: &str) -> bool {
        self.0.keys().any(|key| key.starts_with(&Self::below(path)))
    }

    fn remove(&mut self, path: &str, all: bool) -> Result<(), &'static str> {
        if !self.0.contains_key(path) {
            return Err("not-found");
        }
        if !all && self.has_children(path) {
            return Err("directory-not-empty");
        }
        let below = Self::below(path);
        self.0.retain(|key, _| key != path && !key.starts_with(&below));
        Ok(())
    }

    fn transfer(&mut self, from: &str, to: &str, keep: bool) -> Result<(), &'static str> {
        let Some(entry) = self.0.get(from).cloned() else { return Err("not-found") };
        if from == to {
            return Ok(());
        }
        if to.starts_with(&Self::below(from)) {
            return Err(if entry.is_none() { "into-itself" } else { "not-a-directory" });
        }
        match (entry.is_some(), self.0.get(to).map(Option::is_some)) {
            (_, None) | (true, Some(true)) => {}
            (true, Some(false)) => return Err("is-a-directory"),
            (false, Some(true)) => return Err("not-a-directory"),
            (false, Some(false)) if self.has_children(to) => return Err("directory-not-empty"),
            (false, Some(false)) => {}
        }
        let below = Self::below(from);
        let moved: Vec<_> = self
            .0
            .iter()
            .filter(|(key, _)| *key == from || key.starts_with(&below))
            .map(|(key, value)| (format!("{to}{}", &key[from.len()..]), value.clone()))
            .collect();
        if !keep {
            self.0.retain(|key, _| key != from && !key.starts_with(&below));
        }
        self.make_parents(to)?;
        self.0.extend(moved);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_vault_is_a_file_system_whatever_is_done_to_it(steps in steps(1)) {
        block_on(async {
            let (store, mut vault) = memory_vault().await;
            let mut model = Model::default();
            for (seed, step) in steps.iter().enumerate() {
                let before = model.clone();
                let (got, expected) = match *step {
                    Step::Put { path, size, deferred: later, .. } => {
                        let bytes = noise(seed as u64, size);
                        let options = if later { deferred() } else { PutOptions::default() };
                        let got = vault.put_with(PATHS[path], bytes.clone(), &options).await.map(drop);
                        (got, model.put(PATHS[path], bytes))
                    }
                    Step::Remove { path, .. } =>
                        (vault.remove(PATHS[path]).await, model.remove(PATHS[path], false)),
                    Step::RemoveAll { path, .. } =>
                        (vault.remove_all(PATHS[path]).await, model.remove(PATHS[path], true)),
                    Step::Rename { from, to, .. } => (
                        vault.rename(PATHS[from], PATHS[to]).await,
                        model.transfer(PATHS[from], PATHS[to], false),
                    ),
                    Step::Copy { from, to, .. } => (
                        vault.copy(PATHS[from], PATHS[to]).await,
                        model.transfer(PATHS[from], PATHS[to], true),
                    ),
                    Step::Flush { .. } => (vault.flush().await, Ok(())),
                    Step::Link { .. } => (vault.link("").await.map(drop), Ok(())),
                    Step::Reopen { .. } => {
                        vault.flush().await.unwrap();
                        vault = open(store.clone()).await;
                        (Ok(()), Ok(()))
                    }
                };
                prop_assert_eq!(code(got), expected.err().unwrap_or("ok"), "{:?}", step);
                if expected.is_err() {
                    model = before;
                }
                prop_assert_eq!(&tree(&vault).await, &model.0);
            }
            vault.flush().await.unwrap();
            prop_assert_eq!(&tree(&open(store).await).await, &model.0);
            Ok(())
        })?;
    }

    #[test]
    fn clients_in_any_order_end_in_one_state(steps in steps(3)) {
        block_on(async {
            let (store, first) = memory_vault().await;
            let mut vaults = vec![first, open(store.clone()).await, open(store.clone()).await];
            let mut kept: BTreeMap<String, Vec<u8>> = BTreeMap::new();
            for (seed, step) in steps.iter().enumerate() {
                match *step {
                    Step::Put { client, size, deferred: later, .. } => {
                        // A path of its own: nobody else touches it.
                        let (path, bytes) = (format!("own/{seed}"), noise(seed as u64, size));
                        let options = if later { deferred() } else { PutOptions::default() };
                        vaults[client].put_with(&path, bytes.clone(), &options).await.unwrap();
                        kept.insert(path, bytes);
                    }
                    Step::Remove { client, path } => { let _ = vaults[client].remove(PATHS[path]).await; }
                    Step::RemoveAll { client, path } => { let _ = vaults[client].remove_all(PATHS[path]).await; }
                    Step::Rename { client, from, to } => { let _ = vaults[client].rename(PATHS[from], PATHS[to]).await; }
                    Step::Copy { client, from, to } => {
                        let _ = put(&vaults[client], PATHS[from], b"common").await;
                        let _ = vaults[client].copy(PATHS[from], PATHS[to]).await;
                    }
                    Step::Flush { client } => vaults[client].flush().await.unwrap(),
                    Step::Link { client } => { vaults[client].link("").await.unwrap(); }
                    Step::Reopen { client } => {
                        vaults[client].flush().await.unwrap();
                        vaults[client] = open(store.clone()).await;
                    }
                }
            }
            for vault in &vaults {
                vault.flush().await.unwrap();
            }
            let cold = tree(&open(store).await).await;
            for (path, bytes) in kept {
                prop_assert!(cold.get(&path) == Some(&Some(bytes)), "{} is lost", path);
            }
            for vault in &vaults {
                vault.refresh().await.unwrap();
                prop_assert_eq!(&tree(vault).await, &cold);
            }
            Ok(())
        })?;
    }
}
