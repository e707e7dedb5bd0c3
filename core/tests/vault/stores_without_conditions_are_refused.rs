//! A store that does not honour conditional puts holds no vault and takes no change, and what was
//! found out is not asked again.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use futures_lite::future::{block_on, poll_once};
use sealwood::blob::{
    BlobStore, Fault, FaultMode, FaultyStore, Leftover, MemoryStore, MeteredStore, Method,
    Precondition, Probe, ProbeMemory, probe_conditional_puts,
};
use sealwood::forward;
use sealwood::platform::Environment;
use sealwood::vault::VaultConfig;
use sealwood::{Error, Vault};

use crate::common::*;

/// A store of which nobody knows whether it honours conditions.
struct Unknown {
    inner: FaultyStore<Arc<MemoryStore>>,
    identity: Option<&'static str>,
}

impl BlobStore for Unknown {
    fn confirms_puts(&self) -> bool {
        true
    }

    fn identity(&self) -> Option<String> {
        self.identity.map(str::to_owned)
    }

    forward!(inner: get_with, get_range, put_with, delete, list, head, flush, needs_flush);
}

type Counted = Arc<MeteredStore<Unknown>>;

fn store_in(objects: &Arc<MemoryStore>, identity: Option<&'static str>) -> Counted {
    let inner = FaultyStore::new(Arc::clone(objects));
    Arc::new(MeteredStore::new(Unknown { inner, identity }))
}

fn arm(store: &Counted, fault: Fault) {
    store.inner().inner.arm(fault);
}

fn disarm(store: &Counted) {
    store.inner().inner.disarm();
}

fn empty() -> Counted {
    store_in(&Arc::new(MemoryStore::new()), None)
}

/// What is there, but for the keyring of a root.
async fn names(store: &dyn BlobStore) -> Vec<String> {
    let page = store.list("", None, 1000).await.unwrap();
    let keyring = store.get("root").await.map(|root| keyring_name(&root.bytes)).ok();
    let names = page.objects.into_iter().map(|object| object.key);
    names.filter(|name| Some(name) != keyring.as_ref()).collect()
}

async fn try_create(store: &Counted) -> Result<Vault, Error> {
    Vault::create(store.clone(), &credential()).await
}

async fn probe(store: &Counted) -> Result<Leftover, Error> {
    probe_conditional_puts(store, &Environment::default()).await
}

fn failed() -> FaultMode {
    FaultMode::FailBefore(Error::StoreFailed { reason: "status 501".into(), source: None })
}

fn denied(method: Method) -> Fault {
    Fault::new(FaultMode::FailBefore(Error::StoreDenied {
        reason: "no right".into(),
        source: None,
    }))
    .on(method)
}

fn refused() -> Fault {
    Fault::new(FaultMode::FailBefore(Error::PreconditionFailed)).on(Method::Put)
}

/// Ways not to honour conditions.
fn lasting_breaches() -> Vec<Fault> {
    vec![
        Fault::new(FaultMode::IgnorePreconditions),
        Fault::new(FaultMode::IgnorePreconditions).every(2),
        Fault::new(FaultMode::CheckThenSet),
        refused(),
    ]
}

/// The same, and single answers that tell.
fn breaches() -> Vec<Fault> {
    let single = [Fault::new(FaultMode::IgnorePreconditions).nth(2), refused().nth(1)];
    lasting_breaches().into_iter().chain(single).collect()
}

#[test]
fn a_store_that_honours_conditions_passes_and_keeps_nothing() {
    block_on(async {
        let store = empty();
        assert_eq!(probe(&store).await.unwrap(), Leftover::Nothing);
        assert_eq!(names(&store).await, [""; 0]);
        assert!(store.snapshot().requests() <= 40, "{:?}", store.snapshot());
    });
}

#[test]
fn no_vault_is_made_in_a_store_that_does_not() {
    for fault in breaches() {
        block_on(async {
            let store = empty();
            arm(&store, fault.clone());
            assert_eq!(code(try_create(&store).await), "conditional-put-unsupported", "{fault:?}");
            disarm(&store);
            assert_eq!(names(&store).await, [""; 0], "{fault:?}");
        });
    }
}

#[test]
fn no_change_is_made_in_a_store_that_does_not() {
    for fault in breaches() {
        block_on(async {
            let objects = Arc::new(MemoryStore::new());
            let vault = create(objects.clone()).await;
            put(&vault, "a", b"old").await.unwrap();
            let before = names(&objects).await;
            let root = objects.get("root").await.unwrap().bytes;

            let store = store_in(&objects, None);
            arm(&store, fault.clone());
            let vault = open(store.clone()).await;
            assert_eq!(vault.get("a").await.unwrap(), "old");
            assert_eq!(
                store.snapshot().calls(Method::Put),
                0,
                "a session that reads writes nothing"
            );
            for (path, size) in [("chunked", 300_000), ("packed", 5_000), ("inline", 5)] {
                let refused = put(&vault, path, &noise(1, size)).await;
                assert_eq!(code(refused), "conditional-put-unsupported", "{fault:?} {path}");
            }
            assert_eq!(names(&objects).await, before, "{fault:?}");
            assert_eq!(objects.get("root").await.unwrap().bytes, root);
            assert_eq!(vault.get("a").await.unwrap(), "old");
        });
    }
}

