//! Replaying what records say.

use super::{Recovery, damaged};
use crate::catalog::NamespaceInfo;
use crate::error::Result;
use crate::index::NotResident;
use crate::index_key::IndexKey;
use crate::log::{Step, Steps, What};
use crate::namespace_id::NamespaceId;
use crate::renames::Rename;
use crate::state::{Action, Change, State};

impl Recovery<'_> {
    /// Replays steps, which come after all that was replayed.
    pub(super) fn replay(&self, state: &mut State, mut steps: Steps) -> Result<()> {
        while let Some(step) = steps.next()? {
            if !step.revision.has_next() {
                return Err(damaged("log record", step.place.segment));
            }
            // No id that a record has is given again, whatever else of its namespace is there.
            let next = step.what.namespace().next();
            state.next_namespace = state.next_namespace.max(next);
            if let What::Rename { namespace, from, to } = step.what {
                self.replay_rename(state, &step, namespace, from, to)?;
            } else {
                while let Err(ticket) = apply(state, &step) {
                    ticket.load(&**self.frames)?;
                }
            }
            self.count_much(state);
        }
        Ok(())
    }

    fn replay_rename(
        &self,
        state: &mut State,
        step: &Step<'_>,
        namespace: NamespaceId,
        from: &[u8],
        to: &[u8],
    ) -> Result<()> {
        let (full_from, full_to) = (IndexKey::new(namespace, from), IndexKey::new(namespace, to));
        // Nothing was there when it happened. A rebuild may find keys there whose deletion is told
        // in a segment that compaction wrote, which comes later.
        let mut stale = Vec::new();
        let each = &mut |replaced| stale.push(replaced);
        state.tree.remove_prefix(&full_to, &**self.frames, each)?;
        for replaced in &stale {
            while let Err(ticket) = state.give_up(namespace, replaced, step.revision) {
                ticket.load(&**self.frames)?;
            }
        }
        let index = state.before_rename(namespace);
        while let Err(ticket) = state.tree.rename_prefix(&full_from, &full_to) {
            ticket.load(&**self.frames)?;
        }
        let replay_order = state.segments.get(&step.place.segment).map_or(0, |it| it.replay_order);
        let (from, to) = (from.to_vec(), to.to_vec());
        let rename = Rename { replay_order, revision: step.revision, namespace, from, to };
        state.renamed(rename, step.place, index);
        Ok(())
    }
}

/// Applies one step of the log.
fn apply(state: &mut State, step: &Step<'_>) -> Result<(), NotResident> {
    let Step { place, revision, what } = *step;
    let (namespace, key, action) = match what {
        What::Put { namespace, key, expires_at_ms, body } => {
            (namespace, key, Action::Put { body, expires_at_ms })
        }
        What::Delete { namespace, key } => (namespace, key, Action::Delete),
        What::Expire { namespace, key, expires_at_ms } => {
            (namespace, key, Action::Expire { expires_at_ms })
        }
        What::NamespaceCreate { namespace, name, threshold } => {
            let info = NamespaceInfo::new(namespace, revision, threshold);
            // It may be told twice, by a segment and by what compaction made of it.
            if state.namespaces.by_id(namespace).is_none() && !state.dropping.contains(&namespace) {
                state.create_namespace(name, info, place);
            }
            return Ok(());
        }
        // Done by the caller, who can load what it needs.
        What::Rename { .. } => return Ok(()),
        What::NamespaceDrop { namespace } => {
            state.drop_namespace(namespace, revision, place);
            return Ok(());
        }
        What::Track { namespace, tracking } => {
            let info = state.namespaces.by_id(namespace);
            // It may be told twice, too.
            if info.is_some_and(|info| info.tracked.since < revision) {
                state.track(namespace, tracking, revision, place);
            }
            return Ok(());
        }
    };
    let change = Change { namespace, key, action };
    if revision > state.revision {
        state.replay_next(&change, revision, place)
    } else {
        state.replay(&change, revision, place)
    }
}
