//! Tools installed once per version, outside the checkout.
//!
//! An item is a directory named after a tool and its version. It is built under a temporary name
//! and renamed when complete, so an item that exists is whole. One lock serialises installations;
//! the temporary name is only touched by its holder.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Instant;
use std::{env, io};

use anyhow::{Context, Result};

/// A directory of installed tools.
pub(crate) struct Cache {
    root: PathBuf,
}

impl Cache {
    /// `$XDG_CACHE_HOME/sealwood`, or `~/.cache/sealwood` where that is unset or relative.
    pub(crate) fn of_user() -> Result<Self> {
        let configured = env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let base = match configured.filter(|path| path.is_absolute()) {
            Some(base) => base,
            None => env::home_dir()
                .context("no home directory for the cache: set HOME or XDG_CACHE_HOME")?
                .join(".cache"),
        };
        Ok(Self { root: base.join("sealwood") })
    }

    /// The directory of the items.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The directory of the item `name`, after `install` has filled it if it was absent. What
    /// `install` writes must not depend on the directory it is given: it is renamed afterwards.
    pub(crate) fn item(
        &self,
        name: &str,
        install: impl FnOnce(&Path) -> Result<()>,
    ) -> Result<PathBuf> {
        let item = self.root.join(name);
        if item.is_dir() {
            return Ok(item);
        }
        fs::create_dir_all(&self.root)
            .with_context(|| format!("cannot create the cache {}", self.root.display()))?;
        let _lock = self.lock()?;
        if item.is_dir() {
            return Ok(item);
        }
        let staging = self.root.join(format!("{name}.partial"));
        remove_if_present(&staging)?;
        fs::create_dir(&staging).with_context(|| format!("cannot create {}", staging.display()))?;
        println!("installing {name} into {}", self.root.display());
        let started = Instant::now();
        install(&staging).with_context(|| format!("cannot install {name}"))?;
        fs::rename(&staging, &item)
            .with_context(|| format!("cannot rename {} to {}", staging.display(), name))?;
        println!("installed {name} in {:.0} s", started.elapsed().as_secs_f64());
        Ok(item)
    }

    fn lock(&self) -> Result<File> {
        let path = self.root.join("install.lock");
        let file = File::create(&path)
            .with_context(|| format!("cannot create the lock {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) => println!("waiting for another installation to end"),
            Err(TryLockError::Error(error)) => {
                return Err(error).with_context(|| format!("cannot lock {}", path.display()));
            }
        }
        file.lock().with_context(|| format!("cannot lock {}", path.display()))?;
        Ok(file)
    }
}

fn remove_if_present(directory: &Path) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", directory.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicU32, Ordering};

    use anyhow::bail;

    use super::*;

    fn cache_in(directory: &tempfile::TempDir) -> Cache {
        Cache { root: directory.path().join("cache") }
    }

    #[test]
    fn an_item_is_installed_once() {
        let directory = tempfile::tempdir().unwrap();
        let cache = cache_in(&directory);
        let first = cache.item("tool-1", |to| Ok(fs::write(to.join("file"), "1")?)).unwrap();
        let second = cache.item("tool-1", |_| bail!("installed twice")).unwrap();
        assert_eq!(first, second);
        assert_eq!(fs::read(second.join("file")).unwrap(), b"1");
    }

    #[test]
    fn a_failed_installation_leaves_no_item_and_no_remains_for_the_next() {
        let directory = tempfile::tempdir().unwrap();
        let cache = cache_in(&directory);
        let failed = cache.item("tool-1", |to| {
            fs::write(to.join("half"), "")?;
            bail!("no network")
        });
        assert!(format!("{:#}", failed.unwrap_err()).contains("no network"));
        let item = cache.item("tool-1", |to| Ok(fs::write(to.join("whole"), "")?)).unwrap();
        assert!(item.join("whole").exists());
        assert!(!item.join("half").exists());
    }

    #[test]
    fn concurrent_callers_install_once() {
        let directory = tempfile::tempdir().unwrap();
        let cache = cache_in(&directory);
        let installations = AtomicU32::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    cache.item("tool-1", |_| {
                        installations.fetch_add(1, Ordering::SeqCst);
                        Ok(())
                    })
                });
            }
        });
        assert_eq!(installations.load(Ordering::SeqCst), 1);
    }
}