#[test]
fn a_store_that_is_slow_or_gone_is_not_called_one_that_does_not() {
    // The probe's requests, each of them in turn.
    for nth in 1..=60 {
        block_on(async {
            let store = empty();
            arm(&store, Fault::unavailable().nth(nth));
            let outcome = try_create(&store).await;
            let expected = ["ok", "store-unavailable"];
            assert!(expected.contains(&code(outcome)), "request {nth}");
            disarm(&store);
            arm(&store, Fault::lost_answer().nth(nth));
            let outcome = try_create(&store).await;
            let expected = ["ok", "store-unavailable", "vault-exists"];
            assert!(expected.contains(&code(outcome)), "request {nth}");
            // Nor one that fails once.
            let store = empty();
            arm(&store, Fault::new(failed()).nth(nth));
            assert!(["ok", "store-failed"].contains(&code(try_create(&store).await)), "{nth}");
        });
    }
    // And nothing but the store's own word is told of a store that takes no put at all.
    for fault in [Fault::new(failed()).on(Method::Put), denied(Method::Put), Fault::full()] {
        block_on(async {
            let store = empty();
            arm(&store, fault.clone());
            let outcome = code(try_create(&store).await);
            assert!(["store-failed", "store-denied", "store-full"].contains(&outcome), "{outcome}");
        });
    }
}

#[test]
fn a_probe_that_failed_is_made_again_and_removes_what_it_left() {
    block_on(async {
        let store = empty();
        let draft = Vault::prepare(&credential()).await.unwrap();
        arm(&store, Fault::unavailable().on(Method::Put).nth(5));
        arm(&store, Fault::unavailable().on(Method::Delete).nth(4));
        assert_eq!(code(draft.create(store.clone()).await), "store-unavailable");
        disarm(&store);
        assert!(!names(&store).await.is_empty());
        draft.create(store.clone()).await.unwrap();
        assert_eq!(names(&store).await, ["root"]);
    });
}

#[test]
fn a_store_that_lets_nothing_be_deleted_keeps_one_object_for_all_probes() {
    block_on(async {
        let objects = Arc::new(MemoryStore::new());
        let store = store_in(&objects, None);
        arm(&store, denied(Method::Delete));
        let vault = try_create(&store).await.unwrap();
        assert_eq!(names(&store).await, ["probe", "root"]);
        put(&vault, "a", b"x").await.unwrap();
        for _ in 0..3 {
            let store = store_in(&objects, None);
            arm(&store, denied(Method::Delete));
            assert_eq!(probe(&store).await.unwrap(), Leftover::SharedObject);
            put(&open(store.clone()).await, "a", b"y").await.unwrap();
        }
        assert_eq!(names(&objects).await, ["probe", "root"]);
        assert!(objects.get("probe").await.unwrap().bytes.len() < 100);
        // Breaches are found there as well, by the first probe and by later ones.
        for fault in lasting_breaches() {
            for existing in [true, false] {
                let objects = Arc::new(MemoryStore::new());
                if existing {
                    let store = store_in(&objects, None);
                    arm(&store, denied(Method::Delete));
                    probe(&store).await.unwrap();
                }
                let store = store_in(&objects, None);
                arm(&store, denied(Method::Delete));
                arm(&store, fault.clone());
                let outcome = code(try_create(&store).await);
                assert_eq!(outcome, "conditional-put-unsupported", "{fault:?} {existing}");
                assert!(!names(&objects).await.contains(&"root".to_owned()));
            }
        }
    });
}

#[test]
fn probes_of_two_clients_in_one_object_do_not_take_each_other_for_a_breach() {
    block_on(async {
        for _ in 0..20 {
            let objects = Arc::new(MemoryStore::new());
            let stores = [(); 3].map(|()| store_in(&objects, None));
            for store in &stores {
                arm(store, denied(Method::Delete));
            }
            let probes = futures_util::future::join_all(stores.iter().map(probe)).await;
            for outcome in probes {
                assert!(["ok", "store-unavailable"].contains(&code(outcome)));
            }
        }
    });
}

#[test]
fn a_store_with_an_identity_is_tried_once_in_the_life_of_the_process() {
    block_on(async {
        let objects = Arc::new(MemoryStore::new());
        create(objects.clone()).await;
        let first = store_in(&objects, Some("once in the life of the process"));
        put(&open(first.clone()).await, "a", b"x").await.unwrap();
        assert!(first.snapshot().requests() > 10);
        let second = store_in(&objects, Some("once in the life of the process"));
        put(&open(second.clone()).await, "a", &noise(1, 5_000)).await.unwrap();
        // The root and the keyring read, a pack and a root.
        assert_eq!(second.snapshot().requests(), 4);
        // Another store is another store, and one without an identity is tried in each session.
        for identity in [Some("another in the life of the process"), None, None] {
            let other = store_in(&objects, identity);
            let vault = open(other.clone()).await;
            put(&vault, "a", b"x").await.unwrap();
            assert!(other.reset().requests() > 10);
            put(&vault, "a", &noise(2, 5_000)).await.unwrap();
            assert_eq!(other.snapshot().requests(), 2);
        }
    });
}

