//! Writing: one change or a batch of them, with conditions, all or none.

use bytes::Bytes;

use super::config::{Durability, KEY_BYTES_MAX};
use super::entry::{Body, Place};
use super::index::NotResident;
use super::log::{Batched, PutValue, Record};
use super::pins::Pin;
use super::reserve::Effect;
use super::shared::Shared;
use super::state::{Action, Change, Present, State};
use super::value_ref::ValueRef;
use super::values::Synced;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// What must hold of a key for a write to take effect. An expired key is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Precondition {
    /// Nothing.
    #[default]
    None,
    /// There is no such key.
    Absent,
    /// There is such a key.
    Present,
    /// Its last change made this revision.
    Revision(Revision),
}

impl Precondition {
    fn holds(self, present: Option<Present>) -> bool {
        match self {
            Precondition::None => true,
            Precondition::Absent => present.is_none(),
            Precondition::Present => present.is_some(),
            Precondition::Revision(revision) => present.is_some_and(|it| it.revision == revision),
        }
    }
}

/// One operation, as an app asked for it.
#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) namespace: NamespaceId,
    pub(crate) key: Bytes,
    pub(crate) precondition: Precondition,
    pub(crate) kind: OperationKind,
}

impl Operation {
    /// The value that was in its file before.
    fn stored(&self) -> Option<ValueRef> {
        match &self.kind {
            OperationKind::Put { value: NewValue::Stored(value), .. } => Some(*value),
            _ => None,
        }
    }
}

/// What the operation does.
#[derive(Debug, Clone)]
pub(crate) enum OperationKind {
    Put {
        value: NewValue,
        expires_at_ms: u64,
    },
    Delete,
    Expire {
        expires_at_ms: u64,
    },
    /// Deletes a key that was found expired, if its last change is still this one.
    Purge {
        revision: Revision,
    },
}

/// The value of a put.
#[derive(Debug, Clone)]
pub(crate) enum NewValue {
    /// Bytes that go into the log or, by their length, into a file of their own.
    Bytes(Bytes),
    /// A value that is in its file already; whoever wrote it holds a pin.
    Stored(ValueRef),
}

/// What became of the operations: the revision of the last change and, for each operation, whether
/// it changed anything (a delete of nothing does not).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Applied {
    pub(crate) revision: Revision,
    pub(crate) changed: Vec<bool>,
}

impl Shared {
    /// Applies all operations or none, in their order, and waits until they are as durable as
    /// asked. Conditions look at the state before the first.
    ///
    /// [`Error::OutcomeUnknown`]: they were applied here, and only opening again tells whether they
    /// survived. Every other error: not applied.
    pub(crate) fn commit(
        &self,
        operations: &[Operation],
        durability: Durability,
    ) -> Result<Applied> {
        let effect = Effect::of(operations);
        self.admit(effect)?;
        self.check_room(operations, effect)?;
        let mut pins = Vec::new();
        let synced = match durability {
            Durability::None => Synced::Later,
            // Beside other writers, rather than in their way under the lock of the log.
            Durability::Group | Durability::Sync => Synced::Now,
        };
        let now_ms = Now::new(self);
        let applied = self
            .check_operations(operations)
            .and_then(|()| self.separate(operations, synced, &mut pins))
            .and_then(|separated| {
                self.writing(|state| apply_all(state, self, operations, &separated, &now_ms))
            });
        if applied.is_err() {
            let stored = operations.iter().filter_map(Operation::stored);
            self.discard(pins.iter().map(Pin::value).chain(stored));
        }
        drop(pins);
        self.let_go_of_expired(operations, &applied);
        let applied = applied?;
        self.changed.tell();
        self.wake();
        self.backpressure()?;
        self.acknowledge(applied.revision, durability)?;
        Ok(applied)
    }

    /// Refuses what could never be applied.
    fn check_operations(&self, operations: &[Operation]) -> Result<()> {
        self.check_writable()?;
        if operations.iter().any(|operation| operation.key.len() > KEY_BYTES_MAX) {
            return Err(Error::InvalidArgument { what: "a key has at most 65,536 bytes" });
        }
        Ok(())
    }

