//! Where objects live.
//!
//! This room owns the [`BlobStore`] trait, its adapters and its wrappers. A store maps keys to
//! immutable byte strings, plus one mutable object (the root) that is only ever replaced under a
//! [`Precondition`]. The contract is the public suite in `conformance`, with the feature `testing`:
//! an implementation that passes it can hold a vault. A store is trusted with no content: what it
//! loses or alters is noticed above when it is read. What a store can do unnoticed is in
//! `docs/THREATS.md`.

mod directory;
#[cfg(feature = "engine")]
mod engine;
#[cfg(feature = "testing")]
mod faulty;
mod forward;
mod hold;
mod immutable;
mod key;
mod memory;
#[cfg(feature = "testing")]
mod metered;
#[cfg(feature = "testing")]
mod method;
mod options;
mod probe;
mod probed;
mod retrying;
#[cfg(feature = "s3")]
mod s3;
mod shared;

#[cfg(feature = "testing")]
pub mod conformance;

use bytes::Bytes;
use futures_util::future::join_all;

#[cfg(feature = "s3")]
pub use crate::platform::http::{HttpMethod, HttpRequest};
pub use directory::DirectoryStore;
#[cfg(feature = "engine")]
pub use engine::EngineStore;
#[cfg(feature = "testing")]
pub use faulty::{Call, Fault, FaultMode, FaultyStore};
pub use hold::{Hold, HoldMode, Holders};
pub(crate) use immutable::{Guess, Stored, store_immutable};
pub use key::{KEY_BYTES_MAX, LIST_LIMIT_MAX, check_key, check_length, check_limit, check_prefix};
pub use memory::MemoryStore;
#[cfg(feature = "testing")]
pub use metered::{MeteredStore, Metrics, RequestRecord};
#[cfg(feature = "testing")]
pub use method::Method;
pub use options::{StoreGetOptions, StorePutOptions};
pub use probe::{Leftover, PROBE_KEY, probe_conditional_puts};
pub(crate) use probed::ProbedStore;
pub use probed::{Probe, ProbeMemory};
pub use retrying::{RetryPolicy, RetryingStore};
#[cfg(feature = "s3")]
pub use s3::{
    S3Access, S3Config, S3Credentials, S3KeySource, S3Lease, S3Signer, S3Signing, S3Store, S3Style,
};

#[cfg(feature = "fuzzing")]
pub(crate) use s3::{Listing, object, range, refusal};

use crate::error::{Error, Result};
use crate::platform::{BoxFuture, MaybeSend, MaybeSync};

/// The version tag of one state of one object. Equal tags mean equal bytes.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ETag(pub String);

impl ETag {
    /// The tag that a store without tags of its own gives to `bytes`.
    pub fn of_content(bytes: &[u8]) -> Self {
        Self(hex::encode(&blake3::hash(bytes).as_bytes()[..16]))
    }
}

/// What must hold for a put to take effect.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing: create or replace.
    #[default]
    None,
    /// There is no object at the key (`If-None-Match: *`).
    Absent,
    /// The object at the key has this tag (`If-Match`).
    Matches(ETag),
}

/// An object and its tag.
#[derive(Debug, Clone)]
pub struct Object {
    /// The whole content.
    pub bytes: Bytes,
    /// The tag of this state.
    pub etag: ETag,
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectMeta {
    /// The object's key.
    pub key: String,
    /// The object's size, in bytes.
    pub size: u64,
    /// When the object was last put by the clock of the store, in milliseconds since
    /// 1970-01-01T00:00:00Z, perhaps to the second only; `None` if the store does not tell.
    pub modified_ms: Option<u64>,
    /// The tag of this state; `None` if the store would have to read the object for it.
    pub etag: Option<ETag>,
}

impl ObjectMeta {
    /// The object of `size` bytes at `key`, of which no more is known.
    pub fn new(key: impl Into<String>, size: u64) -> Self {
        Self { key: key.into(), size, modified_ms: None, etag: None }
    }

    /// The same, put at `modified_ms`, where that is known.
    pub fn with_modified_ms(mut self, modified_ms: impl Into<Option<u64>>) -> Self {
        self.modified_ms = modified_ms.into();
        self
    }

    /// The same, with the tag, where that is known.
    pub fn with_etag(mut self, etag: impl Into<Option<ETag>>) -> Self {
        self.etag = etag.into();
        self
    }
}

/// An object that [`BlobStore::delete_many`] did not remove.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NotDeleted {
    /// The object's key.
    pub key: String,
    /// Why it may still be there.
    pub error: Error,
}

