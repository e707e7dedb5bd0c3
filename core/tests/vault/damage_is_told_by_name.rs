//! A store that lies: every object truncated, flipped, swapped or missing gives a typed error that
//! names it, and what is intact stays readable. An answer that was damaged on its way is asked for
//! once more.

use futures_lite::future::block_on;
use sealwood::blob::{
    BlobStore, DirectoryStore, EngineStore, Fault, FaultMode, MemoryStore, Precondition,
};
use sealwood::engine::EngineConfig;
use sealwood::seal::SlotSecret;
use sealwood::vault::Credential;
use sealwood::{Error, Vault};

use crate::common::*;

const MIB: usize = 1024 * 1024;

const FILES: [(&str, usize); 5] = [
    ("d/packed", 5_000),
    ("d/chunked", MIB + 5),
    ("d/chunked too", 3 * MIB),
    ("d/tabled", 6 * MIB),
    ("d/inline", 10),
];

/// Two chunks in an extent.
async fn prepared() -> std::sync::Arc<Faulty> {
    let (store, _) = faulty_vault().await;
    let vault = open_in_extents(store.clone(), 2 * MIB as u32).await;
    for (seed, (path, size)) in FILES.into_iter().enumerate() {
        put(&vault, path, &noise(seed as u64, size)).await.unwrap();
    }
    for number in 0..100 {
        vault.put_with(&format!("more/{number}"), noise(number, 50), &deferred()).await.unwrap();
    }
    vault.link("").await.unwrap();
    store
}

/// Reads everything there is in a fresh session; the first error, if any.
async fn read_all(store: std::sync::Arc<Faulty>) -> Result<(), sealwood::Error> {
    let vault = Vault::open(store, &credential()).await?;
    for directory in ["", "d", "more"] {
        vault.list(directory).await?;
    }
    for (seed, (path, size)) in FILES.into_iter().enumerate() {
        assert!(vault.get(path).await? == noise(seed as u64, size), "{path} came back altered");
    }
    Ok(())
}

/// Strikes each read of `read_all` in turn; each is read once more and heals.
fn strike_each_read(fault: impl Fn() -> Fault) -> u64 {
    block_on(async {
        let store = prepared().await;
        let mut reads = 0;
        loop {
            store.clear_trace();
            store.arm(fault().nth(reads + 1));
            let outcome = read_all(store.clone()).await;
            store.disarm();
            if store.trace().iter().all(|call| !call.struck) {
                break;
            }
            assert_eq!(code(outcome), "ok", "read {}, {:?}", reads + 1, store.trace());
            reads += 1;
        }
        read_all(store).await.unwrap();
        reads
    })
}

/// Strikes every read of the root: opening gives one of the codes `allowed`.
fn strike_the_root(mode: FaultMode, allowed: &[&str]) {
    block_on(async {
        let store = prepared().await;
        store.arm(Fault::new(mode).below("root"));
        let code = code(read_all(store.clone()).await);
        assert!(allowed.contains(&code), "{code}");
        store.disarm();
        read_all(store).await.unwrap();
    });
}

#[test]
fn what_is_truncated_on_its_way_is_read_again_and_the_root_is_told() {
    let reads = strike_each_read(|| Fault::new(FaultMode::TruncateReads));
    assert!(reads > 8, "{reads} reads");
    // A root cut in its body is no longer authentic; one cut in its header is too short.
    strike_the_root(FaultMode::TruncateReads, &["object-truncated", "object-corrupt"]);
}

#[test]
fn what_is_flipped_on_its_way_is_read_again_and_the_root_is_told() {
    // Bits of the root's header may break its magic, version, keyring or key check instead.
    let allowed = [
        "object-corrupt",
        "malformed",
        "unsupported-version",
        "object-missing",
        "object-truncated",
    ];
    for bit in [0, 9, 33, 34, 50, 100, 300, 777, 5_000] {
        strike_each_read(|| Fault::new(FaultMode::FlipBit(bit)).below("root"));
        strike_the_root(FaultMode::FlipBit(bit), &allowed);
    }
    strike_each_read(|| Fault::new(FaultMode::FlipBit(777)).below("objects/"));
}

