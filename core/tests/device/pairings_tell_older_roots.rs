//! The one commit that a pairing names tells a root that is older than what the first device has seen,
//! and one of another history.

use sealwood::internals::{Ground, Refusal, Witness};

use crate::fixture::*;

#[test]
fn a_root_is_accepted_from_the_one_that_was_seen_on() {
    let roots = history(9);
    for (seen, kept) in roots.iter().enumerate() {
        let witness = Witness::of(&kept.root).unwrap();
        for (found, other) in roots.iter().enumerate() {
            let judged = witness.judge(&other.root);
            match found < seen {
                true => assert!(matches!(judged, Err(Refusal::Rollback { .. })), "{seen} {found}"),
                false => assert_eq!(judged, Ok(Ground::Follows), "{seen} {found}"),
            }
        }
    }
}

/// A writer that knows what it signed signs nothing in another history: there its row stays behind.
#[test]
fn a_root_of_another_history_is_refused() {
    let roots = history(9);
    let others = continued(roots[..5].to_vec(), 9, 1);
    let witness = Witness::of(&roots[6].root).unwrap();
    assert!(matches!(witness.judge(&others[5].root), Err(Refusal::Rollback { .. })));
    // Here it signed as many, by a copy of it.
    assert!(matches!(witness.judge(&others[6].root), Err(Refusal::Fork { found: 7, .. })));
}
