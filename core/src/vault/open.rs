//! Creating and opening a vault.

use std::sync::Arc;

use super::listing::Sorted;
use super::{Inner, NewVault, Vault};
use crate::blob::{BlobStore, Object, Probe, ProbedStore};
use crate::content::{
    CHUNK_BYTES_DEFAULT, ContentReader, EXTENT_BYTES_DEFAULT, ExtentSize, KnownExtents, Splitter,
};
use crate::device::{DeviceRecord, DeviceState};
use crate::error::{Error, Result};
use crate::keyring::{Cost, Opener, SlotKind};
use crate::packs::PackReader;
use crate::platform::Environment;
#[cfg(feature = "passphrase")]
use crate::seal::Passphrase;
#[cfg(feature = "phrase")]
use crate::seal::RecoveryPhrase;
use crate::seal::{KdfParams, PACK_BYTES_MAX, SlotSecret};
use crate::session::{Memory, Session, Setup, get_root, open_keyring, root_header, seen};
use crate::trust::{Seen, SigningKey, VaultId};

/// What a vault is opened with, by one of its slots.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Credential {
    /// 32 bytes that the app keeps, for example in the platform's key store.
    Secret(SlotSecret),
    /// A passphrase.
    #[cfg(feature = "passphrase")]
    Passphrase(Passphrase),
    /// 24 recovery words.
    #[cfg(feature = "phrase")]
    Words(RecoveryPhrase),
}

impl Credential {
    /// The slot it opens, or will open.
    pub(super) fn kind(&self) -> SlotKind {
        match self {
            Credential::Secret(_) => SlotKind::Secret,
            #[cfg(feature = "passphrase")]
            Credential::Passphrase(_) => SlotKind::Passphrase,
            #[cfg(feature = "phrase")]
            Credential::Words(_) => SlotKind::Words,
        }
    }

    pub(super) fn opener(&self) -> Result<Opener> {
        match self {
            Credential::Secret(secret) => Ok(Opener::Secret(secret.clone())),
            #[cfg(feature = "passphrase")]
            Credential::Passphrase(passphrase) => Ok(Opener::Passphrase(passphrase.clone())),
            #[cfg(feature = "phrase")]
            Credential::Words(words) => words.secret().map(Opener::Secret),
        }
    }
}

/// How a vault is created and held in memory.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct VaultConfig {
    /// The size of a chunk for a new vault: a power of two from 128 KiB to 16 MiB.
    pub chunk_bytes: u32,
    /// The cost of guessing the passphrase of a new vault.
    pub kdf: KdfParams,
    /// The most memory, and the most work (memory times passes), that a passphrase may take, in
    /// opening and in creating: a root asks for it before anything of it is verified.
    pub kdf_ceiling: KdfParams,
    /// About how many bytes of what was read stay in memory: three quarters of it directory nodes,
    /// the rest parts of packs.
    pub memory_budget_bytes: usize,
    /// The most bytes one pack holds.
    pub pack_bytes_max: usize,
    /// The most bytes of content one extent holds: at least a chunk, at most 64 chunks and 64 MiB.
    /// A put has up to three extents in memory, and where it changes a file two more, of which it
    /// reads what stays.
    pub extent_bytes_max: u32,
    /// The vault that is meant: another one in the store is refused. `None` takes any that opens.
    pub vault: Option<VaultId>,
    /// What the last session of this device had seen ([`Vault::seen`]): the store shows nothing
    /// older, and no other history.
    pub seen: Option<Seen>,
    /// What this device remembers of the vault, from session to session and through crashes. It
    /// takes the place of `vault`, `seen` and `device`.
    pub memory: Option<Arc<DeviceState>>,
    /// What this device signs with, once the vault has [certified](Vault::certify_device) it. Give
    /// what it has seen as well: it vouches for that with what it signs.
    pub device: Option<SigningKey>,
    /// When the store's conditional puts are tried before something is written to it.
    pub probe: Probe,
    /// Where time and randomness come from.
    pub environment: Environment,
}

impl VaultConfig {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// The size of a chunk for a new vault, in bytes.
    #[must_use]
    pub fn chunk_bytes(mut self, bytes: u32) -> Self {
        self.chunk_bytes = bytes;
        self
    }

    /// The cost of guessing the passphrase of a new vault.
    #[must_use]
    pub fn kdf(mut self, kdf: KdfParams) -> Self {
        self.kdf = kdf;
        self
    }

