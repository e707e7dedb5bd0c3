//! How much of each segment is needed, and the namespaces.

use std::collections::BTreeMap;

use super::State;
use crate::catalog::NamespaceInfo;
use crate::entry::Place;
use crate::namespace_id::NamespaceId;
use crate::tracking::TrackedSince;

/// The namespaces, found by name and, as every change does, by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Namespaces {
    by_id: BTreeMap<NamespaceId, Named>,
    ids: BTreeMap<String, NamespaceId>,
}

#[derive(Debug, Clone)]
struct Named {
    info: NamespaceInfo,
    name: String,
}

impl Namespaces {
    pub(crate) fn new(by_name: BTreeMap<String, NamespaceInfo>) -> Self {
        let mut namespaces = Self::default();
        for (name, info) in by_name {
            namespaces.insert(name, info);
        }
        namespaces
    }

    pub(crate) fn len(&self) -> usize {
        self.ids.len()
    }

    /// All of them, by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &NamespaceInfo)> {
        self.ids.iter().filter_map(|(name, id)| Some((name, self.by_id(*id)?)))
    }

    pub(crate) fn by_name(&self, name: &str) -> Option<&NamespaceInfo> {
        self.by_id(*self.ids.get(name)?)
    }

    pub(crate) fn by_id(&self, id: NamespaceId) -> Option<&NamespaceInfo> {
        self.by_id.get(&id).map(|named| &named.info)
    }

    pub(crate) fn name_of(&self, id: NamespaceId) -> Option<&str> {
        self.by_id.get(&id).map(|named| named.name.as_str())
    }

    pub(crate) fn insert(&mut self, name: String, info: NamespaceInfo) {
        self.ids.insert(name.clone(), info.id);
        self.by_id.insert(info.id, Named { info, name });
    }

    pub(crate) fn remove(&mut self, id: NamespaceId) {
        if let Some(named) = self.by_id.remove(&id) {
            self.ids.remove(&named.name);
        }
    }

    fn by_id_mut(&mut self, id: NamespaceId) -> Option<&mut NamespaceInfo> {
        self.by_id.get_mut(&id).map(|named| &mut named.info)
    }
}

impl State {
    /// A record at `place` carries the value of a key.
    pub(super) fn live(&mut self, place: Place) {
        if let Some(segment) = self.segments.get_mut(&place.segment) {
            segment.live_bytes += u64::from(place.len);
        }
    }

    /// It no longer does.
    pub(super) fn dead(&mut self, place: Place) {
        if let Some(segment) = self.segments.get_mut(&place.segment) {
            segment.live_bytes = segment.live_bytes.saturating_sub(u64::from(place.len));
            segment.dead_bytes += u64::from(place.len);
        }
    }

    /// A record at `place` says that something changed and carries no value.
    pub(super) fn note(&mut self, place: Place) {
        if let Some(segment) = self.segments.get_mut(&place.segment) {
            segment.notes += 1;
            segment.note_bytes += u64::from(place.len);
        }
    }

    /// The same of one that is needed however old it is.
    pub(super) fn lasting_note(&mut self, place: Place) {
        if let Some(segment) = self.segments.get_mut(&place.segment) {
            segment.notes += 1;
        }
    }

    /// A namespace has one more key, of this length.
    pub(super) fn key_was_made(&mut self, namespace: NamespaceId, len: u64) {
        if let Some(info) = self.namespaces.by_id_mut(namespace) {
            info.keys = info.keys.saturating_add(1);
            info.key_bytes_max = info.key_bytes_max.max(len);
        }
    }

    /// No key of the namespace is longer.
    pub(crate) fn set_key_bytes_max(&mut self, namespace: NamespaceId, len: u64) {
        if let Some(info) = self.namespaces.by_id_mut(namespace) {
            info.key_bytes_max = len;
        }
    }

    /// What was said last of tracking a namespace.
    pub(super) fn set_tracked(&mut self, namespace: NamespaceId, tracked: TrackedSince) {
        if let Some(info) = self.namespaces.by_id_mut(namespace) {
            info.tracked = tracked;
        }
    }

    /// A namespace has more keys or fewer.
    pub(super) fn count_keys(&mut self, namespace: NamespaceId, more: i64) {
        if let Some(info) = self.namespaces.by_id_mut(namespace) {
            info.keys = info.keys.saturating_add_signed(more);
        }
    }

    /// The index names the record at `to` instead of the one at `from`.
    pub(crate) fn moved(&mut self, from: Place, to: Place) {
        self.dead(from);
        self.live(to);
    }

    /// The record at `place` was out of date before it was made or replayed.
    pub(crate) fn stillborn(&mut self, place: Place) {
        if let Some(segment) = self.segments.get_mut(&place.segment) {
            segment.dead_bytes += u64::from(place.len);
        }
    }
}