    /// Writes the values that get files of their own, each pinned until the log names it.
    fn separate(
        &self,
        operations: &[Operation],
        synced: Synced,
        pins: &mut Vec<Pin>,
    ) -> Result<Vec<Option<ValueRef>>> {
        let mut separated = vec![None; operations.len()];
        for (operation, separated) in operations.iter().zip(&mut separated) {
            match &operation.kind {
                OperationKind::Put { value: NewValue::Stored(value), .. } => {
                    *separated = Some(*value);
                }
                OperationKind::Put { value: NewValue::Bytes(bytes), .. }
                    if bytes.len() as u64 >= self.threshold(operation.namespace)? =>
                {
                    self.check_condition(operation)?;
                    let value = self.values.address(bytes);
                    pins.push(self.pins.pin(value));
                    let named = self.is_named(&value)?;
                    // One that is named should be there. If its file is damaged or missing it is
                    // written anew, durably at once: other keys rely on it already.
                    let missing = match named {
                        false => Some(synced),
                        true if self.values.holds(&value, bytes) => None,
                        true => Some(Synced::Now),
                    };
                    if let Some(synced) = missing {
                        self.values.put(bytes, synced)?;
                        self.counters.value_bytes.add(bytes.len() as u64);
                    }
                    *separated = Some(value);
                }
                _ => {}
            }
        }
        Ok(separated)
    }

    /// Whether keys name a value, which the caller has pinned. If none does, it is about to be
    /// written, and no snapshot before now needs that file, unless it is there still.
    pub(crate) fn is_named(&self, value: &ValueRef) -> Result<bool> {
        self.reading(|state| {
            let named = state.references(value)? > 0;
            if !named {
                self.leases.value_is_born(*value, state.garbage.values.contains_key(value));
            }
            Ok(named)
        })
    }

    /// Refuses early what [`apply_all`] would refuse after a large value was written.
    fn check_condition(&self, operation: &Operation) -> Result<()> {
        if operation.precondition == Precondition::None {
            return Ok(());
        }
        let present = self.reading(|state| state.present(operation.namespace, &operation.key))?;
        let now = Now::new(self);
        let alive = present.filter(|present| !now.is_past(present.expires_at_ms));
        if operation.precondition.holds(alive) { Ok(()) } else { Err(Error::PreconditionFailed) }
    }

    /// Lets the next checkpoint delete values that were written and not named, unless a key names
    /// them by then.
    pub(crate) fn discard(&self, values: impl Iterator<Item = ValueRef>) {
        let mut values = values.peekable();
        if values.peek().is_some() {
            self.list_unnamed(values);
        }
    }

    /// From which size on values of a namespace have files of their own.
    pub(crate) fn threshold(&self, namespace: NamespaceId) -> Result<u64> {
        let state = self.read();
        let info = state.namespaces.by_id(namespace).ok_or(Error::NamespaceDropped)?;
        Ok(info.separated_bytes_min)
    }

    /// Writers pay for what they leave behind once it is too much.
    fn backpressure(&self) -> Result<()> {
        let (waiting, dirty, log, uncounted) = {
            let state = self.read();
            let waiting = state.pending.bytes() as usize;
            let uncounted = state.waiting.bytes();
            (waiting, state.tree.memory().dirty, state.log_since_checkpoint(), uncounted)
        };
        if waiting >= self.config.log_buffer_bytes_max {
            // It was applied, whatever the reason.
            self.write_out().map_err(|_| Error::OutcomeUnknown)?;
        }
        self.uncounted_backpressure(uncounted);
        self.index_backpressure(dirty, log)
    }
}

/// The time, asked for only if a key that may expire is met.
pub(crate) struct Now<'a> {
    shared: &'a Shared,
    asked: std::cell::OnceCell<u64>,
}

impl<'a> Now<'a> {
    pub(crate) fn new(shared: &'a Shared) -> Self {
        Self { shared, asked: std::cell::OnceCell::new() }
    }

    /// Whether something with this expiry is over.
    pub(crate) fn is_past(&self, expires_at_ms: u64) -> bool {
        expires_at_ms != 0
            && *self.asked.get_or_init(|| self.shared.config.clock.now_ms()) >= expires_at_ms
    }
}

