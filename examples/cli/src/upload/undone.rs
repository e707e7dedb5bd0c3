//! Which files of a commit came to nothing: another client's change made their puts impossible.

use sealwood::vault::EntryInfo;
use sealwood::{Error, Vault};

use crate::failure::Failure;

/// The failure of each file that the vault does not have as it was put, which is taken out of
/// `files`; `error` is that of the flush, and is a failure by itself if it is about none of them.
pub(super) async fn failures(
    vault: &Vault,
    files: &mut Vec<EntryInfo>,
    error: Error,
) -> Vec<Failure> {
    let (mut failures, mut done) = (Vec::new(), Vec::new());
    let is_told = files.iter().any(|entry| error.path() == Some(&entry.path));
    for entry in files.drain(..) {
        if vault.stat(entry.path.as_str()).await.ok().as_ref() == Some(&entry) {
            done.push(entry);
        } else if error.path() == Some(&entry.path) {
            failures.push(error.clone().into());
        } else {
            // Only the first one is said why by a flush.
            let conflict = Error::Conflict { reason: "conflict", path: Some(entry.path) };
            failures.push(conflict.into());
        }
    }
    *files = done;
    if !is_told {
        failures.insert(0, error.into());
    }
    failures
}
