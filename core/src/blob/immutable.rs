//! Objects that are never changed: extents and packs.
//!
//! The name of an extent follows from its chunks, and that of a pack is used once. So what is at a
//! name should be what is to be put there, but a name that is taken proves nothing: a server may
//! have kept an upload that was cut off, a disk may have damaged the object, and whoever may write
//! to the store may have put another one there. What is there is compared, and replaced if it is
//! wrong.

use bytes::Bytes;

use super::{BlobStore, Found, Precondition, compare_by_reading};
use crate::error::{Error, Result};

/// Rounds of comparing and putting before an object counts as one that cannot be put right. Each
/// round that fails means that somebody changed the object in between.
const ROUNDS_MAX: u32 = 8;

/// What is thought to be at a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    /// Nothing: the bytes are sent at once.
    Absent,
    /// The very object: it is compared first, which sends no body.
    Present,
    /// An object that was read and held other bytes. It is read again: what the store tells of it
    /// without, such as a checksum of what it once received, may still be that of the right one.
    Damaged,
}

/// How an object came to be at its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Nothing was there, and it was put there now.
    Created,
    /// Something else was there, and it took its place.
    Replaced,
    /// It was there.
    Found,
}

/// Makes sure that the object at `key` holds exactly `bytes`.
///
/// [`Error::Damaged`] if it holds others and could not be replaced. After any error nobody knows
/// what is there.
pub(crate) async fn store_immutable(
    store: &dyn BlobStore,
    key: &str,
    bytes: Bytes,
    guess: Guess,
) -> Result<Stored> {
    let mut condition = match guess {
        Guess::Absent => Precondition::Absent,
        Guess::Present | Guess::Damaged => match compare(store, key, &bytes, guess).await? {
            None => return Ok(Stored::Found),
            Some(condition) => condition,
        },
    };
    for _ in 0..ROUNDS_MAX {
        let stored = match condition {
            Precondition::Absent => Stored::Created,
            Precondition::None | Precondition::Matches(_) => Stored::Replaced,
        };
        match store.put(key, bytes.clone(), condition).await {
            Err(Error::PreconditionFailed) => {}
            outcome => return outcome.map(|_| stored),
        }
        match compare(store, key, &bytes, guess).await? {
            None => return Ok(Stored::Found),
            Some(next) => condition = next,
        }
    }
    Err(Error::ObjectCorrupt.in_object(key))
}

/// `None` if the object at `key` holds `bytes`, else the precondition under which to put them.
async fn compare(
    store: &dyn BlobStore,
    key: &str,
    bytes: &Bytes,
    guess: Guess,
) -> Result<Option<Precondition>> {
    let found = match guess {
        Guess::Absent | Guess::Present => store.compare(key, bytes.clone()).await,
        Guess::Damaged => compare_by_reading(store, key, bytes).await,
    };
    let replaced_under = match found {
        Ok(Found::Same) => return Ok(None),
        Ok(Found::Nothing) => return Ok(Some(Precondition::Absent)),
        Ok(Found::Other(etag)) => Precondition::Matches(etag),
        // Not even the store can read it, so it has no tag. Nobody puts other bytes there than
        // these, so that nothing is lost.
        Err(Error::ObjectCorrupt | Error::ObjectTruncated | Error::StoreCorrupt { .. }) => {
            Precondition::None
        }
        Err(error) => return Err(error),
    };
    log::warn!("an object holds other bytes than its name says and is replaced");
    Ok(Some(replaced_under))
}