fn apply_all(
    state: &mut State,
    shared: &Shared,
    operations: &[Operation],
    separated: &[Option<ValueRef>],
    now: &Now<'_>,
) -> Result<Result<Applied>, NotResident> {
    if let Err(error) = shared.check_writable() {
        return Ok(Err(error));
    }
    let mut changes = Vec::with_capacity(operations.len());
    let mut changed = Vec::with_capacity(operations.len());
    let revision = state.revision;
    for (operation, separated) in operations.iter().zip(separated) {
        if state.namespaces.by_id(operation.namespace).is_none() {
            return Ok(Err(Error::NamespaceDropped));
        }
        let key = &operation.key[..];
        let inline_bytes_max = shared.config.inline_bytes_max;
        let action = action_of(&operation.kind, *separated, inline_bytes_max);
        let change = Change { namespace: operation.namespace, key, action };
        if let Action::Put { body: Body::Inline(value), .. } = action {
            state.expect_put(operation.namespace, key, value.len());
        }
        let prepared = state.prepare(&change)?;
        let present = prepared.present();
        let alive = present.filter(|present| !now.is_past(present.expires_at_ms));
        if !operation.precondition.holds(alive) {
            return Ok(Err(Error::PreconditionFailed));
        }
        // In a batch an earlier operation may make the key; then the record does no harm.
        let alone = operations.len() == 1;
        let effective = match operation.kind {
            OperationKind::Put { .. } => true,
            OperationKind::Delete => present.is_some() || !alone,
            OperationKind::Expire { .. } => alive.is_some() || !alone,
            OperationKind::Purge { revision } => present.is_some_and(|it| it.revision == revision),
        };
        if effective {
            changes.push((change, prepared, operation));
        }
        let counts =
            matches!(operation.kind, OperationKind::Put { .. } | OperationKind::Purge { .. });
        changed.push(effective && (alive.is_some() || counts));
    }
    if changes.is_empty() {
        return Ok(Ok(Applied { revision, changed }));
    }
    state.make_room();
    let count = changes.len() as u64;
    let batched = if count > 1 { Batched::Yes } else { Batched::No };
    let mut revision = revision;
    for (change, prepared, operation) in changes {
        revision = revision.next();
        let place = state.append(&record_of(&change, operation, revision), batched);
        if state.is_current(&prepared) {
            state.apply(&change, prepared, revision, place);
        } else if let Err(error) = apply_later(state, shared, &change, revision, place) {
            // The log has what the index does not: only opening again brings them together.
            shared.poison(&error);
            return Ok(Err(Error::OutcomeUnknown));
        }
    }
    if batched == Batched::Yes {
        state.append(&Record::BatchEnd { revision, count }, Batched::No);
    }
    Ok(Ok(Applied { revision: state.revision, changed }))
}

/// Applies a change that is in the log after others of its batch. These may have joined a part of
/// the index to one that is not in memory, and that is loaded here, under the lock.
fn apply_later(
    state: &mut State,
    shared: &Shared,
    change: &Change<'_>,
    revision: Revision,
    place: Place,
) -> Result<()> {
    let prepared = loop {
        match state.prepare(change) {
            Ok(prepared) => break prepared,
            Err(ticket) => ticket.load(&*shared.frames)?,
        }
    };
    state.apply(change, prepared, revision, place);
    Ok(())
}

/// What an operation does to its key.
fn action_of(
    kind: &OperationKind,
    separated: Option<ValueRef>,
    inline_bytes_max: u32,
) -> Action<'_> {
    match kind {
        OperationKind::Put { value, expires_at_ms } => {
            let body = match (value, separated) {
                (_, Some(value)) => Body::Separated(value),
                (NewValue::Stored(value), None) => Body::Separated(*value),
                (NewValue::Bytes(bytes), None) if bytes.len() <= inline_bytes_max as usize => {
                    Body::Inline(bytes)
                }
                (NewValue::Bytes(bytes), None) => Body::Logged { len: bytes.len() as u32 },
            };
            Action::Put { body, expires_at_ms: *expires_at_ms }
        }
        OperationKind::Delete | OperationKind::Purge { .. } => Action::Delete,
        OperationKind::Expire { expires_at_ms } => Action::Expire { expires_at_ms: *expires_at_ms },
    }
}

/// The record of a change.
fn record_of<'a>(change: &Change<'a>, operation: &'a Operation, revision: Revision) -> Record<'a> {
    let Change { namespace, key, action } = *change;
    match action {
        Action::Put { body, expires_at_ms } => {
            let value = match (body, &operation.kind) {
                (Body::Separated(value), _) => PutValue::Separated(value),
                (_, OperationKind::Put { value: NewValue::Bytes(bytes), .. }) => {
                    PutValue::Bytes(bytes)
                }
                (Body::Inline(bytes), _) => PutValue::Bytes(bytes),
                (Body::Logged { .. }, _) => PutValue::Bytes(&[]),
            };
            Record::Put { namespace, key, revision, expires_at_ms, value }
        }
        Action::Delete => Record::Delete { namespace, key, revision },
        Action::Expire { expires_at_ms } => {
            Record::Expire { namespace, key, revision, expires_at_ms }
        }
    }
}

#[cfg(test)]
mod tests;
