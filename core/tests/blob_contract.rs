//! Every store and wrapper keeps the contract; a store that does not is found out.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::Error;
use sealwood::blob::conformance::{Promise, check, check_promise};
use sealwood::blob::{
    BlobStore, DirectoryStore, ETag, EngineStore, Fault, FaultMode, FaultyStore, Found,
    MemoryStore, MeteredStore, Method, Object, ObjectMeta, ObjectPage, Precondition,
};
use sealwood::engine::EngineConfig;
use sealwood::engine::disk::{DirectoryDisk, Disk, MemoryDisk};
use sealwood::platform::BoxFuture;

fn assert_keeps_contract(store: &dyn BlobStore) {
    let report = block_on(check(store, "conformance/run-1")).unwrap();
    assert_eq!(report.kept, Promise::ALL);
    let left = block_on(store.list("", None, 1000)).unwrap();
    assert_eq!(left.objects, [], "the suite removes what it wrote");
}

#[test]
fn memory() {
    assert_keeps_contract(&MemoryStore::new());
}

#[test]
fn directory() {
    let root = tempfile::tempdir().unwrap();
    let store = block_on(DirectoryStore::open(root.path().join("a/b"))).unwrap();
    assert_keeps_contract(&store);
    let temps = std::fs::read_dir(root.path().join("a/b/tmp")).unwrap().count();
    assert_eq!(temps, 0, "no body is left behind");
}

#[test]
fn the_engine_on_every_disk() {
    let root = tempfile::tempdir().unwrap();
    let disks: [Arc<dyn Disk>; 2] = [
        Arc::new(MemoryDisk::new()),
        Arc::new(DirectoryDisk::open(root.path().join("engine")).unwrap()),
    ];
    for disk in disks {
        // Small limits, so that objects of every kind and more than one segment are met.
        let config = EngineConfig::default()
            .inline_bytes_max(16)
            .separated_bytes_min(1000)
            .segment_bytes_max(4096);
        let store = block_on(EngineStore::open(disk.clone(), config)).unwrap();
        assert_keeps_contract(&store);
        block_on(store.close()).unwrap();
        let store = block_on(EngineStore::open(disk, EngineConfig::default())).unwrap();
        assert_keeps_contract(&store);
    }
}

#[test]
fn wrappers_over_a_shared_store() {
    let store: Arc<dyn BlobStore> = Arc::new(MemoryStore::new());
    let metered = MeteredStore::with_log(store, 100);
    assert_keeps_contract(&FaultyStore::new(Arc::new(metered)));
}

/// A store that takes two objects of one size for the same, as one that asks for the size alone.
struct ComparesSizes(MemoryStore);

impl BlobStore for ComparesSizes {
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Object, Error>> {
        self.0.get(key)
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes, Error>> {
        self.0.get_range(key, offset, length)
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        precondition: Precondition,
    ) -> BoxFuture<'a, Result<ETag, Error>> {
        self.0.put(key, bytes, precondition)
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<(), Error>> {
        self.0.delete(key)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage, Error>> {
        self.0.list(prefix, start_after, limit)
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, Error>> {
        self.0.head(key)
    }

    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found, Error>> {
        Box::pin(async move {
            let Some(meta) = self.0.head(key).await? else { return Ok(Found::Nothing) };
            if meta.size == bytes.len() as u64 {
                return Ok(Found::Same);
            }
            self.0.compare(key, bytes).await
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<(), Error>> {
        self.0.flush()
    }

    fn needs_flush(&self) -> bool {
        self.0.needs_flush()
    }
}

#[test]
fn a_store_that_compares_no_bytes_is_found_out() {
    let store = ComparesSizes(MemoryStore::new());
    let found = block_on(check(&store, "conformance")).unwrap_err();
    assert_eq!(found.promise, Promise::ComparesContents);
}

/// Arms `fault` on a healthy store and returns the promise the suite finds broken.
fn broken_by(fault: Fault) -> Promise {
    let store = FaultyStore::new(MemoryStore::new());
    store.arm(fault);
    block_on(check(&store, "conformance")).unwrap_err().promise
}

#[test]
fn a_store_that_breaks_a_promise_is_found_out() {
    let ignoring = || Fault::new(FaultMode::IgnorePreconditions);
    assert_eq!(broken_by(ignoring()), Promise::AbsentRefusesExisting);
    assert_eq!(broken_by(Fault::new(FaultMode::FlipBit(9))), Promise::ReadsWhatWasWritten);
    assert_eq!(broken_by(Fault::new(FaultMode::TruncateReads)), Promise::ReadsWhatWasWritten);
    assert_eq!(
        broken_by(Fault::new(FaultMode::TruncateReads).on(Method::GetRange)),
        Promise::LargeObjects
    );
    assert_eq!(broken_by(Fault::full()), Promise::ReadsWhatWasWritten);
    assert_eq!(broken_by(Fault::unavailable().on(Method::List)), Promise::DeletesTwice);
    assert_eq!(
        broken_by(Fault::new(FaultMode::FailBefore(Error::ObjectMissing)).on(Method::Delete)),
        Promise::ReadsWhatWasWritten
    );
    let racing = Fault::new(FaultMode::CheckThenSet).on(Method::Put);
    assert_eq!(broken_by(racing), Promise::OneCreatorWins);
    for promise in [
        Promise::AbsentRefusesExisting,
        Promise::MatchesRefusesStale,
        Promise::MatchesRefusesMissing,
        Promise::OneCreatorWins,
        Promise::OneReplacerWins,
    ] {
        let store = FaultyStore::new(MemoryStore::new());
        store.arm(ignoring());
        let found = block_on(check_promise(&store, "conformance", promise)).unwrap_err();
        assert_eq!(found.promise, promise);
    }
}

#[test]
fn the_suite_cleans_up_after_a_violation() {
    let store = FaultyStore::new(MemoryStore::new());
    store.arm(Fault::new(FaultMode::IgnorePreconditions));
    block_on(check(&store, "conformance")).unwrap_err();
    assert_eq!(block_on(store.list("", None, 1000)).unwrap().objects, []);
}

#[test]
fn invalid_arguments_are_refused_and_change_nothing() {
    let root = tempfile::tempdir().unwrap();
    let directory = block_on(DirectoryStore::open(root.path().join("store"))).unwrap();
    let stores: [&dyn BlobStore; 2] = [&MemoryStore::new(), &directory];
    for store in stores {
        for key in ["", "../outside", "/etc/passwd", "a//b", "A", "a=", "tmp/..", "a/"] {
            let codes = block_on(async {
                [
                    store.get(key).await.unwrap_err().code(),
                    store.get_range(key, 0, 1).await.unwrap_err().code(),
                    store.put(key, "x".into(), Precondition::None).await.unwrap_err().code(),
                    store.delete(key).await.unwrap_err().code(),
                    store.head(key).await.unwrap_err().code(),
                ]
            });
            assert_eq!(codes, ["invalid-argument"; 5], "{key:?}");
        }
        for (prefix, limit) in [("..", 1), ("/", 1), ("", 0), ("", 1001)] {
            let refused = block_on(store.list(prefix, None, limit)).unwrap_err();
            assert_eq!(refused.code(), "invalid-argument");
        }
        let refused = block_on(store.get_range("a", 0, 0)).unwrap_err();
        assert_eq!(refused.code(), "invalid-argument");
        assert_eq!(block_on(store.list("", None, 1)).unwrap().objects, []);
    }
    assert_eq!(std::fs::read_dir(root.path()).unwrap().count(), 1);
}
