//! What scans should give.

use std::ops::Bound;

use sealwood_engine::Order;
use sealwood_engine::faults::FaultDisk;

use super::steps::KEYS;
use crate::common::{small, try_open};

/// What a scan should give, with whether it is a common prefix.
pub(super) fn expected_scan<'a>(
    keys: impl DoubleEndedIterator<Item = &'a Vec<u8>>,
    prefix: &[u8],
    after: Option<&[u8]>,
    delimiter: Option<u8>,
    order: Order,
    limit: usize,
) -> Vec<(Vec<u8>, bool)> {
    let keys: Vec<&Vec<u8>> = match order {
        Order::Ascending => keys.collect(),
        Order::Descending => keys.rev().collect(),
    };
    let is_after = |key: &[u8]| match (after, order) {
        (None, _) => true,
        (Some(after), Order::Ascending) => {
            // What a common prefix stands for is passed over with it.
            let is_common = delimiter.is_some_and(|delimiter| {
                after.len() > prefix.len() && after.last() == Some(&delimiter)
            });
            key > after && !(is_common && key.starts_with(after))
        }
        (Some(after), Order::Descending) => key < after,
    };
    let mut found: Vec<(Vec<u8>, bool)> = Vec::new();
    for key in keys.into_iter().filter(|key| key.starts_with(prefix) && is_after(key)) {
        let at = delimiter
            .and_then(|delimiter| key[prefix.len()..].iter().position(|byte| *byte == delimiter));
        let item = match at {
            Some(at) => (key[..prefix.len() + at + 1].to_vec(), true),
            None => (key.clone(), false),
        };
        if found.last() != Some(&item) {
            found.push(item);
        }
    }
    found.truncate(limit);
    found
}

#[test]
fn a_range_is_what_lies_between_its_bounds() {
    let engine = try_open(&FaultDisk::new(), small()).unwrap();
    let one = engine.namespace("one").unwrap();
    for key in KEYS {
        one.put(key, key.to_vec()).unwrap();
    }
    let mut sorted = KEYS.to_vec();
    sorted.sort_unstable();
    for low in KEYS {
        for high in KEYS {
            for (start, end) in [
                (Bound::Included(low), Bound::Included(high)),
                (Bound::Excluded(low), Bound::Excluded(high)),
                (Bound::Unbounded, Bound::Included(high)),
                (Bound::Excluded(low), Bound::Unbounded),
            ] {
                let within = |key: &&[u8]| {
                    let above = match start {
                        Bound::Included(low) => *key >= low,
                        Bound::Excluded(low) => *key > low,
                        Bound::Unbounded => true,
                    };
                    let below = match end {
                        Bound::Included(high) => *key <= high,
                        Bound::Excluded(high) => *key < high,
                        Bound::Unbounded => true,
                    };
                    above && below
                };
                let expected: Vec<&[u8]> = sorted.iter().copied().filter(within).collect();
                let found = one.scan().unwrap().range::<&[u8]>((start, end)).keys().unwrap();
                assert_eq!(found, expected, "{start:?} to {end:?}");
                let mut found =
                    one.scan().unwrap().range::<&[u8]>((start, end)).descending().keys().unwrap();
                found.reverse();
                assert_eq!(found, expected, "{start:?} to {end:?}, descending");
            }
        }
    }
}