impl NotDeleted {
    /// The object at `key`, whose removal failed with `error`.
    pub fn new(key: impl Into<String>, error: Error) -> Self {
        Self { key: key.into(), error }
    }
}

/// What [`BlobStore::compare`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// There is no object.
    Nothing,
    /// The object holds exactly the bytes asked about.
    Same,
    /// The object, whose tag this is, holds other bytes.
    Other(ETag),
}

/// One page of a listing.
#[derive(Debug, Clone, Default)]
pub struct ObjectPage {
    /// Objects in ascending byte order of their keys.
    pub objects: Vec<ObjectMeta>,
    /// Where to go on: pass as `start_after` of the next call. `None` at the end.
    pub next: Option<String>,
}

/// How many deletes the default body of [`BlobStore::delete_many`] has under way at a time.
const DELETES_AT_ONCE_MAX: usize = 8;

/// A place for objects. Keys are 1 to 255 bytes of `[a-z0-9/_-]`, no segment empty; callers give
/// no others, and a store may refuse them with
/// [`Error::InvalidArgument`] (see [`check_key`]).
///
/// Every method takes `&self` and may be called concurrently. Dropping a returned future is
/// always safe: the operation then happens wholly or not at all, and may do so later. The same
/// holds after [`Error::StoreUnavailable`], [`Error::StoreFailed`] and [`Error::OutcomeUnknown`]. A
/// put whose precondition does not hold by then changes nothing, however late it comes. After
/// [`Error::PreconditionFailed`], [`Error::ConditionalPutUnsupported`], [`Error::StoreFull`] and
/// [`Error::StoreDenied`] nothing was changed, nor will be.
///
/// A store implements [`get_with`](BlobStore::get_with), [`put_with`](BlobStore::put_with),
/// [`delete`](BlobStore::delete) and [`list`](BlobStore::list). Everything else has a body, which a
/// store replaces where it can do better or promise more, and so will have whatever is added. A
/// wrapper passes on every method but [`get`](BlobStore::get),
/// [`get_at_most`](BlobStore::get_at_most) and [`put`](BlobStore::put), which are calls of
/// `get_with` and `put_with`.
pub trait BlobStore: MaybeSend + MaybeSync + 'static {
    /// The object at `key`. [`Error::ObjectMissing`] if there is none,
    /// [`Error::ObjectCorrupt`] if it has more than
    /// [`bytes_max`](StoreGetOptions::bytes_max) bytes. A store that learns the size first reads no
    /// more than that; one that does not looks afterwards ([`StoreGetOptions::check_size`]).
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>>;

    /// Writes the object at `key` whole and durably, if the
    /// [`precondition`](StorePutOptions::precondition) holds; otherwise changes nothing and fails
    /// with [`Error::PreconditionFailed`]. That answer means that no try of this put took effect: a
    /// store that tries again by itself after a lost answer says [`Error::OutcomeUnknown`] instead,
    /// if it cannot tell.
    /// Returns the tag of what was written. Readers see the old object or the new one, never a mix.
    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>>;

    /// Removes the object at `key`; succeeds if there is none.
    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>>;

    /// Up to `limit` (1 to 1,000) objects whose keys start with `prefix` and come after
    /// `start_after`, ascending.
    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>>;

    /// The object at `key`, of whatever size: [`get_with`](BlobStore::get_with) without a wish.
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Object>> {
        self.get_with(key, &StoreGetOptions::ANY)
    }

    /// The object at `key`, which nobody has vouched for yet, if it has at most `bytes_max` bytes;
    /// [`get_with`](BlobStore::get_with) with that limit. [`Error::ObjectCorrupt`] if it has more,
    /// also from a store that did not look.
    fn get_at_most<'a>(&'a self, key: &'a str, bytes_max: u64) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            let options = StoreGetOptions::ANY.with_bytes_max(bytes_max);
            let object = self.get_with(key, &options).await?;
            options.check_size(object.bytes.len() as u64)?;
            Ok(object)
        })
    }

    /// Writes the object at `key` if `precondition` holds: [`put_with`](BlobStore::put_with) with
    /// no other wish.
    fn put<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        precondition: Precondition,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move { self.put_with(key, bytes, &precondition.into()).await })
    }

    /// `length` bytes of the object at `key` from `offset` on; fewer where the object ends first.
    /// [`Error::ObjectMissing`] if there is no object,
    /// [`Error::ObjectTruncated`] if it ends at or before `offset`.
    /// `length` is at least 1. The default body gets the whole object.
    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            check_length(length)?;
            slice(&self.get(key).await?.bytes, offset, length)
        })
    }

    /// What is known of the object at `key`, or `None` if there is none. The default body lists it.
    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            // What a key starts comes after it.
            let first = self.list(key, None, 1).await?.objects.into_iter().next();
            Ok(first.filter(|meta| meta.key == key))
        })
    }

    /// Removes the objects at `keys`, as [`delete`](BlobStore::delete) does; returns those that
    /// were not removed, or of which nobody knows. The default body deletes one by one, up to 8 at
    /// a time.
    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        Box::pin(async move {
            let mut failed = Vec::new();
            for keys in keys.chunks(DELETES_AT_ONCE_MAX) {
                let outcomes = join_all(keys.iter().map(|key| self.delete(key))).await;
                let outcomes = keys.iter().zip(outcomes);
                failed.extend(outcomes.filter_map(|(key, outcome)| {
                    outcome.err().map(|error| NotDeleted::new(key, error))
                }));
            }
            failed
        })
    }

    /// Whether the object at `key` holds exactly `bytes`. Reads the object, unless the store can
    /// tell by less: a checksum it keeps of what it holds.
    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found>> {
        Box::pin(async move { compare_by_reading(self, key, &bytes).await })
    }

    /// Whether a put that succeeds is known to have stored exactly the bytes given. A store that
    /// says so checks what it received against a checksum that was made before the bytes went on
    /// their way, refuses what was cut off or altered, and keeps nothing of it. Where it is not
    /// known, a root is read back before its commit counts.
    fn confirms_puts(&self) -> bool {
        false
    }

    /// Whether the store honours preconditions by construction, those of puts that race included:
    /// it checks and writes in one step. One of which this is not known is tried before a vault
    /// is written to it; see [`Probe`].
    fn honours_conditions(&self) -> bool {
        false
    }

    /// A text that identifies the store wherever and by whomever it is opened, such as the URL of
    /// its bucket; without secrets. `None` if there is nothing of the kind.
    fn identity(&self) -> Option<String> {
        None
    }

    /// Holds the store, together with others or alone ([`HoldMode`]), until the answer is dropped.
    /// It counts in every process that has the store open. Returns `None` if it is to be held alone
    /// and is not free, and always for a store that cannot coordinate its users: there a put that
    /// fails leaves its extents.
    ///
    /// In a store that can be held, a delete whose future has ended does not happen later, and a
    /// put under [`Precondition::Absent`] succeeds only if it made the object. Removals made under
    /// a hold are carried to their end, natively on a thread of the crate's.
    fn hold(&self, _mode: HoldMode) -> BoxFuture<'_, Result<Option<Hold>>> {
        Box::pin(async { Ok(None) })
    }

    /// Makes everything acknowledged so far durable. A store that is durable on return of each
    /// call does nothing here, as the default body.
    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    /// Whether [`flush`](BlobStore::flush) would have anything to do; it is not called otherwise. A
    /// store with a `flush` of its own has this too: the default body says never.
    fn needs_flush(&self) -> bool {
        false
    }
}

/// Refuses an object that is larger than any of its kind.
fn check_at_most(size: u64, bytes_max: u64) -> Result<()> {
    if size > bytes_max { Err(Error::ObjectCorrupt) } else { Ok(()) }
}

/// Whether the object at `key` holds exactly `bytes`, whatever else the store tells of it.
async fn compare_by_reading<S: BlobStore + ?Sized>(
    store: &S,
    key: &str,
    bytes: &Bytes,
) -> Result<Found> {
    match store.get(key).await {
        Ok(object) if object.bytes == *bytes => Ok(Found::Same),
        Ok(object) => Ok(Found::Other(object.etag)),
        Err(Error::ObjectMissing) => Ok(Found::Nothing),
        Err(error) => Err(error),
    }
}

/// `length` bytes of `bytes` from `offset` on, as [`BlobStore::get_range`] gives them.
fn slice(bytes: &Bytes, offset: u64, length: u64) -> Result<Bytes> {
    let size = bytes.len() as u64;
    if offset >= size {
        return Err(Error::ObjectTruncated);
    }
    let end = size.min(offset.saturating_add(length));
    Ok(bytes.slice(offset as usize..end as usize))
}
