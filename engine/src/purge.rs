//! Removing keys that are out of reach already: expired ones and those of dropped namespaces.
//!
//! A key that anybody has found expired is deleted then and there, by a record like any other's: a
//! clock that is set back later does not bring it back, and a clock that was once far ahead takes
//! with it what was asked for meanwhile and nothing that is put later.

use bytes::Bytes;

use super::config::Durability;
use super::index_key::IndexKey;
use super::shared::Shared;
use super::state::Present;
use super::write::{Applied, Operation, OperationKind, Precondition};
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;

/// How many keys are removed under one hold of the lock.
const KEYS_AT_ONCE: usize = 256;

impl Shared {
    /// Deletes keys that have expired, as any writer would. Returns how many there were.
    pub(crate) fn purge_expired(&self) -> Result<u64> {
        self.check_writable()?;
        let mut purged = 0;
        while let Some(some) = self.purge_some_expired()? {
            purged += some;
        }
        Ok(purged)
    }

    /// Deletes some of them, and returns how many; none if there are none.
    pub(crate) fn purge_some_expired(&self) -> Result<Option<u64>> {
        let now_ms = self.config.clock.now_ms();
        let due = self.reading(|state| state.tree.expired(now_ms, KEYS_AT_ONCE))?;
        // Fewer than asked for need not be all: the rest may not be in memory yet.
        if due.is_empty() {
            return Ok(None);
        }
        let mut purged = 0;
        for key in due {
            purged += u64::from(self.purge_key(&key, now_ms)?);
        }
        Ok(Some(purged))
    }

    /// Deletes a key that somebody has found expired and that is still in this state, so that it
    /// does not come back when the clock is set back. As durable as a write with
    /// [`Durability::None`]; what cannot be written now stays for a purge.
    pub(crate) fn let_go_of(&self, namespace: NamespaceId, key: &[u8], revision: Revision) {
        let Ok(_call) = self.enter() else { return };
        if self.check_writable().is_err() {
            return;
        }
        let outcome = self.reading(|state| state.present(namespace, key)).and_then(|present| {
            // A snapshot may see one that is long gone.
            match present.is_some_and(|present| present.revision == revision) {
                true => self.purge_revision(namespace, key, revision).map(|_| ()),
                false => Ok(()),
            }
        });
        if let Err(error) = outcome {
            log::debug!("an expired key could not be deleted yet: {error}");
        }
    }

    /// Lets go of keys that operations have found expired and left as they were.
    pub(crate) fn let_go_of_expired(&self, operations: &[Operation], applied: &Result<Applied>) {
        for (number, operation) in operations.iter().enumerate() {
            let decided = match (applied, &operation.kind) {
                (Err(Error::PreconditionFailed), _) => true,
                (Ok(applied), OperationKind::Expire { .. }) => {
                    applied.changed.get(number) == Some(&false)
                }
                _ => false,
            };
            if decided {
                // Finding it is enough; an error is for whoever needs the key.
                let _ = self.find(operation.namespace, &operation.key);
            }
        }
    }

    /// Purges, sweeps a little and checkpoints: what an app asks for and closing does. Returns
    /// whether there was anything to do.
    pub(crate) fn tidy(&self) -> Result<bool> {
        self.check_writable()?;
        // Whatever fails here, what was written is made durable.
        let prepared = self.purge_expired().and_then(|_| self.sweep());
        let done = self.checkpoint()?;
        prepared.map(|_| done)
    }

    /// Deletes a key of the index if it is expired still.
    fn purge_key(&self, index_key: &[u8], now_ms: u64) -> Result<bool> {
        let Ok((namespace, key)) = IndexKey::split(index_key) else { return Ok(false) };
        let present = self.reading(|state| state.present(namespace, key))?;
        let is_past = |present: &Present| (1..=now_ms).contains(&present.expires_at_ms);
        let Some(present) = present.filter(is_past) else { return Ok(false) };
        match self.purge_revision(namespace, key, present.revision) {
            Err(Error::NamespaceDropped) => {
                self.writing(|state| state.forget(index_key).map(Ok))?;
                Ok(false)
            }
            purged => purged,
        }
    }

    fn purge_revision(
        &self,
        namespace: NamespaceId,
        key: &[u8],
        revision: Revision,
    ) -> Result<bool> {
        let operation = Operation {
            namespace,
            key: Bytes::copy_from_slice(key),
            precondition: Precondition::None,
            kind: OperationKind::Purge { revision },
        };
        Ok(self.commit(&[operation], Durability::None)?.changed == [true])
    }

    /// Takes the keys of dropped namespaces out of the index.
    pub(crate) fn purge_dropped(&self) -> Result<()> {
        while self.purge_some_dropped()? {}
        Ok(())
    }

    /// Takes some of them out. Returns whether there were any.
    pub(crate) fn purge_some_dropped(&self) -> Result<bool> {
        let Some(id) = self.read().dropping.first().copied() else { return Ok(false) };
        if !self.purge_some(id)? {
            self.write().dropping.remove(&id);
        }
        Ok(true)
    }

    /// Takes some keys out. Returns whether there may be more.
    fn purge_some(&self, id: NamespaceId) -> Result<bool> {
        let snapshot = self.read().tree.snapshot();
        let mut cursor = snapshot.cursor(self.frames.clone());
        let prefix = IndexKey::of_all(id);
        cursor.seek(&prefix)?;
        let mut keys = Vec::new();
        while let Some(key) = cursor.key().filter(|key| key.starts_with(&prefix)) {
            keys.push(key.to_vec());
            if keys.len() == KEYS_AT_ONCE {
                break;
            }
            cursor.next()?;
        }
        drop((cursor, snapshot));
        for key in &keys {
            self.writing(|state| state.forget(key).map(Ok))?;
        }
        Ok(keys.len() == KEYS_AT_ONCE)
    }
}
