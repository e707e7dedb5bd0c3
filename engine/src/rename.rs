//! Renaming: all keys below a prefix at once, whatever their number.

use bytes::Bytes;

use super::config::{Durability, KEY_BYTES_MAX};
use super::index_key::IndexKey;
use super::log::{Batched, Record};
use super::renames::Rename;
use super::reserve::Effect;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;

impl Shared {
    /// Lets all keys that begin with `from` begin with `to`; see
    /// [`Namespace::rename_prefix`](super::Namespace::rename_prefix).
    pub(crate) fn rename_prefix(
        &self,
        namespace: NamespaceId,
        from: &Bytes,
        to: &Bytes,
    ) -> Result<bool> {
        self.admit(Effect::Adds)?;
        if from.starts_with(to) || to.starts_with(from) {
            let what = "neither prefix may begin with the other";
            return Err(Error::InvalidArgument { what });
        }
        if from.len().max(to.len()) > KEY_BYTES_MAX {
            return Err(Error::InvalidArgument { what: "a key has at most 65,536 bytes" });
        }
        // What has expired is in nobody's way.
        self.purge_expired()?;
        let growth = (to.len() as u64).saturating_sub(from.len() as u64);
        self.bound_keys(namespace, growth)?;
        let (full_from, full_to) = (IndexKey::new(namespace, from), IndexKey::new(namespace, to));
        let renamed = self.writing(|state| {
            if let Err(error) = self.check_writable() {
                return Ok(Err(error));
            }
            let Some(info) = state.namespaces.by_id(namespace) else {
                return Ok(Err(Error::NamespaceDropped));
            };
            if info.key_bytes_max + growth > KEY_BYTES_MAX as u64 {
                let what = "a key would have more than 65,536 bytes";
                return Ok(Err(Error::InvalidArgument { what }));
            }
            // Who asks again has both: no key to rename, and those that were renamed.
            if state.tree.is_prefix_empty(&full_from)? {
                return Ok(Ok((false, state.revision)));
            }
            if !state.tree.is_prefix_empty(&full_to)? {
                return Ok(Err(Error::PreconditionFailed));
            }
            let index = state.before_rename(namespace);
            if !state.tree.rename_prefix(&full_from, &full_to)? {
                return Ok(Ok((false, state.revision)));
            }
            let revision = state.revision.next();
            state.make_room();
            let record = Record::Rename { namespace, from, to, revision };
            let place = state.append(&record, Batched::No);
            let segment = state.segments.get(&place.segment).copied().unwrap_or_default();
            let (from, to) = (from.to_vec(), to.to_vec());
            let replay_order = segment.replay_order;
            let rename = Rename { replay_order, revision, namespace, from, to };
            state.renamed(rename, place, index);
            Ok(Ok((true, revision)))
        })?;
        let (was_any, revision) = renamed;
        self.changed.tell();
        self.wake();
        let uncounted = self.read().waiting.bytes();
        self.uncounted_backpressure(uncounted);
        // Who renamed them before may not have waited until that was durable.
        self.acknowledge(revision, Durability::Group)?;
        Ok(was_any)
    }

    /// Looks how long the keys really are if the bound that is kept would forbid a rename.
    fn bound_keys(&self, namespace: NamespaceId, growth: u64) -> Result<()> {
        let bound = {
            let state = self.read();
            state.namespaces.by_id(namespace).map_or(0, |info| info.key_bytes_max)
        };
        if bound + growth <= KEY_BYTES_MAX as u64 {
            return Ok(());
        }
        let (snapshot, revision) = {
            let state = self.read();
            (state.tree.snapshot(), state.revision)
        };
        let mut cursor = snapshot.cursor(self.frames.clone());
        let prefix = IndexKey::of_all(namespace);
        let mut longest = 0;
        cursor.seek(&prefix)?;
        while let Some(key) = cursor.key().filter(|key| key.starts_with(&prefix)) {
            longest = longest.max(key.len() - prefix.len());
            cursor.next()?;
        }
        let mut state = self.write();
        // What was put since is in the old bound alone.
        if state.revision == revision {
            state.set_key_bytes_max(namespace, longest as u64);
        }
        Ok(())
    }
}
