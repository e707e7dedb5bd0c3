//! The latest changes, kept for whoever follows them.
//!
//! One ring of events serves all watches, so a slow reader costs nothing but its own place. What
//! the ring keeps is bounded by [`EngineConfig::watch_events_max`] and
//! [`EngineConfig::watch_bytes_max`].
//!
//! [`EngineConfig::watch_events_max`]: super::EngineConfig::watch_events_max
//! [`EngineConfig::watch_bytes_max`]: super::EngineConfig::watch_bytes_max

use std::collections::VecDeque;

use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// What happened to a key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum EventKind {
    /// It got a value.
    Put,
    /// It went.
    Delete,
    /// Its expiry changed.
    Expire,
    /// It is no key but a prefix: all keys that began with it begin with another since.
    Rename {
        /// The other prefix.
        to: Vec<u8>,
    },
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) revision: Revision,
    pub(crate) kind: EventKind,
    pub(crate) namespace: NamespaceId,
    pub(crate) key: Vec<u8>,
}

impl Event {
    /// What it takes in memory.
    fn bytes(&self) -> usize {
        let to = match &self.kind {
            EventKind::Rename { to } => to.len(),
            _ => 0,
        };
        size_of::<Self>() + self.key.len() + to
    }

    /// Whether keys that begin with `prefix` were changed.
    pub(crate) fn touches(&self, prefix: &[u8]) -> bool {
        let meets = |other: &[u8]| other.starts_with(prefix) || prefix.starts_with(other);
        match &self.kind {
            EventKind::Rename { to } => meets(&self.key) || meets(to),
            _ => self.key.starts_with(prefix),
        }
    }
}

/// The latest changes, ascending by revision.
#[derive(Debug)]
pub(crate) struct Events {
    ring: VecDeque<Event>,
    /// What they take in memory.
    bytes: usize,
    events_max: usize,
    bytes_max: usize,
    /// Changes up to this revision are no longer kept.
    forgotten: Revision,
}

impl Events {
    /// Keeps at most so many, which take at most so many bytes of memory.
    pub(crate) fn new(events_max: usize, bytes_max: usize) -> Self {
        Self { ring: VecDeque::new(), bytes: 0, events_max, bytes_max, forgotten: Revision::ZERO }
    }

    pub(crate) fn push(&mut self, event: Event) {
        self.bytes += event.bytes();
        self.ring.push_back(event);
        while self.ring.len() > self.events_max || self.bytes > self.bytes_max {
            let Some(oldest) = self.ring.pop_front() else { return };
            self.bytes -= oldest.bytes();
            self.forgotten = oldest.revision;
        }
    }

    /// Says that nothing up to `revision` is kept.
    pub(crate) fn forget_to(&mut self, revision: Revision) {
        self.ring.clear();
        self.bytes = 0;
        self.forgotten = revision;
    }

    /// The first change after `revision` that `wanted` wants, or how far there is none.
    pub(crate) fn after(
        &self,
        revision: Revision,
        wanted: impl Fn(&Event) -> bool,
    ) -> Result<Option<&Event>> {
        if revision < self.forgotten {
            return Err(Error::CursorExpired { oldest: self.forgotten.next() });
        }
        let start = self.ring.partition_point(|event| event.revision <= revision);
        Ok(self.ring.range(start..).find(|event| wanted(event)))
    }
}
