//! Real files of this machine, the same ones every time.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use sealwood::{CHUNK_BYTES_DEFAULT, CHUNKED_BYTES_MIN, EXTENT_BYTES_DEFAULT};
use tempfile::TempDir;

use super::program::Measured;
use super::row::Row;

/// Where they come from: programs and libraries, and texts, pictures and tables.
const SOURCES: [&str; 2] = ["/usr/lib", "/usr/share"];

/// Larger ones would be most of the bytes.
const FILE_BYTES_MAX: u64 = 16 << 20;

/// The name of the folder they are copied to.
const NAME: &str = "corpus";

/// A folder of copies of real files.
pub(super) struct Corpus {
    directory: TempDir,
    pub(super) files: usize,
    pub(super) bytes: u64,
    /// The requests for the extents of those that are large enough to have some.
    pub(super) extent_reads: u64,
}

impl Corpus {
    /// Copies `count` files, evenly spread over all there are in the order of their paths.
    pub(super) fn collect(count: usize) -> Result<Self> {
        let mut found = Vec::new();
        for source in SOURCES {
            found.extend(files_below(Path::new(source))?);
        }
        found.retain(|(_, size)| (1..=FILE_BYTES_MAX).contains(size));
        ensure!(found.len() >= count, "this machine has only {} files", found.len());
        let directory = tempfile::tempdir()?;
        let mut corpus = Self { directory, files: count, bytes: 0, extent_reads: 0 };
        let step = found.len() / count;
        for (path, size) in found.iter().step_by(step).take(count) {
            let to = corpus.folder().join(path.strip_prefix("/")?);
            fs::create_dir_all(to.parent().context("a file lies in a directory")?)?;
            fs::copy(path, &to).with_context(|| format!("cannot copy {}", path.display()))?;
            corpus.bytes += size;
            if *size >= CHUNKED_BYTES_MIN as u64 {
                corpus.extent_reads += extent_reads(*size);
            }
        }
        Ok(corpus)
    }

    pub(super) fn folder(&self) -> PathBuf {
        self.directory.path().join(NAME)
    }

    /// Fails unless the folder of that name below `directory` has the same files.
    pub(super) fn compare(&self, directory: &Path) -> Result<()> {
        let folder = find(directory)?.context("nothing was got")?;
        let (put, got) = (files_below(&self.folder())?, files_below(&folder)?);
        ensure!(put.len() == got.len(), "{} of {} files were got", got.len(), put.len());
        for ((put, _), (got, _)) in put.iter().zip(&got) {
            let name = put.strip_prefix(self.folder())?;
            ensure!(name == got.strip_prefix(&folder)?, "{} was not got", name.display());
            ensure!(fs::read(put)? == fs::read(got)?, "{} came out different", name.display());
        }
        Ok(())
    }

    pub(super) fn row(
        &self,
        work: &'static str,
        peer: &'static str,
        measured: &Measured,
        stored_bytes: u64,
    ) -> Row {
        let extent_requests =
            (work == "get-corpus" && peer == "sealwood").then_some(self.extent_reads);
        let (files, file_bytes) = (self.files, self.bytes);
        Row { files, file_bytes, extent_requests, stored_bytes, ..Row::new(work, peer, measured) }
    }
}

/// The regular files below a directory and their sizes, in the order of their paths.
pub(super) fn files_below(directory: &Path) -> Result<Vec<(PathBuf, u64)>> {
    let (mut files, mut directories) = (Vec::new(), vec![directory.to_owned()]);
    while let Some(directory) = directories.pop() {
        // What may not be read is no part of it.
        let Ok(entries) = fs::read_dir(&directory) else { continue };
        for entry in entries {
            let entry = entry?;
            let metadata = entry.metadata()?;
            if metadata.is_dir() {
                directories.push(entry.path());
            } else if metadata.is_file() {
                files.push((entry.path(), metadata.len()));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// The folder that holds the copies, however deep a program put it.
fn find(directory: &Path) -> Result<Option<PathBuf>> {
    let mut directories = vec![directory.to_owned()];
    while let Some(directory) = directories.pop() {
        for entry in fs::read_dir(&directory)? {
            let path = entry?.path();
            if path.is_dir() {
                if path.ends_with(NAME) {
                    return Ok(Some(path));
                }
                directories.push(path);
            }
        }
    }
    Ok(None)
}

/// Requests for the chunks of a file that is read from its start: for one, two, four and so on up
/// to an extent, and never across the end of one.
fn extent_reads(size: u64) -> u64 {
    let chunks_max = u64::from(EXTENT_BYTES_DEFAULT / CHUNK_BYTES_DEFAULT);
    let chunks = size.div_ceil(u64::from(CHUNK_BYTES_DEFAULT));
    let (mut read, mut most, mut requests) = (0, 1, 0);
    while read < chunks {
        read += most.min(chunks_max - read % chunks_max);
        most = (most * 2).min(chunks_max);
        requests += 1;
    }
    requests
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn requests_for_extents_grow_and_end_with_each() {
        for (size, requests) in [(1, 1), (1 << 20, 1), (3 << 20, 2), (16 << 20, 5), (1 << 30, 68)] {
            assert_eq!(extent_reads(size), requests, "{size}");
        }
    }

    #[test]
    fn a_difference_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let corpus = Corpus { directory, files: 2, bytes: 2, extent_reads: 0 };
        let got = tempfile::tempdir().unwrap();
        for folder in [corpus.folder(), got.path().join("deep/down").join(NAME)] {
            fs::create_dir_all(folder.join("a")).unwrap();
            fs::write(folder.join("a/b"), "b").unwrap();
            fs::write(folder.join("c"), "c").unwrap();
        }
        corpus.compare(got.path()).unwrap();
        let other = got.path().join("deep/down").join(NAME);
        fs::write(other.join("c"), "d").unwrap();
        assert!(corpus.compare(got.path()).is_err());
        fs::remove_file(other.join("c")).unwrap();
        assert!(corpus.compare(got.path()).is_err());
    }
}
