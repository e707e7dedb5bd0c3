//! How a session begins: at a new vault, or at one that is there.

use std::sync::{Arc, Mutex};

use bytes::Bytes;

use super::Session;
use super::nodes::Nodes;
use super::refresh::future_commit;
use super::reserve::store_reserve;
use super::rounds::Rounds;
use super::sent::{Sent, fetch_root};
use super::state::State;
use super::stats::Counters;
use super::stored_root::StoredRoot;
use crate::blob::{BlobStore, Object, Precondition};
use crate::content::Claims;
use crate::error::{Error, Result};
use crate::forest::{ROOT_KEY, Root};
use crate::packs::PackReader;
use crate::platform::Environment;
use crate::seal::{KeySlot, Keys, PlannedPlaces, RootHeader, seal_root};

/// What a session is opened with, besides its keys.
pub(crate) struct Setup {
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) packs: PackReader,
    pub(crate) environment: Environment,
    pub(crate) budget: usize,
    pub(crate) pack_bytes_max: usize,
    pub(crate) claims: Arc<Claims>,
}

impl Session {
    /// Writes the first root of a new vault and opens it. The store must hold none, and honour
    /// conditions.
    pub(crate) async fn create(
        setup: Setup,
        keys: Keys,
        slot: KeySlot,
        root: Root,
    ) -> Result<Self> {
        let body = root.encode(&PlannedPlaces::default())?;
        let bytes = Bytes::from(seal_root(&keys, &slot, setup.environment.random()?, &body)?);
        let created = setup.store.put(ROOT_KEY, bytes.clone(), Precondition::Absent).await;
        let etag = match created {
            Ok(etag) => etag,
            Err(Error::PreconditionFailed) => return Err(Error::VaultExists),
            Err(error) => return Err(error),
        };
        if setup.store.needs_flush() {
            setup.store.flush().await.map_err(|error| {
                log::warn!("a new vault may not be durable yet: {}", error.code());
                Error::OutcomeUnknown
            })?;
        }
        let hash = *blake3::hash(&bytes).as_bytes();
        // Where there is no room for it the vault is there all the same.
        if setup.store.honours_conditions()
            && let Err(error) = store_reserve(&*setup.store, &hash).await
        {
            log::warn!("no room is kept for removals: {}", error.code());
        }
        if setup.store.confirms_puts() {
            return Self::new(setup, keys, slot, StoredRoot { root, hash, etag });
        }
        let sent = Sent::new(bytes, &slot);
        sent.was_answered(etag);
        let counters = Counters::default();
        let found = fetch_root(&*setup.store, &keys, &[sent], &counters).await;
        // The store took the root: whatever keeps it from being read, it is there.
        let found = found.map_err(|error| match error {
            Error::Damaged { .. } => error,
            _ => Error::OutcomeUnknown,
        })?;
        if found.root.vault != root.vault {
            return Err(Error::VaultExists);
        }
        Self::new(setup, keys, slot, found)
    }

    /// Opens the vault whose root object was read.
    pub(crate) fn open(
        setup: Setup,
        keys: Keys,
        header: &RootHeader,
        object: &Object,
    ) -> Result<Self> {
        let root = StoredRoot::open(&keys, header, object)?;
        Self::new(setup, keys, header.slot.clone(), root)
    }

    fn new(setup: Setup, keys: Keys, slot: KeySlot, root: StoredRoot) -> Result<Self> {
        let future_commit = future_commit(&root.root, &setup.environment);
        Ok(Self {
            nodes: Arc::new(Nodes::new(setup.packs, Some(keys.clone()), setup.budget / 4)),
            store: setup.store,
            keys,
            slot,
            counters: Counters::default(),
            claims: setup.claims,
            budget: setup.budget / 2,
            pack_bytes_max: setup.pack_bytes_max,
            writer: u32::from_le_bytes(setup.environment.random()?),
            environment: setup.environment,
            state: Mutex::new(State::opened(root, future_commit)),
            rounds: Rounds::default(),
        })
    }
}
