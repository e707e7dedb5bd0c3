//! The record of one vault in a store of the device.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::codec::{self, RECORD_BYTES_MAX};
use super::merge::News;
use super::record::{DeviceRecord, Position};
use crate::blob::{BlobStore, ETag, Precondition, Probe, ProbedStore};
use crate::error::{Error, Result};
use crate::platform::Environment;
use crate::seal::{DeviceSecret, RECORD_SEAL_BYTES};
use crate::trust::{SigningKey, VaultId};

/// How often an update is tried that others win. Each time one of them has got further.
const ATTEMPTS_MAX: u32 = 256;
/// How often a put is made again of which nobody knows whether it took effect.
const DOUBTS_MAX: u32 = 2;

/// What this device remembers of one vault, in a store of the device.
///
/// Several may be open for one vault, in one process and in several.
pub struct DeviceState {
    store: Arc<dyn BlobStore>,
    secret: DeviceSecret,
    vault: VaultId,
    environment: Environment,
    key: String,
    last: Mutex<Option<Found>>,
}

/// The record as it was at some moment.
struct Found {
    record: Option<DeviceRecord>,
    etag: Option<ETag>,
    /// Whether it was written from here, and that was acknowledged. Whoever is writing what is read
    /// may not be done, so a crash may still undo it.
    is_durable: bool,
}

impl DeviceState {
    /// What the device of this secret remembers, in `store`, of the vault of this id. Nothing is
    /// read yet. A store that is not known to honour conditions is tried before the first write.
    pub fn new(
        store: Arc<dyn BlobStore>,
        secret: DeviceSecret,
        vault: VaultId,
        environment: Environment,
    ) -> Self {
        let store = ProbedStore::opened(store, &environment, &Probe::OncePerProcess);
        let key = secret.record_name(vault.as_bytes());
        Self { store, secret, vault, environment, key, last: Mutex::new(None) }
    }

    /// The vault.
    pub fn vault(&self) -> VaultId {
        self.vault
    }

    /// What this device signs with in the vault.
    pub fn signing_key(&self) -> SigningKey {
        SigningKey::from_seed(&self.secret.signing_seed(self.vault.as_bytes()))
    }

    /// The key of its object in the store.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Reads what is remembered; `None` if nothing is, as before the first time and after
    /// [`forget`](Self::forget). [`Error::Damaged`] if the record was altered or cut off.
    pub async fn load(&self) -> Result<Option<DeviceRecord>> {
        Ok(self.read().await?.record)
    }

    /// Adds news to what is remembered and returns all of it, which is durable then.
    ///
    /// It may hold a later root than the news did. Errors are those of
    /// [`DeviceRecord::merged`] and of the store; after one of the store the news may be
    /// remembered or not, and nothing else is lost.
    pub async fn update(&self, news: &News) -> Result<DeviceRecord> {
        self.change(|record| record.merged(news)).await
    }

    /// Takes up another history, with the number that this device has in it, in the place of the
    /// one in which `left` is the root accepted last. That is a decision of the user: to accept a
    /// restored backup, or a branch. Sessions that go on in the history that was left are told so
    /// ([`Error::Conflict`]) when they next update a root.
    pub async fn take_up(
        &self,
        left: Option<&Position>,
        taken: &Position,
        device: Option<u32>,
    ) -> Result<DeviceRecord> {
        self.change(|record| {
            // A put in doubt may have done it.
            let line = left.map_or(0, |left| left.line) + 1;
            let is_taken = |here: &Position| here.line == line && here.kept == taken.kept;
            let is_done = record.position.as_ref().is_some_and(is_taken);
            if is_done { Ok(record) } else { record.with_history(left, taken, device) }
        })
        .await
    }

    /// Forgets everything of this vault. The next contact is the first one then: an older root
    /// than one that was seen is not noticed. A session that is still open remembers anew what it
    /// learns from then on.
    pub async fn forget(&self) -> Result<()> {
        self.last().take();
        self.store.delete(&self.key).await
    }

    /// Puts what `change` makes of the record in its place, anew whenever somebody else came first.
    async fn change(
        &self,
        change: impl Fn(DeviceRecord) -> Result<DeviceRecord>,
    ) -> Result<DeviceRecord> {
        let mut doubts = 0;
        let mut kept = self.last().take();
        for _ in 0..ATTEMPTS_MAX {
            let is_old = kept.is_some();
            let found = match kept.take() {
                Some(found) => found,
                None => self.read().await?,
            };
            let wanted = match change(found.record.clone().unwrap_or_default()) {
                // It may not fit to the record as it is by now.
                Err(_) if is_old => continue,
                wanted => wanted?,
            };
            if found.is_durable && found.record.as_ref() == Some(&wanted) {
                if self.read().await?.etag != found.etag {
                    continue;
                }
                self.keep(found);
                return Ok(wanted);
            }
            let precondition = found.etag.map_or(Precondition::Absent, Precondition::Matches);
            match self.store.put(&self.key, self.seal(&wanted)?, precondition).await {
                Ok(etag) => {
                    let record = Some(wanted.clone());
                    self.keep(Found { record, etag: Some(etag), is_durable: true });
                    return Ok(wanted);
                }
                Err(Error::PreconditionFailed) => {}
                Err(error) if is_in_doubt(&error) && doubts < DOUBTS_MAX => doubts += 1,
                Err(error) => return Err(error),
            }
        }
        Err(Error::CommitContention { attempts: ATTEMPTS_MAX })
    }

    async fn read(&self) -> Result<Found> {
        let bytes_max = (RECORD_BYTES_MAX + RECORD_SEAL_BYTES) as u64;
        let found = match self.store.get_at_most(&self.key, bytes_max).await {
            Ok(object) => self.open(&object.bytes).map(|record| (Some(record), Some(object.etag))),
            Err(Error::ObjectMissing) => Ok((None, None)),
            Err(error) => Err(error),
        };
        let (record, etag) = found.map_err(|error| error.in_object(&self.key))?;
        Ok(Found { record, etag, is_durable: false })
    }

    fn keep(&self, found: Found) {
        *self.last() = Some(found);
    }

    fn last(&self) -> MutexGuard<'_, Option<Found>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// No two writes of a record have the same bytes, so a tag never comes back.
    fn seal(&self, record: &DeviceRecord) -> Result<Bytes> {
        let plaintext = codec::encode(record)?;
        let salt = self.environment.random()?;
        Ok(self.secret.seal_record(self.vault.as_bytes(), salt, &plaintext)?.into())
    }

    fn open(&self, sealed: &[u8]) -> Result<DeviceRecord> {
        codec::decode(&self.secret.open_record(self.vault.as_bytes(), sealed)?)
    }
}

impl std::fmt::Debug for DeviceState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceState").field("key", &self.key).finish_non_exhaustive()
    }
}

/// Whether a put that failed so may have taken effect, or may yet.
fn is_in_doubt(error: &Error) -> bool {
    matches!(
        error,
        Error::OutcomeUnknown | Error::StoreUnavailable { .. } | Error::StoreFailed { .. }
    )
}
