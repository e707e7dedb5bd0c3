//! A name that is taken proves nothing: what is at the name of an extent or a pack is compared, and
//! replaced if it is wrong.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::blob::{
    BlobStore, EngineStore, Fault, FaultMode, FaultyStore, Found, MemoryStore, Method, ObjectMeta,
    Precondition, RetryPolicy, RetryingStore,
};
use sealwood::engine::EngineConfig;
use sealwood::engine::disk::MemoryDisk;
use sealwood::forward;
use sealwood::platform::BoxFuture;
use sealwood::{Error, Vault};

use crate::common::*;

const MIB: usize = 1024 * 1024;
/// A content of three chunks, and of as many extents where these hold one each.
const SIZE: usize = 2 * MIB + 77;
const OBJECTS: &str = "objects/";

const AT_ONCE: RetryPolicy =
    RetryPolicy { attempts_max: 4, give_up_after: Duration::MAX, ..RetryPolicy::NONE };

fn content() -> Vec<u8> {
    noise(1, SIZE)
}

async fn objects(store: &dyn BlobStore) -> Vec<ObjectMeta> {
    packs_and_extents(store).await
}

/// What an extent may be replaced by, and whether its chunks are among it.
fn wrongs(whole: &Bytes) -> Vec<(Bytes, bool)> {
    let turned = |at: usize| {
        let mut turned = whole.to_vec();
        turned[at] ^= 4;
        Bytes::from(turned)
    };
    let end = SIZE + 3 * 16;
    vec![
        (Bytes::new(), false),
        (whole.slice(..1), false),
        (whole.slice(..MIB + 16), false),
        (whole.slice(..end - 1), false),
        (turned(0), false),
        (turned(whole.len() / 2), false),
        (turned(end - 1), false),
        // What is behind the chunks nobody reads.
        (whole.slice(..end), true),
        (whole.slice(..whole.len() - 1), true),
        (turned(end), true),
        ([whole, &b"x"[..]].concat().into(), true),
    ]
}

#[test]
fn a_damaged_extent_heals_by_the_next_put_of_its_content() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "first", &content()).await.unwrap();
        for object in objects(&*store).await {
            let whole = store.get(&object.key).await.unwrap().bytes;
            for (wrong, has_chunks) in wrongs(&whole) {
                store.put(&object.key, wrong, Precondition::None).await.unwrap();
                let found = open(store.clone()).await.get("first").await;
                assert_eq!(found.is_ok(), has_chunks);
                assert!(found.is_err() || found.unwrap() == content());
                // Under another name, in a session that has stored nothing yet.
                put(&open(store.clone()).await, "second", &content()).await.unwrap();
                assert_eq!(store.get(&object.key).await.unwrap().bytes, whole);
                let cold = open(store.clone()).await;
                assert!(cold.get("first").await.unwrap() == content());
                assert!(cold.get("second").await.unwrap() == content());
            }
            // Over itself, where the extent is compared before it is put.
            store.put(&object.key, whole.slice(..9), Precondition::None).await.unwrap();
            put(&open(store.clone()).await, "first", &content()).await.unwrap();
            assert_eq!(store.get(&object.key).await.unwrap().bytes, whole);
            store.delete(&object.key).await.unwrap();
            put(&open(store.clone()).await, "first", &content()).await.unwrap();
            assert_eq!(store.get(&object.key).await.unwrap().bytes, whole);
        }
    });
}

#[test]
fn a_session_that_reads_its_extent_damaged_puts_it_right() {
    block_on(async {
        let (store, vault) = memory_vault().await;
        put(&vault, "first", &content()).await.unwrap();
        for object in objects(&*store).await {
            let whole = store.get(&object.key).await.unwrap().bytes;
            store.put(&object.key, whole.slice(..9), Precondition::None).await.unwrap();
            assert_eq!(vault.get("first").await.unwrap_err().code(), "object-truncated");
            put(&vault, "second", &content()).await.unwrap();
            assert_eq!(store.get(&object.key).await.unwrap().bytes, whole);
            store.delete(&object.key).await.unwrap();
            assert_eq!(vault.get("first").await.unwrap_err().code(), "object-missing");
            put(&vault, "second", &content()).await.unwrap();
            assert_eq!(store.get(&object.key).await.unwrap().bytes, whole);
        }
    });
}