/// Strikes every read of each object in turn: whoever meets it is told which object it is, and
/// where it was met.
fn strike_each_object(mode: impl Fn() -> FaultMode, expected: &[&str]) {
    block_on(async {
        let store = prepared().await;
        let mut told = 0;
        let keyring = keyring_name(&store.get("root").await.unwrap().bytes);
        for object in store.list("objects/", None, 1000).await.unwrap().objects {
            store.arm(Fault::new(mode()).below(&object.key));
            let outcome = read_all(store.clone()).await;
            store.disarm();
            match outcome {
                // It is met before any path.
                Err(Error::Damaged { damage, object: named, path: None })
                    if object.key == keyring =>
                {
                    assert!(expected.contains(&damage.code()), "{}", damage.code());
                    assert_eq!(named, keyring);
                }
                // A pack of which nothing is wanted any more.
                Ok(()) => {}
                Err(Error::Damaged { damage, object: named, path }) => {
                    assert!(expected.contains(&damage.code()), "{}", damage.code());
                    assert_eq!(named, object.key);
                    let path = path.unwrap();
                    let known = ["", "d", "more"].contains(&path.as_str())
                        || FILES.iter().any(|(file, _)| path.as_str() == *file);
                    assert!(known, "{path}");
                    told += 1;
                }
                Err(error) => panic!("{error:?}"),
            }
        }
        assert!(told >= 9, "{told} objects");
        read_all(store).await.unwrap();
    });
}

#[test]
fn damage_that_stays_names_the_object_and_the_path() {
    strike_each_object(|| FaultMode::FlipBit(3), &["object-corrupt"]);
    strike_each_object(|| FaultMode::FailBefore(Error::ObjectMissing), &["object-missing"]);
}

#[test]
fn swapped_objects_are_told() {
    strike_each_read(|| Fault::new(FaultMode::SwapWith("root".into())).below("objects/"));
    block_on(async {
        // Extents in each other's place: all authentic, all of one size.
        let store = prepared().await;
        let extents = full_extents(&*store).await;
        let [first, second, ..] = &extents[..] else { panic!("no two extents") };
        let (a, b) = (store.get(first).await.unwrap(), store.get(second).await.unwrap());
        store.put(first, b.bytes, Precondition::None).await.unwrap();
        store.put(second, a.bytes, Precondition::None).await.unwrap();
        assert_eq!(code(read_all(store).await), "object-corrupt");
    });
}

/// The extents of two whole chunks.
async fn full_extents(store: &dyn BlobStore) -> Vec<String> {
    let objects = store.list("objects/", None, 1000).await.unwrap().objects;
    let full = objects.into_iter().filter(|object| object.size == 2 * SEALED as u64);
    full.map(|object| object.key).collect()
}

/// A whole chunk and its seal.
const SEALED: usize = MIB + 16;

#[test]
fn what_is_wrong_within_an_extent_is_told_and_the_rest_is_read() {
    block_on(async {
        let store = prepared().await;
        let key = &full_extents(&*store).await[0];
        let whole = store.get(key).await.unwrap().bytes;
        // The same chunks, each where the other was; one of them twice; another vault's extent.
        let (one, two) = whole.split_at(SEALED);
        let (elsewhere, other) = memory_vault().await;
        put(&other, "a", &noise(1, 2 * MIB)).await.unwrap();
        let foreign = full_extents(&*elsewhere).await.remove(0);
        let foreign = elsewhere.get(&foreign).await.unwrap().bytes.to_vec();
        for (wrong, expected) in [
            ([two, one].concat(), "object-corrupt"),
            ([one, one].concat(), "object-corrupt"),
            (foreign, "object-corrupt"),
            (one.to_vec(), "object-truncated"),
            (whole[..whole.len() - 1].to_vec(), "object-truncated"),
            (Vec::new(), "object-truncated"),
        ] {
            store.put(key, wrong.into(), Precondition::None).await.unwrap();
            match read_all(store.clone()).await.unwrap_err() {
                Error::Damaged { damage, object, path } => {
                    assert_eq!((damage.code(), &object), (expected, key));
                    assert!(FILES.iter().any(|file| path.as_ref().unwrap().as_str() == file.0));
                }
                error => panic!("{error:?}"),
            }
        }
        // Of a damaged second chunk the first is read.
        let cut = [one, &two[..SEALED - 1]].concat();
        store.put(key, cut.into(), Precondition::None).await.unwrap();
        let vault = open(store.clone()).await;
        let mut right = 0;
        for (seed, (path, size)) in FILES.into_iter().enumerate() {
            for start in (0..size).step_by(MIB) {
                let range = start..size.min(start + MIB);
                let found = vault.get_range(path, range.start as u64..range.end as u64).await;
                right += usize::from(found.is_ok_and(|it| it == noise(seed as u64, size)[range]));
            }
        }
        // A piece of each small one, and all but one of the 11 chunks.
        assert_eq!(right, 2 + 11 - 1);
    });
}

