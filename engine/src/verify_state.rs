//! Whether what is counted of all tracked namespaces is what their rows give.

use std::ops::ControlFlow;

use super::holder::Holder;
use super::namespace::Namespace;
use super::state_check::{StateCheck, StateDifference};
use super::state_compare::Side;
use crate::error::{Error, Result};

/// What is told of a namespace while the states are verified.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateEvent {
    /// Not all rows of it are counted yet. Only those that are, if any, are read and compared: it
    /// is not verified.
    Backfilling,
    /// Rows were read.
    Progress {
        /// How many, from the first on.
        rows: u64,
        /// How many were counted.
        of: u64,
    },
    /// All rows that are counted are read, and they are not what was counted.
    Differs(StateDifference),
    /// This key is in a bucket that differs: see [`StateCheck::candidates`].
    Candidate(Vec<u8>),
}

/// What was verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct VerifiedStates {
    /// Namespaces of which all rows are counted and were compared.
    pub namespaces: u64,
    /// Namespaces of which not all rows are counted yet: see [`StateEvent::Backfilling`].
    pub backfilling: u64,
    /// Rows that were read, of both.
    pub rows: u64,
    /// Namespaces, of both, whose rows are not what was counted.
    pub differing: u64,
}

/// Tells of a namespace, by its name.
pub(crate) type Each<'a> = dyn FnMut(&str, StateEvent) -> ControlFlow<()> + 'a;

/// Verifies all tracked namespaces; see [`Engine::verify_state`](super::Engine::verify_state).
pub(crate) fn verify_state(shared: &Holder, each: &mut Each<'_>) -> Result<VerifiedStates> {
    let mut verified = VerifiedStates::default();
    for (name, namespace) in Namespace::all(shared)? {
        let side = match namespace.tracked_side() {
            Err(Error::NamespaceDropped) => None,
            side => side?,
        };
        let Some(Side { snapshot, counted }) = side else { continue };
        let mut check = StateCheck::new(snapshot, counted);
        let mut tell = |event| match each(&name, event) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        };
        if check.is_of_all_rows() {
            verified.namespaces += 1;
        } else {
            verified.backfilling += 1;
            tell(StateEvent::Backfilling)?;
        }
        let differs = verify(&mut check, &mut tell)?;
        verified.rows += check.rows();
        verified.differing += u64::from(differs);
    }
    Ok(verified)
}

/// Verifies one, and returns whether it differs.
fn verify(check: &mut StateCheck, tell: &mut dyn FnMut(StateEvent) -> Result<()>) -> Result<bool> {
    while check.step()? {
        tell(StateEvent::Progress { rows: check.rows(), of: check.rows_counted() })?;
    }
    let Some(difference) = check.difference() else { return Ok(false) };
    let is_located = matches!(difference, StateDifference::Buckets(_));
    tell(StateEvent::Differs(difference))?;
    if is_located {
        check.candidates(&mut |key| match tell(StateEvent::Candidate(key.to_vec())) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        })?;
    }
    Ok(true)
}