#[derive(Debug, Default)]
struct Remembering(Mutex<BTreeSet<String>>);

impl ProbeMemory for Remembering {
    fn recalls(&self, store: &str) -> bool {
        self.0.lock().unwrap().contains(store)
    }

    fn remember(&self, store: &str) {
        self.0.lock().unwrap().insert(store.to_owned());
    }
}

/// As if an earlier process had tried every store.
#[derive(Debug)]
struct KnowsAll;

impl ProbeMemory for KnowsAll {
    fn recalls(&self, store: &str) -> bool {
        store.len() == 32 && store.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    fn remember(&self, _: &str) {}
}

#[test]
fn a_device_that_remembers_is_asked_first_and_told_of_success_alone() {
    block_on(async {
        let memory = Arc::new(Remembering::default());
        let config = VaultConfig::new().probe(Probe::OncePerDevice(memory.clone()));
        let objects = Arc::new(MemoryStore::new());
        let broken = store_in(&objects, Some("remembered by the device"));
        arm(&broken, Fault::new(FaultMode::CheckThenSet));
        let refused = Vault::create_with(broken, &credential(), &config).await;
        assert_eq!(code(refused), "conditional-put-unsupported");
        assert!(memory.0.lock().unwrap().is_empty());

        let store = store_in(&objects, Some("remembered by the device"));
        Vault::create_with(store, &credential(), &config).await.unwrap();
        assert_eq!(memory.0.lock().unwrap().len(), 1);

        let probe = Probe::OncePerDevice(Arc::new(KnowsAll));
        let config = VaultConfig::new().probe(probe);
        let store = store_in(&objects, Some("remembered for long"));
        let vault = Vault::open_with(store.clone(), &credential(), &config).await.unwrap();
        put(&vault, "a", b"x").await.unwrap();
        assert_eq!(store.snapshot().requests(), 3);
    });
}

#[test]
fn a_new_vault_is_tried_whatever_is_remembered() {
    block_on(async {
        let store = store_in(&Arc::new(MemoryStore::new()), Some("created twice"));
        try_create(&store).await.unwrap();
        let store = store_in(&Arc::new(MemoryStore::new()), Some("created twice"));
        arm(&store, Fault::new(FaultMode::CheckThenSet));
        assert_eq!(code(try_create(&store).await), "conditional-put-unsupported");
    });
}

#[test]
fn stores_that_are_safe_by_construction_are_not_tried() {
    block_on(async {
        let store = Arc::new(MeteredStore::new(MemoryStore::new()));
        create(store.clone()).await;
        // The keyring, the root and the reserve.
        assert_eq!(store.snapshot().requests(), 3);
    });
}

#[test]
fn a_probe_that_hangs_goes_with_the_call_that_waits_for_it() {
    block_on(async {
        let objects = Arc::new(MemoryStore::new());
        create(objects.clone()).await;
        let store = store_in(&objects, None);
        let vault = open(store.clone()).await;
        for nth in 1..8 {
            arm(&store, Fault::new(FaultMode::Hang).nth(nth));
            let mut hanging = Box::pin(put(&vault, "a", b"x"));
            for _ in 0..100 {
                assert!(poll_once(&mut hanging).await.is_none());
            }
            drop(hanging);
            disarm(&store);
        }
        put(&vault, "a", b"x").await.unwrap();
        assert_eq!(open(objects).await.get("a").await.unwrap(), "x");
    });
}

#[test]
fn a_put_that_nobody_polls_holds_up_no_other() {
    block_on(async {
        let objects = Arc::new(MemoryStore::new());
        create(objects.clone()).await;
        let store = store_in(&objects, None);
        let vault = open(store.clone()).await;
        // Each is left in the probe, one after more polls than the other.
        let mut left = Vec::new();
        for polls in 1..12 {
            let path = format!("left/{polls}");
            let mut waiting = Box::pin({
                let vault = vault.clone();
                async move { put(&vault, &path, &noise(1, 200_000)).await }
            });
            let mut done = None;
            for _ in 0..polls {
                done = done.or(poll_once(&mut waiting).await);
                if done.is_some() {
                    break;
                }
            }
            left.push(waiting);
        }
        let chunk = noise(2, 200_000);
        vault.store().put("objects/here", chunk.into(), Precondition::Absent).await.unwrap();
        drop(left);
        put(&vault, "a", b"x").await.unwrap();
        assert_eq!(open(objects).await.get("a").await.unwrap(), "x");
    });
}
