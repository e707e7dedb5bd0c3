//! Whatever becomes of any request of an update, the record is as it was or as it was to be, and an
//! update that returned is there.

use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::Error;
use sealwood::blob::{BlobStore, Fault, FaultMode, FaultyStore, MemoryStore, Method};
use sealwood::internals::DeviceRecord;

use crate::fixture::*;

/// More than an update makes.
const REQUESTS: u64 = 5;

fn injected() -> Error {
    Error::StoreUnavailable { reason: "injected".into(), retry_after: None, source: None }
}

/// A record, and a store that has it and is about to do as `fault` says.
fn prepared(fault: Fault) -> (Arc<FaultyStore<MemoryStore>>, DeviceRecord) {
    let store = Arc::new(FaultyStore::new(MemoryStore::new()));
    let before = block_on(state(store.clone()).update(&accepted(&history(1)[0]))).unwrap();
    store.clear_trace();
    store.arm(fault);
    (store, before)
}

#[test]
fn one_request_that_fails_or_is_not_answered_leaves_old_or_new() {
    let modes = [
        FaultMode::FailBefore(injected()),
        FaultMode::FailAfter(injected()),
        FaultMode::FailBefore(Error::OutcomeUnknown),
        FaultMode::FailAfter(Error::OutcomeUnknown),
        FaultMode::FailAfter(Error::StoreFailed { reason: "injected".into(), source: None }),
        FaultMode::FailBefore(Error::StoreFull),
    ];
    let roots = history(2);
    for mode in modes {
        for nth in 1..=REQUESTS {
            let (store, before) = prepared(Fault::new(mode.clone()).nth(nth));
            let outcome = block_on(state(store.clone()).update(&accepted(&roots[1])));
            let struck = store.trace().into_iter().find(|call| call.struck);
            store.disarm();
            let after = found(store).unwrap();
            let is_put = struck.as_ref().is_some_and(|call| call.method == Method::Put);
            let is_full = matches!(mode, FaultMode::FailBefore(Error::StoreFull));
            match outcome {
                Ok(updated) => assert_eq!((&after, sequence(&after)), (&updated, 2)),
                // A put in doubt is made again; what cannot be read is told.
                Err(_) => assert!(after == before && (!is_put || is_full), "{mode:?} {nth}"),
            }
        }
    }
}

#[test]
fn a_store_that_goes_on_failing_is_told_and_left_after_a_while() {
    let roots = history(2);
    for mode in [FaultMode::FailBefore(injected()), FaultMode::FailAfter(injected())] {
        let (store, before) = prepared(Fault::new(mode.clone()).on(Method::Put));
        let state = state(store.clone());
        let error = block_on(state.update(&accepted(&roots[1]))).unwrap_err();
        assert!(matches!(error, Error::StoreUnavailable { .. }));
        assert_eq!(store.trace().len(), 6, "three puts, each after a look");
        store.disarm();
        let after = found(store.clone()).unwrap();
        let is_unchanged = matches!(mode, FaultMode::FailBefore(_));
        assert_eq!((after == before, sequence(&after)), (is_unchanged, 2 - is_unchanged as u64));
        // And then it works.
        assert_eq!(sequence(&block_on(state.update(&accepted(&roots[1]))).unwrap()), 2);
    }
}

/// Whoever made a record that is found may have been cut off before it was durable. To see one's
/// own news in it is not enough.
#[test]
fn news_that_are_found_are_written_before_they_count() {
    let (store, _) = prepared(Fault::new(FaultMode::FailAfter(injected())).on(Method::Put));
    let news = accepted(&history(2)[1]);
    block_on(state(store.clone()).update(&news)).unwrap_err();
    store.disarm();
    store.clear_trace();
    let puts = || store.trace().iter().filter(|call| call.method == Method::Put).count();
    let other = state(store.clone());
    block_on(other.update(&news)).unwrap();
    assert_eq!(puts(), 1);
    // Once it has put them itself, a look is enough.
    let calls = store.trace().len();
    block_on(other.update(&news)).unwrap();
    assert_eq!((puts(), store.trace().len()), (1, calls + 1));
    let calls = calls + 1;
    // News are one put.
    block_on(other.update(&setting("a", "b"))).unwrap();
    assert_eq!((puts(), store.trace().len()), (2, calls + 1));
}

#[test]
fn another_history_is_taken_up_once_and_by_decision() {
    let (roots, others) = (history(4), continued(history(2), 9, 1));
    for lost in [false, true] {
        let store = Arc::new(FaultyStore::new(MemoryStore::new()));
        let (one, two) = (state(store.clone()), state(store.clone()));
        let before = block_on(one.update(&accepted(&roots[2]))).unwrap();
        block_on(two.update(&accepted(&roots[2]))).unwrap();
        let left = before.position.as_ref();
        if lost {
            store.arm(Fault::lost_answer().on(Method::Put).nth(1));
        }
        let taken = position(&others[3]);
        let after = block_on(one.take_up(left, &taken, Some(1))).unwrap();
        assert_eq!((sequence(&after), after.device), (4, Some(1)));
        assert_eq!(after.position.as_ref().unwrap().line, 1);
        // Who goes on in the other one is told, and nothing of it comes back.
        let error = block_on(two.update(&accepted(&roots[3]))).unwrap_err();
        assert!(matches!(error, Error::Conflict { .. }));
        // The same decision by another process, which looked at what was before, is refused.
        let again = block_on(two.take_up(left, &position(&others[4]), None)).unwrap_err();
        assert!(matches!(again, Error::Conflict { .. }));
        assert_eq!(found(store), Some(after));
    }
}

#[test]
fn nothing_is_left_of_what_was_forgotten() {
    let (store, _) = prepared(Fault::lost_answer().on(Method::Delete).nth(1));
    block_on(state(store.clone()).forget()).unwrap_err();
    assert!(found(store.clone()).is_none());
    block_on(state(store.clone()).forget()).unwrap();
    assert!(block_on(store.list("", None, 9)).unwrap().objects.is_empty());
}
