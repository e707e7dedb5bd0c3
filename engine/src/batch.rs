//! Batches: changes that happen together or not at all.

use bytes::Bytes;

use super::expiry::Expiry;
use super::holder::Holder;
use super::namespace::Namespace;
use super::options::{CommitOptions, DeleteOptions, PutOptions};
use super::write::{NewValue, Operation, OperationKind, Precondition};
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// The most operations of one batch.
pub const BATCH_OPERATIONS_MAX: usize = 100_000;

/// Changes of any namespaces of one engine that are seen, logged and recovered together or not at
/// all. Nothing happens before [`commit`](Batch::commit); dropping it does nothing.
pub struct Batch {
    shared: Holder,
    operations: Vec<Operation>,
}

impl Namespace {
    /// A batch, which may also change other namespaces of the same engine.
    pub fn batch(&self) -> Batch {
        Batch::new(self.shared.clone())
    }
}

impl Batch {
    pub(crate) fn new(shared: Holder) -> Self {
        Self { shared, operations: Vec::new() }
    }

    /// Adds a put.
    pub fn put(&mut self, namespace: &Namespace, key: &[u8], value: impl Into<Bytes>) -> &mut Self {
        self.put_with(namespace, key, value, &PutOptions::default())
    }

    /// Adds a put with options. A condition must hold before the first change of the batch; how
    /// durable it is to be is asked of [the batch](Batch::commit_with), not of its puts.
    pub fn put_with(
        &mut self,
        namespace: &Namespace,
        key: &[u8],
        value: impl Into<Bytes>,
        options: &PutOptions,
    ) -> &mut Self {
        let expires_at_ms = Expiry::stored(options.expires_at);
        let kind = OperationKind::Put { value: NewValue::Bytes(value.into()), expires_at_ms };
        self.add(namespace, key, options.precondition, kind)
    }

    /// Adds a delete.
    pub fn delete(&mut self, namespace: &Namespace, key: &[u8]) -> &mut Self {
        self.delete_with(namespace, key, &DeleteOptions::default())
    }

    /// Adds a delete with options, which count as those of a put do.
    pub fn delete_with(
        &mut self,
        namespace: &Namespace,
        key: &[u8],
        options: &DeleteOptions,
    ) -> &mut Self {
        self.add(namespace, key, options.precondition, OperationKind::Delete)
    }

    /// How many operations were added.
    pub fn len(&self) -> usize {
        self.operations.len()
    }

    /// Whether none was added.
    pub fn is_empty(&self) -> bool {
        self.operations.is_empty()
    }

    /// Applies all of it and waits until it is durable. Returns the revision of the last change.
    ///
    /// [`Error::PreconditionFailed`] if a condition does not hold, [`Error::InvalidArgument`] if
    /// there are more than [`BATCH_OPERATIONS_MAX`] operations or namespaces of another engine.
    /// After [`Error::OutcomeUnknown`] only opening again tells whether it was applied, whole;
    /// every other error means that it was not.
    pub fn commit(self) -> Result<Revision> {
        self.commit_with(&CommitOptions::default())
    }

    /// Applies all of it, as durably as asked.
    pub fn commit_with(self, options: &CommitOptions) -> Result<Revision> {
        if self.operations.len() > BATCH_OPERATIONS_MAX {
            return Err(Error::InvalidArgument { what: "a batch has at most 100,000 operations" });
        }
        if self.operations.iter().any(|operation| operation.namespace == NamespaceId::NONE) {
            return Err(Error::InvalidArgument { what: "a batch is for one engine" });
        }
        let _call = self.shared.enter()?;
        Ok(self.shared.commit(&self.operations, options.durability)?.revision)
    }

    fn add(
        &mut self,
        namespace: &Namespace,
        key: &[u8],
        precondition: Precondition,
        kind: OperationKind,
    ) -> &mut Self {
        let own = namespace.shared.is_same(&self.shared);
        let namespace = if own { namespace.id } else { NamespaceId::NONE };
        let key = Bytes::copy_from_slice(key);
        self.operations.push(Operation { namespace, key, precondition, kind });
        self
    }
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("operations", &self.operations.len()).finish_non_exhaustive()
    }
}
