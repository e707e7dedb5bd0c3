//! What happens in tracked namespaces is put aside, for their hashes.

use super::{Action, State};
use crate::entry::Place;
use crate::index::{Seat, Snapshot};
use crate::lthash_state::{Change, Uncounted, Waiting};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::source::Source;
use crate::tracking::{TrackedSince, Tracking};

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
        let Some(info) = self.namespaces.by_id(namespace) else { return };
        let next = match (info.tracked.tracking.detail(), self.namespaces.name_of(namespace)) {
            (Some(detail), Some(name)) => {
                Uncounted::Tracked { name: name.to_owned(), detail, keys: info.keys }
            }
            _ => Uncounted::Untracked,
        };
        self.waiting.add(namespace, next);
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

    /// The change that an action makes, from what is at a seat, if it is of a tracked namespace.
    pub(super) fn change_at(
        &mut self,
        namespace: NamespaceId,
        key: &[u8],
        seat: &Seat,
        action: &Action<'_>,
        place: Place,
    ) -> Option<Change> {
        if !self.is_tracked(namespace) {
            return None;
        }
        let waiting = &mut self.waiting;
        let after = match action {
            Action::Put { body, .. } => {
                Some(Source::copied(body, place, |bytes| waiting.copy(bytes)))
            }
            Action::Delete => None,
            Action::Expire { .. } => return None,
        };
        let before = self.tree.entry_at(seat, |entry| {
            Source::copied(&entry.body, entry.place, |bytes| waiting.copy(bytes))
        });
        Some(Change { key: waiting.copy(key), before, after })
    }

    fn is_tracked(&self, namespace: NamespaceId) -> bool {
        let info = self.namespaces.by_id(namespace);
        info.is_some_and(|info| info.tracked.tracking != Tracking::Off)
    }
}
