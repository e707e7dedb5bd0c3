//! What the bindings rest on of the engine: a disk of the host's, pages of a scan, damage, and
//! calls that are given up. The scenarios of `conformance/engine` show the rest.
#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, missing_docs)]

use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::bridge::engine::{ConfigInput, Engine, Namespace, ScanInput};
use sealwood::engine::disk::{Disk, MemoryDisk, OpenMode};
use sealwood::engine::{Background, DeleteOptions, Durability, PutOptions, Tracking};
use sealwood::{CallContext, CancelToken, Error};

const CONFIG: fn() -> ConfigInput =
    || ConfigInput { background: Background::Manual, ..ConfigInput::default() };

async fn notes(engine: &Engine) -> Namespace {
    engine.namespace("notes".into(), None).await.unwrap()
}

async fn put(namespace: &Namespace, key: &str, bytes: usize) {
    let value = vec![key.len() as u8; bytes];
    namespace.put(key.into(), value, PutOptions::new()).await.unwrap();
}

#[test]
fn an_engine_on_a_disk_of_the_hosts_is_there_again() {
    let disk = MemoryDisk::new();
    block_on(async {
        let engine = Engine::open_disk(Arc::new(disk.clone()), CONFIG()).await.unwrap();
        put(&notes(&engine).await, "a", 3).await;
        let second = Engine::open_disk(Arc::new(disk.clone()), CONFIG()).await;
        assert!(matches!(second, Err(Error::StoreLocked)));
        engine.close().await.unwrap();

        let engine = Engine::open_disk(Arc::new(disk), CONFIG()).await.unwrap();
        let value = notes(&engine).await.get(b"a".into()).await.unwrap().unwrap();
        assert_eq!(&value.bytes[..], [1; 3]);
    });
}

#[test]
fn pages_of_a_scan_are_bounded_by_items_and_by_bytes() {
    block_on(async {
        let engine = Engine::memory(CONFIG()).await.unwrap();
        let small = notes(&engine).await;
        for key in 0..300 {
            put(&small, &format!("{key:03}"), 10).await;
        }
        let pages = small.scan(ScanInput::default(), CancelToken::new()).await.unwrap();
        assert_eq!(pages.next().await.unwrap().unwrap().len(), 256);
        assert_eq!(pages.next().await.unwrap().unwrap().len(), 44);
        assert!(pages.next().await.unwrap().is_none());

        let large = engine.namespace("large".into(), None).await.unwrap();
        for key in ["a", "b", "c"] {
            put(&large, key, 700_000).await;
        }
        let pages = large.scan(ScanInput::default(), CancelToken::new()).await.unwrap();
        assert_eq!(pages.next().await.unwrap().unwrap().len(), 2);
        assert_eq!(pages.next().await.unwrap().unwrap().len(), 1);
        let keys = large.scan_keys(ScanInput::default(), CancelToken::new()).await.unwrap();
        assert_eq!(keys.next().await.unwrap().unwrap().len(), 3);
    });
}

#[test]
fn damage_is_counted_and_told_and_ends_a_scan_after_what_is_whole() {
    let disk = MemoryDisk::new();
    block_on(async {
        let engine = Engine::open_disk(Arc::new(disk.clone()), CONFIG()).await.unwrap();
        let notes = notes(&engine).await;
        put(&notes, "a", 10).await;
        put(&notes, "bb", 200_000).await;
        engine.checkpoint().await.unwrap();
        damage_values(&disk);

        let pages = notes.scan(ScanInput::default(), CancelToken::new()).await.unwrap();
        let page = pages.next().await.unwrap().unwrap();
        assert_eq!(page.iter().map(|entry| &entry.key[..]).collect::<Vec<_>>(), [b"a"]);
        assert!(matches!(pages.next().await, Err(Error::StoreCorrupt { .. })));
        assert!(pages.next().await.unwrap().is_none());

        let verified = engine.verify(None).await.unwrap();
        assert_eq!((verified.keys, verified.findings), (2, 1));
        let finding = &verified.first[0];
        assert_eq!((finding.kind, finding.is_damage), ("value", true));
        assert_eq!(finding.key.as_deref(), Some(&b"bb"[..]));
        assert_eq!(finding.namespace.as_deref(), Some("notes"));
        assert_eq!(finding.error.code(), "store-corrupt");
        let verified = engine.verify(Some(0)).await.unwrap();
        assert_eq!((verified.findings, verified.first.len()), (1, 0));
    });
}

