//! How many requests are under way, who waits for whom, and what counts as progress.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures_lite::future::{block_on, poll_once};
use futures_util::future::join_all;
use sealwood::blob::{BlobStore, Precondition, RetryPolicy, S3Store};

use crate::s3_bucket::{Bucket, State};

fn store(bucket: &Bucket, requests_max: usize) -> S3Store {
    let mut config = bucket.config();
    config.requests_max = requests_max;
    S3Store::new(config).unwrap()
}

#[test]
fn a_call_that_is_not_polled_holds_nobody_up() {
    for requests_max in [1, 3, 16] {
        let bucket = Bucket::start(State { checks: true, ..State::default() });
        let store = store(&bucket, requests_max);
        bucket.hold();
        block_on(async {
            let mut left = Vec::new();
            for key in ["x", "y", "z"] {
                let mut call = store.put(key, "left".into(), Precondition::Absent);
                // Once for the checksum on another thread, and then until it has its place.
                while bucket.requests().is_empty() && left.is_empty() {
                    assert!(poll_once(&mut call).await.is_none());
                }
                assert!(poll_once(&mut call).await.is_none());
                left.push(call);
            }
            let mut waiting: Vec<_> = (0..20).map(|_| store.head("a")).collect();
            for call in &mut waiting {
                assert!(poll_once(call).await.is_none());
            }
            bucket.release();
            let keys: Vec<_> = (0..40).map(|number| format!("k{number}")).collect();
            let puts = keys.iter().map(|key| store.put(key, "x".into(), Precondition::Absent));
            for outcome in join_all(puts).await {
                outcome.unwrap();
            }
            // They can be taken up again at any time.
            for outcome in join_all(left).await {
                outcome.unwrap();
            }
            for outcome in join_all(waiting).await {
                outcome.unwrap();
            }
        });
        assert!(bucket.state.at_once.lock().unwrap().0 <= requests_max);
    }
}

#[test]
fn a_call_dropped_before_its_turn_is_never_sent() {
    let bucket = Bucket::start(State::default());
    let store = store(&bucket, 1);
    bucket.hold();
    block_on(async {
        let mut first = store.head("first");
        assert!(poll_once(&mut first).await.is_none());
        let mut second = store.head("second");
        assert!(poll_once(&mut second).await.is_none());
        drop(second);
        bucket.release();
        assert_eq!(store.head("third").await.unwrap(), None);
        assert_eq!(first.await.unwrap(), None);
    });
    assert_eq!(bucket.requests(), ["HEAD /bucket/first", "HEAD /bucket/third"]);
}

#[test]
fn requests_at_once_grow_to_the_most_there_may_be() {
    let bucket = Bucket::start(State::default());
    let store = store(&bucket, 6);
    block_on(async {
        // A store begins with four.
        bucket.hold();
        let wave = join_all((0..9).map(|_| store.head("a")));
        let release = async {
            bucket.wait_for_requests(4);
            bucket.release();
        };
        futures_util::future::join(wave, release).await;
        bucket.hold();
        let wave = join_all((0..9).map(|_| store.head("a")));
        let release = async {
            bucket.wait_for_requests(9 + 6);
            bucket.release();
        };
        futures_util::future::join(wave, release).await;
    });
    assert_eq!(bucket.state.at_once.lock().unwrap().0, 6);
}

#[test]
fn what_moves_is_not_too_slow() {
    let trickle = Some(Duration::from_millis(100));
    let bucket = Bucket::start(State { trickle, ..State::default() });
    let bytes = "thirty bytes, one by one, slow";
    bucket.state.objects.lock().unwrap().insert("/bucket/a".into(), bytes.into());
    let mut config = bucket.config();
    config.idle_timeout = Duration::from_secs(2);
    config.retry = RetryPolicy::NONE;
    let store = S3Store::new(config).unwrap();
    // In all it takes longer than no byte may move.
    assert_eq!(block_on(store.get("a")).unwrap().bytes, bytes);
}

#[test]
fn nobody_waits_in_turn_for_a_silent_server() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = Bucket::start(State::default()).config();
    config.endpoint = format!("http://{}", listener.local_addr().unwrap());
    config.idle_timeout = Duration::from_millis(200);
    config.requests_max = 1;
    config.retry = RetryPolicy::NONE;
    let connections = Arc::new(AtomicUsize::new(0));
    let count = connections.clone();
    std::thread::spawn(move || {
        let mut open = Vec::new();
        for connection in listener.incoming() {
            count.fetch_add(1, Ordering::Relaxed);
            open.push(connection);
        }
    });
    let store = S3Store::new(config).unwrap();
    for outcome in block_on(join_all((0..20).map(|_| store.head("a")))) {
        let failed = outcome.unwrap_err();
        assert_eq!(failed.code(), "store-unavailable");
        assert!(failed.to_string().contains("no byte moved"), "{failed}");
    }
    // The first to wait in vain, and one more to be sure; the others fail with them.
    assert!(connections.load(Ordering::Relaxed) <= 3);
}
