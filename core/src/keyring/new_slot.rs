//! A slot that is to be: all of it but the key that is wrapped for it.

use super::opener::Opener;
use super::record::{LABEL_BYTES_MAX, SlotId, SlotKind};
use super::slot::Head;
use crate::error::{Error, Result};
use crate::forest::Time;
use crate::platform::Environment;
use crate::seal::{KdfParams, MemberSeed, SlotKeys, SlotLock};

/// A slot before it is in a keyring. It can be put into one again and again.
#[derive(Debug, Clone)]
pub(crate) struct NewSlot {
    pub(super) id: SlotId,
    pub(super) kind: SlotKind,
    pub(super) label: String,
    pub(super) member: u16,
    pub(super) created: Time,
    pub(super) head: Head,
    pub(super) lock: SlotLock,
    pub(super) seed: [u8; 48],
}

/// A new slot, and the keys that will open it.
pub(crate) struct Drawn {
    pub(crate) slot: NewSlot,
    pub(crate) keys: SlotKeys,
}

/// What a new passphrase costs, and what it may cost at most.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "passphrase"), expect(dead_code))]
pub(crate) struct Cost {
    pub(crate) params: KdfParams,
    pub(crate) ceiling: KdfParams,
}

impl NewSlot {
    /// Draws a slot that `opener` opens, which is of `kind`, for the member with `seed`.
    #[cfg_attr(not(feature = "passphrase"), expect(unused_variables, clippy::unused_async))]
    pub(crate) async fn draw(
        opener: &Opener,
        kind: SlotKind,
        label: &str,
        seed: Option<&MemberSeed>,
        cost: Cost,
        environment: &Environment,
    ) -> Result<Drawn> {
        if label.len() > LABEL_BYTES_MAX {
            return Err(Error::InvalidArgument {
                what: "the label of a slot has 64 bytes at most",
            });
        }
        let salt = environment.random()?;
        let (stretch, keys) = match opener {
            Opener::Secret(secret) => (None, SlotKeys::of_secret(secret, salt)),
            #[cfg(feature = "passphrase")]
            Opener::Passphrase(passphrase) => {
                cost.params.check_new(cost.ceiling)?;
                let keys = SlotKeys::of_passphrase(passphrase, cost.params, salt).await?;
                (Some(cost.params), keys)
            }
        };
        let head = Head { stretch, salt };
        let seed = match seed {
            Some(seed) => keys.seal_seed(&head.encode(), seed)?,
            None => environment.random()?,
        };
        let slot = NewSlot {
            id: SlotId(environment.random()?),
            kind,
            label: label.to_owned(),
            member: 0,
            created: Time::now(&*environment.clock),
            head,
            lock: keys.lock(),
            seed,
        };
        Ok(Drawn { slot, keys })
    }

    pub(crate) fn id(&self) -> SlotId {
        self.id
    }
}