/// Flips a bit of each separated value.
fn damage_values(disk: &MemoryDisk) {
    let files = disk.list("values").unwrap();
    assert!(!files.is_empty());
    for file in files {
        let file = disk.open(&format!("values/{}", file.name), OpenMode::Write).unwrap();
        let mut byte = [0];
        file.read_at(100_000, &mut byte).unwrap();
        file.write_at(100_000, &[byte[0] ^ 1]).unwrap();
    }
}

#[test]
fn calls_on_a_hash_that_are_cancelled_say_so_and_leave_what_was_counted() {
    block_on(async {
        let engine = Engine::memory(CONFIG()).await.unwrap();
        let notes = notes(&engine).await;
        for key in 0..300 {
            put(&notes, &format!("{key:03}"), 10).await;
        }
        notes.track(Tracking::Whole).await.unwrap();
        let context = CallContext::new();
        context.cancel.cancel();
        assert!(matches!(notes.backfill(&context).await, Err(Error::Cancelled)));
        assert!(matches!(notes.verify_state(&context).await, Err(Error::Cancelled)));
        let state = notes.tracked_state().await.unwrap().unwrap();
        assert!(state.partition.hash().is_err(), "nobody has counted");
        let verified = notes.verify_state(&CallContext::new()).await.unwrap();
        assert!(verified.is_backfilling, "what nobody has counted is not verified");
        assert_eq!((verified.rows, verified.difference), (0, None));
        notes.backfill(&CallContext::new()).await.unwrap();
        let verified = notes.verify_state(&CallContext::new()).await.unwrap();
        assert_eq!(
            (verified.rows, verified.is_backfilling, verified.difference),
            (300, false, None)
        );
    });
}

#[test]
fn a_scan_that_is_pulled_no_more_keeps_no_files() {
    block_on(async {
        let engine = Engine::memory(CONFIG()).await.unwrap();
        let notes = notes(&engine).await;
        put(&notes, "a", 10).await;
        let pages = notes.scan(ScanInput::default(), CancelToken::new()).await.unwrap();
        assert_eq!(engine.stats().await.unwrap().leases, 1);
        pages.close();
        assert_eq!(engine.stats().await.unwrap().leases, 0);
        assert!(matches!(pages.next().await, Err(Error::Closed)));
    });
}

#[test]
fn what_is_added_to_a_batch_that_was_taken_is_refused_and_the_rest_is_committed() {
    block_on(async {
        let engine = Engine::memory(CONFIG()).await.unwrap();
        let notes = notes(&engine).await;
        let batch = engine.batch();
        batch.put(&notes, b"a", "1", &PutOptions::new()).unwrap();
        let taken = batch.take().unwrap();
        let late = batch.put(&notes, b"b", "2", &PutOptions::new());
        assert!(matches!(late, Err(Error::Closed)));
        let late = batch.delete(&notes, b"a", &DeleteOptions::new());
        assert!(matches!(late, Err(Error::Closed)));
        assert!(matches!(batch.take(), Err(Error::Closed)));
        assert!(matches!(batch.commit(Durability::Group).await, Err(Error::Closed)));
        assert_eq!((batch.length(), taken.length()), (0, 1));
        taken.commit(Durability::Group).await.unwrap();
        assert_eq!(notes.length().await.unwrap(), 1);
    });
}

#[test]
fn whole_engines_that_are_verified_or_compared_can_be_given_up() {
    block_on(async {
        let (one, other) = (Engine::memory(CONFIG()).await, Engine::memory(CONFIG()).await);
        let (one, other) = (one.unwrap(), other.unwrap());
        for engine in [&one, &other] {
            let notes = notes(engine).await;
            notes.track(Tracking::Buckets).await.unwrap();
            for key in 0..300 {
                put(&notes, &format!("{key:03}"), 10).await;
            }
        }
        put(&notes(&other).await, "200", 11).await;
        let context = CallContext::new();
        context.cancel.cancel();
        assert!(matches!(one.verify_state(&context).await, Err(Error::Cancelled)));
        let verified = one.verify_state(&CallContext::new()).await.unwrap();
        assert_eq!((verified.rows, verified.differing, verified.backfilling), (300, 0, 0));
        let compared = one.compare(&other, None).await.unwrap();
        assert_eq!((compared.differences, compared.first.len()), (1, 1));
        assert!(compared.rows_read < 30, "one bucket of 256 is read");
        let stats = (one.stats().await.unwrap(), other.stats().await.unwrap());
        assert_eq!((stats.0.leases, stats.1.leases), (0, 0));
    });
}
