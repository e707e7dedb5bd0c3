//! What is known of a local file besides its content.

use std::fs::Metadata;
use std::path::Path;
use std::time::UNIX_EPOCH;

use sealwood::path::EntryName;

use crate::failure::{Failure, Result};

/// When the file was last modified, in milliseconds since 1970.
pub(crate) fn modified_ms(metadata: &Metadata) -> Option<u64> {
    let since_epoch = metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since_epoch.as_millis()).ok()
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
