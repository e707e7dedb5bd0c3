//! A store whose conditional puts are tried before the first put.
//!
//! A session that only reads writes nothing, so the probe waits for the first put. What was found
//! is remembered: for the session, for the process and, where the app says how, on the device.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};

use super::probe::probe_as;
use super::{BlobStore, ETag, StorePutOptions};
use crate::error::{Error, Result};
use crate::forward;
use crate::platform::{BoxFuture, Environment, MaybeSend, MaybeSync};

/// When a store is tried before a vault is written to it
/// ([`probe_conditional_puts`](super::probe_conditional_puts)).
///
/// Stores that [honour conditions](BlobStore::honours_conditions) by construction are never tried,
/// and every other one is before a new vault is made in it.
#[derive(Debug, Clone, Default)]
pub enum Probe {
    /// Once in the life of the process for a store that has an
    /// [identity](BlobStore::identity), and once in each session that writes for one that has
    /// none.
    #[default]
    OncePerProcess,
    /// The same, unless the device remembers that the store passed.
    OncePerDevice(Arc<dyn ProbeMemory>),
}

/// What a device remembers of the stores it has tried. A store is named by 32 hexadecimal digits, a
/// hash of its [identity](BlobStore::identity), which serve as the name of a file.
pub trait ProbeMemory: fmt::Debug + MaybeSend + MaybeSync {
    /// Whether the store of this name is known to honour conditions. Where that cannot be found
    /// out, it is not known.
    fn recalls(&self, store: &str) -> bool;

    /// Remembers that the store of this name honours conditions. A failure costs a probe.
    fn remember(&self, store: &str);
}

/// The names of stores that passed in this process: a few dozen bytes for each.
static PASSED: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);

/// A store that is tried before the first put.
pub(crate) struct ProbedStore {
    inner: Arc<dyn BlobStore>,
    environment: Environment,
    probe: Probe,
    state: Mutex<State>,
}

enum State {
    /// Not tried yet; under this name, if it is given.
    Due(Option<[u8; 16]>),
    /// Held by the calls that wait for it, and gone with them. Whoever polls it drives it, so that
    /// nobody waits for a call that nobody polls.
    Running(WeakShared<Trying>),
    Passed,
    Failed(Error),
}

type Trying = BoxFuture<'static, Result<()>>;

impl ProbedStore {
    /// The store of a session on a vault that exists.
    pub(crate) fn opened(
        store: Arc<dyn BlobStore>,
        environment: &Environment,
        probe: &Probe,
    ) -> Arc<dyn BlobStore> {
        let known = name_of(&*store).is_some_and(|name| probe.recalls(&name));
        if known { store } else { Self::wrap(store, environment, probe, None) }
    }

    /// The store of a new vault: tried whatever is remembered, under a name made of `id`.
    pub(crate) fn created(
        store: Arc<dyn BlobStore>,
        environment: &Environment,
        probe: &Probe,
        id: [u8; 16],
    ) -> Arc<dyn BlobStore> {
        Self::wrap(store, environment, probe, Some(id))
    }

    fn wrap(
        store: Arc<dyn BlobStore>,
        environment: &Environment,
        probe: &Probe,
        id: Option<[u8; 16]>,
    ) -> Arc<dyn BlobStore> {
        if store.honours_conditions() {
            return store;
        }
        let (environment, probe) = (environment.clone(), probe.clone());
        Arc::new(Self { inner: store, environment, probe, state: Mutex::new(State::Due(id)) })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Succeeds once the store has passed.
    async fn pass(&self) -> Result<()> {
        let Some(running) = self.join()? else { return Ok(()) };
        let outcome = running.clone().await;
        let mut state = self.state();
        let is_current = |current: &WeakShared<_>| {
            current.upgrade().is_some_and(|current| current.ptr_eq(&running))
        };
        if matches!(&*state, State::Running(current) if is_current(current)) {
            *state = match &outcome {
                Ok(()) => State::Passed,
                Err(error @ Error::ConditionalPutUnsupported { .. }) => {
                    State::Failed(error.clone())
                }
                Err(_) => State::Due(None),
            };
        }
        outcome
    }

    /// The probe that is under way, or a new one; `None` if the store has passed.
    fn join(&self) -> Result<Option<Shared<Trying>>> {
        let mut state = self.state();
        let id = match &*state {
            State::Passed => return Ok(None),
            State::Failed(error) => return Err(error.clone()),
            State::Running(running) => match running.upgrade() {
                Some(running) => return Ok(Some(running)),
                None => self.environment.random()?,
            },
            State::Due(Some(id)) => *id,
            State::Due(None) => self.environment.random()?,
        };
        let running = self.try_store(id).shared();
        if let Some(weak) = running.downgrade() {
            *state = State::Running(weak);
        }
        Ok(Some(running))
    }

    fn try_store(&self, id: [u8; 16]) -> Trying {
        let (store, probe) = (Arc::clone(&self.inner), self.probe.clone());
        Box::pin(async move {
            probe_as(&*store, id).await?;
            if let Some(name) = name_of(&*store) {
                probe.remember(name);
            }
            Ok(())
        })
    }
}

impl Probe {
    fn recalls(&self, store: &str) -> bool {
        let passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner).contains(store);
        passed || matches!(self, Self::OncePerDevice(memory) if memory.recalls(store))
    }

    fn remember(&self, store: String) {
        if let Self::OncePerDevice(memory) = self {
            memory.remember(&store);
        }
        PASSED.lock().unwrap_or_else(PoisonError::into_inner).insert(store);
    }
}

/// What memories know the store by.
fn name_of(store: &dyn BlobStore) -> Option<String> {
    let identity = store.identity()?;
    Some(hex::encode(&blake3::hash(identity.as_bytes()).as_bytes()[..16]))
}

impl BlobStore for ProbedStore {
    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            self.pass().await?;
            self.inner.put_with(key, bytes, options).await
        })
    }

    forward!(inner: get_with, get_range, delete, list, head, compare, delete_many, confirms_puts, honours_conditions, identity, hold, flush, needs_flush);
}
