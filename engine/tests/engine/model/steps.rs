//! What may be done, and how likely.

use proptest::collection::vec;
use proptest::prelude::*;
use sealwood_engine::Tracking;
use sealwood_engine::faults::Operation;

pub(super) const NAMESPACES: [&str; 2] = ["one", "two"];

/// Keys that begin with each other, hold NULs or nothing, and have neighbours at every place.
pub(super) const KEYS: [&[u8]; 14] = [
    b"",
    b"\0",
    b"\0\0",
    b"a",
    b"a\0",
    b"a/",
    b"a/b",
    b"a/c",
    b"a/c\0",
    b"a\xff",
    b"b",
    b"b/c/d",
    b"\xff",
    b"\xff\xff",
];

/// What keys are renamed from and to, some of them also keys.
pub(super) const PREFIXES: [&[u8]; 6] = [b"a/", b"a", b"b/", b"c/", b"\xff", b"d"];

/// Lengths at each side of each limit of [`small`], and one of several pieces.
pub(super) const LENGTHS: [usize; 9] = [0, 1, 16, 17, 300, 999, 1000, 1001, 70_000];

#[derive(Debug, Clone)]
pub(super) struct Key {
    pub(super) namespace: usize,
    pub(super) key: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Asked {
    Nothing,
    Absent,
    Present,
    Current,
    Older,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Put {
        key: Key,
        len: usize,
        seed: u64,
        asked: Asked,
        lazy: u8,
        expires_in_ms: Option<u64>,
    },
    Delete {
        key: Key,
        asked: Asked,
    },
    Batch(Vec<(Key, Option<usize>)>, u64),
    Expire {
        key: Key,
        in_ms: u64,
    },
    Persist(Key),
    Rename {
        namespace: usize,
        from: usize,
        to: usize,
    },
    Scan {
        namespace: usize,
        prefix: usize,
        after: Option<usize>,
        delimited: u8,
        order: u8,
        limit: usize,
    },
    TakeSnapshot,
    DropSnapshots,
    Advance(u64),
    Sync,
    Checkpoint,
    Compact,
    Vacuum,
    Purge,
    DropNamespace(usize),
    Track {
        namespace: usize,
        tracking: Tracking,
    },
    Maintain,
    Close {
        rebuild: u8,
    },
    Kill {
        rebuild: u8,
    },
    Crash {
        state: usize,
        rebuild: u8,
    },
    Arm {
        operation: usize,
        nth: u64,
        mode: u8,
    },
}

pub(super) fn key() -> impl Strategy<Value = Key> {
    (0..NAMESPACES.len(), 0..KEYS.len()).prop_map(|(namespace, key)| Key { namespace, key })
}

pub(super) fn asked() -> impl Strategy<Value = Asked> {
    prop_oneof![
        6 => Just(Asked::Nothing),
        1 => Just(Asked::Absent),
        1 => Just(Asked::Present),
        1 => Just(Asked::Current),
        1 => Just(Asked::Older),
    ]
}

fn tracking() -> impl Strategy<Value = Tracking> {
    prop_oneof![
        1 => Just(Tracking::Off),
        3 => Just(Tracking::Whole),
        3 => Just(Tracking::Buckets),
    ]
}

pub(super) fn step() -> impl Strategy<Value = Step> {
    let expiry = prop::option::weighted(0.2, 1..200u64);
    prop_oneof![
        24 => (key(), 0..LENGTHS.len(), any::<u64>(), asked(), 0..3u8, expiry).prop_map(
            |(key, len, seed, asked, lazy, expires_in_ms)| Step::Put {
                key, len: LENGTHS[len], seed: seed % 3, asked, lazy, expires_in_ms
            }
        ),
        8 => (key(), asked()).prop_map(|(key, asked)| Step::Delete { key, asked }),
        6 => (vec((key(), prop::option::weighted(0.7, 0..LENGTHS.len())), 0..6), any::<u64>())
            .prop_map(|(operations, seed)| Step::Batch(operations, seed % 3)),
        3 => (key(), 1..200u64).prop_map(|(key, in_ms)| Step::Expire { key, in_ms }),
        2 => key().prop_map(Step::Persist),
        3 => (0..NAMESPACES.len(), 0..PREFIXES.len(), 0..PREFIXES.len())
            .prop_map(|(namespace, from, to)| Step::Rename { namespace, from, to }),
        6 => (
            0..NAMESPACES.len(), 0..KEYS.len(), prop::option::of(0..KEYS.len()), 0..2u8, 0..2u8,
            1..20usize,
        ).prop_map(|(namespace, prefix, after, delimited, order, limit)| Step::Scan {
            namespace, prefix, after, delimited, order, limit
        }),
        2 => Just(Step::TakeSnapshot),
        1 => Just(Step::DropSnapshots),
        3 => (1..100u64).prop_map(Step::Advance),
        2 => Just(Step::Sync),
        4 => Just(Step::Checkpoint),
        2 => Just(Step::Compact),
        1 => Just(Step::Vacuum),
        2 => Just(Step::Purge),
        1 => (0..NAMESPACES.len()).prop_map(Step::DropNamespace),
        3 => (0..NAMESPACES.len(), tracking())
            .prop_map(|(namespace, tracking)| Step::Track { namespace, tracking }),
        3 => Just(Step::Maintain),
        1 => (0..3u8).prop_map(|rebuild| Step::Close { rebuild }),
        1 => (0..3u8).prop_map(|rebuild| Step::Kill { rebuild }),
        2 => (0..40usize, 0..3u8).prop_map(|(state, rebuild)| Step::Crash { state, rebuild }),
        2 => (0..Operation::ALL.len(), 1..6u64, 0..4u8)
            .prop_map(|(operation, nth, mode)| Step::Arm { operation, nth, mode }),
    ]
}
