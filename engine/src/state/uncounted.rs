//! What happens in tracked namespaces is put aside, for their hashes.

use super::{Action, Change, State};
use crate::entry::Place;
use crate::index::{Seat, Snapshot};
use crate::lthash_state::{Change as RowChange, Held, Uncounted, Waiting};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::tracking::{TrackedSince, Tracking};

/// How many bytes of what is uncounted are kept at most.
const UNCOUNTED_BYTES_LIMIT: usize = 64 << 20;

impl State {
    /// A namespace is tracked from here on, or no more.
    pub(crate) fn track(
        &mut self,
        namespace: NamespaceId,
        tracking: Tracking,
        revision: Revision,
        place: Place,
    ) {
        self.revision = self.revision.max(revision);
        self.lasting_note(place);
        self.set_tracked(namespace, TrackedSince { tracking, since: revision });
        self.begin_hash(namespace);
    }

    /// Has the hash of a namespace made anew, if it is tracked, and dropped otherwise.
    pub(crate) fn begin_hash(&mut self, namespace: NamespaceId) {
        let info = self.namespaces.by_id(namespace);
        let tracked = info.and_then(|info| Some((info.tracked.tracking.detail()?, info.keys)));
        let next = match (tracked, self.namespaces.name_of(namespace)) {
            (Some((detail, keys)), Some(name)) => {
                Uncounted::Tracked { name: name.to_owned(), detail, keys }
            }
            _ => Uncounted::Untracked,
        };
        self.waiting.add(namespace, next);
    }

    /// Gives up what waits for hashes if it is more than may wait, as where reads fail for long:
    /// they are made anew.
    pub(crate) fn bound_uncounted(&mut self) {
        if self.waiting.bytes() < UNCOUNTED_BYTES_LIMIT {
            return;
        }
        for namespace in self.waiting.namespaces() {
            log::warn!("the hash of namespace {namespace} is made anew: too much waits for it");
            self.waiting.forget(namespace);
            self.begin_hash(namespace);
        }
    }

    /// Has the hashes of all tracked namespaces made anew, whatever waits.
    pub(crate) fn begin_all_hashes(&mut self) {
        self.waiting = Waiting::new();
        let ids = self.namespaces.iter().map(|(_, info)| info.id);
        let tracked: Vec<_> = ids.filter(|id| self.is_tracked(*id)).collect();
        tracked.into_iter().for_each(|id| self.begin_hash(id));
    }

    /// The index as it is before a rename, if the hash of the namespace needs it.
    pub(crate) fn before_rename(&self, namespace: NamespaceId) -> Option<Snapshot> {
        self.is_tracked(namespace).then(|| self.tree.snapshot())
    }

    /// Says, before the index is searched, that a key of a namespace may get a value of so many
    /// bytes; so what puts it aside need not wait for memory.
    pub(crate) fn expect_put(&mut self, namespace: NamespaceId, key: &[u8], value_len: usize) {
        if self.is_tracked(namespace) {
            // The value that it may have has about the same length.
            self.waiting.expect_row(namespace, key.len() + 2 * value_len);
        }
    }

    /// Puts aside what an action changes at a seat, if that is of a tracked namespace and a change
    /// of the row.
    pub(super) fn put_aside(&mut self, change: &Change<'_>, seat: &Seat, place: Place) {
        let after = match &change.action {
            Action::Put { body, .. } => Some(Held::of(body, place)),
            Action::Delete => None,
            Action::Expire { .. } => return,
        };
        if !self.is_tracked(change.namespace) {
            return;
        }
        let Change { namespace, key, .. } = *change;
        let before = seat.old().and_then(|old| {
            let body = self.tree.body_at(seat)?;
            Some(Held::of(&body, old.place))
        });
        self.waiting.add_row(namespace, &RowChange { key, before, after });
    }

    fn is_tracked(&self, namespace: NamespaceId) -> bool {
        let info = self.namespaces.by_id(namespace);
        info.is_some_and(|info| info.tracked.tracking != Tracking::Off)
    }
}
