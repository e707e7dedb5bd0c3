//! Making and dropping namespaces.

use super::catalog::NamespaceInfo;
use super::config::{Access, Durability, LOGGED_BYTES_MAX};
use super::log::{Batched, Record, is_namespace_name};
use super::reserve::Effect;
use super::shared::Shared;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;

/// What a namespace is made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct NamespaceOptions {
    /// From which size on values have files of their own, in bytes, 1 to
    /// [`LOGGED_BYTES_MAX`]; the engine's
    /// [`separated_bytes_min`](super::EngineConfig::separated_bytes_min) if none.
    pub separated_bytes_min: Option<u64>,
}

impl NamespaceOptions {
    /// From which size on values have files of their own, in bytes.
    #[must_use]
    pub const fn separated_bytes_min(mut self, bytes: u64) -> Self {
        self.separated_bytes_min = Some(bytes);
        self
    }
}

impl Shared {
    /// The id of a namespace, which is made if there is none.
    pub(crate) fn namespace(&self, name: &str, options: &NamespaceOptions) -> Result<NamespaceId> {
        if !is_namespace_name(name) {
            let what = "a namespace's name has 1 to 64 characters of [A-Za-z0-9_-]";
            return Err(Error::InvalidArgument { what });
        }
        let separated_bytes_min =
            options.separated_bytes_min.unwrap_or(self.config.separated_bytes_min);
        if !(1..=LOGGED_BYTES_MAX).contains(&separated_bytes_min) {
            let what = "separated_bytes_min is 1 to 16 MiB";
            return Err(Error::InvalidArgument { what });
        }
        let known = self.read().namespaces.by_name(name).map(|info| (info.id, info.created));
        if let Some((id, created)) = known {
            // Who made it may not have waited until it was durable.
            self.acknowledge(created, Durability::Sync)?;
            return Ok(id);
        }
        if self.config.access == Access::ReadOnly {
            return Err(Error::ReadOnly);
        }
        self.admit(Effect::Adds)?;
        let (id, revision) = {
            // Others may have made it, or too many, since.
            let mut state = self.write();
            if let Some(info) = state.namespaces.by_name(name) {
                (info.id, info.created)
            } else {
                let max = self.config.namespaces_max;
                if state.namespaces.len() >= max {
                    return Err(Error::NamespaceLimit { max });
                }
                let revision = state.revision.next();
                let id = state.next_namespace;
                let info = NamespaceInfo::new(id, revision, separated_bytes_min);
                let threshold = separated_bytes_min;
                state.make_room();
                let record = Record::NamespaceCreate { namespace: id, revision, name, threshold };
                let place = state.append(&record, Batched::No);
                state.create_namespace(name, info, place);
                (id, revision)
            }
        };
        self.acknowledge(revision, Durability::Sync)?;
        Ok(id)
    }

    /// Drops a namespace; see [`Engine::drop_namespace`](super::Engine::drop_namespace).
    pub(crate) fn drop_namespace(&self, name: &str) -> Result<bool> {
        self.admit(Effect::Frees)?;
        let (was_there, revision) = {
            let mut state = self.write();
            if let Some(info) = state.namespaces.by_name(name) {
                let namespace = info.id;
                let revision = state.revision.next();
                state.make_room();
                let record = Record::NamespaceDrop { namespace, revision };
                let place = state.append(&record, Batched::No);
                state.drop_namespace(namespace, revision, place);
                (true, revision)
            } else {
                (false, state.revision)
            }
        };
        // Who dropped it before may not have waited until that was durable.
        if !was_there {
            self.acknowledge(revision, Durability::Sync)?;
            return Ok(false);
        }
        self.changed.tell();
        self.acknowledge(revision, Durability::Sync)?;
        // It is dropped whatever becomes of this; compaction, vacuum and the background go on.
        if let Err(error) = self.purge_dropped() {
            log::warn!("keys of a dropped namespace are still there: {error}");
        }
        Ok(true)
    }
}
