//! A root that was sent: whether the store holds it, intact.
//!
//! The root is one object without a second copy. On a store that does not confirm what it was
//! sent, a commit counts when the root was read back; a root that was cut or altered on its way is
//! put again from memory, under the tag it was found with.
//!
//! A put may also take effect without an answer. The root that is found tells: it is ours, or it
//! names ours as the one before it, or its tail lists all that came since.

use bytes::Bytes;

use super::commit::Draft;
use super::root::{ROOT_KEY, Root};
use super::session::{get_root, open_root};
use super::stats::Counters;
use crate::blob::{BlobStore, ETag, Object, Precondition};
use crate::error::{Error, Result};
use crate::seal::{KeySlot, Keys, RootHeader, salt_offset};

/// How often a root that was stored damaged is put again before the store is given up on.
const MENDS_MAX: u32 = 4;

/// The bytes of a root that was put, while the store may hold a damaged copy of them.
#[derive(Clone)]
pub(super) struct Sent {
    bytes: Bytes,
    /// The tag the store gave, if it answered.
    etag: Option<ETag>,
    /// Where the bytes begin that no other root of the vault shares.
    own: usize,
}

impl Sent {
    pub(super) fn new(bytes: Bytes, slot: &KeySlot) -> Self {
        Self { bytes, etag: None, own: salt_offset(slot) }
    }

    /// The same, once the store took it and gave this tag.
    pub(super) fn answered(self, etag: ETag) -> Self {
        Self { etag: Some(etag), ..self }
    }

    /// Whether `found` is what became of this root. All after the key slot is random or sealed under
    /// randomness, so two roots agree there in one byte of 256, and a damaged copy in most. Another
    /// writer's root that was damaged on the way here is never taken for ours.
    fn became(&self, found: &Object) -> bool {
        if self.etag.as_ref() == Some(&found.etag) {
            return true;
        }
        let (Some(sent), Some(found)) = (self.bytes.get(self.own..), found.bytes.get(self.own..))
        else {
            return false;
        };
        let same = sent.iter().zip(found).filter(|(sent, found)| sent == found).count();
        2 * same > found.len()
    }
}

/// A root as the store holds it.
pub(super) struct FetchedRoot {
    pub(super) root: Root,
    pub(super) hash: [u8; 32],
    pub(super) etag: ETag,
}

/// Reads and opens the root the store holds. If it does not open and is a damaged copy of what
/// was sent, that is put again.
pub(super) async fn fetch_root(
    store: &dyn BlobStore,
    keys: &Keys,
    sent: Option<&Sent>,
    counters: &Counters,
) -> Result<FetchedRoot> {
    let mut unreadable = None;
    for _ in 0..=MENDS_MAX {
        let object = get_root(store).await?;
        let opened = RootHeader::decode(&object.bytes)
            .and_then(|header| open_root(keys, &header, &object.bytes));
        let error = match opened {
            Ok((root, hash)) => return Ok(FetchedRoot { root, hash, etag: object.etag }),
            Err(error) => error,
        };
        let Some(sent) = sent.filter(|sent| sent.became(&object)) else {
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

/// What became of a draft.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is part of the vault's history.
    Committed,
    /// The root it builds on is still the newest.
    Absent,
    /// Another root took its place.
    Lost,
    /// Several commits came in between, and nothing tells whether it was one of them.
    Unknown,
}

/// What the root found says of a draft.
pub(super) fn fate(draft: &Draft, found: &FetchedRoot) -> Fate {
    if found.hash == draft.root_hash || found.root.previous == draft.root_hash {
        return Fate::Committed;
    }
    let commits = found.root.sequence.saturating_sub(draft.root.sequence - 1);
    match commits {
        0 => return Fate::Absent,
        // Its own place, or the one after: both name the root before them.
        1 | 2 => return Fate::Lost,
        _ => {}
    }
    let tail = &found.root.tail;
    if tail.commits != draft.base_commits.saturating_add(commits) {
        // Somebody spilled. What is in the tail came after that.
        return Fate::Unknown;
    }
    let ours = || draft.groups.iter().flat_map(|group| group.ops.iter());
    let first = tail.ops.get(draft.base_operations..).unwrap_or_default();
    let same = first.len() >= ours().count() && first.iter().zip(ours()).all(|(a, b)| a.is_same(b));
    if same && !draft.spilled { Fate::Committed } else { Fate::Lost }
}