    /// The most memory and work that a passphrase may take.
    #[must_use]
    pub fn kdf_ceiling(mut self, ceiling: KdfParams) -> Self {
        self.kdf_ceiling = ceiling;
        self
    }

    /// About how many bytes of what was read stay in memory.
    #[must_use]
    pub fn memory_budget_bytes(mut self, bytes: usize) -> Self {
        self.memory_budget_bytes = bytes;
        self
    }

    /// The most bytes one pack holds.
    #[must_use]
    pub fn pack_bytes_max(mut self, bytes: usize) -> Self {
        self.pack_bytes_max = bytes;
        self
    }

    /// The most bytes of content one extent holds.
    #[must_use]
    pub fn extent_bytes_max(mut self, bytes: u32) -> Self {
        self.extent_bytes_max = bytes;
        self
    }

    /// The vault that is meant.
    #[must_use]
    pub fn vault(mut self, vault: VaultId) -> Self {
        self.vault = Some(vault);
        self
    }

    /// What the last session of this device had seen.
    #[must_use]
    pub fn seen(mut self, seen: Seen) -> Self {
        self.seen = Some(seen);
        self
    }

    /// What this device remembers of the vault.
    #[must_use]
    pub fn memory(mut self, memory: Arc<DeviceState>) -> Self {
        self.memory = Some(memory);
        self
    }

    /// What this device signs with.
    #[must_use]
    pub fn device(mut self, key: SigningKey) -> Self {
        self.device = Some(key);
        self
    }

    /// When the store's conditional puts are tried.
    #[must_use]
    pub fn probe(mut self, probe: Probe) -> Self {
        self.probe = probe;
        self
    }

    /// Where time and randomness come from.
    #[must_use]
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = environment;
        self
    }
}

impl Default for VaultConfig {
    fn default() -> Self {
        Self {
            chunk_bytes: CHUNK_BYTES_DEFAULT,
            kdf: KdfParams::default(),
            kdf_ceiling: KdfParams::CEILING,
            memory_budget_bytes: 64 * 1024 * 1024,
            pack_bytes_max: PACK_BYTES_MAX,
            extent_bytes_max: EXTENT_BYTES_DEFAULT,
            vault: None,
            seen: None,
            device: None,
            memory: None,
            probe: Probe::default(),
            environment: Environment::default(),
        }
    }
}

impl Vault {
    /// Draws up a new vault: its keys, its id and the slot that the credential opens. Nothing is
    /// stored before [`NewVault::create`], so that its words can be shown or kept first.
    pub async fn prepare(credential: &Credential) -> Result<NewVault> {
        Self::prepare_with(credential, &VaultConfig::new()).await
    }

    /// The same, as `config` says.
    ///
    /// Fails with [`Error::InvalidArgument`](crate::Error::InvalidArgument) if it is out of its
    /// bounds.
    pub async fn prepare_with(credential: &Credential, config: &VaultConfig) -> Result<NewVault> {
        NewVault::prepare(credential, config.clone()).await
    }

    /// Makes a new vault in an empty store, which opens by the credential alone. The same as
    /// [`prepare`](Vault::prepare) and [`NewVault::create`] in one, without recovery words.
    ///
    /// Fails with [`Error::VaultExists`](crate::Error::VaultExists) if the store holds a vault, and
    /// with [`Error::ConditionalPutUnsupported`](crate::Error::ConditionalPutUnsupported) if it
    /// does not honour conditions.
    pub async fn create(store: Arc<dyn BlobStore>, credential: &Credential) -> Result<Self> {
        Self::create_with(store, credential, &VaultConfig::new()).await
    }

    /// The same, as `config` says.
    pub async fn create_with(
        store: Arc<dyn BlobStore>,
        credential: &Credential,
        config: &VaultConfig,
    ) -> Result<Self> {
        Self::prepare_with(credential, config).await?.create(store).await
    }

