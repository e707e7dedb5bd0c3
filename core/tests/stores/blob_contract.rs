//! Every store and wrapper keeps the contract; a store that does not is found out.

use std::sync::Arc;

use bytes::Bytes;
use futures_lite::future::block_on;
use sealwood::Error;
use sealwood::blob::conformance::{Promise, check, check_promise};
use sealwood::blob::{
    BlobStore, DirectoryStore, ETag, EngineStore, Fault, FaultMode, FaultyStore, Found,
    MemoryStore, MeteredStore, Method, NotDeleted, Object, ObjectMeta, Precondition,
    StoreGetOptions,
};
use sealwood::engine::EngineConfig;
use sealwood::engine::disk::{DirectoryDisk, Disk, MemoryDisk};
use sealwood::forward;
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
    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found, Error>> {
        Box::pin(async move {
            let Some(meta) = self.0.head(key).await? else { return Ok(Found::Nothing) };
            if meta.size == bytes.len() as u64 {
                return Ok(Found::Same);
            }
            self.0.compare(key, bytes).await
        })
    }

    forward!(0: get_with, get_range, put_with, delete, list, head, flush, needs_flush);
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

/// A store of what every store must have, and of nothing else.
struct Least(MemoryStore);

impl BlobStore for Least {
    forward!(0: get_with, put_with, delete, list);
}

#[test]
fn a_store_of_four_methods_keeps_the_contract() {
    assert_keeps_contract(&Least(MemoryStore::new()));
    assert_keeps_contract(&Arc::new(Least(MemoryStore::new())));
}

/// A store that breaks one of the promises that a store may keep in its own way.
struct Lying(MemoryStore, Promise);

impl BlobStore for Lying {
    forward!(0: put_with, delete, list);

    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object, Error>> {
        let ignored = self.1 == Promise::KeepsToALimit;
        self.0.get_with(key, if ignored { &StoreGetOptions::ANY } else { options })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>, Error>> {
        Box::pin(async move {
            let meta = self.0.head(key).await?;
            Ok(match self.1 {
                Promise::DescribesObjects => meta.map(|meta| meta.with_etag(ETag("other".into()))),
                _ => meta,
            })
        })
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        let left = usize::from(self.1 == Promise::DeletesMany).min(keys.len());
        self.0.delete_many(&keys[left..])
    }
}

#[test]
fn a_store_that_lies_of_limits_tags_or_deletes_is_found_out() {
    for promise in [Promise::KeepsToALimit, Promise::DescribesObjects, Promise::DeletesMany] {
        let found = block_on(check(&Lying(MemoryStore::new(), promise), "c")).unwrap_err();
        assert_eq!(found.promise, promise);
    }
}

/// Whoever asks with a limit is not given more, whatever the store looks at.
#[test]
fn a_limit_holds_over_a_store_that_ignores_it() {
    let store = Lying(MemoryStore::new(), Promise::KeepsToALimit);
    block_on(store.put("a", "four".into(), Precondition::None)).unwrap();
    let codes = [3, 4].map(|max| block_on(store.get_at_most("a", max)).map_err(|e| e.code()));
    assert_eq!(codes.map(|outcome| outcome.err()), [Some("object-corrupt"), None]);
}

#[test]
fn stores_that_know_tell_when_an_object_was_put_and_its_tag() {
    let root = tempfile::tempdir().unwrap();
    let directory = block_on(DirectoryStore::open(root.path())).unwrap();
    let stores: [&dyn BlobStore; 2] = [&MemoryStore::new(), &directory];
    for (store, knows_tags) in stores.into_iter().zip([true, false]) {
        let etag = block_on(store.put("a", "x".into(), Precondition::None)).unwrap();
        let meta = block_on(store.head("a")).unwrap().unwrap();
        assert_eq!(block_on(store.list("", None, 1)).unwrap().objects, std::slice::from_ref(&meta));
        assert_eq!(meta.etag, knows_tags.then_some(etag));
        assert!(meta.modified_ms.unwrap() > 1_700_000_000_000, "{meta:?}");
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
