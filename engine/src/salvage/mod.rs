//! What can still be read of an engine that is damaged, without opening it.
//!
//! Nothing is written, and nothing of what is there is needed as a whole: not the manifest, not the
//! frames, no header and no footer. What is whole says so itself, by its checksum, and where it
//! belongs in time, by its revision. So the newest state of a key is that of the highest revision
//! among what is whole: the entry of the last checkpoint ([`checkpoint`]) and the records of the
//! log ([`log`]). [`evidence`] puts them together.
//!
//! What is missing had revisions too. They are known within bounds, from what is whole around a
//! damaged place, and a key whose state is older than the last of them may have been changed since:
//! that is said of it ([`Certainty`]).
//!
//! In memory are the keys, each with some 200 bytes, and never their values. [`open`] makes the
//! same evidence an engine to read from.

mod checkpoint;
mod evidence;
mod given;
mod log;
mod open;

use std::collections::HashSet;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;

pub use given::{Certainty, Salvage, Salvaged, SalvagedKey};
pub(super) use open::open;

use self::evidence::Evidence;
use self::given::Content;
use super::expiry::Expiry;
use super::files::io_error;
use super::finding::{Finding, FindingKind};
use super::index_key::IndexKey;
use super::value_ref::ValueRef;
use super::values::Values;
use crate::disk::{Disk, DiskLock, Handles, LockMode};
use crate::error::{Error, Result};
use crate::segment_id::SegmentId;
use sealwood_base::SystemEntropy;

/// How many files are kept open for reading.
const OPEN_FILES_MAX: usize = 16;

/// What reading needs.
struct Reading {
    disk: Arc<dyn Disk>,
    handles: Arc<Handles>,
    values: Values,
    /// Keeps writers out; none where the disk cannot be locked, as one that is mounted to read.
    _lock: Option<Box<dyn DiskLock>>,
}

impl Reading {
    fn begin(disk: Arc<dyn Disk>) -> Result<Self> {
        let lock = match disk.lock(LockMode::Shared) {
            Ok(lock) => Some(lock),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                return Err(Error::StoreLocked);
            }
            Err(_) => None,
        };
        let handles = Arc::new(Handles::new(disk.clone(), OPEN_FILES_MAX));
        let values = Values::new(disk.clone(), handles.clone(), &SystemEntropy)?;
        Ok(Self { disk, handles, values, _lock: lock })
    }
}

/// See [`Engine::salvage`](super::Engine::salvage).
pub(super) fn salvage(
    disk: Arc<dyn Disk>,
    each: &mut dyn FnMut(Salvaged<'_>) -> ControlFlow<()>,
) -> Result<Salvage> {
    let reading = Reading::begin(disk)?;
    let mut evidence = Evidence::gather(&reading)?;
    let mut salvage = Salvage::default();
    let mut give = |salvaged: Salvaged<'_>| match salvaged {
        // With more memory or handles it is there.
        Salvaged::Finding(finding) if finding.error.is_scarcity() => Err(finding.error),
        salvaged => match each(salvaged) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        },
    };
    for finding in std::mem::take(&mut evidence.findings) {
        give(salvage.found(finding))?;
    }
    let mut named = HashSet::new();
    for (full, known) in &evidence.keys {
        let Some(state) = known.newest() else { continue };
        let (namespace_id, key) = IndexKey::split(full)?;
        if let Some(value) = state.separated() {
            named.insert(value);
        }
        let content = match Content::check(&reading, &state) {
            Ok(content) => content,
            Err(error) => {
                let namespace = evidence.name_of(namespace_id).map(str::to_owned);
                give(salvage.found(Finding::of_value(namespace, key, error)))?;
                continue;
            }
        };
        let certainty = evidence.certainty(known, &state);
        salvage.keys += 1;
        salvage.value_bytes += content.len();
        salvage.uncertain += u64::from(certainty == Certainty::MaybeChanged);
        let key = SalvagedKey {
            namespace: evidence.name_of(namespace_id),
            namespace_id,
            key,
            revision: state.revision,
            expires_at: Expiry::of_stored(state.expires_at_ms),
            certainty,
            content: &content,
            reading: &reading,
        };
        give(Salvaged::Key(key))?;
    }
    for value in unnamed(&reading, &named)? {
        let file = super::values::file_name(&value);
        let error = Error::StoreCorrupt { what: "value without a key", file, offset: 0 };
        give(salvage.found(Finding::new(FindingKind::UnnamedValue, error)))?;
    }
    Ok(salvage)
}

/// The whole separated values that no key names.
fn unnamed(reading: &Reading, named: &HashSet<ValueRef>) -> Result<Vec<ValueRef>> {
    let mut values = reading.values.list()?;
    values.retain(|value| !named.contains(value) && reading.values.verify(value).is_ok());
    Ok(values)
}

/// The files of the log, by number.
fn segment_numbers(disk: &dyn Disk) -> Result<Vec<SegmentId>> {
    let files = disk.list(super::files::LOG).map_err(io_error)?;
    Ok(files.iter().filter_map(|info| super::files::segment_of(&info.name)).collect())
}
