//! How a session begins: at a new vault, or at one that is there.

use std::sync::{Arc, Mutex};

use bytes::Bytes;

use super::Session;
use super::access::{Access, Opened};
use super::nodes::Nodes;
use super::refresh::future_commit;
use super::reserve::store_reserve;
use super::rounds::Rounds;
use super::sent::{Sent, fetch_root};
use super::slots::store_keyring;
use super::state::State;
use super::stats::Counters;
use super::stored_root::StoredRoot;
use crate::blob::{BlobStore, Object, Precondition};
use crate::content::Claims;
use crate::error::{Error, Result};
use crate::forest::{ROOT_KEY, Root};
use crate::keyring::Cost;
use crate::packs::PackReader;
use crate::platform::Environment;
use crate::seal::{PlannedPlaces, Ring, RootHeader, seal_root};

/// What a session is opened with, besides its keys.
pub(crate) struct Setup {
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) packs: PackReader,
    pub(crate) environment: Environment,
    pub(crate) budget: usize,
    pub(crate) pack_bytes_max: usize,
    pub(crate) cost: Cost,
    pub(crate) claims: Arc<Claims>,
}

impl Session {
    /// Writes the keyring and then the first root of a new vault, and opens it. The store must hold
    /// none, and honour conditions.
    pub(crate) async fn create(setup: Setup, opened: Opened, root: Root) -> Result<Self> {
        let Opened { keyring, access } = opened;
        let body = root.encode(&PlannedPlaces::default())?;
        let (keys, salt) = (keyring.epochs().newest(), setup.environment.random()?);
        let bytes = Bytes::from(seal_root(keys, keyring.hash(), salt, &body)?);
        store_keyring(&*setup.store, &keyring).await?;
        let created = setup.store.put(ROOT_KEY, bytes.clone(), Precondition::Absent).await;
        let etag = match created {
            Ok(etag) => etag,
            Err(error) => {
                let error = match error {
                    Error::PreconditionFailed => Error::VaultExists,
                    error => error,
                };
                return Err(error);
            }
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
            return Self::new(setup, access, StoredRoot { root, keyring, hash, etag });
        }
        let sent = Sent::new(bytes, &keyring);
        sent.was_answered(etag);
        let counters = Counters::default();
        let found = fetch_root(&*setup.store, &access, &keyring, &[sent], &counters).await;
        // The store took the root: whatever keeps it from being read, it is there.
        let found = found.map_err(|error| match error {
            Error::Damaged { .. } => error,
            _ => Error::OutcomeUnknown,
        })?;
        if found.root.vault != root.vault {
            return Err(Error::VaultExists);
        }
        Self::new(setup, access, found)
    }

    /// Opens the vault whose root object and keyring were read.
    pub(crate) fn open(
        setup: Setup,
        opened: Opened,
        header: &RootHeader,
        object: &Object,
    ) -> Result<Self> {
        let root = StoredRoot::open(opened.keyring, header, object)?;
        Self::new(setup, opened.access, root)
    }

    fn new(setup: Setup, access: Access, root: StoredRoot) -> Result<Self> {
        let future_commit = future_commit(&root.root, &setup.environment);
        let ring = Ring::new(root.keyring.epochs());
        Ok(Self {
            nodes: Arc::new(Nodes::new(setup.packs, Some(ring.clone()), setup.budget / 4)),
            store: setup.store,
            ring,
            access,
            cost: setup.cost,
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
