//! The hash of a namespace: counted to the end, and checked against its rows.
//!
//! Both go a thousand rows at a time. Between them others have their turn, progress is told, and a
//! call that was given up ends.

use crate::engine::{self, StateCheck};
use crate::error::Result;
use crate::lthash::Statistics;
use crate::platform::{let_others_work, run_blocking};
use crate::task::CallContext;

/// How many steps of some hundred rows are taken at once.
const STEPS_AT_ONCE: usize = 4;

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

pub(super) async fn backfill(namespace: &engine::Namespace, context: &CallContext) -> Result<()> {
    let mut done = 0;
    loop {
        let namespace = namespace.clone();
        let (more, counted, keys) = run_blocking(move || -> engine::Result<_> {
            let more = take_steps(|| namespace.backfill_some())?;
            let state = namespace.tracked_state()?;
            let statistics = state.and_then(|state| state.partition.statistics());
            Ok((more, rows(statistics), namespace.len()?))
        })
        .await?;
        // Rows may go meanwhile.
        done = counted.max(done);
        context.report(done, Some(if more { keys.max(done) } else { done }));
        if !more {
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
    let mut check = run_blocking(move || namespace.check_state()).await?;
    let counted = rows(check.counted().partition.statistics());
    loop {
        let (more, stepped) = run_blocking(move || -> engine::Result<_> {
            let more = take_steps(|| check.step())?;
            Ok((more, check))
        })
        .await?;
        check = stepped;
        let rows = check.rows();
        context.report(rows, Some(if more { counted.max(rows) } else { rows }));
        if !more {
            return Ok(said(&check));
        }
        let_others_work().await;
    }
}

/// Returns whether there are more.
fn take_steps(mut step: impl FnMut() -> engine::Result<bool>) -> engine::Result<bool> {
    for _ in 0..STEPS_AT_ONCE {
        if !step()? {
            return Ok(false);
        }
    }
    Ok(true)
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
