//! The ways to open a vault, and their changes.

use super::{Credential, Vault};
use crate::error::{Error, Result};
#[cfg(any(feature = "passphrase", feature = "phrase"))]
use crate::keyring::SlotKind;
use crate::keyring::{Change, Drawn, SlotId, SlotInfo, Which};
#[cfg(feature = "passphrase")]
use crate::seal::Passphrase;
#[cfg(feature = "phrase")]
use crate::{keyring::Opener, seal::RecoveryPhrase};

/// A change of the slots takes one small object and one root, whatever the vault holds; no file is
/// moved or written again. One that shuts somebody out begins a new epoch: what is written from
/// then on has keys that the removed slot does not give. What was written before stays as it is, so
/// whoever was shut out and kept the keys can read what the store has of it.
impl Vault {
    /// What opens the vault, in the order in which it was added, as far as this session knows.
    pub fn slots(&self) -> Vec<SlotInfo> {
        self.inner.session.slots()
    }

    /// The slot that this session was opened by, if the vault still has it.
    pub fn own_slot(&self) -> Option<SlotId> {
        self.inner.session.own_slot()
    }

    /// Has the vault opened by `credential`, too. The label, of up to 64 bytes, is for people; only
    /// who opens the vault sees it.
    ///
    /// Fails with [`Error::InvalidArgument`] if the vault has four passphrases, or 256 slots.
    pub async fn add_slot(&self, credential: &Credential, label: &str) -> Result<SlotId> {
        let slot = self.draw(credential, label).await?.slot;
        let id = slot.id();
        self.inner.session.change(Change::Add(slot)).await?;
        Ok(id)
    }

    /// Removes a slot and begins a new epoch. Sessions that were opened by it end with
    /// [`Error::ShutOut`] when they next look at the root; this one goes on, if it was.
    ///
    /// Fails with [`Error::SlotNotFound`], and with [`Error::LastSlot`] if it is the only one.
    pub async fn remove_slot(&self, id: SlotId) -> Result<()> {
        self.expect(id).await?;
        self.inner.session.change(Change::Remove(id)).await
    }

    /// Has the vault opened by `credential` in place of what opens the slot, whose label stays, and
    /// begins a new epoch. Sessions that were opened by the slot end with [`Error::ShutOut`] when
    /// they next look at the root; this one goes on.
    ///
    /// Fails with [`Error::SlotNotFound`].
    pub async fn replace_slot(&self, id: SlotId, credential: &Credential) -> Result<SlotId> {
        let old = self.expect(id).await?;
        let drawn = self.draw(credential, &old.label).await?;
        self.inner.session.replace_slots(Which::One(id), &drawn).await?;
        Ok(drawn.slot.id())
    }

    /// Puts a new passphrase in place of the one that this session was opened by, or of the only
    /// one, and begins a new epoch. It costs to guess what
    /// [`VaultConfig::kdf`](super::VaultConfig::kdf) says. Sessions that were opened by the old one
    /// end with [`Error::ShutOut`] when they next look at the root; this one goes on.
    ///
    /// Fails with [`Error::SlotNotFound`] if the vault has no passphrase, or several of which none
    /// opened this session: then add one and remove another.
    #[cfg(feature = "passphrase")]
    pub async fn change_passphrase(&self, new: &Passphrase) -> Result<SlotId> {
        let old = self.passphrase_slot().ok_or(Error::SlotNotFound)?;
        self.replace_slot(old.id, &Credential::Passphrase(new.clone())).await
    }

    /// Draws new recovery words. Nothing changes before [`NewWords::replace`], so that they can be
    /// shown or kept first.
    #[cfg(feature = "phrase")]
    pub async fn new_recovery_words(&self) -> Result<NewWords> {
        let session = &self.inner.session;
        session.check_open()?;
        let phrase = RecoveryPhrase::generate(session.environment())?;
        let opener = Opener::Secret(phrase.secret()?);
        let drawn = session.draw_slot(&opener, SlotKind::Words, "").await?;
        Ok(NewWords { vault: self.clone(), phrase, drawn })
    }

    async fn draw(&self, credential: &Credential, label: &str) -> Result<Drawn> {
        self.inner.session.check_open()?;
        let (opener, kind) = (credential.opener()?, credential.kind());
        self.inner.session.draw_slot(&opener, kind, label).await
    }

    /// The slot of this id, which the vault may have since a commit that this session has not seen.
    async fn expect(&self, id: SlotId) -> Result<SlotInfo> {
        let find = || self.slots().into_iter().find(|slot| slot.id == id);
        if let Some(slot) = find() {
            return Ok(slot);
        }
        self.refresh().await?;
        find().ok_or(Error::SlotNotFound)
    }

    #[cfg(feature = "passphrase")]
    fn passphrase_slot(&self) -> Option<SlotInfo> {
        let own = self.own_slot();
        let mut all = self.slots();
        all.retain(|slot| slot.kind == SlotKind::Passphrase);
        let own = all.iter().position(|slot| Some(slot.id) == own);
        match (own, all.len()) {
            (Some(own), _) => Some(all.swap_remove(own)),
            (None, 1) => all.pop(),
            _ => None,
        }
    }
}

/// Recovery words that are drawn and open nothing yet, from [`Vault::new_recovery_words`]. Show or
/// keep them, then [`replace`](NewWords::replace) those before: there are never words that nobody
/// was shown.
#[cfg(feature = "phrase")]
pub struct NewWords {
    vault: Vault,
    phrase: RecoveryPhrase,
    drawn: Drawn,
}

#[cfg(feature = "phrase")]
impl NewWords {
    /// The words.
    pub fn phrase(&self) -> &RecoveryPhrase {
        &self.phrase
    }

    /// Has the vault opened by these words in place of all it had before, and begins a new epoch.
    /// Sessions that were opened by words before end with [`Error::ShutOut`] when they next look at
    /// the root, but for this one.
    ///
    /// After [`Error::OutcomeUnknown`] or [`Error::StoreUnavailable`] it may be called again.
    pub async fn replace(&self) -> Result<SlotId> {
        let which = Which::Kind(SlotKind::Words);
        self.vault.inner.session.replace_slots(which, &self.drawn).await?;
        Ok(self.drawn.slot.id())
    }
}

#[cfg(feature = "phrase")]
impl std::fmt::Debug for NewWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NewWords")
    }
}
