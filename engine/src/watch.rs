//! Watches: following the changes below a prefix.
//!
//! A reader that falls behind what [`super::events`] keeps is told with [`Error::CursorExpired`]
//! and goes on from the present state.

use super::events::{Event, EventKind};
use super::holder::Holder;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// A change of a key of the watched namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchEvent {
    /// The revision that the change made.
    pub revision: Revision,
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
    namespace: NamespaceId,
    prefix: Vec<u8>,
    /// Everything up to here was told or did not match.
    revision: Revision,
}

impl Watch {
    pub(crate) fn new(
        shared: Holder,
        namespace: NamespaceId,
        prefix: Vec<u8>,
        revision: Revision,
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
        let shared = self.shared.clone();
        loop {
            let listening = shared.changed.listen();
            if let Some(event) = self.try_next()? {
                return Ok(event);
            }
            listening.await;
        }
    }

    /// Waits for the next change, as [`next`](Watch::next) does, and blocks the thread meanwhile:
    /// not for where there is only one.
    pub fn next_blocking(&mut self) -> Result<WatchEvent> {
        let shared = self.shared.clone();
        loop {
            let listening = shared.changed.listen();
            if let Some(event) = self.try_next()? {
                return Ok(event);
            }
            listening.wait();
        }
    }

    /// The revision up to which changes were told: where another watch may go on.
    pub fn revision(&self) -> Revision {
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