/// What a root names may have rotted since: a changed file refers to chunks only where they are
/// right, and sends the others with what has changed.
#[test]
fn a_changed_file_keeps_no_damaged_chunk() {
    block_on(async {
        // Four chunks, the last of which changes: three could stay.
        let before = noise(1, 4 * MIB);
        let mut after = before.clone();
        after[3 * MIB + 9] ^= 1;
        for damage in ["none", "turned", "cut", "gone"] {
            let (store, vault) = memory_vault().await;
            put(&vault, "first", &before).await.unwrap();
            let objects = objects(&*store).await;
            let extent = objects.iter().find(|object| object.size >= 4 * MIB as u64).unwrap();
            let mut wrong = store.get(&extent.key).await.unwrap().bytes.to_vec();
            match damage {
                "turned" => wrong[MIB + 100] ^= 1,
                "cut" => wrong.truncate(2 * MIB + 100),
                _ => {}
            }
            match damage {
                "gone" => store.delete(&extent.key).await.unwrap(),
                _ => drop(store.put(&extent.key, wrong.into(), Precondition::None).await.unwrap()),
            }
            let fresh = open(store.clone()).await;
            put(&fresh, "first", &after).await.unwrap();
            assert!(open(store.clone()).await.get("first").await.unwrap() == after, "{damage}");
            // What is there beside: the chunk alone where the others could stay, else all four.
            let page = store.list(OBJECTS, None, 1000).await.unwrap();
            let new = page
                .objects
                .iter()
                .filter(|object| object.size >= MIB as u64 && object.key != extent.key);
            let sizes: Vec<_> = new.map(|object| object.size).collect();
            let chunks = if damage == "none" { 1 } else { 4 };
            assert_eq!(sizes, [chunks * (MIB as u64 + 16)], "{damage}");
        }
    });
}

/// A store that compares by what it once received, as servers do by their tags, though the disk
/// below it may have damaged it since.
struct Trusting(MemoryStore);

impl BlobStore for Trusting {
    fn compare<'a>(&'a self, _: &'a str, _: Bytes) -> BoxFuture<'a, sealwood::Result<Found>> {
        Box::pin(async { Ok(Found::Same) })
    }

    forward!(0: get_with, get_range, put_with, delete, list, head, flush, needs_flush);
}

#[test]
fn what_was_read_damaged_is_compared_by_its_bytes() {
    block_on(async {
        let store = Arc::new(Trusting(MemoryStore::new()));
        put(&create(store.clone()).await, "first", &content()).await.unwrap();
        for object in objects(&*store).await {
            let whole = store.get(&object.key).await.unwrap().bytes;
            let mut rotten = whole.to_vec();
            rotten[whole.len() / 2] ^= 4;
            store.put(&object.key, rotten.into(), Precondition::None).await.unwrap();
            let vault = open(store.clone()).await;
            assert_eq!(code(vault.get("first").await), "object-corrupt");
            // Whatever is thought to be there: under a new name, and over itself.
            for path in ["second", "first"] {
                put(&vault, path, &content()).await.unwrap();
                assert_eq!(store.get(&object.key).await.unwrap().bytes, whole);
            }
            assert!(open(store.clone()).await.get("second").await.unwrap() == content());
        }
    });
}

#[test]
fn objects_planted_beforehand_are_replaced() {
    block_on(async {
        // Names follow from the content and the keys, so a copy of the vault tells them.
        let (store, vault) = memory_vault().await;
        let elsewhere = Arc::new(MemoryStore::new());
        let page = store.list("", None, 10).await.unwrap();
        for key in page.objects.iter().map(|object| &object.key) {
            let bytes = store.get(key).await.unwrap().bytes;
            elsewhere.put(key, bytes, Precondition::Absent).await.unwrap();
        }
        put(&open(elsewhere.clone()).await, "a", &content()).await.unwrap();
        for object in objects(&*elsewhere).await {
            let planted = noise(9, object.size as usize);
            store.put(&object.key, planted.into(), Precondition::None).await.unwrap();
        }
        put(&vault, "a", &content()).await.unwrap();
        assert!(open(store).await.get("a").await.unwrap() == content());
    });
}

#[test]
fn an_upload_that_was_cut_off_and_kept_is_finished() {
    block_on(async {
        for nth in 1.. {
            let faulty = Arc::new(FaultyStore::new(MemoryStore::new()));
            let store = Arc::new(RetryingStore::new(faulty.clone(), AT_ONCE));
            drop(create(store.clone()).await);
            let vault = open_in_extents(store.clone(), MIB as u32).await;
            faulty.clear_trace();
            let cut = Error::StoreUnavailable {
                reason: "cut off".into(),
                retry_after: None,
                source: None,
            };
            faulty.arm(Fault::new(FaultMode::CutWrites(cut)).below(OBJECTS).nth(nth));
            put(&vault, "chunked", &content()).await.unwrap();
            put(&vault, "packed", &noise(2, 5_000)).await.unwrap();
            let cold = open(store).await;
            assert!(cold.get("chunked").await.unwrap() == content());
            assert!(cold.get("packed").await.unwrap() == noise(2, 5_000));
            if faulty.trace().iter().all(|call| !call.struck) {
                assert!(nth > 4, "{nth}");
                break;
            }
        }
    });
}

