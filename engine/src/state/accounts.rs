//! How much of each segment is needed, and the namespaces.

use std::collections::BTreeMap;

use super::State;
use crate::catalog::NamespaceInfo;
use crate::entry::Place;

/// The namespaces, found by name and by id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Namespaces {
    by_name: BTreeMap<String, NamespaceInfo>,
    names: BTreeMap<u32, String>,
}

impl Namespaces {
    pub(crate) fn new(by_name: BTreeMap<String, NamespaceInfo>) -> Self {
        let names = by_name.iter().map(|(name, info)| (info.id, name.clone())).collect();
        Self { by_name, names }
    }

    pub(crate) fn by_name(&self) -> &BTreeMap<String, NamespaceInfo> {
        &self.by_name
    }

    pub(crate) fn by_id(&self, id: u32) -> Option<&NamespaceInfo> {
        self.by_name.get(self.names.get(&id)?)
    }

    pub(crate) fn name_of(&self, id: u32) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }

    pub(crate) fn insert(&mut self, name: String, info: NamespaceInfo) {
        self.names.insert(info.id, name.clone());
        self.by_name.insert(name, info);
    }

    pub(crate) fn remove(&mut self, id: u32) {
        if let Some(name) = self.names.remove(&id) {
            self.by_name.remove(&name);
        }
    }

    fn by_id_mut(&mut self, id: u32) -> Option<&mut NamespaceInfo> {
        self.by_name.get_mut(self.names.get(&id)?)
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
    pub(super) fn key_was_made(&mut self, namespace: u32, len: u64) {
        if let Some(info) = self.namespaces.by_id_mut(namespace) {
            info.keys = info.keys.saturating_add(1);
            info.key_bytes_max = info.key_bytes_max.max(len);
        }
    }

    /// No key of the namespace is longer.
    pub(crate) fn set_key_bytes_max(&mut self, namespace: u32, len: u64) {
        if let Some(info) = self.namespaces.by_id_mut(namespace) {
            info.key_bytes_max = len;
        }
    }

    /// A namespace has more keys or fewer.
    pub(super) fn count_keys(&mut self, namespace: u32, more: i64) {
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
