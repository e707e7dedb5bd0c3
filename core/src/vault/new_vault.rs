//! A vault that is drawn up and not stored yet.

use std::sync::Arc;

use super::open::setup;
use super::{Credential, Vault, VaultConfig};
use crate::blob::{BlobStore, ProbedStore};
use crate::content::ChunkSize;
use crate::error::{Error, Result};
use crate::forest::{Root, Time};
#[cfg(feature = "phrase")]
use crate::seal::RecoveryPhrase;
use crate::seal::{KeySlot, Keys, RootSecret};
use crate::session::{Session, get_root, root_header};

/// A new vault before its first byte is stored, from [`Vault::prepare`]. Show or keep its words,
/// then [`create`](NewVault::create) it: there is never a vault whose words nobody was shown.
pub struct NewVault {
    secret: RootSecret,
    keys: Keys,
    slot: KeySlot,
    root: Root,
    /// What names the objects that try the store's conditional puts.
    probe: [u8; 16],
    config: VaultConfig,
}

impl NewVault {
    pub(super) async fn prepare(credential: &Credential, config: VaultConfig) -> Result<Self> {
        let environment = &config.environment;
        let chunk = ChunkSize::new(config.chunk_bytes).ok_or(Error::InvalidArgument {
            what: "a chunk is a power of two from 128 KiB to 16 MiB",
        })?;
        let (secret, slot) = match credential {
            Credential::Secret(secret) => (secret.clone(), KeySlot::Secret),
            #[cfg(feature = "passphrase")]
            Credential::Passphrase(passphrase) => {
                let secret = RootSecret::generate(environment)?;
                let (kdf, ceiling) = (config.kdf, config.kdf_ceiling);
                let slot = KeySlot::wrap(&secret, passphrase, kdf, ceiling, environment).await?;
                (secret, slot)
            }
        };
        let root = Root::first(environment.random()?, chunk, Time::now(&*environment.clock));
        let root = Root { convergence: config.convergence, ..root };
        let probe = environment.random()?;
        Ok(Self { keys: Keys::derive(&secret), secret, slot, root, probe, config })
    }

    /// The 24 words that will open the vault without a passphrase.
    #[cfg(feature = "phrase")]
    pub fn recovery_phrase(&self) -> Result<RecoveryPhrase> {
        self.secret.recovery_phrase()
    }

    /// Stores the vault in `store`, which must hold none.
    ///
    /// Fails with [`Error::VaultExists`] if the store holds another vault, and with
    /// [`Error::ConditionalPutUnsupported`] if it does not honour conditions; then nothing is left
    /// in it. Where nothing may be deleted, a small object named
    /// [`PROBE_KEY`](crate::blob::PROBE_KEY) stays, whatever the outcome.
    ///
    /// After [`Error::StoreUnavailable`], [`Error::OutcomeUnknown`] or a dropped future the vault
    /// may be there: `create`, called again, recognises it and opens it.
    pub async fn create(&self, store: Arc<dyn BlobStore>) -> Result<Vault> {
        let VaultConfig { environment, probe, .. } = &self.config;
        let store = ProbedStore::created(store, environment, probe, self.probe);
        let setup = setup(&store, &self.config);
        let packs = setup.packs.clone();
        let (keys, slot) = (self.keys.clone(), self.slot.clone());
        let session = match Session::create(setup, keys, slot, self.root.clone()).await {
            Err(error) if may_be_there(&error) => self.find(&store).await.ok_or(error)?,
            created => created?,
        };
        let (secret, keys) = (self.secret.clone(), self.keys.clone());
        Ok(Vault::assemble(packs, secret, keys, session, self.config.extent_bytes_max))
    }

    /// This very vault, if the store holds it.
    async fn find(&self, store: &Arc<dyn BlobStore>) -> Option<Session> {
        let object = get_root(&**store).await.ok()?;
        let header = root_header(&object).ok()?;
        let setup = setup(store, &self.config);
        let session = Session::open(setup, self.keys.clone(), &header, &object).ok()?;
        if store.needs_flush() {
            store.flush().await.ok()?;
        }
        (session.root().vault == self.root.vault).then_some(session)
    }
}

/// Whether a create that failed so may have stored the vault, now or before.
fn may_be_there(error: &Error) -> bool {
    matches!(error, Error::VaultExists | Error::StoreUnavailable { .. } | Error::OutcomeUnknown)
}

impl std::fmt::Debug for NewVault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewVault")
    }
}
