//! What the wrappers add: counts, faults on demand, repetition.

use std::sync::Arc;
use std::time::Duration;

use futures_lite::future::{block_on, poll_once};
use futures_util::future::{join_all, join3};
use sealwood::Error;
use sealwood::blob::{
    BlobStore, ETag, Fault, FaultMode, FaultyStore, MemoryStore, MeteredStore, Method, Object,
    Precondition, RetryPolicy, RetryingStore,
};

type Faulty = FaultyStore<MemoryStore>;

const FOUR_ATTEMPTS: RetryPolicy = RetryPolicy {
    attempts_max: 4,
    base: Duration::from_micros(10),
    cap: Duration::from_micros(10),
    retry_after_max: Duration::from_micros(10),
    give_up_after: Duration::from_secs(60),
};

fn faulty_with(objects: &[(&str, &'static str)]) -> Faulty {
    let store = FaultyStore::new(MemoryStore::new());
    for (key, bytes) in objects {
        put(&store, key, bytes).unwrap();
    }
    store.clear_trace();
    store
}

fn put(store: &dyn BlobStore, key: &str, bytes: &'static str) -> Result<ETag, Error> {
    block_on(store.put(key, bytes.into(), Precondition::None))
}

fn get(store: &dyn BlobStore, key: &str) -> Result<String, Error> {
    block_on(store.get(key)).map(|found| String::from_utf8(found.bytes.to_vec()).unwrap())
}

fn code<T>(outcome: Result<T, Error>) -> &'static str {
    outcome.map(drop).unwrap_err().code()
}

#[test]
fn what_is_sent_is_damaged_where_nothing_checks_it() {
    let store = faulty_with(&[("a", "abcd")]);
    assert!(store.confirms_puts());
    store.arm(Fault::new(FaultMode::TruncateSent).nth(1));
    store.arm(Fault::new(FaultMode::FlipSent(0)).nth(2));
    assert!(!store.confirms_puts());
    for stored in ["ab", "`bcd", "abcd"] {
        put(&store, "a", "abcd").unwrap();
        assert_eq!(get(&store, "a").unwrap(), stored);
    }
    store.disarm();
    assert!(store.confirms_puts());
}

#[test]
fn requests_and_bytes_are_counted() {
    let store = MeteredStore::new(MemoryStore::new());
    put(&store, "a", "12345").unwrap();
    block_on(async {
        store.get("a").await.unwrap();
        store.get_range("a", 1, 2).await.unwrap();
        store.get("b").await.unwrap_err();
        store.list("", None, 1).await.unwrap();
        store.head("a").await.unwrap();
        store.delete("a").await.unwrap();
        store.flush().await.unwrap();
    });
    let metrics = store.snapshot();
    assert_eq!(Method::ALL.map(|method| metrics.calls(method)), [2, 1, 1, 1, 1, 1, 0, 1]);
    assert_eq!(metrics.requests(), 7, "a flush is no request");
    assert_eq!((metrics.bytes_sent, metrics.bytes_received, metrics.failed), (5, 7, 1));
    assert_eq!(metrics.serial_depth, 7);
    assert_eq!(store.reset(), metrics);
    assert_eq!(store.snapshot(), Default::default());
}

#[test]
fn requests_sent_together_are_one_round_trip() {
    let store = MeteredStore::new(MemoryStore::new());
    let put_all = |keys: std::ops::Range<u32>| {
        let keys: Vec<_> = keys.map(|key| key.to_string()).collect();
        let store = &store;
        async move {
            join_all(keys.iter().map(|key| store.put(key, "x".into(), Precondition::None))).await
        }
    };
    block_on(put_all(0..10));
    assert_eq!(store.reset().serial_depth, 1);
    block_on(async {
        put_all(0..10).await;
        put_all(10..12).await;
    });
    assert_eq!(store.reset().serial_depth, 2);
    // The longest of three chains counts.
    let chain = |length| {
        let store = &store;
        async move {
            for _ in 0..length {
                drop(store.get("0").await);
            }
        }
    };
    block_on(join3(chain(1), chain(3), chain(2)));
    assert_eq!(store.snapshot().serial_depth, 3);
}

#[test]
fn a_request_counts_in_the_window_it_started_in() {
    let store = MeteredStore::with_log(faulty_with(&[("a", "x")]), 10);
    store.inner().arm(Fault::new(FaultMode::Hang).nth(1));
    block_on(async {
        let mut hanging = store.get("a");
        // Started, then yielded, then hanging.
        for _ in 0..3 {
            assert!(poll_once(&mut hanging).await.is_none());
        }
        assert_eq!(store.reset().calls(Method::Get), 1);
        drop(hanging);
        store.get("a").await.unwrap();
    });
    let metrics = store.snapshot();
    assert_eq!((metrics.calls(Method::Get), metrics.serial_depth), (1, 1));
    assert_eq!(store.log().len(), 1);
}

#[test]
fn the_log_keeps_the_last_requests() {
    let store = MeteredStore::with_log(MemoryStore::new(), 2);
    for key in ["a", "b", "c"] {
        put(&store, key, "xyz").unwrap();
    }
    block_on(store.get("d")).unwrap_err();
    let log: Vec<_> = store
        .log()
        .into_iter()
        .map(|record| (record.method, record.key, record.bytes, record.ok))
        .collect();
    assert_eq!(log, [(Method::Put, "c".into(), 3, true), (Method::Get, "d".into(), 0, false)]);
}

#[test]
fn faults_count_from_when_they_were_armed() {
    let store = faulty_with(&[("a", "x")]);
    get(&store, "a").unwrap();
    store.arm(Fault::unavailable().on(Method::Get).nth(2));
    let outcomes: Vec<_> = (0..4).map(|_| get(&store, "a").is_ok()).collect();
    assert_eq!(outcomes, [true, false, true, true]);
    store.disarm();
    store.arm(Fault::unavailable().every(3));
    let outcomes: Vec<_> = (0..7).map(|_| get(&store, "a").is_ok()).collect();
    assert_eq!(outcomes, [true, true, false, true, true, false, true]);
    let struck = store.trace().iter().filter(|call| call.struck).count();
    assert_eq!((store.trace().len(), struck), (12, 3));
}

#[test]
fn faults_strike_by_method_and_prefix() {
    let store = faulty_with(&[("packs/1", "x"), ("root", "x")]);
    store.arm(Fault::full().below("packs/"));
    assert_eq!(code(put(&store, "packs/2", "y")), "store-full");
    assert!(put(&store, "root", "y").is_ok());
    assert!(get(&store, "packs/1").is_ok());
    assert_eq!(code(get(&store, "packs/2")), "object-missing");
}

#[test]
fn failing_before_and_after_the_effect_look_the_same() {
    let store = faulty_with(&[]);
    store.arm(Fault::unavailable().nth(1));
    store.arm(Fault::lost_answer().nth(2));
    assert_eq!(code(put(&store, "before", "x")), "store-unavailable");
    assert_eq!(code(put(&store, "after", "x")), "store-unavailable");
    assert_eq!(code(get(&store, "before")), "object-missing");
    assert_eq!(get(&store, "after").unwrap(), "x");
}

#[test]
fn reads_can_be_damaged() {
    let damaged = |mode: FaultMode| {
        let store = faulty_with(&[("a", "abcd"), ("b", "12")]);
        store.arm(Fault::new(mode));
        let range = block_on(store.get_range("a", 0, 2)).unwrap();
        (get(&store, "a").unwrap(), String::from_utf8(range.to_vec()).unwrap())
    };
    let served = Object { bytes: "old".into(), etag: ETag("old".into()) };
    assert_eq!(damaged(FaultMode::TruncateReads), ("ab".into(), "a".into()));
    assert_eq!(damaged(FaultMode::FlipBit(0)), ("`bcd".into(), "`b".into()));
    assert_eq!(damaged(FaultMode::FlipBit(8)), ("accd".into(), "ac".into()));
    assert_eq!(damaged(FaultMode::SwapWith("b".into())), ("12".into(), "12".into()));
    assert_eq!(damaged(FaultMode::Serve(served)), ("old".into(), "ol".into()));
}

#[test]
fn writes_can_be_cut_off_and_set_without_a_lock() {
    let store = faulty_with(&[("a", "abcd")]);
    store.arm(Fault::new(FaultMode::CutWrites(Error::OutcomeUnknown)).below("cut"));
    assert_eq!(code(put(&store, "cut", "1234")), "outcome-unknown");
    assert_eq!(get(&store, "cut").unwrap(), "12");
    store.arm(Fault::new(FaultMode::CheckThenSet).below("a"));
    let absent = block_on(store.put("a", "x".into(), Precondition::Absent));
    assert_eq!(code(absent), "precondition-failed");
    // One at a time is as it should be; of two at once both take effect.
    let tag = block_on(store.get("a")).unwrap().etag;
    let racing = ["first", "second"]
        .map(|bytes| store.put("a", bytes.into(), Precondition::Matches(tag.clone())));
    assert!(block_on(join_all(racing)).iter().all(Result::is_ok));
    assert_eq!(get(&store, "a").unwrap(), "second");
}

#[test]
fn unavailable_calls_are_repeated_up_to_the_limit() {
    let store = RetryingStore::new(Arc::new(faulty_with(&[("a", "x")])), FOUR_ATTEMPTS);
    for nth in 1..=3 {
        store.inner().arm(Fault::unavailable().nth(nth));
    }
    assert_eq!(get(&store, "a").unwrap(), "x");
    assert_eq!(store.inner().trace().len(), 4);
    store.inner().clear_trace();
    store.inner().arm(Fault::unavailable());
    assert_eq!(code(get(&store, "a")), "store-unavailable");
    assert_eq!(code(put(&store, "a", "y")), "store-unavailable");
    assert_eq!(store.inner().trace().len(), 8);
}

#[test]
fn of_objects_deleted_together_those_left_are_tried_again() {
    let objects = [("a", "1"), ("b", "2"), ("c", "3"), ("d", "4")];
    let keys = objects.map(|(key, _)| key.to_owned());
    let deletes = |store: &RetryingStore<Faulty>| {
        let trace = store.inner().trace().into_iter();
        trace.filter(|call| call.method == Method::Delete).map(|call| call.key).collect::<String>()
    };
    let store = RetryingStore::new(faulty_with(&objects), FOUR_ATTEMPTS);
    store.inner().arm(Fault::unavailable().on(Method::Delete).below("b").nth(1));
    store.inner().arm(Fault::lost_answer().on(Method::Delete).below("d").nth(1));
    assert!(block_on(store.delete_many(&keys)).is_empty());
    assert_eq!(deletes(&store), "abcdbd");
    assert_eq!(block_on(store.list("", None, 9)).unwrap().objects, []);

    let store = RetryingStore::new(faulty_with(&objects), FOUR_ATTEMPTS);
    store.inner().arm(Fault::unavailable().on(Method::Delete).below("a"));
    let denied = FaultMode::FailBefore(Error::StoreDenied { reason: "no".into(), source: None });
    store.inner().arm(Fault::new(denied).on(Method::Delete).below("c"));
    let failed = block_on(store.delete_many(&keys));
    let failed: Vec<_> =
        failed.iter().map(|failed| (failed.key.as_str(), failed.error.code())).collect();
    assert_eq!(failed, [("c", "store-denied"), ("a", "store-unavailable")]);
    assert_eq!(deletes(&store), "abcdaaa");
}

#[test]
fn a_store_may_ask_for_a_wait_up_to_a_ceiling() {
    let store = RetryingStore::new(faulty_with(&[("a", "x")]), FOUR_ATTEMPTS);
    let busy =
        |retry_after| Error::StoreUnavailable { reason: "busy".into(), retry_after, source: None };
    // An hour is cut to the ceiling.
    let hour = Some(Duration::from_secs(3600));
    store.inner().arm(Fault::new(FaultMode::FailBefore(busy(hour))).nth(1));
    assert_eq!(get(&store, "a").unwrap(), "x");
    // What the store asked for is no part of the time after which attempts end.
    let asked = Duration::from_millis(1);
    let policy = RetryPolicy { retry_after_max: asked * 2, ..FOUR_ATTEMPTS };
    let store = RetryingStore::new(faulty_with(&[]), policy);
    store.inner().arm(Fault::new(FaultMode::FailBefore(busy(Some(asked)))));
    assert_eq!(code(get(&store, "a")), "store-unavailable");
    assert_eq!(store.inner().trace().len(), 4);
}

#[test]
fn attempts_end_in_time() {
    let policy = RetryPolicy { give_up_after: Duration::ZERO, ..FOUR_ATTEMPTS };
    let store = RetryingStore::new(faulty_with(&[]), policy);
    store.inner().arm(Fault::unavailable());
    assert_eq!(code(get(&store, "a")), "store-unavailable");
    assert_eq!(store.inner().trace().len(), 1);
}

#[test]
fn final_errors_are_not_repeated() {
    let denied = Error::StoreDenied { reason: "no".into(), source: None };
    for error in [denied, Error::StoreFull, Error::ObjectMissing, Error::OutcomeUnknown] {
        let store = RetryingStore::new(faulty_with(&[]), FOUR_ATTEMPTS);
        store.inner().arm(Fault::new(FaultMode::FailBefore(error.clone())));
        assert_eq!(code(put(&store, "a", "x")), error.code());
        assert_eq!(store.inner().trace().len(), 1);
    }
}

#[test]
fn a_writer_whose_answer_was_lost_learns_that_it_won() {
    let store = RetryingStore::new(faulty_with(&[("root", "1")]), FOUR_ATTEMPTS);
    let current = block_on(store.get("root")).unwrap().etag;
    store.inner().arm(Fault::lost_answer().on(Method::Put).nth(1));
    let won = block_on(store.put("root", "2".into(), Precondition::Matches(current))).unwrap();
    assert_eq!(block_on(store.get("root")).unwrap().etag, won);
    store.inner().arm(Fault::lost_answer().on(Method::Put).nth(1));
    block_on(store.put("new", "x".into(), Precondition::Absent)).unwrap();
    assert_eq!(get(&store, "new").unwrap(), "x");
}

#[test]
fn a_refusal_says_nothing_of_a_try_before_it() {
    let denied = Error::StoreDenied { reason: "no".into(), source: None };
    for error in [Error::StoreFull, denied] {
        let store = RetryingStore::new(faulty_with(&[("root", "1")]), FOUR_ATTEMPTS);
        let current = block_on(store.get("root")).unwrap().etag;
        store.inner().arm(Fault::lost_answer().on(Method::Put).nth(1));
        store.inner().arm(Fault::new(FaultMode::FailBefore(error.clone())).on(Method::Put).nth(2));
        let put = block_on(store.put("root", "2".into(), Precondition::Matches(current)));
        assert_eq!(code(put), "outcome-unknown");
        assert_eq!(get(&store, "root").unwrap(), "2");
    }
}

#[test]
fn a_writer_that_may_have_lost_learns_that_too() {
    let store = RetryingStore::new(faulty_with(&[("root", "theirs")]), FOUR_ATTEMPTS);
    let stale = || Precondition::Matches(ETag("stale".into()));
    store.inner().arm(Fault::unavailable().on(Method::Put).nth(1));
    // Ours may have landed and been replaced at once: the writer has to look.
    assert_eq!(code(block_on(store.put("root", "ours".into(), stale()))), "outcome-unknown");
    store.inner().arm(Fault::unavailable().on(Method::Put).nth(1));
    assert_eq!(code(block_on(store.put("gone", "ours".into(), stale()))), "outcome-unknown");
    store.inner().arm(Fault::unavailable().on(Method::Put).nth(1));
    let refused = block_on(store.put("root", "ours".into(), Precondition::Absent));
    assert_eq!(code(refused), "precondition-failed");
    // Without an unknown outcome before it, a failed precondition is final: no read back.
    store.inner().disarm();
    store.inner().clear_trace();
    let refused = block_on(store.put("root", "theirs".into(), Precondition::Absent));
    assert_eq!(code(refused), "precondition-failed");
    assert_eq!(store.inner().trace().len(), 1);
}

#[test]
fn a_writer_that_cannot_read_back_knows_that_it_does_not_know() {
    let store = RetryingStore::new(faulty_with(&[]), FOUR_ATTEMPTS);
    store.inner().arm(Fault::lost_answer().on(Method::Put).nth(1));
    store.inner().arm(Fault::unavailable().on(Method::Get));
    let outcome = block_on(store.put("root", "x".into(), Precondition::Absent));
    assert_eq!(code(outcome), "outcome-unknown");
}
