//! Groups of operations, and what becomes of them.

use std::sync::{Arc, OnceLock};

use crate::error::Result;
use crate::forest::Ops;

/// Operations that are committed together or not at all.
#[derive(Debug, Clone)]
pub(super) struct Group {
    pub(super) ops: Ops,
    pub(super) durability: Durability,
    pub(super) ticket: Ticket,
}

/// When a change is durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// When the call returns.
    #[default]
    OnReturn,
    /// After the next [`flush`](crate::Vault::flush) or durable change of this session. If another
    /// writer's change makes it impossible by then, the next flush tells.
    Deferred,
}

/// What becomes of a group. Clones share the outcome.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ticket(Arc<OnceLock<Result<()>>>);

impl Ticket {
    pub(super) fn outcome(&self) -> Option<Result<()>> {
        self.0.get().cloned()
    }

    pub(super) fn decide(&self, outcome: Result<()>) {
        let _ = self.0.set(outcome);
    }

    pub(super) fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}
