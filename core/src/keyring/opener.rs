//! What opens a slot, and which it opens.

use super::object::Locked;
use super::slot::Slot;
use crate::error::{Error, Result};
#[cfg(feature = "passphrase")]
use crate::seal::Passphrase;
use crate::seal::{EpochKey, KdfParams, MemberSeed, SlotKeys, SlotSecret};

/// What a user opens a vault with.
#[derive(Debug, Clone)]
pub(crate) enum Opener {
    /// 32 bytes: recovery words, a secret of the app's or of a device.
    Secret(SlotSecret),
    #[cfg(feature = "passphrase")]
    Passphrase(Passphrase),
}

/// What the slot of a keyring gave.
pub(crate) struct Unlocked {
    /// The key of the newest epoch.
    pub(crate) key: EpochKey,
    /// Those of the slot, to open it in later keyrings.
    pub(crate) slot: SlotKeys,
    /// The seed of the member's signing key, where the slot has one.
    pub(crate) seed: Option<MemberSeed>,
}

impl Locked {
    /// Tries `opener` on the slots it may open. Nothing is verified yet, so no passphrase is given
    /// more memory or work than `ceiling`.
    ///
    /// Fails with [`Error::WrongKey`] or [`Error::WrongPassphrase`] if it opens none, and with
    /// [`Error::PassphraseTooCostly`] if one is left that asks for too much to be tried.
    #[cfg_attr(not(feature = "passphrase"), expect(unused_variables, clippy::unused_async))]
    pub(crate) async fn unlock(&self, opener: &Opener, ceiling: KdfParams) -> Result<Unlocked> {
        match opener {
            Opener::Secret(secret) => {
                let bare = self.slots.iter().filter(|slot| slot.head.stretch.is_none());
                let mut opened = bare.filter_map(|slot| {
                    slot.unlocked_by(SlotKeys::of_secret(secret, slot.head.salt))
                });
                opened.next().ok_or(Error::WrongKey)
            }
            #[cfg(feature = "passphrase")]
            Opener::Passphrase(passphrase) => self.unlock_stretched(passphrase, ceiling).await,
        }
    }

    #[cfg(feature = "passphrase")]
    async fn unlock_stretched(
        &self,
        passphrase: &Passphrase,
        ceiling: KdfParams,
    ) -> Result<Unlocked> {
        let mut refused = Error::WrongPassphrase;
        for slot in &self.slots {
            let Some(params) = slot.head.stretch else { continue };
            if let Err(error) = params.check_ceiling(ceiling) {
                refused = error;
                continue;
            }
            let keys = SlotKeys::of_passphrase(passphrase, params, slot.head.salt).await?;
            if let Some(unlocked) = slot.unlocked_by(keys) {
                return Ok(unlocked);
            }
        }
        Err(refused)
    }

    /// The key of the newest epoch, from the slot with these keys, if it is still there.
    pub(crate) fn key_of(&self, keys: &SlotKeys) -> Option<EpochKey> {
        let mut same = self.slots.iter().filter(|slot| slot.head.salt == keys.salt);
        same.find_map(|slot| keys.unwrap(&slot.wrapped, &slot.head.encode()))
    }
}

impl Slot {
    fn unlocked_by(&self, slot: SlotKeys) -> Option<Unlocked> {
        let head = self.head.encode();
        let key = slot.unwrap(&self.wrapped, &head)?;
        let seed = slot.open_seed(&head, &self.seed);
        Some(Unlocked { key, slot, seed })
    }
}
