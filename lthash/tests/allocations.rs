//! Rows are hashed where they lie: nothing is allocated for each of them.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

#[path = "common/noise.rs"]
mod noise;

use std::alloc::System;

use cap::Cap;
use noise::noise;
use sealwood_lthash::{Change, Detail, Domain, Kernel, LtHash, Partition};

#[global_allocator]
static ALLOCATOR: Cap<System> = Cap::new(System, usize::MAX);

/// How many bytes some work allocates, whether it keeps them or not.
fn allocated<T>(work: impl FnOnce() -> T) -> usize {
    let before = ALLOCATOR.total_allocated();
    drop(work());
    ALLOCATOR.total_allocated() - before
}

/// What is measured is the whole process, so there is one test.
#[test]
fn nothing_is_allocated_for_each_row() {
    let domain = Domain::new("rows").unwrap();
    let rows = |bytes: usize, count: usize| -> Vec<_> {
        (0..count).map(|number| (number.to_be_bytes(), noise(number as u64, bytes))).collect()
    };
    let some = [0, 32, 100, 900].map(|bytes| rows(bytes, 300)).concat();
    // Messages of several chunks have a tree each while they are in hand, of some hundred bytes.
    let [few, many] = [100, 1000].map(|count| rows(3000, count));
    for kernel in Kernel::all() {
        let sum = |rows: &[([u8; 8], Vec<u8>)]| {
            allocated(|| kernel.sum(&domain, rows.iter().map(|(key, value)| (key, value))))
        };
        assert_eq!(sum(&some), 0, "{kernel:?}");
        let trees = sum(&few);
        assert!((1..16 * 1024).contains(&trees), "{trees} by {kernel:?}");
        assert_eq!(sum(&many), trees, "{kernel:?}");
    }
    let mut hash = LtHash::identity();
    assert_eq!(allocated(|| hash.add(&domain, "key", "value")), 0);

    // There is a sum for each bucket, however many changes there are of it.
    let keys: Vec<_> = (0..3000_u64).map(u64::to_be_bytes).collect();
    let value = noise(1, 100);
    for detail in [Detail::Whole, Detail::Buckets] {
        let mut partition = Partition::empty(domain.clone(), detail);
        let added: Vec<_> = keys.iter().map(|key| Change::added(key, b"")).collect();
        partition.apply(&added).unwrap();
        let replaced: Vec<_> = keys.iter().map(|key| Change::replaced(key, b"", &value)).collect();
        // An element has four times as many bytes.
        let bytes = allocated(|| partition.apply(&replaced).unwrap());
        assert!(bytes / keys.len() < 512, "{bytes} for {} changes", keys.len());
    }
}
