//! Removing keys that are out of reach already: expired ones and those of dropped namespaces.

use bytes::Bytes;

use super::config::Durability;
use super::shared::Shared;
use super::write::{Operation, OperationKind, Precondition};
use crate::error::{Error, Result};

/// How many keys are removed under one hold of the lock.
const KEYS_AT_ONCE: usize = 256;

impl Shared {
    /// Deletes keys that have expired, as any writer would. Gives how many there were.
    pub(crate) fn purge_expired(&self) -> Result<u64> {
        self.check_writable()?;
        let mut purged = 0;
        while let Some(some) = self.purge_some_expired()? {
            purged += some;
        }
        Ok(purged)
    }

    /// Deletes some of them, and gives how many; none if there are none.
    pub(crate) fn purge_some_expired(&self) -> Result<Option<u64>> {
        let now_ms = self.config.clock.now_ms();
        let due = self.reading(|state| state.tree.expired(now_ms, KEYS_AT_ONCE))?;
        // Fewer than asked for need not be all: the rest may not be in memory yet.
        if due.is_empty() {
            return Ok(None);
        }
        let mut purged = 0;
        for key in due {
            purged += u64::from(self.purge_key(&key)?);
        }
        Ok(Some(purged))
    }

    /// Deletes a key of the index if it is still the one that expired.
    fn purge_key(&self, index_key: &[u8]) -> Result<bool> {
        let Some((namespace, key)) = index_key.split_first_chunk::<4>() else { return Ok(false) };
        let namespace = u32::from_be_bytes(*namespace);
        let Some(present) = self.reading(|state| state.present(namespace, key))? else {
            return Ok(false);
        };
        let operation = Operation {
            namespace,
            key: Bytes::copy_from_slice(key),
            precondition: Precondition::None,
            kind: OperationKind::Purge { revision: present.revision },
        };
        match self.commit(&[operation], Durability::None) {
            Ok(applied) => Ok(applied.changed == [true]),
            Err(Error::NamespaceDropped) => {
                self.writing(|state| state.forget(index_key).map(Ok))?;
                Ok(false)
            }
            Err(error) => Err(error),
        }
    }

    /// Takes the keys of dropped namespaces out of the index.
    pub(crate) fn purge_dropped(&self) -> Result<()> {
        while self.purge_some_dropped()? {}
        Ok(())
    }

    /// Takes some of them out. Gives whether there were any.
    pub(crate) fn purge_some_dropped(&self) -> Result<bool> {
        let Some(id) = self.read().dropping.first().copied() else { return Ok(false) };
        if !self.purge_some(id)? {
            self.write().dropping.remove(&id);
        }
        Ok(true)
    }

    /// Takes some keys out. Gives whether there may be more.
    fn purge_some(&self, id: u32) -> Result<bool> {
        let snapshot = self.read().tree.snapshot();
        let mut cursor = snapshot.cursor(self.frames.clone());
        let prefix = id.to_be_bytes();
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
