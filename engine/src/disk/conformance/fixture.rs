//! What a check works with: names of its own, and calls whose failures say what was tried.

use std::sync::Arc;

use sealwood_base::conformance::{Outcome, equal, expect, ok};

use crate::disk::{Disk, DiskFile, OpenMode};

/// A directory every check finds.
pub(super) const FIRST: &str = "conformance-1";
/// Another.
pub(super) const SECOND: &str = "conformance-2";
/// What the name of every file of the checks starts with.
const PREFIX: &str = "conformance";

pub(super) struct Fixture<'a> {
    pub(super) disk: &'a dyn Disk,
}

impl<'a> Fixture<'a> {
    pub(super) fn new(disk: &'a dyn Disk) -> Self {
        Self { disk }
    }

    /// Makes a file that has `bytes`.
    pub(super) fn make(&self, name: &str, bytes: &[u8]) -> Outcome<Arc<dyn DiskFile>> {
        let file = self.open(name, OpenMode::CreateNew)?;
        ok("a write", file.write_at(0, bytes))?;
        Ok(file)
    }

    pub(super) fn open(&self, name: &str, mode: OpenMode) -> Outcome<Arc<dyn DiskFile>> {
        ok(&format!("an open of {name:?} ({mode:?})"), self.disk.open(name, mode))
    }

    /// Fails unless the file has `expected`, as a new handle sees it.
    pub(super) fn expect_file(&self, name: &str, expected: &[u8]) -> Outcome {
        expect_bytes(&*self.open(name, OpenMode::Read)?, expected)
    }

    /// The names in a directory, and their sizes.
    pub(super) fn list(&self, directory: &str) -> Outcome<Vec<(String, u64)>> {
        let files = ok(&format!("a listing of {directory:?}"), self.disk.list(directory))?;
        Ok(files.into_iter().map(|file| (file.name, file.len)).collect())
    }

    /// Makes the two directories and removes every file of a check.
    pub(super) fn clean_up(&self) -> Outcome {
        for directory in [FIRST, SECOND] {
            ok("the making of a directory", self.disk.create_dir(directory))?;
            for (name, _) in self.list(directory)? {
                ok("a removal", self.disk.remove(&format!("{directory}/{name}")))?;
            }
        }
        for (name, _) in self.list("")? {
            if name.starts_with(PREFIX) {
                ok("a removal", self.disk.remove(&name))?;
            }
        }
        Ok(())
    }
}

/// Fails unless the file has `expected`, as this handle sees it.
pub(super) fn expect_bytes(file: &dyn DiskFile, expected: &[u8]) -> Outcome {
    equal("the size of a file", &ok("a size", file.len())?, &(expected.len() as u64))?;
    let mut found = vec![0xEE; expected.len()];
    ok("a read of a whole file", file.read_at(0, &mut found))?;
    expect(found == expected, || format!("{} bytes came back as other bytes", expected.len()))
}
