//! What is known of a local file besides its content.

use std::fs::Metadata;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sealwood::path::{EntryName, PathRule};

use crate::failure::{Failure, Result};

/// When the file was last modified, in whole milliseconds since 1970, negative before; nothing
/// where the system does not say. A time that a vault cannot keep stays one that it cannot keep.
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
    let name = path.file_name().and_then(|name| name.to_str());
    let name = name.ok_or_else(|| name_refused(PathRule::NotUtf8, path))?;
    EntryName::new(name).map_err(|rule| name_refused(rule, path))
}

/// The same for a path such as `.`, which does not say its own name; `None` for the root of a file
/// system, which has none.
pub(crate) fn own_name(path: &Path) -> Result<Option<EntryName>> {
    if path.file_name().is_some() {
        return vault_name(path).map(Some);
    }
    let whole = path.canonicalize().map_err(|error| Failure::local(path, error))?;
    whole.file_name().map(|_| vault_name(&whole)).transpose()
}

/// The failure of the local file at `path` whose place in a vault would break `rule`.
pub(super) fn name_refused(rule: PathRule, path: &Path) -> Failure {
    let reason = match rule {
        PathRule::NotUtf8 => "the name is not UTF-8",
        PathRule::NameTooLong => "the name is longer than the 255 bytes a vault has for it",
        PathRule::PathTooLong => "its path in the vault is longer than 4096 bytes",
        _ => "nothing in a vault can have that name",
    };
    Failure::LocalRefused { code: rule.code(), reason, path: path.to_owned() }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[cfg(unix)]
    #[test]
    fn the_root_of_a_file_system_has_no_name() {
        for path in ["/", "/..", "//"] {
            assert_eq!(own_name(Path::new(path)).unwrap(), None, "{path}");
        }
        let named = own_name(Path::new("a/b/.")).unwrap().unwrap();
        assert_eq!(named.as_str(), "b");
    }
}
