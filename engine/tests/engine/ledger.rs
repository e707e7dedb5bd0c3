//! What an engine may hold after a crash, kept beside it.
//!
//! Writes become durable in the order in which they were made. So what a crash leaves is one of a
//! list of states: the one that was acknowledged last, or the one after any number of the writes
//! since, in their order. No other state is right, and no part of a write.

use std::collections::BTreeMap;

use sealwood_engine::{Engine, Revision};

use crate::common::{Seen, everything};

/// All namespaces and their keys.
pub(crate) type Contents = BTreeMap<String, BTreeMap<Vec<u8>, Seen>>;

/// The states that a crash may leave.
#[derive(Debug, Clone)]
pub(crate) struct Ledger {
    /// The first was acknowledged; each of the others is one write later. Never empty.
    states: Vec<Contents>,
    /// The last revision that was acknowledged.
    revision: Revision,
}

impl Ledger {
    pub(crate) fn new() -> Self {
        Self { states: vec![Contents::new()], revision: Revision::ZERO }
    }

    /// A write is about to be made.
    pub(crate) fn write(&mut self, change: impl FnOnce(&mut Contents)) {
        let mut next = self.now().clone();
        change(&mut next);
        self.states.push(next);
    }

    /// Everything so far was acknowledged as durable.
    pub(crate) fn acknowledged(&mut self, revision: Revision) {
        self.states.drain(..self.states.len() - 1);
        self.revision = self.revision.max(revision);
    }

    /// What has expired by now is out of reach, whichever state it is in.
    pub(crate) fn expire(&mut self, now_ms: u64) {
        for namespace in self.states.iter_mut().flat_map(BTreeMap::values_mut) {
            namespace.retain(|_, kept| kept.expires_at_ms.is_none_or(|at| at > now_ms));
        }
    }

    /// What a reader of the living engine sees.
    pub(crate) fn now(&self) -> &Contents {
        self.states.last().unwrap()
    }

    pub(crate) fn revision(&self) -> Revision {
        self.revision
    }

    /// Asserts that what a crash left is one of the states, and goes on from it.
    pub(crate) fn assert_left(&mut self, engine: &Engine, origin: &str) {
        let left = everything(engine);
        let Some(at) = self.states.iter().rposition(|state| *state == left) else {
            let differs = differences(&left, &self.states[0]);
            panic!(
                "{} states and none of them; of the first differ {differs:?}\n{origin}",
                self.states.len()
            );
        };
        let state = self.states.swap_remove(at);
        self.states = vec![state];
        assert!(engine.revision() >= self.revision, "revisions went back\n{origin}");
    }
}

/// The keys in which two states differ, each with the lengths of its values.
fn differences(one: &Contents, other: &Contents) -> Vec<String> {
    let mut found = Vec::new();
    let names: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
    for name in names {
        let (Some(one), Some(other)) = (one.get(name), other.get(name)) else {
            found.push(format!("{name} as a whole"));
            continue;
        };
        let keys: std::collections::BTreeSet<_> = one.keys().chain(other.keys()).collect();
        for key in keys {
            let (one, other) = (one.get(key), other.get(key));
            if one != other {
                let shown = |kept: Option<&Seen>| {
                    kept.map(|kept| {
                        (kept.value.len(), kept.value.first().copied(), kept.expires_at_ms)
                    })
                };
                let key = key.escape_ascii();
                found.push(format!("{name}/{key}: {:?} for {:?}", shown(one), shown(other)));
            }
        }
    }
    found
}