    /// Opens the vault in the store. Nothing is written before the first change; then, if it is not
    /// known of the store, its conditional puts are tried first, and every change fails with
    /// [`Error::ConditionalPutUnsupported`](crate::Error::ConditionalPutUnsupported) if it does not
    /// honour conditions.
    ///
    /// Fails with [`Error::VaultNotFound`], [`Error::WrongKey`], [`Error::WrongPassphrase`],
    /// [`Error::PassphraseTooCostly`], [`Error::UnsupportedVersion`] or, where the root was
    /// tampered with, [`Error::Damaged`].
    ///
    /// The work of a passphrase is done on a thread of its own where there are threads. Dropping
    /// the future returns at once; the thread ends by itself, within the ceiling. On wasm32 the
    /// calling thread does the work, in steps of 1 MiB of a pass between which the host does other
    /// work; a future that is dropped between two steps wipes the memory and does no more.
    ///
    /// [`Error::VaultNotFound`]: crate::Error::VaultNotFound
    /// [`Error::WrongKey`]: crate::Error::WrongKey
    /// [`Error::WrongPassphrase`]: crate::Error::WrongPassphrase
    /// [`Error::PassphraseTooCostly`]: crate::Error::PassphraseTooCostly
    /// [`Error::UnsupportedVersion`]: crate::Error::UnsupportedVersion
    /// [`Error::Damaged`]: crate::Error::Damaged
    pub async fn open(store: Arc<dyn BlobStore>, credential: &Credential) -> Result<Self> {
        Self::open_with(store, credential, &VaultConfig::new()).await
    }

    /// The same, as `config` says.
    pub async fn open_with(
        store: Arc<dyn BlobStore>,
        credential: &Credential,
        config: &VaultConfig,
    ) -> Result<Self> {
        let store = ProbedStore::opened(store, &config.environment, &config.probe);
        let record = match &config.memory {
            Some(memory) => memory.load().await?,
            None => None,
        };
        let object = get_root(&*store).await.map_err(|error| match error {
            Error::VaultNotFound if has_seen(config, record.as_ref()) => Error::RootVanished,
            error => error,
        })?;
        let opened = Self::open_root(&store, credential, config, record.as_ref(), &object).await;
        let Err(error) = opened else { return opened };
        // A bit that turned on its way here can look like anything, a wrong passphrase included.
        let again = get_root(&*store).await?;
        if again.bytes == object.bytes {
            return Err(error);
        }
        Self::open_root(&store, credential, config, record.as_ref(), &again).await
    }

    async fn open_root(
        store: &Arc<dyn BlobStore>,
        credential: &Credential,
        config: &VaultConfig,
        record: Option<&DeviceRecord>,
        object: &Object,
    ) -> Result<Self> {
        let header = root_header(object)?;
        let opener = credential.opener()?;
        let position = record.and_then(|record| record.position.as_ref());
        let kept = position.map(|position| position.keyring.clone());
        let opened = open_keyring(&**store, &header, kept, &opener, config.kdf_ceiling).await?;
        let mut setup = setup(store, config);
        if let Some(record) = record {
            setup.seen = seen(record);
        }
        if let (Some(memory), Some(position)) = (&mut setup.memory, position) {
            memory.line = position.line;
        }
        let packs = setup.packs.clone();
        let session = Session::open(setup, opened, &header, object).await?;
        Ok(Self::assemble(packs, session, config.extent_bytes_max))
    }

    pub(super) fn assemble(packs: PackReader, session: Session, extent_bytes_max: u32) -> Self {
        let known = Arc::new(KnownExtents::default());
        let chunk = session.root().chunk;
        let splitter = Splitter {
            store: Arc::clone(packs.store()),
            ring: session.ring().clone(),
            chunk,
            extent: ExtentSize::new(extent_bytes_max, chunk),
            known: Arc::clone(&known),
            claims: Arc::clone(session.claims()),
        };
        let reader = ContentReader::new(packs, Some(session.ring().clone()), known);
        let session = Arc::new(session);
        let inner = Inner { session, splitter, reader, sorted: Sorted::default() };
        Self { inner: Arc::new(inner) }
    }
}

pub(super) fn setup(store: &Arc<dyn BlobStore>, config: &VaultConfig) -> Setup {
    let memory = config.memory.as_ref();
    Setup {
        store: Arc::clone(store),
        packs: PackReader::new(Arc::clone(store), config.memory_budget_bytes / 4),
        environment: config.environment.clone(),
        budget: config.memory_budget_bytes,
        pack_bytes_max: config.pack_bytes_max,
        vault: memory.map(|memory| memory.vault()).or(config.vault),
        seen: config.seen.clone(),
        device: memory.map(|memory| memory.signing_key()).or_else(|| config.device.clone()),
        memory: memory.map(|memory| Memory { state: Arc::clone(memory), line: 0 }),
        cost: Cost { params: config.kdf, ceiling: config.kdf_ceiling },
        claims: Arc::default(),
    }
}

/// Whether this device has opened the vault before.
fn has_seen(config: &VaultConfig, record: Option<&DeviceRecord>) -> bool {
    config.seen.is_some() || record.is_some_and(|record| record.position.is_some())
}
