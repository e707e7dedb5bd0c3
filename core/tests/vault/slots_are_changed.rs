//! What opens a vault can be changed: at the cost of two small objects, whatever the vault holds,
//! and by sessions that race with others.

use std::future::Future;
use std::sync::{Arc, Mutex};

use futures_lite::future::{block_on, yield_now};
use sealwood::blob::{
    BlobStore, ETag, Fault, MemoryStore, MeteredStore, Method, Object, ObjectPage, StoreGetOptions,
    StorePutOptions,
};
use sealwood::platform::BoxFuture;
use sealwood::seal::{KdfParams, Passphrase, SlotSecret};
use sealwood::vault::{Credential, Durability, PutOptions, SlotKind, VaultConfig};
use sealwood::{Error, Vault};

use crate::common::*;

fn passphrase(text: &str) -> Credential {
    Credential::Passphrase(Passphrase::new(text).unwrap())
}

fn secret(fill: u8) -> Credential {
    Credential::Secret(SlotSecret::from_bytes([fill; 32]))
}

fn config() -> VaultConfig {
    VaultConfig::new().kdf(KdfParams {
        memory_kib: KdfParams::MEMORY_KIB_MIN,
        passes: KdfParams::PASSES_MIN,
        lanes: 1,
    })
}

async fn open_by(store: &Arc<dyn BlobStore>, credential: &Credential) -> Result<Vault, Error> {
    Vault::open_with(Arc::clone(store), credential, &config()).await
}

#[test]
fn a_slot_that_was_added_opens_all_there_is() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "small", &noise(1, 5_000)).await.unwrap();
        put(&vault, "large", &noise(2, 300_000)).await.unwrap();
        let id = vault.add_slot(&passphrase("second"), "at home").await.unwrap();
        let slots = vault.slots();
        assert_eq!(
            slots.iter().map(|it| it.kind).collect::<Vec<_>>(),
            [SlotKind::Secret, SlotKind::Passphrase]
        );
        assert_eq!((slots[1].id, slots[1].label.as_str()), (id, "at home"));
        assert_eq!(vault.own_slot(), Some(slots[0].id));
        let store: Arc<dyn BlobStore> = store;
        let second = open_by(&store, &passphrase("second")).await.unwrap();
        assert_eq!(second.own_slot(), Some(id));
        assert_eq!(second.get("large").await.unwrap(), noise(2, 300_000));
        put(&second, "theirs", b"x").await.unwrap();
        vault.refresh().await.unwrap();
        assert_eq!(vault.get("theirs").await.unwrap(), "x");
        assert_eq!(code(open_by(&store, &passphrase("third")).await), "wrong-passphrase");
    });
}

#[test]
fn a_slot_that_was_removed_opens_nothing_and_what_was_written_before_is_read() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        for name in ["a", "b"] {
            put(&vault, name, &noise(1, 5_000)).await.unwrap();
        }
        put(&vault, "large", &noise(2, 300_000)).await.unwrap();
        vault.link("").await.unwrap();
        let id = vault.add_slot(&secret(8), "").await.unwrap();
        let own = vault.own_slot().unwrap();
        let store: Arc<dyn BlobStore> = store;
        let removed = open_by(&store, &secret(8)).await.unwrap();
        vault.remove_slot(id).await.unwrap();
        assert_eq!(code(open_by(&store, &secret(8)).await), "wrong-key");
        assert_eq!(code(vault.remove_slot(id).await), "slot-not-found");
        assert_eq!(code(vault.remove_slot(own).await), "last-slot");

        // What was open looks at the root, and ends. It changed nothing.
        let before = store.get("root").await.unwrap().bytes;
        assert_eq!(code(removed.refresh().await), "shut-out");
        assert_eq!(code(put(&removed, "theirs", b"x").await), "shut-out");
        assert_eq!(code(removed.add_slot(&secret(9), "").await), "shut-out");
        assert_eq!(store.get("root").await.unwrap().bytes, before);

        // Old and new lie side by side, in one directory and in one file.
        put(&vault, "c", &noise(3, 5_000)).await.unwrap();
        put(&vault, "larger", &noise(4, 300_000)).await.unwrap();
        vault.link("").await.unwrap();
        let fresh = open_by(&store, &credential()).await.unwrap();
        for (name, seed, size) in
            [("a", 1, 5_000), ("c", 3, 5_000), ("large", 2, 300_000), ("larger", 4, 300_000)]
        {
            assert_eq!(fresh.get(name).await.unwrap(), noise(seed, size), "{name}");
        }
    });
}

