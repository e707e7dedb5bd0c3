//! Which stores are known to honour conditional puts: an empty file for each, in
//! `$XDG_STATE_HOME/sealwood/stores` or `~/.local/state/sealwood/stores`.
//!
//! A file's name is a hash of the store's address and tells nothing else. Whoever removes one has
//! the store tried again.

use std::fs::{self, DirBuilder};
use std::path::PathBuf;
use std::sync::Arc;
use std::{env, io};

use sealwood::blob::{BlobStore, PROBE_KEY, Probe, ProbeMemory};

use crate::output::Output;
use crate::secrets;

#[derive(Debug)]
struct StoresDirectory(PathBuf);

/// Stores are tried once on this device, or in each process where it has no place for state.
pub(crate) fn probe() -> Probe {
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/state")));
    match state {
        Some(state) => {
            Probe::OncePerDevice(Arc::new(StoresDirectory(state.join("sealwood/stores"))))
        }
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
        fs::symlink_metadata(self.0.join(store)).is_ok_and(|found| found.is_file())
    }

    fn remember(&self, store: &str) {
        // What cannot be remembered costs a probe the next time.
        if self.prepare().is_ok() {
            let _ = secrets::create_private(&self.0.join(store));
        }
    }
}

impl StoresDirectory {
    fn prepare(&self) -> io::Result<()> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_remembered_is_recalled_and_private() {
        let root = tempfile::tempdir().unwrap();
        let memory = StoresDirectory(root.path().join("a/stores"));
        assert!(!memory.recalls("0123"));
        memory.remember("0123");
        memory.remember("0123");
        assert!(memory.recalls("0123"));
        assert!(!memory.recalls("4567"));
        #[cfg(unix)]
        for path in [memory.0.clone(), memory.0.join("0123")] {
            let mode =
                std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions());
            assert_eq!(mode & 0o077, 0);
        }
    }

    #[test]
    fn a_place_that_takes_no_file_costs_nothing_else() {
        let root = tempfile::tempdir().unwrap();
        fs::write(root.path().join("taken"), "").unwrap();
        let memory = StoresDirectory(root.path().join("taken/stores"));
        memory.remember("0123");
        assert!(!memory.recalls("0123"));
    }
}
