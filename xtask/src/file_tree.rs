//! A directory that is to hold certain files and no others.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

/// Files by their paths below a directory.
#[derive(Debug, Default)]
pub(crate) struct FileTree {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl FileTree {
    /// Adds a file.
    pub(crate) fn add(&mut self, path: impl Into<PathBuf>, content: impl Into<Vec<u8>>) {
        self.files.insert(path.into(), content.into());
    }

    /// Adds what is at `from`, a file or a directory with all below it, as `path`.
    pub(crate) fn add_copy(&mut self, path: impl Into<PathBuf>, from: &Path) -> Result<()> {
        let path = path.into();
        if !from.is_dir() {
            let content =
                fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
            self.add(path, content);
            return Ok(());
        }
        for entry in list(from)? {
            self.add_copy(path.join(entry.file_name().unwrap_or_default()), &entry)?;
        }
        Ok(())
    }

    /// Makes `directory` hold these files. One that is already there and the same is left alone, so
    /// that compilers see what changed. What starts with a dot is not touched.
    pub(crate) fn write(&self, directory: &Path) -> Result<()> {
        self.remove_others(directory, Path::new(""))?;
        for (path, content) in &self.files {
            let path = directory.join(path);
            if fs::read(&path).is_ok_and(|there| there == *content) {
                continue;
            }
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)
                    .with_context(|| format!("cannot create {}", parent.display()))?;
            }
            fs::write(&path, content)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
    }

    fn remove_others(&self, directory: &Path, below: &Path) -> Result<()> {
        if !directory.join(below).is_dir() {
            return Ok(());
        }
        for entry in list(&directory.join(below))? {
            let name = entry.file_name().unwrap_or_default();
            let path = below.join(name);
            if name.to_string_lossy().starts_with('.') {
                continue;
            }
            if entry.is_dir() {
                self.remove_others(directory, &path)?;
            } else if !self.files.contains_key(&path) {
                fs::remove_file(&entry)
                    .with_context(|| format!("cannot remove {}", entry.display()))?;
            }
        }
        Ok(())
    }
}

fn list(directory: &Path) -> Result<Vec<PathBuf>> {
    let cannot = || format!("cannot list {}", directory.display());
    let entries = fs::read_dir(directory).with_context(cannot)?;
    entries.map(|entry| Ok(entry.with_context(cannot)?.path())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_directory_comes_to_hold_these_files_and_no_others() {
        let directory = tempfile::tempdir().unwrap();
        let (from, to) = (directory.path().join("from"), directory.path().join("to"));
        for path in [from.join("deep/a"), to.join("old/b"), to.join(".build/c")] {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "1").unwrap();
        }
        let mut tree = FileTree::default();
        tree.add_copy("x", &from).unwrap();
        tree.add("y", "2");
        tree.write(&to).unwrap();
        assert_eq!(fs::read(to.join("x/deep/a")).unwrap(), b"1");
        assert_eq!(fs::read(to.join("y")).unwrap(), b"2");
        assert!(!to.join("old/b").exists());
        assert!(to.join(".build/c").exists());
    }

    #[test]
    fn a_file_that_is_the_same_keeps_its_time() {
        let directory = tempfile::tempdir().unwrap();
        let mut tree = FileTree::default();
        tree.add("same", "1");
        tree.write(directory.path()).unwrap();
        let before = fs::metadata(directory.path().join("same")).unwrap().modified().unwrap();
        tree.write(directory.path()).unwrap();
        let after = fs::metadata(directory.path().join("same")).unwrap().modified().unwrap();
        assert_eq!(before, after);
    }
}
