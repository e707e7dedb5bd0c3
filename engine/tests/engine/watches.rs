//! A watch gives every change below its prefix once and in order, or says that it cannot.

use sealwood_engine::disk::MemoryDisk;
use sealwood_engine::{Error, EventKind, Expiry, Revision, Watch};

use crate::common::{open, small};

fn told(watch: &mut Watch) -> Vec<(Revision, EventKind, Vec<u8>)> {
    std::iter::from_fn(|| watch.try_next().unwrap())
        .map(|event| (event.revision, event.kind, event.key))
        .collect()
}

#[test]
fn a_watch_gives_each_change_below_its_prefix_once() {
    let engine = open(&MemoryDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    let since = one.put(b"a/before", "0").unwrap();
    let mut watch = one.watch(b"a/", since).unwrap();
    assert_eq!(told(&mut watch), []);
    let put = one.put(b"a/1", "1").unwrap();
    one.put(b"b/1", "no matter").unwrap();
    engine.namespace("two").unwrap().put(b"a/1", "no matter").unwrap();
    one.delete(b"a/1").unwrap();
    let deleted = engine.revision();
    one.delete(b"a/1").unwrap();
    one.expire_at(b"a/before", Expiry::at_ms(1 << 50)).unwrap();
    let expired = engine.revision();
    let key = |name: &str| name.as_bytes().to_vec();
    let expected = [
        (put, EventKind::Put, key("a/1")),
        (deleted, EventKind::Delete, key("a/1")),
        (expired, EventKind::Expire, key("a/before")),
    ];
    assert_eq!(told(&mut watch), expected);
    assert_eq!(told(&mut watch), []);
    // Another goes on in the middle.
    assert_eq!(told(&mut one.watch(b"a/", put).unwrap()), expected[1..]);
    let next = futures_lite::future::block_on(async {
        let coming = futures_lite::future::zip(watch.next(), async { one.put(b"a/2", "2") });
        let (event, revision) = coming.await;
        assert_eq!(event.as_ref().unwrap().revision, revision.unwrap());
        event.unwrap()
    });
    assert_eq!(next.key, b"a/2");
    engine.close().unwrap();
    assert_eq!(watch.try_next().unwrap_err().code(), "closed");
}

#[test]
fn a_watch_that_fell_behind_is_told_from_where_it_may_go_on() {
    let disk = MemoryDisk::new();
    let config = small().watch_events_max(5);
    let engine = open(&disk, config.clone());
    let one = engine.namespace("one").unwrap();
    let mut watch = one.watch(b"", engine.revision()).unwrap();
    for number in 0..8u8 {
        one.put(&[number], "x").unwrap();
    }
    let Err(Error::CursorExpired { oldest }) = watch.try_next() else { panic!("it was told") };
    assert_eq!(told(&mut one.watch(b"", oldest.before()).unwrap()).len(), 5);
    // After opening the changes since the checkpoint are there.
    engine.checkpoint().unwrap();
    let checkpointed = engine.revision();
    let later = one.put(b"later", "x").unwrap();
    drop((watch, one, engine));
    let engine = open(&disk, config);
    let one = engine.namespace("one").unwrap();
    assert!(matches!(one.watch(b"", checkpointed.before()), Err(Error::CursorExpired { .. })));
    let events = told(&mut one.watch(b"", checkpointed).unwrap());
    assert_eq!(events, [(later, EventKind::Put, b"later".to_vec())]);
}

/// Long keys and prefixes take the place of many short ones.
#[test]
fn the_changes_that_are_kept_are_bounded_in_bytes() {
    let config = small().watch_bytes_max(300_000);
    let engine = open(&MemoryDisk::new(), config);
    let one = engine.namespace("one").unwrap();
    let since = engine.revision();
    let key = |number: u8| [vec![number], vec![0; 60_000]].concat();
    for number in 0..8u8 {
        one.put(&key(number), "x").unwrap();
    }
    let Err(Error::CursorExpired { oldest }) = one.watch(b"", since) else { panic!("all is kept") };
    assert_eq!(told(&mut one.watch(b"", oldest.before()).unwrap()).len(), 4);
    // A rename has two.
    assert!(one.rename_prefix(&key(7), &[7; 60_000]).unwrap());
    let Err(Error::CursorExpired { oldest }) = one.watch(b"", since) else { panic!("all is kept") };
    assert_eq!(told(&mut one.watch(b"", oldest.before()).unwrap()).len(), 3);
    for number in 0..100u8 {
        one.put(&[number], "x").unwrap();
    }
    assert_eq!(
        told(&mut one.watch(b"", Revision::new(engine.revision().get() - 100)).unwrap()).len(),
        100
    );
}

#[test]
fn a_thread_that_waits_is_told_of_the_next_change_and_of_the_end() {
    let engine = open(&MemoryDisk::new(), small());
    let one = engine.namespace("one").unwrap();
    let mut watch = one.watch(b"a/", engine.revision()).unwrap();
    let (ready, is_ready) = std::sync::mpsc::channel();
    let follower = std::thread::spawn(move || {
        ready.send(()).unwrap();
        let first = watch.next_blocking().map(|event| event.key);
        let second = watch.next_blocking().map(|event| event.key);
        (first, second, watch.next_blocking().map(|event| event.key))
    });
    is_ready.recv().unwrap();
    one.put(b"b", "no matter").unwrap();
    one.put(b"a/1", "1").unwrap();
    one.put(b"a/2", "2").unwrap();
    engine.close().unwrap();
    let (first, second, end) = follower.join().unwrap();
    assert_eq!((first.unwrap(), second.unwrap()), (b"a/1".to_vec(), b"a/2".to_vec()));
    assert_eq!(end.unwrap_err().code(), "closed");
}