#[test]
fn a_passphrase_that_was_changed_opens_nothing_and_its_session_goes_on() {
    block_on(async {
        let store: Arc<dyn BlobStore> = Arc::new(MemoryStore::new());
        let old = passphrase("old");
        let vault = Vault::create_with(Arc::clone(&store), &old, &config()).await.unwrap();
        put(&vault, "a", b"1").await.unwrap();
        let other = open_by(&store, &old).await.unwrap();
        let before = vault.own_slot();
        let new = Passphrase::new("new").unwrap();
        let id = vault.change_passphrase(&new).await.unwrap();
        assert_eq!(vault.own_slot(), Some(id));
        assert_ne!(before, Some(id));
        assert_eq!(code(open_by(&store, &old).await), "wrong-passphrase");
        assert_eq!(code(put(&other, "b", b"2").await), "shut-out");
        // The next epoch is opened by the new one as well.
        let third = open_by(&store, &passphrase("new")).await.unwrap();
        third.new_recovery_words().await.unwrap().replace().await.unwrap();
        put(&third, "c", b"3").await.unwrap();
        vault.refresh().await.unwrap();
        assert_eq!(vault.get("c").await.unwrap(), "3");
        assert_eq!(vault.slots().len(), 2);
    });
}

#[test]
fn a_secret_of_an_app_is_replaced_by_another() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        let added = vault.add_slot(&secret(8), "tablet").await.unwrap();
        let own = vault.own_slot().unwrap();
        let id = vault.replace_slot(own, &secret(9)).await.unwrap();
        let label = |id| vault.slots().into_iter().find(|slot| slot.id == id).unwrap().label;
        assert_eq!((vault.own_slot(), label(id).as_str()), (Some(id), ""));
        let store: Arc<dyn BlobStore> = store;
        assert_eq!(code(open_by(&store, &credential()).await), "wrong-key");
        // A session that was not there when the slot was added.
        let other = open_by(&store, &secret(9)).await.unwrap();
        let newer = vault.add_slot(&secret(10), "watch").await.unwrap();
        other.replace_slot(newer, &secret(11)).await.unwrap();
        assert_eq!(code(open_by(&store, &secret(10)).await), "wrong-key");
        assert_eq!(label(added), "tablet");
        assert_eq!(code(other.replace_slot(newer, &secret(12)).await), "slot-not-found");
    });
}

#[test]
fn which_passphrase_is_changed_is_never_guessed() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        let new = Passphrase::new("new").unwrap();
        assert_eq!(code(vault.change_passphrase(&new).await), "slot-not-found");
        vault.add_slot(&passphrase("one"), "").await.unwrap();
        vault.change_passphrase(&new).await.unwrap();
        vault.add_slot(&passphrase("two"), "").await.unwrap();
        assert_eq!(code(vault.change_passphrase(&new).await), "slot-not-found");
        let store: Arc<dyn BlobStore> = store;
        let two = open_by(&store, &passphrase("two")).await.unwrap();
        two.change_passphrase(&Passphrase::new("three").unwrap()).await.unwrap();
        for (text, expected) in [
            ("one", "wrong-passphrase"),
            ("new", "ok"),
            ("two", "wrong-passphrase"),
            ("three", "ok"),
        ] {
            assert_eq!(code(open_by(&store, &passphrase(text)).await), expected, "{text}");
        }
    });
}

#[test]
fn new_words_are_shown_before_they_open_anything() {
    block_on(async {
        let store: Arc<dyn BlobStore> = Arc::new(MemoryStore::new());
        let draft = Vault::prepare_with(&passphrase("p"), &config()).await.unwrap();
        let old = Credential::Words(draft.recovery_phrase().unwrap());
        let vault = draft.create(Arc::clone(&store)).await.unwrap();
        let words = vault.new_recovery_words().await.unwrap();
        let new = Credential::Words(words.phrase().clone());
        assert_eq!(code(open_by(&store, &new).await), "wrong-key");
        assert_eq!(code(open_by(&store, &old).await), "ok");
        let id = words.replace().await.unwrap();
        // Called again, as after an answer that was lost.
        assert_eq!(words.replace().await.unwrap(), id);
        assert_eq!(code(open_by(&store, &new).await), "ok");
        assert_eq!(code(open_by(&store, &old).await), "wrong-key");
        assert_eq!(vault.slots().len(), 2);
    });
}

