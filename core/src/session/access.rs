//! What a session opens keyrings with, and the keyring that a root names.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use crate::blob::{BlobStore, Object};
use crate::error::{Error, Result};
use crate::keyring::{KEYRING_BYTES_MAX, Keyring, Locked, Opener, Unlocked};
use crate::packs::may_heal;
use crate::seal::{KdfParams, MemberSeed, RootHeader, SlotKeys, keyring_name};
use crate::trust::SigningKey;

/// How many slots a session remembers the keys of.
const SLOTS_MAX: usize = 4;

/// The slots that a session opens keyrings by.
#[derive(Debug)]
pub(crate) struct Access {
    /// The keys of the one it was opened by, and of those that it has put in place of others since.
    keys: Mutex<Vec<SlotKeys>>,
    /// The seed of the member's signing key, where the slot has one.
    seed: Option<MemberSeed>,
}

impl Access {
    pub(crate) fn new(keys: SlotKeys, seed: Option<MemberSeed>) -> Self {
        Self { keys: Mutex::new(vec![keys]), seed }
    }

    pub(super) fn keys(&self) -> MutexGuard<'_, Vec<SlotKeys>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There may be a slot that opens by these keys, before long.
    pub(super) fn remember(&self, added: SlotKeys) {
        let mut keys = self.keys();
        if keys.contains(&added) {
            return;
        }
        if keys.len() >= SLOTS_MAX {
            // The one it was opened by may be there for ever.
            keys.remove(1);
        }
        keys.push(added);
    }

    /// What its member signs records with.
    pub(super) fn member_key(&self) -> Option<SigningKey> {
        self.seed.as_ref().map(|seed| SigningKey::from_seed(&seed.0))
    }

    pub(super) fn seed(&self) -> Option<&MemberSeed> {
        self.seed.as_ref()
    }

    /// The keyring that a root names: one that is `known`, or another that is read and opened, by
    /// the newest key of one that is known or by the slot.
    pub(super) async fn keyring<'a>(
        &self,
        store: &dyn BlobStore,
        header: &RootHeader,
        known: impl IntoIterator<Item = &'a Arc<Keyring>>,
    ) -> Result<Arc<Keyring>> {
        let known: Vec<_> = known.into_iter().collect();
        if let Some(keyring) = known.iter().find(|known| *known.hash() == header.keyring) {
            return Ok(Arc::clone(keyring));
        }
        let locked = read_keyring(store, header).await?;
        let mut keys = known.iter().filter_map(|known| known.newest_key());
        let keyring = match keys.find_map(|key| locked.open(key).ok()) {
            Some(keyring) => keyring,
            None => {
                let key = self.keys().iter().find_map(|keys| locked.key_of(keys));
                let key = key.ok_or(Error::ShutOut)?;
                locked
                    .open(&key)
                    .map_err(|error| error.in_object(&keyring_name(&header.keyring)))?
            }
        };
        Ok(Arc::new(keyring))
    }
}

/// A keyring that was opened, and the slot that it was opened by.
pub(crate) struct Opened {
    pub(crate) keyring: Arc<Keyring>,
    pub(crate) access: Access,
}

impl Opened {
    /// The same with the keyring that a root names, where it is another.
    pub(crate) async fn at(self, store: &dyn BlobStore, header: &RootHeader) -> Result<Self> {
        let keyring = self.access.keyring(store, header, [&self.keyring]).await?;
        Ok(Self { keyring, ..self })
    }
}

/// Opens the keyring that a root names. Reads it, unless it is the one that was `kept` on the
/// device.
pub(crate) async fn open_keyring(
    store: &dyn BlobStore,
    header: &RootHeader,
    kept: Option<Bytes>,
    opener: &Opener,
    ceiling: KdfParams,
) -> Result<Opened> {
    let kept = kept.filter(|kept| *blake3::hash(kept).as_bytes() == header.keyring);
    let locked = match kept {
        Some(kept) => Locked::decode(kept)?,
        None => read_keyring(store, header).await?,
    };
    let Unlocked { key, slot, seed } = locked.unlock(opener, ceiling).await?;
    let keyring = locked.open(&key);
    let keyring = keyring.map_err(|error| error.in_object(&keyring_name(&header.keyring)))?;
    Ok(Opened { keyring: Arc::new(keyring), access: Access::new(slot, seed) })
}

/// Reads a keyring, once more if it was damaged: perhaps it was so on its way alone.
async fn read_keyring(store: &dyn BlobStore, header: &RootHeader) -> Result<Locked> {
    let name = keyring_name(&header.keyring);
    let read = || async {
        let object = store.get_at_most(&name, KEYRING_BYTES_MAX).await?;
        locked(header, object)
    };
    let first = match read().await {
        Err(error) if may_heal(&error) => read().await,
        first => first,
    };
    first.map_err(|error| error.in_object(&name))
}

fn locked(header: &RootHeader, object: Object) -> Result<Locked> {
    if *blake3::hash(&object.bytes).as_bytes() != header.keyring {
        return Err(Error::ObjectCorrupt);
    }
    Locked::decode(object.bytes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_lite::future::block_on;

    use super::*;
    use crate::blob::{MemoryStore, Precondition};
    use crate::keyring::{Cost, NewSlot, SlotKind};
    use crate::platform::Environment;
    use crate::seal::{SlotSecret, seal_root};
    use crate::trust::{Chain, Label};

    const COST: Cost = Cost { params: KdfParams::CEILING, ceiling: KdfParams::CEILING };

    fn opener() -> Opener {
        Opener::Secret(SlotSecret::from_bytes([1; 32]))
    }

    async fn keyring() -> Keyring {
        let environment = Environment::default();
        let opener = opener();
        let slot = NewSlot::draw(&opener, SlotKind::Secret, "", None, COST, &environment);
        let owner = SigningKey::from_seed(&[1; 32]);
        let chain = Chain::found(&owner, [0; 16], Label::default()).unwrap();
        Keyring::create(&[slot.await.unwrap().slot], &chain, &environment).unwrap()
    }

    fn header(keyring: &Keyring) -> RootHeader {
        let keys = keyring.epochs().newest();
        let root = seal_root(keys, keyring.hash(), [0; 24], b"body").unwrap();
        RootHeader::decode(&root).unwrap()
    }

    #[test]
    fn a_keyring_that_was_kept_is_not_read_while_the_root_names_it() {
        block_on(async {
            let (store, kept, other) = (MemoryStore::new(), keyring().await, keyring().await);
            let open = async |named: &Keyring| {
                let (header, bytes) = (header(named), Some(kept.bytes().clone()));
                let opened =
                    open_keyring(&store, &header, bytes, &opener(), KdfParams::CEILING).await;
                opened.map(|opened| *opened.keyring.hash())
            };
            assert_eq!(open(&kept).await.unwrap(), *kept.hash());
            assert_eq!(open(&other).await.unwrap_err().code(), "object-missing");
            let bytes = other.bytes().clone();
            store.put(&other.name(), bytes, Precondition::Absent).await.unwrap();
            assert_eq!(open(&other).await.unwrap(), *other.hash());
        });
    }
}
