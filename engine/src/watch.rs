//! Watches: the latest changes, kept for whoever follows them.
//!
//! One ring of events serves all watches, so a slow reader costs nothing but its own place: a
//! reader that falls behind the ring is told with [`Error::CursorExpired`] and goes on from the
//! present state. What the ring keeps is bounded by [`EngineConfig::watch_events_max`] and
//! [`EngineConfig::watch_bytes_max`].
//!
//! [`EngineConfig::watch_events_max`]: super::EngineConfig::watch_events_max
//! [`EngineConfig::watch_bytes_max`]: super::EngineConfig::watch_bytes_max

use std::collections::VecDeque;

use event_listener::Event as Signal;

use super::holder::Holder;
use crate::error::{Error, Result};

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
    pub(crate) revision: u64,
    pub(crate) kind: EventKind,
    pub(crate) namespace: u32,
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
    fn touches(&self, prefix: &[u8]) -> bool {
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
    forgotten: u64,
}

impl Events {
    /// Keeps at most so many, which take at most so many bytes of memory.
    pub(crate) fn new(events_max: usize, bytes_max: usize) -> Self {
        Self { ring: VecDeque::new(), bytes: 0, events_max, bytes_max, forgotten: 0 }
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
    pub(crate) fn forget_to(&mut self, revision: u64) {
        self.ring.clear();
        self.bytes = 0;
        self.forgotten = revision;
    }

    /// The first change after `revision` that `wanted` wants, or how far there is none.
    fn after(&self, revision: u64, wanted: impl Fn(&Event) -> bool) -> Result<Option<&Event>> {
        if revision < self.forgotten {
            return Err(Error::CursorExpired { oldest: self.forgotten + 1 });
        }
        let start = self.ring.partition_point(|event| event.revision <= revision);
        Ok(self.ring.range(start..).find(|event| wanted(event)))
    }
}

/// A change of a key of the watched namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchEvent {
    /// The revision that the change made.
    pub revision: u64,
    /// What happened.
    pub kind: EventKind,
    /// The key.
    pub key: Vec<u8>,
}

/// Follows the changes below a prefix, each once, ascending by revision.
///
/// A change is told when it is visible to reads, which may be before it is durable.
pub struct Watch {
    shared: Holder,
    namespace: u32,
    prefix: Vec<u8>,
    /// Everything up to here was told or did not match.
    revision: u64,
}

impl Watch {
    pub(crate) fn new(
        shared: Holder,
        namespace: u32,
        prefix: Vec<u8>,
        revision: u64,
    ) -> Result<Self> {
        let mut watch = Self { shared, namespace, prefix, revision };
        // A cursor that is too old is told now rather than at the first change.
        watch.peek()?;
        Ok(watch)
    }

    /// The next change, if there is one by now.
    ///
    /// [`Error::CursorExpired`] if changes that were not told yet are no longer kept,
    /// [`Error::Closed`] once the engine is closed and all was told,
    /// [`Error::NamespaceDropped`] likewise.
    pub fn try_next(&mut self) -> Result<Option<WatchEvent>> {
        let event = self.peek()?;
        if let Some(event) = &event {
            self.revision = event.revision;
        }
        Ok(event)
    }

    /// Waits for the next change. Fails as [`try_next`](Watch::try_next) does; dropping the future
    /// loses nothing.
    pub async fn next(&mut self) -> Result<WatchEvent> {
        loop {
            let changed = self.shared.changed.listen();
            if let Some(event) = self.try_next()? {
                return Ok(event);
            }
            changed.await;
        }
    }

    /// The revision up to which changes were told: where another watch may go on.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    fn peek(&mut self) -> Result<Option<WatchEvent>> {
        let state = self.shared.read();
        let (namespace, prefix) = (self.namespace, &self.prefix);
        let wanted = |event: &Event| event.namespace == namespace && event.touches(prefix);
        match state.events.after(self.revision, wanted)? {
            Some(event) => {
                let Event { revision, kind, key, .. } = event.clone();
                Ok(Some(WatchEvent { revision, kind, key }))
            }
            None if self.shared.gate.is_drained() => Err(Error::Closed),
            None if state.namespaces.by_id(namespace).is_none() => Err(Error::NamespaceDropped),
            None => {
                self.revision = self.revision.max(state.revision);
                Ok(None)
            }
        }
    }
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watch").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// Woken at every change that watches can see.
pub(crate) type Changed = Signal;
