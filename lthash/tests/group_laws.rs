//! Hashes are a group, and how a sum is come by does not show in it.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used)]

use std::num::NonZero;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use sealwood_lthash::{Domain, Kernel, LtHash};

type Rows = Vec<(Vec<u8>, Vec<u8>)>;

fn hashes() -> impl Strategy<Value = LtHash> {
    vec(any::<u8>(), LtHash::BYTES).prop_map(|bytes| LtHash::decode(&bytes).unwrap())
}

/// Mostly small rows, and some of several blocks and chunks.
fn rows(most: usize) -> impl Strategy<Value = Rows> {
    let value = prop_oneof![8 => vec(any::<u8>(), 0..200), 1 => vec(any::<u8>(), 900..2500)];
    vec((vec(any::<u8>(), 0..40), value), 0..most)
}

fn domain() -> Domain {
    Domain::new("laws").unwrap()
}

fn one_by_one(rows: &[(Vec<u8>, Vec<u8>)]) -> LtHash {
    let mut state = LtHash::identity();
    rows.iter().for_each(|(key, value)| state.add(&domain(), key, value));
    state
}

fn merged(a: &LtHash, b: &LtHash) -> LtHash {
    let mut sum = a.clone();
    sum.merge(b);
    sum
}

fn without(a: &LtHash, b: &LtHash) -> LtHash {
    let mut rest = a.clone();
    rest.subtract(b);
    rest
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn merging_is_that_of_a_commutative_group(a in hashes(), b in hashes(), c in hashes()) {
        let zero = LtHash::identity();
        prop_assert_eq!(merged(&a, &b), merged(&b, &a));
        prop_assert_eq!(merged(&merged(&a, &b), &c), merged(&a, &merged(&b, &c)));
        prop_assert_eq!(merged(&a, &zero), a.clone());
        prop_assert!(without(&a, &a).is_identity());
        prop_assert_eq!(without(&merged(&a, &b), &b), a.clone());
        prop_assert_eq!(without(&without(&a, &b), &c), without(&a, &merged(&b, &c)));
    }

    #[test]
    fn hashes_survive_their_bytes(a in hashes()) {
        let again = LtHash::decode(&a.encode()).unwrap();
        prop_assert_eq!(again.encode(), a.encode());
        prop_assert_eq!(again.checksum(), a.checksum());
        prop_assert_eq!(again, a);
    }

    #[test]
    fn every_order_of_changes_gives_one_hash(
        rows in rows(12).prop_shuffle(),
        order in any::<u64>(),
    ) {
        let expected = one_by_one(&rows);
        // Each row is added in some order, two of three removed, and those added again.
        let mut shuffled: Vec<_> = rows.iter().enumerate().collect();
        shuffled.sort_by_key(|(index, _)| (*index as u64).wrapping_mul(order | 1).rotate_left(17));
        let mut state = LtHash::identity();
        for (_, (key, value)) in &shuffled {
            state.add(&domain(), key, value);
        }
        let fickle = || shuffled.iter().filter(|(index, _)| index % 3 != 0);
        for (_, (key, value)) in fickle() {
            state.remove(&domain(), key, value);
        }
        state.add_batch(&domain(), fickle().map(|(_, (key, value))| (key, value)));
        prop_assert_eq!(state, expected);
    }

    #[test]
    fn serial_batched_and_parallel_agree_for_any_split(
        rows in rows(40),
        cuts in vec(any::<Index>(), 0..6),
        threads in 1usize..6,
    ) {
        let expected = one_by_one(&rows);
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(rows.len() + 1)).collect();
        cuts.extend([0, rows.len()]);
        cuts.sort_unstable();
        for kernel in Kernel::all() {
            let mut sum = LtHash::identity();
            for cut in cuts.windows(2) {
                let part = rows[cut[0]..cut[1]].iter().map(|(key, value)| (key, value));
                sum.merge(&kernel.sum(&domain(), part));
            }
            prop_assert_eq!(&sum, &expected, "{:?}", kernel);
        }
        // Enough rows for several threads, of which each has a part.
        let many: Vec<_> = rows.iter().cycle().take(rows.len() * 25).collect();
        let many: Rows = many.into_iter().cloned().collect();
        let threads = NonZero::new(threads).unwrap();
        let parallel = Kernel::best().sum_parallel(&domain(), &many, threads);
        let mut expected_many = LtHash::identity();
        (0..25).for_each(|_| expected_many.merge(&expected));
        prop_assert_eq!(parallel, expected_many);
    }

    #[test]
    fn what_is_added_and_removed_is_gone(rows in rows(20)) {
        let mut state = LtHash::identity();
        state.add_batch(&domain(), rows.iter().map(|(key, value)| (key, value)));
        state.remove_batch(&domain(), rows.iter().rev().map(|(key, value)| (key, value)));
        prop_assert!(state.is_identity());
        prop_assert_eq!(state, LtHash::default());
    }
}

#[test]
fn messages_on_threads_are_those_on_one() {
    let messages: Vec<Vec<u8>> =
        (0..1000u32).map(|n| n.to_le_bytes().repeat(1 + n as usize % 50)).collect();
    let expected = Kernel::portable().sum_raw(&messages);
    for threads in [1, 2, 3, 8, 1000] {
        for kernel in Kernel::all() {
            let threads = NonZero::new(threads).unwrap();
            assert_eq!(kernel.sum_raw_parallel(&messages, threads), expected, "{kernel:?}");
        }
    }
}
