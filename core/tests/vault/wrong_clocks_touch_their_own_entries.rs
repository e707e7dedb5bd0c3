//! A clock that is wrong touches the entries of its own device and no others: times are what each
//! device's clock says, counts order what was done, and whoever reads a commit of the future is
//! told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_lite::future::block_on;
use futures_util::TryStreamExt;
use proptest::prelude::*;
use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore};
use sealwood::platform::{Clock, Environment};
use sealwood::seal::SlotSecret;
use sealwood::vault::{
    CLOCK_LEAD_MS_MAX, Credential, Durability, EntryInfo, Metadata, PutOptions, TIME_MS_MAX,
    VaultConfig,
};

const NOW: u64 = 1_790_000_000_000;
/// 2099-01-01.
const FAR: u64 = 4_070_908_800_000;
/// 1985-01-01.
const BACK: u64 = 473_385_600_000;

/// A clock that the test sets.
#[derive(Clone)]
struct Shown(Arc<AtomicU64>);

impl Shown {
    fn new(ms: u64) -> Self {
        Self(Arc::new(AtomicU64::new(ms)))
    }

    fn set(&self, ms: u64) {
        self.0.store(ms, Ordering::SeqCst);
    }
}

impl Clock for Shown {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

fn config(clock: &Shown) -> VaultConfig {
    let environment = Environment { clock: Arc::new(clock.clone()), ..Environment::default() };
    VaultConfig::new().environment(environment)
}

fn secret() -> Credential {
    Credential::Secret(SlotSecret::from_bytes([7; 32]))
}

async fn created(clock: &Shown) -> (Arc<dyn BlobStore>, Vault) {
    let store: Arc<dyn BlobStore> = Arc::new(MemoryStore::new());
    let vault = Vault::create_with(store.clone(), &secret(), &config(clock)).await.unwrap();
    (store, vault)
}

async fn opened(store: &Arc<dyn BlobStore>, clock: &Shown) -> Vault {
    Vault::open_with(store.clone(), &secret(), &config(clock)).await.unwrap()
}

async fn modified(vault: &Vault, path: &str) -> i64 {
    vault.stat(path).await.unwrap().modified_ms
}

async fn entries(vault: &Vault) -> Vec<EntryInfo> {
    vault.snapshot().await.unwrap().list_recursive("").await.unwrap().try_collect().await.unwrap()
}

#[test]
fn a_clock_in_2099_stamps_no_files_of_others() {
    block_on(async {
        let (far, right) = (Shown::new(FAR), Shown::new(NOW));
        let (store, wrong) = created(&far).await;
        wrong.put("by/the/wrong", "x").await.unwrap();
        wrong.put("gone", "x").await.unwrap();
        wrong.remove("gone").await.unwrap();
        assert_eq!(modified(&wrong, "by/the/wrong").await, FAR as i64);

        let vault = opened(&store, &right).await;
        vault.put("a/b/file", "x").await.unwrap();
        vault.mkdir("made/here").await.unwrap();
        vault.rename("a/b/file", "moved/to/file").await.unwrap();
        vault.copy("moved/to/file", "copied/to/file").await.unwrap();
        let batch = vault.batch();
        batch.put("batch/file", "x").await.unwrap();
        batch.commit().await.unwrap();
        // What was written far ahead is replaced, and then nothing of it is left.
        vault.put("by/the/wrong", "y").await.unwrap();
        for path in ["by", "by/the"] {
            vault.set_metadata(path, &Metadata::default()).await.unwrap();
        }
        for entry in entries(&vault).await {
            assert_eq!(entry.modified_ms, NOW as i64, "{}", entry.path.as_str());
        }
        assert_eq!(vault.get("by/the/wrong").await.unwrap(), "y");
        // After a spill too, and for the next device.
        vault.link("").await.unwrap();
        let next = opened(&store, &right).await;
        for entry in entries(&next).await {
            assert_eq!(entry.modified_ms, NOW as i64, "{}", entry.path.as_str());
        }
    });
}

#[test]
fn directories_on_the_way_of_an_old_file_are_of_today() {
    block_on(async {
        let (_, vault) = created(&Shown::new(NOW)).await;
        let metadata = Metadata::new().modified_ms(-446_774_400_000);
        let options = PutOptions::new().metadata(metadata);
        vault.put_with("album/1955", "x", &options).await.unwrap();
        assert_eq!(modified(&vault, "album").await, NOW as i64);
        assert_eq!(modified(&vault, "album/1955").await, -446_774_400_000);
    });
}

#[test]
fn a_commit_of_the_future_is_reported_until_a_right_clock_has_committed() {
    block_on(async {
        let (far, right) = (Shown::new(FAR), Shown::new(NOW));
        let (store, wrong) = created(&far).await;
        assert_eq!(wrong.stats().future_commit_ms, None);
        let vault = opened(&store, &right).await;
        assert_eq!(vault.stats().future_commit_ms, Some(FAR as i64));
        // What this session commits does not take the report from it.
        vault.put("a", "x").await.unwrap();
        assert_eq!(vault.stats().future_commit_ms, Some(FAR as i64));
        assert_eq!(opened(&store, &right).await.stats().future_commit_ms, None);

        // A session that is open hears of it as it reads the commit, by a look or a lost race.
        let witness = opened(&store, &right).await;
        wrong.put("b", "x").await.unwrap();
        witness.refresh().await.unwrap();
        assert_eq!(witness.stats().future_commit_ms, Some(FAR as i64));
        far.set(NOW);
        wrong.put("c", "x").await.unwrap();
        witness.refresh().await.unwrap();
        assert_eq!(witness.stats().future_commit_ms, None);
        far.set(FAR);
        wrong.put("d", "x").await.unwrap();
        witness.put("e", "x").await.unwrap();
        assert_eq!(witness.stats().future_commit_ms, Some(FAR as i64));
    });
}

#[test]
fn clocks_differ_by_five_minutes_before_it_is_reported() {
    block_on(async {
        let right = Shown::new(NOW);
        for (lead, told) in [(0, false), (CLOCK_LEAD_MS_MAX, false), (CLOCK_LEAD_MS_MAX + 1, true)]
        {
            let (store, _) = created(&Shown::new(NOW + lead)).await;
            let stats = opened(&store, &right).await.stats();
            assert_eq!(stats.future_commit_ms.is_some(), told, "{lead}");
        }
        let (store, _) = created(&Shown::new(BACK)).await;
        assert_eq!(opened(&store, &right).await.stats().future_commit_ms, None);
    });
}

#[test]
fn a_clock_that_is_behind_or_jumps_back_loses_nothing() {
    block_on(async {
        let clock = Shown::new(NOW);
        let (store, vault) = created(&clock).await;
        // Deferred changes of one session, each over the one before, at falling times.
        let deferred = PutOptions::new().durability(Durability::Deferred);
        for (n, ms) in [FAR, NOW, BACK, 0].into_iter().enumerate() {
            clock.set(ms);
            vault.put_with("a", n.to_string(), &deferred).await.unwrap();
        }
        vault.flush().await.unwrap();
        for (n, ms) in [u64::MAX, FAR, BACK, 0].into_iter().enumerate() {
            clock.set(ms);
            vault.put("b", n.to_string()).await.unwrap();
            let device = opened(&store, &clock).await;
            device.put("c", n.to_string()).await.unwrap();
            assert_eq!(modified(&device, "c").await, (ms as i128).min(TIME_MS_MAX.into()) as i64);
        }
        let vault = opened(&store, &Shown::new(BACK)).await;
        for path in ["a", "b", "c"] {
            assert_eq!(vault.get(path).await.unwrap(), "3", "{path}");
            assert_eq!(modified(&vault, path).await, 0);
        }
    });
}

/// What a device does next.
#[derive(Debug, Clone)]
enum Step {
    Put(u8),
    Deferred(u8),
    Flush,
    Remove(u8),
    /// Its clock is set that far from the right time.
    Skew(i64),
    /// It starts again.
    Reopen,
}

fn step() -> impl Strategy<Value = Step> {
    let name = 0..6u8;
    prop_oneof![
        5 => name.clone().prop_map(Step::Put),
        3 => name.clone().prop_map(Step::Deferred),
        2 => Just(Step::Flush),
        2 => name.prop_map(Step::Remove),
        2 => prop_oneof![
            Just(0),
            Just(FAR as i64 - NOW as i64),
            Just(BACK as i64 - NOW as i64),
            -(NOW as i64)..(TIME_MS_MAX - NOW as i64),
        ].prop_map(Step::Skew),
        1 => Just(Step::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Devices with clocks of all kinds share a vault. What was acknowledged is there, as the last
    /// who changed it left it, and with the time that its device's clock showed.
    #[test]
    fn whatever_clocks_show_the_last_change_counts(
        steps in prop::collection::vec((0..3usize, step()), 1..60)
    ) {
        block_on(async {
            let clocks: Vec<_> = (0..3).map(|_| Shown::new(NOW)).collect();
            let (store, first) = created(&clocks[0]).await;
            let mut devices = vec![first];
            for clock in &clocks[1..] {
                devices.push(opened(&store, clock).await);
            }
            // What is committed, and what each device has put and not flushed.
            let mut model: BTreeMap<String, (String, i64)> = BTreeMap::new();
            let mut pending: Vec<Vec<(String, (String, i64))>> = vec![Vec::new(); 3];
            for (turn, (at, step)) in steps.iter().enumerate() {
                let (device, clock) = (&devices[*at], &clocks[*at]);
                let content = turn.to_string();
                let put = |name: &u8| {
                    let put = (content.clone(), clock.now_ms() as i64);
                    (format!("d{}/{}", name % 2, name), put)
                };
                match step {
                    Step::Put(name) => {
                        let (path, file) = put(name);
                        let info = device.put(&path, content.clone()).await.unwrap();
                        assert_eq!(info.modified_ms, file.1);
                        model.extend(pending[*at].drain(..));
                        model.insert(path, file);
                    }
                    Step::Deferred(name) => {
                        let (path, file) = put(name);
                        let options =
                            PutOptions::new().durability(Durability::Deferred);
                        device.put_with(&path, content.clone(), &options).await.unwrap();
                        pending[*at].push((path, file));
                    }
                    Step::Flush => {
                        device.flush().await.unwrap();
                        model.extend(pending[*at].drain(..));
                    }
                    Step::Remove(name) => {
                        let path = put(name).0;
                        device.refresh().await.unwrap();
                        // A removal that is possible is a commit, and takes along what waits.
                        match device.remove(&path).await {
                            Ok(()) => {
                                model.extend(pending[*at].drain(..));
                                assert!(model.remove(&path).is_some());
                            }
                            Err(error) => assert_eq!(error.code(), "not-found"),
                        }
                    }
                    Step::Skew(by) => clock.set(NOW.saturating_add_signed(*by)),
                    Step::Reopen => {
                        device.flush().await.unwrap();
                        model.extend(pending[*at].drain(..));
                        devices[*at] = opened(&store, clock).await;
                    }
                }
            }
            for (device, pending) in devices.iter().zip(pending) {
                device.flush().await.unwrap();
                model.extend(pending);
            }
            let right = opened(&store, &Shown::new(NOW)).await;
            let mut found = BTreeMap::new();
            for entry in entries(&right).await {
                let path = entry.path.as_str().to_owned();
                if path.contains('/') {
                    let content = right.get(&path).await.unwrap();
                    let content = String::from_utf8(content.to_vec()).unwrap();
                    found.insert(path, (content, entry.modified_ms));
                }
            }
            assert_eq!(found, model);
        });
    }
}
