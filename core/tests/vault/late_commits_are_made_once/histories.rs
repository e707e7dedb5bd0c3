//! Histories by chance of two clients whose roots take every way: what may come of them.

use std::collections::{BTreeMap, BTreeSet};

use futures_lite::future::{block_on, poll_once};
use proptest::prelude::*;
use sealwood::Error;

use super::clients;
use super::slow::Way;
use crate::common::*;

#[derive(Debug, Clone)]
enum Step {
    Put {
        way: Way,
    },
    PutDeferred,
    PutPacked {
        way: Way,
    },
    Flush {
        way: Way,
    },
    Link {
        way: Way,
    },
    Land {
        number: usize,
    },
    Refresh,
    /// The others change all that they see of ours.
    Mark,
    TheirPut,
    TheirLink,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let way = || {
        prop_oneof![
            3 => Just(Way::Straight),
            2 => Just(Way::Unanswered),
            2 => Just(Way::Lost),
            4 => Just(Way::Late),
            2 => Just(Way::LateAndSilent),
        ]
    };
    let step = prop_oneof![
        4 => way().prop_map(|way| Step::Put { way }),
        1 => way().prop_map(|way| Step::PutPacked { way }),
        4 => Just(Step::PutDeferred),
        5 => way().prop_map(|way| Step::Flush { way }),
        1 => way().prop_map(|way| Step::Link { way }),
        5 => (0usize..8).prop_map(|number| Step::Land { number }),
        2 => Just(Step::Refresh),
        3 => Just(Step::Mark),
        3 => Just(Step::TheirPut),
        1 => Just(Step::TheirLink),
    ];
    prop::collection::vec(step, 1..40)
}

/// What is known of one change of ours.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Known {
    Done,
    Failed,
    /// Deferred, or of unknown outcome.
    Open,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn nothing_is_made_twice_and_nothing_that_came_is_told_as_failed(steps in steps()) {
        block_on(check(&steps))?;
    }
}

/// Takes the steps and asks what there is in the end.
async fn check(steps: &[Step]) -> Result<(), TestCaseError> {
    let (store, slow, ours, theirs) = clients().await;
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let mut deferred_now: Vec<String> = Vec::new();
    let mut marked = BTreeSet::new();
    for (number, step) in steps.iter().enumerate() {
        let path = format!("ours/{number}");
        let (size, way) = match step {
            Step::Put { way } => (50, *way),
            Step::PutPacked { way } => (2_000, *way),
            Step::Flush { way } | Step::Link { way } => (0, *way),
            _ => (0, Way::Straight),
        };
        slow.take(way);
        match step {
            Step::Put { .. } | Step::PutPacked { .. } => {
                let content = noise(number as u64, size);
                let call = ours.put(&path, content);
                let outcome = match poll_once(Box::pin(call)).await {
                    None => Known::Open,
                    Some(Ok(_)) => Known::Done,
                    Some(Err(Error::OutcomeUnknown)) => Known::Open,
                    Some(Err(_)) => Known::Failed,
                };
                known.insert(path, outcome);
            }
            Step::PutDeferred => {
                ours.put_with(&path, noise(number as u64, 50), &deferred()).await.unwrap();
                known.insert(path.clone(), Known::Open);
                deferred_now.push(path);
            }
            Step::Flush { .. } => {
                match poll_once(Box::pin(ours.flush())).await {
                    Some(Ok(())) => {
                        prop_assert!(!ours.needs_flush());
                        for path in deferred_now.drain(..) {
                            known.insert(path, Known::Done);
                        }
                    }
                    // Some of them were given up. After any other error all are tried again.
                    Some(Err(Error::Conflict { .. })) => deferred_now.clear(),
                    _ if !ours.needs_flush() => deferred_now.clear(),
                    _ => {}
                }
            }
            Step::Link { .. } => {
                let _ = poll_once(Box::pin(ours.link(""))).await;
                if !ours.needs_flush() {
                    deferred_now.clear();
                }
            }
            Step::Land { number } => {
                if slow.count() > 0 {
                    slow.land(number % slow.count());
                }
            }
            Step::Refresh => ours.refresh().await.unwrap(),
            Step::Mark => {
                theirs.refresh().await.unwrap();
                for path in
                    known.keys().filter(|path| !marked.contains(*path)).cloned().collect::<Vec<_>>()
                {
                    if theirs.exists(&path).await.unwrap() {
                        put(&theirs, &path, b"theirs").await.unwrap();
                        marked.insert(path);
                    }
                }
            }
            Step::TheirPut => put(&theirs, &format!("theirs/{number}"), b"x").await.unwrap(),
            Step::TheirLink => theirs.link("").await.map(drop).unwrap(),
        }
    }
    slow.take(Way::Straight);
    while slow.count() > 0 {
        slow.land(0);
    }
    let _ = ours.flush().await;
    ours.flush().await.unwrap();
    prop_assert!(!ours.needs_flush());
    ours.refresh().await.unwrap();
    let cold = tree(&open(store.clone()).await).await;
    prop_assert!(tree(&ours).await == cold);
    for (path, known) in &known {
        let there = cold.get(path).cloned().flatten();
        match known {
            Known::Done => prop_assert!(there.is_some(), "{} is lost", path),
            Known::Failed => prop_assert!(there.is_none(), "{} failed and came", path),
            Known::Open => {}
        }
        if marked.contains(path) {
            prop_assert_eq!(there.as_deref(), Some(&b"theirs"[..]), "{} was made twice", path);
        }
    }
    Ok(())
}

#[test]
fn a_flush_that_is_well_says_so_of_what_waited_before_it() {
    let steps = [
        Step::TheirLink,
        Step::TheirPut,
        Step::PutDeferred,
        Step::TheirPut,
        Step::Flush { way: Way::LateAndSilent },
        Step::Put { way: Way::Late },
        Step::PutPacked { way: Way::Late },
        Step::PutDeferred,
        Step::PutDeferred,
        Step::TheirPut,
        Step::Put { way: Way::Late },
        Step::Flush { way: Way::Late },
        Step::Refresh,
        Step::Mark,
        Step::TheirPut,
        Step::Mark,
        Step::PutDeferred,
        Step::Mark,
        Step::PutDeferred,
        Step::Put { way: Way::Unanswered },
        Step::Land { number: 6 },
        Step::Refresh,
        Step::Land { number: 2 },
        Step::PutDeferred,
        Step::Mark,
        Step::Flush { way: Way::Late },
        Step::Refresh,
        Step::Refresh,
        Step::Land { number: 3 },
        Step::Flush { way: Way::Straight },
        Step::Land { number: 2 },
    ];
    block_on(check(&steps)).unwrap();
}
