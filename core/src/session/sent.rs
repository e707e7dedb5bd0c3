//! A root that was sent: whether the store holds it, intact.
//!
//! The root is one object without a second copy. On a store that does not confirm what it was
//! sent, a commit counts when the root was read back; a root that was cut or altered on its way is
//! put again from memory, under the tag it was found with.

use std::sync::{Arc, OnceLock};

use bytes::Bytes;

use super::access::Access;
use super::stats::Counters;
use super::stored_root::{StoredRoot, get_root};
use crate::blob::{BlobStore, ETag, Object, Precondition};
use crate::error::{Error, Result};
use crate::forest::ROOT_KEY;
use crate::keyring::Keyring;
use crate::packs::may_heal;
use crate::seal::{RootHeader, SALT_OFFSET};

/// How often a root that was stored damaged is put again before the store is given up on.
const MENDS_MAX: u32 = 4;

/// The bytes of a root that was put, while the store may hold a damaged copy of them.
/// Clones share the answer.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) bytes: Bytes,
    /// The keyring that it names.
    keyring: Arc<Keyring>,
    /// The tag the store gave, if it answered.
    etag: Arc<OnceLock<ETag>>,
}

impl Sent {
    pub(super) fn new(bytes: Bytes, keyring: &Arc<Keyring>) -> Self {
        Self { bytes, keyring: Arc::clone(keyring), etag: Arc::default() }
    }

    /// The store took it and gave this tag.
    pub(super) fn was_answered(&self, etag: ETag) {
        let _ = self.etag.set(etag);
    }

    /// Whether `found` is what became of this root. All after the keyring's hash is random or
    /// sealed under randomness, so two roots agree there in one byte of 256, and a damaged copy in
    /// most. Another writer's root that was damaged on the way here is never taken for ours.
    fn became(&self, found: &Object) -> bool {
        if self.etag.get() == Some(&found.etag) {
            return true;
        }
        let (Some(sent), Some(found)) =
            (self.bytes.get(SALT_OFFSET..), found.bytes.get(SALT_OFFSET..))
        else {
            return false;
        };
        let same = sent.iter().zip(found).filter(|(sent, found)| sent == found).count();
        2 * same > found.len()
    }
}

/// Reads and opens the root the store holds. If it does not open and is a damaged copy of one that
/// was sent, that one is put again.
pub(super) async fn fetch_root(
    store: &dyn BlobStore,
    access: &Access,
    at_hand: &Arc<Keyring>,
    sent: &[Sent],
    counters: &Counters,
) -> Result<StoredRoot> {
    let mut unreadable = None;
    for _ in 0..=MENDS_MAX {
        let object = get_root(store).await?;
        let known = sent.iter().map(|sent| &sent.keyring).chain([at_hand]);
        let opened = opened(store, access, known, &object).await;
        let error = match opened {
            Ok(root) => return Ok(root),
            Err(error) if !is_damage(&error) => return Err(error),
            Err(error) => error,
        };
        let Some(sent) = sent.iter().find(|sent| sent.became(&object)) else {
            // Perhaps it was damaged on its way here alone.
            if unreadable.replace(object.bytes.clone()) == Some(object.bytes) {
                return Err(error.in_object(ROOT_KEY));
            }
            continue;
        };
        log::warn!("the root was stored damaged and is put again: {}", error.code());
        counters.root(sent.bytes.len());
        let condition = Precondition::Matches(object.etag);
        match store.put(ROOT_KEY, sent.bytes.clone(), condition).await {
            Ok(_) | Err(Error::PreconditionFailed) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::ObjectCorrupt.in_object(ROOT_KEY))
}

/// The root in `object`, with the keyring that it names.
async fn opened<'a>(
    store: &dyn BlobStore,
    access: &Access,
    known: impl IntoIterator<Item = &'a Arc<Keyring>>,
    object: &Object,
) -> Result<StoredRoot> {
    let header = RootHeader::decode(&object.bytes)?;
    let keyring = access.keyring(store, &header, known).await?;
    StoredRoot::open(keyring, &header, object)
}

/// Whether the bytes that came are at fault.
fn is_damage(error: &Error) -> bool {
    may_heal(error) || matches!(error, Error::Damaged { .. } | Error::UnsupportedVersion { .. })
}
