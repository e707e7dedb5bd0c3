//! A value that is larger than the memory there is is an error with a code. The engine and its
//! process go on.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

use std::alloc::System;
use std::ops::ControlFlow;
use std::sync::Arc;

use cap::Cap;
use sealwood_engine::disk::{Disk, MemoryDisk};
use sealwood_engine::{
    Background, Engine, EngineConfig, Error, NamespaceOptions, Salvaged, SalvagedKey, Tracking,
};

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

const LARGE_BYTES: usize = 12 << 20;

/// What becomes of a call for which there are so many bytes of memory.
fn with_memory<T>(bytes: usize, call: impl FnOnce() -> T) -> T {
    MEMORY.set_limit(MEMORY.allocated() + bytes).unwrap();
    let outcome = call();
    MEMORY.set_limit(usize::MAX).unwrap();
    outcome
}

fn is_refused<T>(outcome: Result<T, Error>) -> bool {
    matches!(outcome, Err(Error::Platform { .. }))
}

/// A value in the log and one in a file of its own. One test, as the limit is the process's.
#[test]
fn what_memory_has_no_room_for_is_an_error() {
    let disk = MemoryDisk::new();
    let open = |separated_bytes_min: u64| {
        let mut config = EngineConfig::default().background(Background::Manual);
        config = config.separated_bytes_min(separated_bytes_min);
        Engine::open(Arc::new(disk.clone()) as Arc<dyn Disk>, config)
    };
    let engine = open(1 << 20).unwrap();
    let large = vec![7_u8; LARGE_BYTES];
    let options = NamespaceOptions::default().separated_bytes_min(16 << 20);
    let logged = engine.namespace_with("logged", &options).unwrap();
    let separated = engine.namespace("separated").unwrap();
    for namespace in [&logged, &separated] {
        namespace.put(b"large", large.clone()).unwrap();
        namespace.put(b"small", "value").unwrap();
    }
    engine.checkpoint().unwrap();
    for namespace in [&logged, &separated] {
        let snapshot = namespace.snapshot().unwrap();
        with_memory(1 << 20, || {
            assert!(is_refused(namespace.get(b"large")));
            assert!(is_refused(snapshot.get(b"large")));
            assert!(is_refused(namespace.get_range(b"large", 0, LARGE_BYTES as u64)));
            assert_eq!(namespace.get(b"small").unwrap().unwrap().bytes, "value");
        });
        assert_eq!(namespace.get(b"large").unwrap().unwrap().bytes, large);
    }
    let part = with_memory(1 << 20, || separated.get_range(b"large", 70_000, 9)).unwrap();
    assert_eq!(part.unwrap().bytes, large[..9]);

    // It is hashed once there is memory for it.
    logged.track(Tracking::Whole).unwrap();
    with_memory(2 << 20, || assert!(is_refused(logged.backfill())));
    logged.backfill().unwrap();
    logged.delete(b"large").unwrap();
    with_memory(2 << 20, || assert!(is_refused(logged.tracked_state())));
    let state = logged.tracked_state().unwrap().unwrap();
    assert_eq!(state.partition.statistics().unwrap().rows, 1);
    assert!(state.partition.hash().is_ok());
    logged.put(b"large", large.clone()).unwrap();
    engine.sync().unwrap();

    // Opening meets the record in the log, and says so.
    drop((logged, separated, engine));
    with_memory(4 << 20, || assert!(is_refused(open(1 << 20))));
    let engine = open(1 << 20).unwrap();
    let logged = engine.namespace("logged").unwrap();
    assert_eq!(logged.get(b"large").unwrap().unwrap().bytes, large);
    drop((logged, engine));

    // What there is no memory for is not taken for damaged, nor for lost.
    let engine = open(1 << 20).unwrap();
    let verify = || engine.verify(&mut |finding| panic!("{finding:?}"));
    with_memory(4 << 20, || assert!(is_refused(verify())));
    verify().unwrap();
    engine.close().unwrap();
    drop(engine);
    let salvage = |large: &mut dyn FnMut(SalvagedKey<'_>)| {
        Engine::salvage(Arc::new(disk.clone()), &mut |salvaged| {
            match salvaged {
                Salvaged::Key(key) if key.key() == b"large" => large(key),
                Salvaged::Key(_) => {}
                Salvaged::Finding(finding) => panic!("{finding:?}"),
            }
            ControlFlow::Continue(())
        })
    };
    with_memory(4 << 20, || assert!(is_refused(salvage(&mut |_| {}))));
    let mut separated = 0;
    let salvaged = salvage(&mut |key| {
        assert_eq!(key.value_len(), LARGE_BYTES as u64);
        if key.namespace() == Some("separated") {
            separated += 1;
            with_memory(1 << 20, || assert!(is_refused(key.value())));
        }
        assert_eq!(key.value().unwrap(), large);
    });
    assert_eq!((salvaged.unwrap().keys, separated), (4, 1));
}
