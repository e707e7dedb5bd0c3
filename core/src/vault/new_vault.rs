//! A vault that is drawn up and not stored yet.

#[cfg(feature = "phrase")]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use super::open::setup;
use super::{Credential, Vault, VaultConfig};
use crate::blob::{BlobStore, ProbedStore};
use crate::content::ChunkSize;
use crate::error::{Error, Result};
use crate::forest::{Root, Time};
use crate::keyring::{Cost, Drawn, Keyring, NewSlot};
#[cfg(feature = "phrase")]
use crate::keyring::{Opener, SlotKind};
use crate::seal::MemberSeed;
#[cfg(feature = "phrase")]
use crate::seal::RecoveryPhrase;
use crate::session::{Access, Opened, Session, get_root, root_header};
use crate::trust::{Chain, Label, SigningKey};

/// A new vault before its first byte is stored, from [`Vault::prepare`]. Show or keep its words,
/// then [`create`](NewVault::create) it: there is never a vault whose words nobody was shown.
pub struct NewVault {
    /// What the credential opens.
    slot: Drawn,
    #[cfg(feature = "phrase")]
    words: WordsSlot,
    seed: MemberSeed,
    /// Its members: the owner.
    chain: Chain,
    /// Made when the vault is stored for the first time.
    keyring: OnceLock<Arc<Keyring>>,
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
        let seed = MemberSeed(environment.random()?);
        let cost = Cost { params: config.kdf, ceiling: config.kdf_ceiling };
        let (opener, kind) = (credential.opener()?, credential.kind());
        let slot = NewSlot::draw(&opener, kind, "", Some(&seed), cost, environment).await?;
        #[cfg(feature = "phrase")]
        let words = {
            let phrase = RecoveryPhrase::generate(environment)?;
            let (opener, kind) = (Opener::Secret(phrase.secret()?), SlotKind::Words);
            let drawn = NewSlot::draw(&opener, kind, "", Some(&seed), cost, environment).await?;
            WordsSlot { phrase, slot: drawn.slot, is_wanted: AtomicBool::new(false) }
        };
        let owner = SigningKey::from_seed(&seed.0);
        let chain = Chain::found(&owner, environment.random()?, Label::default())?;
        let root = Root::first(chunk, Time::now(&*environment.clock));
        let probe = environment.random()?;
        Ok(Self {
            slot,
            #[cfg(feature = "phrase")]
            words,
            seed,
            chain,
            keyring: OnceLock::new(),
            root,
            probe,
            config,
        })
    }

    /// 24 words that will open the vault, too: the same, however often they are asked for. Show
    /// them, or keep them where the user wants them, before the vault is made; they are not to be
    /// had again. A vault whose words nobody asked for has none; later it gets some by
    /// [`Vault::new_recovery_words`].
    ///
    /// Fails with [`Error::InvalidArgument`] if the vault was stored without them.
    #[cfg(feature = "phrase")]
    pub fn recovery_phrase(&self) -> Result<RecoveryPhrase> {
        let WordsSlot { phrase, slot, is_wanted } = &self.words;
        is_wanted.store(true, Ordering::SeqCst);
        if self.keyring.get().is_some_and(|keyring| !keyring.has(slot.id())) {
            return Err(Error::InvalidArgument { what: "the vault was stored without words" });
        }
        Ok(phrase.clone())
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
        let session = match Session::create(setup, self.opened()?, self.root.clone()).await {
            Err(error) if may_be_there(&error) => self.find(&store).await?.ok_or(error)?,
            created => created?,
        };
        Ok(Vault::assemble(packs, session, self.config.extent_bytes_max))
    }

    /// The keyring, with the slots that are wanted when it is asked for first.
    fn keyring(&self) -> Result<Arc<Keyring>> {
        if let Some(keyring) = self.keyring.get() {
            return Ok(Arc::clone(keyring));
        }
        #[cfg_attr(not(feature = "phrase"), expect(unused_mut))]
        let mut slots = vec![self.slot.slot.clone()];
        #[cfg(feature = "phrase")]
        if self.words.is_wanted.load(Ordering::SeqCst) {
            slots.push(self.words.slot.clone());
        }
        let keyring = Arc::new(Keyring::create(&slots, &self.chain, &self.config.environment)?);
        Ok(Arc::clone(self.keyring.get_or_init(|| keyring)))
    }

    fn opened(&self) -> Result<Opened> {
        let access = Access::new(self.slot.keys.clone(), Some(self.seed.clone()));
        Ok(Opened { keyring: self.keyring()?, access })
    }

    /// This very vault, if the store holds it. If it holds another, nothing is left there of this
    /// one.
    async fn find(&self, store: &Arc<dyn BlobStore>) -> Result<Option<Session>> {
        let found = async {
            let object = get_root(&**store).await.ok()?;
            Some((root_header(&object).ok()?, object))
        };
        let Some((header, object)) = found.await else { return Ok(None) };
        let ours = self.keyring()?;
        if header.keyring != *ours.hash()
            && let Err(error) = store.delete(&ours.name()).await
        {
            log::warn!("a keyring stays that no root names: {}", error.code());
        }
        // It may have another keyring by now.
        let Ok(opened) = self.opened()?.at(&**store, &header).await else { return Ok(None) };
        let session = Session::open(setup(store, &self.config), opened, &header, &object).await;
        let is_durable = !store.needs_flush() || store.flush().await.is_ok();
        let is_this = |session: &Session| session.vault() == self.chain.vault() && is_durable;
        Ok(session.ok().filter(is_this))
    }
}

/// The words of a new vault, which it gets if somebody asks for them.
#[cfg(feature = "phrase")]
struct WordsSlot {
    phrase: RecoveryPhrase,
    slot: NewSlot,
    is_wanted: AtomicBool,
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
