//! Which stores are known to honour conditional puts: an empty file for each, in the folder
//! `stores` of this program's state.
//!
//! A file's name is a hash of the store's address and tells nothing else. Whoever removes one has
//! the store tried again.

use std::fs;
use std::sync::Arc;

use sealwood::blob::{BlobStore, PROBE_KEY, Probe, ProbeMemory};

use crate::output::Output;
use crate::secrets;
use crate::state_folder::StateFolder;

/// The folder of the stores.
const FOLDER: &str = "stores";

#[derive(Debug)]
struct StoresDirectory(StateFolder);

/// Stores are tried once on this device, or in each process where it has no place for state.
pub(crate) fn probe() -> Probe {
    match StateFolder::find() {
        Some(state) => Probe::OncePerDevice(Arc::new(StoresDirectory(state))),
        None => Probe::OncePerProcess,
    }
}

/// Says so if trying the store left something in it.
pub(crate) async fn tell_of_leftover(store: &dyn BlobStore, output: &Output) {
    if let Ok(Some(_)) = store.head(PROBE_KEY).await {
        output.note(format_args!(
            "you may not delete from this store, so the object {PROBE_KEY:?}, which tries it, stays there"
        ));
    }
}

impl ProbeMemory for StoresDirectory {
    fn recalls(&self, store: &str) -> bool {
        fs::symlink_metadata(self.0.path(FOLDER).join(store)).is_ok_and(|found| found.is_file())
    }

    fn remember(&self, store: &str) {
        // What cannot be remembered costs a probe the next time.
        if let Ok(folder) = self.0.make(FOLDER) {
            let _ = secrets::create_private(&folder.join(store));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_remembered_is_recalled_and_private() {
        let root = tempfile::tempdir().unwrap();
        let memory = StoresDirectory(StateFolder::below(&root.path().join("a")));
        assert!(!memory.recalls("0123"));
        memory.remember("0123");
        memory.remember("0123");
        assert!(memory.recalls("0123"));
        assert!(!memory.recalls("4567"));
        #[cfg(unix)]
        for path in [memory.0.path(FOLDER), memory.0.path(FOLDER).join("0123")] {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
            assert_eq!(mode & 0o077, 0);
        }
    }

    #[test]
    fn a_place_that_takes_no_file_costs_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("sealwood"), "").unwrap();
        let memory = StoresDirectory(StateFolder::below(root.path()));
        memory.remember("0123");
        assert!(!memory.recalls("0123"));
    }
}
