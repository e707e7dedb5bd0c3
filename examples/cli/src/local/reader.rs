//! What is known of a local file besides its content.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sealwood::path::EntryName;

use crate::failure::{Failure, Result};

/// When the file was last modified, in whole milliseconds since 1970, negative before; nothing where
/// the system does not say. A time that a vault cannot keep stays one that it cannot keep.
pub(crate) fn modified_ms(metadata: &Metadata) -> Option<i64> {
    const NANOS_A_MS: i128 = 1_000_000;
    let nanos = match metadata.modified().ok()?.duration_since(UNIX_EPOCH) {
        Ok(after) => after.as_nanos().cast_signed(),
        Err(before) => -before.duration().as_nanos().cast_signed(),
    };
    let ms = nanos.div_euclid(NANOS_A_MS).clamp(i64::MIN.into(), i64::MAX.into());
    i64::try_from(ms).ok()
}

/// The same as the system says it, where it can.
pub(crate) fn system_time(ms: i64) -> Option<SystemTime> {
    let distance = Duration::from_millis(ms.unsigned_abs());
    if ms < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) }
}

/// The media type that the name suggests.
pub(crate) fn content_type_of(name: &str) -> Option<String> {
    mime_guess::from_path(name).first_raw().map(str::to_owned)
}

/// The name a vault gives to the local file at `path`.
pub(crate) fn vault_name(path: &Path) -> Result<EntryName> {
    let refused = |code, reason| Failure::LocalRefused { code, reason, path: path.to_owned() };
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| refused("path-not-utf8", "the name is not UTF-8"))?;
    Ok(EntryName::new(name)?)
}

/// The same for a path such as `.`, which does not say its own name.
pub(crate) fn own_name(path: &Path) -> Result<EntryName> {
    if path.file_name().is_some() {
        return vault_name(path);
    }
    let whole = path.canonicalize().map_err(|error| Failure::local(path, error))?;
    vault_name(&whole)
}