/// Counted from the opening on, and the same for any number of entries.
#[test]
fn a_change_costs_the_same_whatever_the_vault_holds() {
    block_on(async {
        let mut counts = Vec::new();
        for entries in [0, 10, 1_500] {
            let inner: Arc<dyn BlobStore> = Arc::new(MemoryStore::new());
            let vault = Vault::create_with(Arc::clone(&inner), &passphrase("old"), &config())
                .await
                .unwrap();
            let deferred = PutOptions::new().durability(Durability::Deferred);
            for number in 0..entries {
                let path = format!("{}/{number}", number % 7);
                vault.put_with(&path, "x", &deferred).await.unwrap();
            }
            vault.link("").await.unwrap();
            put(&vault, "in the tail", b"x").await.unwrap();
            let metered = Arc::new(MeteredStore::new(inner));
            let store: Arc<dyn BlobStore> = metered.clone();
            let session = open_by(&store, &passphrase("old")).await.unwrap();
            let opening = metered.snapshot();
            let new = Passphrase::new("new").unwrap();
            session.change_passphrase(&new).await.unwrap();
            let all = metered.snapshot();
            let requests = (opening.requests(), all.requests());
            assert_eq!(requests, (2, 4), "{entries}: {all:?}");
            let by_new = open_by(&store, &passphrase("new")).await.unwrap();
            assert!(by_new.exists("in the tail").await.unwrap());
            counts.push((all.requests(), all.bytes_sent));
        }
        assert!(counts.iter().all(|count| count.0 <= 6), "{counts:?}");
        assert!(counts.iter().all(|count| count.1 < 4_000), "{counts:?}");
    });
}

/// Of two sessions one changes what opens the vault while the other commits, in every order of
/// their requests: nothing is lost, and what was removed stays so.
#[test]
fn what_was_changed_stays_changed_whoever_commits_meanwhile() {
    block_on(async {
        for turns in 0..1u32 << 8 {
            let inner = Arc::new(MemoryStore::new());
            let turnstile = Arc::new(Turnstile::new(inner.clone()));
            let sides = [turnstile.side(0), turnstile.side(1)];
            let first = create(inner.clone()).await;
            let gone = first.add_slot(&secret(8), "").await.unwrap();
            first.add_slot(&secret(9), "").await.unwrap();
            let changer = open_by(&sides[0], &credential()).await.unwrap();
            let other = open_by(&sides[1], &secret(9)).await.unwrap();
            turnstile.start(turns);
            let (changed, committed) = futures_util::join!(
                turnstile.through(0, async { changer.remove_slot(gone).await }),
                turnstile.through(1, async {
                    for name in ["a", "b", "c"] {
                        put(&other, name, b"x").await?;
                    }
                    Ok::<_, Error>(())
                }),
            );
            changed.unwrap_or_else(|error| panic!("{turns:b}: {error}"));
            committed.unwrap_or_else(|error| panic!("{turns:b}: {error}"));
            let store: Arc<dyn BlobStore> = inner;
            assert_eq!(code(open_by(&store, &secret(8)).await), "wrong-key", "{turns:b}");
            let fresh = open_by(&store, &credential()).await.unwrap();
            let names: Vec<_> = tree(&fresh).await.into_keys().collect();
            assert_eq!(names, ["a", "b", "c"], "{turns:b}");
            assert_eq!(fresh.slots().len(), 2);
            other.refresh().await.unwrap();
            assert_eq!(other.slots(), fresh.slots());
        }
    });
}

/// The same where the other is shut out by the change: it commits before or not at all.
#[test]
fn who_is_shut_out_never_writes_the_old_slots_back() {
    block_on(async {
        for turns in 0..1u32 << 7 {
            let inner = Arc::new(MemoryStore::new());
            let turnstile = Arc::new(Turnstile::new(inner.clone()));
            let sides = [turnstile.side(0), turnstile.side(1)];
            let gone = create(inner.clone()).await.add_slot(&secret(8), "").await.unwrap();
            let changer = open_by(&sides[0], &credential()).await.unwrap();
            let other = open_by(&sides[1], &secret(8)).await.unwrap();
            turnstile.start(turns);
            let (changed, committed) = futures_util::join!(
                turnstile.through(0, async { changer.remove_slot(gone).await }),
                turnstile.through(1, async {
                    let mut done = Vec::new();
                    for name in ["a", "b", "c"] {
                        match put(&other, name, b"x").await {
                            Ok(_) => done.push(name.to_owned()),
                            Err(error) => assert_eq!(error.code(), "shut-out", "{turns:b}"),
                        }
                    }
                    done
                }),
            );
            changed.unwrap_or_else(|error| panic!("{turns:b}: {error}"));
            let store: Arc<dyn BlobStore> = inner;
            assert_eq!(code(open_by(&store, &secret(8)).await), "wrong-key", "{turns:b}");
            let fresh = open_by(&store, &credential()).await.unwrap();
            let names: Vec<_> = tree(&fresh).await.into_keys().collect();
            assert_eq!(names, committed, "{turns:b}");
        }
    });
}

