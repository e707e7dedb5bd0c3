//! How a session begins: at a new vault, or at one that is there.

use std::sync::{Arc, Mutex};

use super::Session;
use super::access::{Access, Opened};
use super::memory::Memory;
use super::nodes::Nodes;
use super::refresh::future_commit;
use super::reserve::store_reserve;
use super::rounds::Rounds;
use super::sent::{Sent, fetch_root};
use super::signing::{Sealed, Signer};
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
use crate::seal::{PlannedPlaces, Ring, RootHeader};
use crate::trust::{Ground, Own, Seen, SigningKey, VaultId, View};

/// What a session is opened with, besides its keys.
pub(crate) struct Setup {
    pub(crate) store: Arc<dyn BlobStore>,
    pub(crate) packs: PackReader,
    pub(crate) environment: Environment,
    pub(crate) budget: usize,
    pub(crate) pack_bytes_max: usize,
    pub(crate) cost: Cost,
    /// The vault that is meant, where that is known.
    pub(crate) vault: Option<VaultId>,
    /// What an earlier session of this device has seen.
    pub(crate) seen: Option<Seen>,
    /// What this device signs with.
    pub(crate) device: Option<SigningKey>,
    /// What the session leaves on the device.
    pub(crate) memory: Option<Memory>,
    pub(crate) claims: Arc<Claims>,
}

impl Session {
    /// Writes the keyring and then the first root of a new vault, and opens it. The store must hold
    /// none, and honour conditions.
    pub(crate) async fn create(setup: Setup, opened: Opened, root: Root) -> Result<Self> {
        let Opened { keyring, access } = opened;
        let (seed, chain) = (access.seed(), keyring.chain());
        let signer = Signer::of_member(seed, chain, &setup.environment)?.ok_or(Error::ReadOnly)?;
        let planned = PlannedPlaces::default();
        let Sealed { signed, bytes } =
            signer.seal(None, &keyring, &root, &planned, &setup.environment)?;
        let vault = chain.vault();
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
        // Where there is no room for it the vault is there all the same.
        if setup.store.honours_conditions()
            && let Err(error) = store_reserve(&*setup.store, signed.hash().as_bytes()).await
        {
            log::warn!("no room is kept for removals: {}", error.code());
        }
        if setup.store.confirms_puts() {
            let stored = StoredRoot { signed, root, keyring, etag };
            return Self::begun(setup, access, stored, Ground::Same, Some(signer)).await;
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
        if found.keyring.chain().vault() != vault {
            return Err(Error::VaultExists);
        }
        let ground = first_look(&found, View { vault: Some(vault), kept: None, own: None })?;
        Self::begun(setup, access, found, ground, Some(signer)).await
    }

    /// Opens the vault whose root object and keyring were read.
    pub(crate) async fn open(
        setup: Setup,
        opened: Opened,
        header: &RootHeader,
        object: &Object,
    ) -> Result<Self> {
        let root = StoredRoot::open(opened.keyring, header, object)?;
        let (seed, chain) = (opened.access.seed(), root.keyring.chain());
        let signer = Signer::of(setup.device.as_ref(), seed, chain, &setup.environment)?;
        let seen = setup.seen.as_ref();
        let own = signer.as_ref().map(|signer| Own {
            author: signer.author(),
            sent: seen.map(|seen| seen.sent.clone()).unwrap_or_default(),
        });
        let kept = seen.map(|seen| &seen.kept);
        let ground = first_look(&root, View { vault: setup.vault, kept, own: own.as_ref() })?;
        Self::begun(setup, opened.access, root, ground, signer).await
    }

    /// A session at a root that it has accepted, which the device remembers.
    async fn begun(
        setup: Setup,
        access: Access,
        root: StoredRoot,
        ground: Ground,
        signer: Option<Signer>,
    ) -> Result<Self> {
        let session = Self::new(setup, access, root, ground, signer)?;
        let root = session.state().root().clone();
        session.remember(&root, None).await?;
        Ok(session)
    }

    fn new(
        setup: Setup,
        access: Access,
        root: StoredRoot,
        ground: Ground,
        signer: Option<Signer>,
    ) -> Result<Self> {
        let future_commit = future_commit(&root.root, &setup.environment);
        let ring = Ring::new(root.keyring.epochs());
        Ok(Self {
            nodes: Arc::new(Nodes::new(setup.packs, Some(ring.clone()), setup.budget / 4)),
            store: setup.store,
            memory: setup.memory,
            ring,
            access,
            cost: setup.cost,
            counters: Counters::default(),
            claims: setup.claims,
            budget: setup.budget / 2,
            pack_bytes_max: setup.pack_bytes_max,
            writer: u32::from_le_bytes(setup.environment.random()?),
            environment: setup.environment,
            state: Mutex::new(State::opened(root, ground, signer, future_commit)),
            rounds: Rounds::default(),
        })
    }
}

/// Accepts the first root that this session sees.
fn first_look(found: &StoredRoot, view: View<'_>) -> Result<Ground> {
    Ok(view.judge(found.signed.clone(), found.keyring.chain())?.ground)
}
