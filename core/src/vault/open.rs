//! Creating and opening a vault.

use std::sync::Arc;

use super::listing::Sorted;
use super::{Inner, Vault};
use crate::blob::BlobStore;
use crate::content::{CHUNK_BYTES_DEFAULT, ChunkSize, ContentReader, KnownChunks, Splitter};
use crate::error::{Error, Result};
use crate::forest::{Forest, Root, Setup, read_root};
use crate::platform::Environment;
use crate::seal::{
    KdfParams, KeySlot, Keys, PACK_BYTES_MAX, Passphrase, RecoveryPhrase, RootSecret, Unlock,
};

/// What a vault is opened with.
#[derive(Debug, Clone)]
pub enum Credential {
    /// The root secret itself, kept by the app, for example in the platform's key store.
    Secret(RootSecret),
    /// A passphrase, which unwraps the root secret stored with the vault.
    Passphrase(Passphrase),
}

impl Credential {
    /// The root secret behind 24 words.
    pub fn from_phrase(phrase: &RecoveryPhrase) -> Result<Self> {
        phrase.root_secret().map(Credential::Secret)
    }
}

/// How a vault is created and held in memory.
#[derive(Debug, Clone)]
pub struct VaultConfig {
    /// The size of a chunk for a new vault: a power of two from 128 KiB to 16 MiB.
    pub chunk_bytes: u32,
    /// The cost of guessing the passphrase of a new vault.
    pub kdf: KdfParams,
    /// The most memory, and the most work (memory times passes), that a passphrase may take, in
    /// opening and in creating: a root asks for it before anything of it is verified.
    pub kdf_ceiling: KdfParams,
    /// About how many bytes of directory nodes stay in memory.
    pub memory_budget_bytes: usize,
    /// The most bytes one pack holds.
    pub pack_bytes_max: usize,
    /// Where time and randomness come from.
    pub environment: Environment,
}

impl Default for VaultConfig {
    fn default() -> Self {
        Self {
            chunk_bytes: CHUNK_BYTES_DEFAULT,
            kdf: KdfParams::default(),
            kdf_ceiling: KdfParams::CEILING,
            memory_budget_bytes: 64 * 1024 * 1024,
            pack_bytes_max: PACK_BYTES_MAX,
            environment: Environment::default(),
        }
    }
}

impl Vault {
    /// Makes a new vault in an empty store. With a passphrase, the root secret is drawn and
    /// wrapped; with a secret, nothing of it is stored.
    ///
    /// Fails with [`Error::VaultExists`] if the store holds a vault, and with
    /// [`Error::ConditionalPutUnsupported`] if it does not honour conditions.
    pub async fn create(
        store: Arc<dyn BlobStore>,
        credential: &Credential,
        config: VaultConfig,
    ) -> Result<Self> {
        let environment = &config.environment;
        let chunk = ChunkSize::new(config.chunk_bytes).ok_or(Error::InvalidArgument {
            what: "a chunk is a power of two from 128 KiB to 16 MiB",
        })?;
        let (secret, slot) = match credential {
            Credential::Secret(secret) => (secret.clone(), KeySlot::Secret),
            Credential::Passphrase(passphrase) => {
                let secret = RootSecret::generate(environment)?;
                let (kdf, ceiling) = (config.kdf, config.kdf_ceiling);
                let slot = KeySlot::wrap(&secret, passphrase, kdf, ceiling, environment).await?;
                (secret, slot)
            }
        };
        let root = Root::first(environment.random()?, chunk);
        let keys = Keys::derive(&secret);
        let setup = setup(&store, &config);
        let forest = Forest::create(setup, keys.clone(), slot, root).await?;
        Ok(Self::assemble(store, secret, keys, forest))
    }

    /// Opens the vault in the store.
    ///
    /// Fails with [`Error::VaultNotFound`], [`Error::WrongKey`], [`Error::WrongPassphrase`],
    /// [`Error::PassphraseTooCostly`], [`Error::UnsupportedVersion`] or, where the root was
    /// tampered with, [`Error::Damaged`].
    ///
    /// A passphrase takes its work on a thread of its own where there are threads. Dropping the
    /// future returns at once; the thread ends by itself, within the ceiling. On wasm32 the thread
    /// that called does the work, in steps between which the host does other work; dropping the
    /// future ends it after the step.
    pub async fn open(
        store: Arc<dyn BlobStore>,
        credential: &Credential,
        config: VaultConfig,
    ) -> Result<Self> {
        let (header, object) = read_root(&*store).await?;
        let unlock = match credential {
            Credential::Secret(secret) => Unlock::Secret(secret.clone()),
            Credential::Passphrase(passphrase) => Unlock::Passphrase(passphrase.clone()),
        };
        let secret = header.slot.unlock(&unlock, config.kdf_ceiling).await?;
        let keys = Keys::derive(&secret);
        let forest = Forest::open(setup(&store, &config), keys.clone(), &header, &object)?;
        Ok(Self::assemble(store, secret, keys, forest))
    }

    fn assemble(store: Arc<dyn BlobStore>, secret: RootSecret, keys: Keys, forest: Forest) -> Self {
        let reader = ContentReader { store: Arc::clone(&store), keys: Some(keys.clone()) };
        let splitter = Splitter {
            store,
            keys,
            chunk: forest.root().chunk,
            known: Arc::new(KnownChunks::default()),
        };
        let inner = Inner { forest, splitter, reader, sorted: Sorted::default(), secret };
        Self { inner: Arc::new(inner) }
    }
}

fn setup(store: &Arc<dyn BlobStore>, config: &VaultConfig) -> Setup {
    Setup {
        store: Arc::clone(store),
        environment: config.environment.clone(),
        budget: config.memory_budget_bytes,
        pack_bytes_max: config.pack_bytes_max,
    }
}