/// Whichever answer is lost, the change was made or can be made again, and the session goes on.
#[test]
fn a_change_whose_answer_was_lost_is_known_again() {
    block_on(async {
        for put_number in 1..=2 {
            for is_retold in [true, false] {
                let store = Arc::new(Faulty::new(Default::default()));
                let vault =
                    Vault::create_with(store.clone(), &passphrase("old"), &config()).await.unwrap();
                store.arm(Fault::lost_answer().on(Method::Put).nth(put_number));
                if !is_retold {
                    store.arm(Fault::unavailable().on(Method::Get));
                }
                let new = Passphrase::new("new").unwrap();
                let outcome = vault.change_passphrase(&new).await;
                store.disarm();
                let name = format!("{put_number} {is_retold} {outcome:?}");
                vault.refresh().await.unwrap_or_else(|error| panic!("{name}: {error}"));
                put(&vault, "goes on", b"x").await.unwrap();
                let store: Arc<dyn BlobStore> = store;
                let by_old = code(open_by(&store, &passphrase("old")).await);
                let by_new = code(open_by(&store, &passphrase("new")).await);
                match (by_old, by_new) {
                    ("wrong-passphrase", "ok") => {}
                    ("ok", "wrong-passphrase") => assert!(outcome.is_err(), "{name}"),
                    both => panic!("{name}: {both:?}"),
                }
            }
        }
    });
}

/// A content that was taken in under the keys before is read under those after.
#[test]
fn what_was_on_its_way_while_the_keys_changed_is_read() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        let gone = vault.add_slot(&secret(8), "").await.unwrap();
        let store: Arc<dyn BlobStore> = store;
        let other = open_by(&store, &credential()).await.unwrap();
        let deferred = PutOptions::new().durability(Durability::Deferred);
        other.put_with("small", noise(1, 9_000), &deferred).await.unwrap();
        other.put_with("large", noise(2, 2_000_000), &deferred).await.unwrap();
        vault.remove_slot(gone).await.unwrap();
        other.put_with("after", noise(3, 9_000), &deferred).await.unwrap();
        other.flush().await.unwrap();
        other.link("").await.unwrap();
        let fresh = open_by(&store, &credential()).await.unwrap();
        for (name, seed, size) in
            [("small", 1, 9_000), ("large", 2, 2_000_000), ("after", 3, 9_000)]
        {
            assert_eq!(fresh.get(name).await.unwrap(), noise(seed, size), "{name}");
        }
    });
}

/// The rest of a schedule, bit by bit, whose side has the next request. A side that is through
/// leaves all turns to the other.
struct Schedule {
    turns: u32,
    is_through: [bool; 2],
}

/// A store whose two sides take turns in a given order.
struct Turnstile {
    inner: Arc<MemoryStore>,
    schedule: Mutex<Option<Schedule>>,
}

impl Turnstile {
    fn new(inner: Arc<MemoryStore>) -> Self {
        Self { inner, schedule: Mutex::new(None) }
    }

    fn side(self: &Arc<Self>, number: usize) -> Arc<dyn BlobStore> {
        Arc::new(Side { turnstile: Arc::clone(self), number })
    }

    /// From here on the sides take turns; until then each goes on at once.
    fn start(&self, turns: u32) {
        *self.schedule.lock().unwrap() = Some(Schedule { turns, is_through: [false; 2] });
    }

    /// Does all that a side has to do.
    async fn through<T>(&self, side: usize, work: impl Future<Output = T>) -> T {
        let done = work.await;
        self.schedule.lock().unwrap().as_mut().unwrap().is_through[side] = true;
        done
    }

    fn may_go(&self, side: usize) -> bool {
        let mut schedule = self.schedule.lock().unwrap();
        let Some(schedule) = schedule.as_mut() else { return true };
        let next = (schedule.turns & 1) as usize;
        if !schedule.is_through[1 - side] && next != side {
            return false;
        }
        // Behind its end every second turn is the other's.
        let after = (1 - (schedule.turns & 1)) << 31;
        schedule.turns = schedule.turns >> 1 | after;
        true
    }
}

struct Side {
    turnstile: Arc<Turnstile>,
    number: usize,
}

impl Side {
    async fn turn(&self) -> &MemoryStore {
        while !self.turnstile.may_go(self.number) {
            yield_now().await;
        }
        &self.turnstile.inner
    }
}

impl BlobStore for Side {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object, Error>> {
        Box::pin(async move { self.turn().await.get_with(key, options).await })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: bytes::Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag, Error>> {
        Box::pin(async move { self.turn().await.put_with(key, bytes, options).await })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move { self.turn().await.delete(key).await })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage, Error>> {
        Box::pin(async move { self.turn().await.list(prefix, start_after, limit).await })
    }

    fn confirms_puts(&self) -> bool {
        true
    }

    fn honours_conditions(&self) -> bool {
        true
    }
}
