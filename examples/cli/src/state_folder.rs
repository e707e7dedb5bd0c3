//! Where this program keeps what it remembers on this device, for its user alone:
//! `$XDG_STATE_HOME/sealwood` or `~/.local/state/sealwood`, on macOS
//! `~/Library/Application Support/sealwood`, on Windows `%LOCALAPPDATA%\sealwood`.
//!
//! It is state of this device: neither synchronised with others nor to be thrown away with a cache.

use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use etcetera::base_strategy::{BaseStrategy, choose_native_strategy};

/// The folder of this program among those for state.
#[derive(Debug, Clone)]
pub(crate) struct StateFolder(PathBuf);

impl StateFolder {
    /// The folder of this user, which need not be there; `None` for a user without a home.
    pub(crate) fn find() -> Option<Self> {
        let places = choose_native_strategy().ok()?;
        // Only XDG has a place that is for state by name.
        let local = || if cfg!(windows) { places.cache_dir() } else { places.data_dir() };
        let state = places.state_dir().unwrap_or_else(local);
        state.is_absolute().then(|| Self::below(&state))
    }

    /// The folder in a place for the state of all programs.
    pub(crate) fn below(state: &Path) -> Self {
        Self(state.join("sealwood"))
    }

    /// Where a folder in it is or would be.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Makes a folder in it, and itself, its owner's alone. One that is there and was open to
    /// others is closed to them.
    pub(crate) fn make(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.path(name);
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&folder)?;
        close_to_others(&self.0)?;
        close_to_others(&folder)?;
        Ok(folder)
    }
}

/// On Windows the user's folders are closed to others as they are.
fn close_to_others(folder: &Path) -> io::Result<()> {
    let found = fs::symlink_metadata(folder)?;
    if !found.is_dir() {
        return Err(io::ErrorKind::NotADirectory.into());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if found.permissions().mode() & 0o077 != 0 {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_folder_is_below_the_users_own() {
        let found = StateFolder::find().unwrap().path("vaults");
        assert!(found.is_absolute() && found.ends_with("sealwood/vaults"), "{}", found.display());
    }

    #[test]
    fn what_is_made_is_private_and_what_was_open_is_closed() {
        let root = tempfile::tempdir().unwrap();
        let state = StateFolder::below(&root.path().join("state"));
        let folder = state.make("vaults").unwrap();
        assert_eq!(state.make("vaults").unwrap(), folder);
        assert!(folder.is_dir());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            let parent = folder.parent().unwrap();
            assert_eq!((mode(&folder), mode(parent)), (0o700, 0o700));
            for path in [&folder, parent] {
                fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
            }
            state.make("vaults").unwrap();
            assert_eq!((mode(&folder), mode(parent)), (0o700, 0o700));
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_the_place_of_the_folder_is_not_followed() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("other")).unwrap();
        std::os::unix::fs::symlink(root.path().join("other"), root.path().join("sealwood"))
            .unwrap();
        let error = StateFolder::below(root.path()).make("vaults").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotADirectory);
    }
}
