//! The hash of a namespace: counted to the end, and checked against its rows.
//!
//! All of it goes a thousand rows at a time. Between them others have their turn, progress is told,
//! and a call that was given up ends.

use super::steps::{More, in_steps_with, take_piece};
use crate::engine::{self, StateCheck};
use crate::error::Result;
use crate::lthash::Statistics;
use crate::platform::{let_others_work, run_blocking};
use crate::task::CallContext;

/// What a full scan has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedState {
    /// The revision at which both were looked at.
    pub revision: u64,
    /// How many rows were read.
    pub rows: u64,
    /// Whether not all rows are counted yet. Then only those that are were read, which may be none,
    /// and the namespace is not verified.
    pub is_backfilling: bool,
    /// Where the rows are not those that were counted; nothing if they are.
    pub difference: Option<StateDifference>,
}

/// Where rows are not those that were counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateDifference {
    /// In these of the 256 buckets, ascending; nothing if it is somewhere.
    pub buckets: Option<Vec<u8>>,
}

/// What full scans of all tracked namespaces have found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedStates {
    /// How many rows were read.
    pub rows: u64,
    /// Of how many namespaces the rows are not those that were counted.
    pub differing: u64,
    /// Of how many not all rows are counted yet.
    pub backfilling: u64,
    /// What was found of each, in the order of their names.
    pub namespaces: Vec<VerifiedNamespace>,
}

/// What a full scan of one of the namespaces has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedNamespace {
    /// Its name.
    pub name: String,
    /// What was found.
    pub state: VerifiedState,
}

pub(super) async fn backfill(namespace: &engine::Namespace, context: &CallContext) -> Result<()> {
    let mut done = 0;
    loop {
        let namespace = namespace.clone();
        let (more, counted, keys) = run_blocking(move || -> engine::Result<_> {
            let more = take_piece(|| namespace.backfill_some())?;
            let state = namespace.tracked_state()?;
            let statistics = state.and_then(|state| state.partition.statistics());
            Ok((more, rows(statistics), namespace.len()?))
        })
        .await?;
        // Rows may go meanwhile.
        done = counted.max(done);
        context.report(done, Some(if more == More::Yes { keys.max(done) } else { done }));
        if more == More::No {
            return Ok(());
        }
        let_others_work().await;
    }
}

pub(super) async fn verify(
    namespace: &engine::Namespace,
    context: &CallContext,
) -> Result<VerifiedState> {
    let namespace = namespace.clone();
    let check = run_blocking(move || namespace.check_state().map(Box::new)).await?;
    let verified = verify_from(0, check.rows_counted(), check, context).await?;
    context.report(verified.rows, Some(verified.rows));
    Ok(verified)
}

/// Reads the rows of one, after `before` rows of others, of some `total` in all.
async fn verify_from(
    before: u64,
    total: u64,
    check: Box<StateCheck>,
    context: &CallContext,
) -> Result<VerifiedState> {
    let check = in_steps_with(
        check,
        |check| check.step(),
        |check, more| {
            if more == More::Yes {
                let done = before + check.rows();
                context.report(done, Some(total.max(done)));
            }
        },
    )
    .await?;
    Ok(said(&check))
}

pub(super) async fn verify_all(
    engine: &engine::Engine,
    context: &CallContext,
) -> Result<VerifiedStates> {
    let engine = engine.clone();
    let (namespaces, total) = run_blocking(move || -> engine::Result<_> {
        let (mut tracked, mut total) = (Vec::new(), 0);
        for (name, namespace) in engine.all_namespaces()? {
            if let Some(state) = unless_dropped(namespace.tracked_state())?.flatten() {
                total += rows(state.partition.statistics());
                tracked.push((name, namespace));
            }
        }
        Ok((tracked, total))
    })
    .await?;
    let mut verified =
        VerifiedStates { rows: 0, differing: 0, backfilling: 0, namespaces: Vec::new() };
    for (name, namespace) in namespaces {
        let check = run_blocking(move || begin(&namespace)).await?;
        let Some(check) = check else { continue };
        let state = verify_from(verified.rows, total, check, context).await?;
        verified.rows += state.rows;
        verified.differing += u64::from(state.difference.is_some());
        verified.backfilling += u64::from(state.is_backfilling);
        verified.namespaces.push(VerifiedNamespace { name, state });
        context.report(verified.rows, Some(total.max(verified.rows)));
    }
    context.report(verified.rows, Some(verified.rows));
    Ok(verified)
}

/// The check of a namespace that was tracked; none if it is no longer.
fn begin(namespace: &engine::Namespace) -> engine::Result<Option<Box<StateCheck>>> {
    match namespace.check_state().map(Box::new) {
        Err(engine::Error::InvalidArgument { .. }) => Ok(None),
        check => unless_dropped(check),
    }
}

fn unless_dropped<T>(found: engine::Result<T>) -> engine::Result<Option<T>> {
    match found {
        Err(engine::Error::NamespaceDropped) => Ok(None),
        found => found.map(Some),
    }
}

fn rows(statistics: Option<Statistics>) -> u64 {
    statistics.unwrap_or_default().rows
}

fn said(check: &StateCheck) -> VerifiedState {
    let difference = check.difference().map(|difference| match difference {
        engine::StateDifference::Buckets(buckets) => StateDifference { buckets: Some(buckets) },
        _ => StateDifference { buckets: None },
    });
    let revision = check.counted().revision.get();
    let is_backfilling = !check.is_of_all_rows();
    VerifiedState { revision, rows: check.rows(), is_backfilling, difference }
}