#[test]
fn missing_objects_are_told() {
    block_on(async {
        let store = prepared().await;
        for object in store.list("objects/", None, 1000).await.unwrap().objects {
            let kept = store.get(&object.key).await.unwrap().bytes;
            store.delete(&object.key).await.unwrap();
            let outcome = code(read_all(store.clone()).await);
            assert!(matches!(outcome, "object-missing" | "ok"), "{outcome}");
            store.put(&object.key, kept, Precondition::None).await.unwrap();
        }
        read_all(store.clone()).await.unwrap();
        store.delete("root").await.unwrap();
        assert_eq!(code(read_all(store).await), "vault-not-found");
    });
}

#[test]
fn a_wrong_key_an_unknown_version_and_rubbish_differ() {
    block_on(async {
        let store = prepared().await;
        let other = Credential::Secret(SlotSecret::from_bytes([8; 32]));
        let refused = Vault::open(store.clone(), &other).await;
        assert_eq!(code(refused), "wrong-key");
        let root = store.get("root").await.unwrap().bytes;
        let mut newer = root.to_vec();
        newer[4] += 1;
        for (bytes, expected) in [
            (newer, "unsupported-version"),
            (b"<html>not found</html>".to_vec(), "malformed"),
            (Vec::new(), "object-truncated"),
        ] {
            store.put("root", bytes.into(), Precondition::None).await.unwrap();
            assert_eq!(code(read_all(store.clone()).await), expected);
        }
        store.put("root", root, Precondition::None).await.unwrap();
        read_all(store).await.unwrap();
    });
}

#[test]
fn a_store_without_conditions_holds_no_vault() {
    block_on(async {
        let store = std::sync::Arc::new(Faulty::new(Default::default()));
        store.arm(Fault::new(FaultMode::IgnorePreconditions));
        let refused = Vault::create(store.clone(), &credential()).await;
        assert_eq!(code(refused), "conditional-put-unsupported");
        assert!(store.list("", None, 10).await.unwrap().objects.is_empty());
    });
}

/// Nothing vouches for a root before it is opened: one that is too large is not read into memory.
#[test]
fn a_root_of_any_size_costs_no_memory() {
    block_on(async {
        let home = tempfile::tempdir().unwrap();
        let store = std::sync::Arc::new(DirectoryStore::open(home.path()).await.unwrap());
        drop(create(store.clone()).await);
        let root = std::fs::File::options().write(true).open(home.path().join("objects/root"));
        // Without blocks: more than any machine has memory.
        root.unwrap().set_len(1 << 40).unwrap();
        let refused = Vault::open(store, &credential()).await;
        assert_eq!(code(refused), "object-corrupt");
    });
}

#[test]
fn an_object_larger_than_any_of_its_kind_is_refused() {
    block_on(async {
        let home = tempfile::tempdir().unwrap();
        let engine =
            EngineStore::open_directory(home.path().join("engine"), EngineConfig::default());
        let stores: [std::sync::Arc<dyn BlobStore>; 3] = [
            std::sync::Arc::new(MemoryStore::new()),
            std::sync::Arc::new(DirectoryStore::open(home.path()).await.unwrap()),
            std::sync::Arc::new(engine.await.unwrap()),
        ];
        for store in stores {
            store.put("a", "four".into(), Precondition::None).await.unwrap();
            assert_eq!(store.get_at_most("a", 4).await.unwrap().bytes, "four");
            assert_eq!(code(store.get_at_most("a", 3).await), "object-corrupt");
            assert_eq!(code(store.get_at_most("b", 3).await), "object-missing");
        }
    });
}