#[test]
fn a_name_that_is_free_again_is_put_again() {
    block_on(async {
        for nth in 1..=4 {
            let (store, _) = faulty_vault().await;
            let vault = open_in_extents(store.clone(), MIB as u32).await;
            store.clear_trace();
            // Refused because there was an object, which is gone when it is looked at.
            let refused = FaultMode::FailBefore(Error::PreconditionFailed);
            store.arm(Fault::new(refused).on(Method::Put).below(OBJECTS).nth(nth));
            put(&vault, "chunked", &content()).await.unwrap();
            put(&vault, "packed", &noise(2, 5_000)).await.unwrap();
            let struck = store.trace().iter().filter(|call| call.struck).count();
            assert_eq!(struck, 1);
            let cold = open(store).await;
            assert!(cold.get("chunked").await.unwrap() == content());
            assert!(cold.get("packed").await.unwrap() == noise(2, 5_000));
        }
    });
}

#[test]
fn an_object_that_cannot_be_put_right_fails_the_put_and_is_not_taken_for_stored() {
    for size in [SIZE, 5_000] {
        block_on(async {
            let (store, vault) = faulty_vault().await;
            let refused = FaultMode::FailBefore(Error::PreconditionFailed);
            store.arm(Fault::new(refused).on(Method::Put).below(OBJECTS));
            let failed = put(&vault, "a", &noise(1, size)).await.unwrap_err();
            assert_eq!(failed.code(), "object-corrupt");
            assert!(failed.to_string().contains(OBJECTS), "{failed}");
            let puts = store.trace().iter().filter(|call| call.method == Method::Put).count();
            assert!(puts <= 3 * 8, "{puts} puts");
            store.disarm();
            assert!(!vault.exists("a").await.unwrap());
            put(&vault, "a", &noise(1, size)).await.unwrap();
            assert!(open(store).await.get("a").await.unwrap() == noise(1, size));
        });
    }
}

#[test]
fn a_put_with_an_unknown_outcome_is_not_taken_for_stored() {
    let unavailable =
        || Error::StoreUnavailable { reason: "injected".into(), retry_after: None, source: None };
    for error in [Error::OutcomeUnknown, unavailable(), Error::Cancelled] {
        for nth in 1..=4 {
            block_on(async {
                let (store, _) = faulty_vault().await;
                let vault = open_in_extents(store.clone(), MIB as u32).await;
                store.clear_trace();
                let fault = Fault::new(FaultMode::FailBefore(error.clone()));
                store.arm(fault.on(Method::Put).below(OBJECTS).nth(nth));
                // Three extents, then the pack.
                let failed = match put(&vault, "chunked", &content()).await {
                    Ok(()) => put(&vault, "packed", &noise(2, 5_000)).await,
                    failed => failed,
                };
                assert_eq!(code(failed), error.code());
                put(&vault, "chunked", &content()).await.unwrap();
                put(&vault, "packed", &noise(2, 5_000)).await.unwrap();
                let cold = open(store).await;
                assert!(cold.get("chunked").await.unwrap() == content());
                assert!(cold.get("packed").await.unwrap() == noise(2, 5_000));
            });
        }
    }
}

#[test]
fn a_comparison_that_fails_is_not_taken_for_the_same_bytes() {
    block_on(async {
        let (store, vault) = faulty_vault().await;
        put(&vault, "a", &content()).await.unwrap();
        let extent = objects(&*store).await.remove(0).key;
        store.put(&extent, "cut".into(), Precondition::None).await.unwrap();
        let vault = open(store.clone()).await;
        store.arm(Fault::unavailable().on(Method::Compare).below(&extent));
        for path in ["b", "a"] {
            assert_eq!(code(put(&vault, path, &content()).await), "store-unavailable");
        }
        store.disarm();
        put(&vault, "b", &content()).await.unwrap();
        assert!(open(store).await.get("a").await.unwrap() == content());
    });
}

#[test]
fn an_extent_that_the_store_itself_cannot_read_is_replaced() {
    block_on(async {
        let config = EngineConfig::default().separated_bytes_min(1000);
        let engine = EngineStore::open(Arc::new(MemoryDisk::new()), config).await.unwrap();
        let store = Arc::new(FaultyStore::new(engine));
        put(&create(store.clone()).await, "a", &content()).await.unwrap();
        for unreadable in [Error::ObjectCorrupt, Error::ObjectTruncated] {
            let vault: Vault = open(store.clone()).await;
            store.arm(Fault::new(FaultMode::FailBefore(unreadable)).on(Method::Compare).nth(1));
            store.clear_trace();
            put(&vault, "a", &content()).await.unwrap();
            store.disarm();
            let sent = |call: &&sealwood::blob::Call| {
                call.method == Method::Put && call.key.starts_with(OBJECTS)
            };
            assert_eq!(store.trace().iter().filter(sent).count(), 1, "{:?}", store.trace());
            assert!(open(store.clone()).await.get("a").await.unwrap() == content());
        }
    });
}
