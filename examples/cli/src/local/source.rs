//! A local file on its way into a vault: what is given is what the file was at one moment.
//!
//! No system holds still a file that others write. So a file's stamp is taken before the first byte
//! is read and after the last one. Where it has changed, or may have without a trace, what was read
//! counts only if it reads the same a second time: then the file was that between the two. So a log
//! that only grows is taken up to the size it was opened with, and of any other change the reader
//! tells at its end, before an entry is made of it.

use std::fs::{File, Metadata};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::modified_ms;
use super::stamp::Stamp;

/// How much is read at once where it is read to be compared, or its size is not known.
const SLICE_BYTES: usize = 64 * 1024;

/// A local file that is open.
#[derive(Debug)]
pub(crate) struct Source {
    file: File,
    metadata: Metadata,
    /// `None` for what has no size: pipes, devices, what the system makes up as it is read.
    size: Option<u64>,
    /// What was read to find that out.
    head: Vec<u8>,
    is_settled: bool,
}

/// How much is done to be sure of what is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// It is read a second time where its stamp cannot tell whether it changed.
    Usual,
    /// Where it changed as well.
    Great,
}

impl Source {
    /// Opens the file. Both this and reading may wait for as long as the system likes.
    pub(crate) fn open(path: &Path, now: SystemTime) -> io::Result<Self> {
        let mut file = File::open(path)?;
        let mut metadata = file.metadata()?;
        let mut head = Vec::new();
        let mut size = metadata.is_file().then_some(metadata.len());
        if size == Some(0) {
            head.resize(SLICE_BYTES, 0);
            let length = file.read(&mut head)?;
            head.truncate(length);
            if !head.is_empty() {
                metadata = file.metadata()?;
                size = (metadata.len() > 0).then_some(metadata.len());
            }
        }
        if size.is_some() && !head.is_empty() {
            // It was written meanwhile, and begins anew.
            file.seek(SeekFrom::Start(0))?;
            head.clear();
        }
        let is_settled = Stamp::of(&metadata).is_settled(now);
        Ok(Self { file, metadata, size, head, is_settled })
    }

    pub(crate) fn size(&self) -> Option<u64> {
        self.size
    }

    /// When a file was last modified. A pipe never was.
    pub(crate) fn modified_ms(&self) -> Option<i64> {
        self.metadata.is_file().then(|| modified_ms(&self.metadata))?
    }

    /// The mark of the state that is read, if every later one has another.
    pub(crate) fn mark(&self) -> Option<String> {
        let stamp = Stamp::of(&self.metadata);
        (self.size.is_some() && self.is_settled).then(|| stamp.mark())?
    }

    /// The content, and what becomes known of it at its end.
    pub(crate) fn read(self, care: Care) -> (SourceReader, Arc<Finding>) {
        let finding = Arc::new(Finding::default());
        let compares = care == Care::Great || !self.is_settled;
        let reader = SourceReader {
            before: Stamp::of(&self.metadata),
            file: self.file,
            left: self.size,
            head: io::Cursor::new(self.head),
            done: 0,
            hash: (self.size.is_some() && compares).then(|| Box::new(blake3::Hasher::new())),
            is_settled: self.is_settled,
            finding: Arc::clone(&finding),
            is_at_end: false,
        };
        (reader, finding)
    }
}

/// What was found out about a content while it was read.
#[derive(Debug, Default)]
pub(crate) struct Finding(Mutex<Found>);

#[derive(Debug, Default)]
pub(crate) enum Found {
    /// Nothing that would speak against it.
    #[default]
    Whole,
    /// The file has grown, and the content is what it was before.
    Grown,
    /// The content is none that the file ever had.
    Torn,
    /// It could not be read.
    Failed(io::Error),
}

impl Finding {
    pub(crate) fn take(&self) -> Found {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set(&self, found: Found) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = found;
    }
}

/// Reads a file up to the size it was opened with. Fails at the end if what it gave is not what the
/// file was at any moment.
#[derive(Debug)]
pub(crate) struct SourceReader {
    file: File,
    before: Stamp,
    left: Option<u64>,
    head: io::Cursor<Vec<u8>>,
    done: u64,
    /// Of what was given, where it may have to be compared.
    hash: Option<Box<blake3::Hasher>>,
    /// Whether its stamp tells of every change.
    is_settled: bool,
    finding: Arc<Finding>,
    is_at_end: bool,
}

impl Read for SourceReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() || self.is_at_end {
            return Ok(0);
        }
        let read = self.read_part(buffer);
        if let Err(error) = &read
            && error.kind() != io::ErrorKind::Interrupted
            && !self.is_at_end
        {
            let copy = error.raw_os_error().map(io::Error::from_raw_os_error);
            self.finding.set(Found::Failed(copy.unwrap_or_else(|| error.kind().into())));
        }
        read
    }
}

impl SourceReader {
    fn read_part(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wanted = match self.left {
            Some(left) => buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX)),
            None => buffer.len(),
        };
        let mut length = self.head.read(&mut buffer[..wanted])?;
        if length == 0 {
            length = self.file.read(&mut buffer[..wanted])?;
        }
        if length > 0 {
            self.done += length as u64;
            self.left = self.left.map(|left| left - length as u64);
            if let Some(hash) = &mut self.hash {
                hash.update(&buffer[..length]);
            }
            return Ok(length);
        }
        let found = self.look_back()?;
        let is_torn = matches!(found, Found::Torn);
        self.finding.set(found);
        self.is_at_end = true;
        match is_torn {
            true => Err(io::Error::other("the file changed while it was read")),
            false => Ok(0),
        }
    }

    /// Whether what was given is what the file was at one moment.
    fn look_back(&mut self) -> io::Result<Found> {
        let Some(left) = self.left else { return Ok(Found::Whole) };
        let goes_on = left == 0 && self.file.read(&mut [0])? > 0;
        let after = Stamp::of(&self.file.metadata()?);
        let has_grown = after.size() > self.before.size();
        let is_as_before = after == self.before;
        if goes_on && !has_grown || left > 0 && !is_as_before {
            return Ok(Found::Torn);
        }
        if is_as_before && self.is_settled {
            return Ok(Found::Whole);
        }
        let hash = self.hash.as_ref().map(|hash| hash.finalize());
        Ok(match hash.map(|hash| self.is_same_again(&hash)).transpose()? {
            Some(true) if has_grown => Found::Grown,
            Some(true) => Found::Whole,
            Some(false) | None => Found::Torn,
        })
    }

    /// Whether the bytes that were given are there still.
    fn is_same_again(&mut self, hash: &blake3::Hash) -> io::Result<bool> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut again = blake3::Hasher::new();
        let mut slice = vec![0; SLICE_BYTES];
        let mut left = self.done;
        while left > 0 {
            let wanted = slice.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            match self.file.read(&mut slice[..wanted]) {
                Ok(0) => return Ok(false),
                Ok(length) => {
                    again.update(&slice[..length]);
                    left -= length as u64;
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(again.finalize() == *hash)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;
    use std::io::Write;
    use std::path::PathBuf;
    use std::time::Duration;

    use tempfile::TempDir;

    use super::*;

    const BYTES: usize = 300_000;

    fn file() -> (TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, vec![1; BYTES]).unwrap();
        (folder, path)
    }

    /// A time at which what was written now is long ago, or has just been written.
    fn later() -> SystemTime {
        SystemTime::now() + Duration::from_secs(10)
    }

    /// Reads the file, and lets `meddle` with it in the middle.
    fn read(
        path: &Path,
        now: SystemTime,
        care: Care,
        meddle: impl FnOnce(&Path),
    ) -> (io::Result<Vec<u8>>, Found) {
        let (mut reader, finding) = Source::open(path, now).unwrap().read(care);
        let mut bytes = vec![0; BYTES / 2];
        reader.read_exact(&mut bytes).unwrap();
        meddle(path);
        let read = reader.read_to_end(&mut bytes).map(|_| bytes);
        (read, finding.take())
    }

    fn write_at(path: &Path, at: u64, bytes: &[u8]) {
        let mut file = fs::File::options().write(true).open(path).unwrap();
        let modified = file.metadata().unwrap().modified().unwrap();
        file.seek(SeekFrom::Start(at)).unwrap();
        file.write_all(bytes).unwrap();
        file.set_modified(modified).unwrap();
    }

    fn append(path: &Path, bytes: &[u8]) {
        fs::File::options().append(true).open(path).unwrap().write_all(bytes).unwrap();
    }

    #[test]
    fn what_stays_as_it_is_is_whole() {
        let (_folder, path) = file();
        for now in [SystemTime::now(), later()] {
            for care in [Care::Usual, Care::Great] {
                let (bytes, found) = read(&path, now, care, |_| {});
                assert!(bytes.unwrap() == vec![1; BYTES]);
                assert!(matches!(found, Found::Whole), "{found:?}");
            }
        }
    }

    #[test]
    fn what_is_cut_or_rewritten_is_torn_with_any_care() {
        let cut = |path: &Path| {
            fs::File::options().write(true).open(path).unwrap().set_len(BYTES as u64 - 1).unwrap();
        };
        // Of a file just written, the second change may show in no stamp.
        let rewrite_front = |path: &Path| write_at(path, 7, &[2]);
        let rewrite_back = |path: &Path| write_at(path, BYTES as u64 - 7, &[2]);
        let replace_by_longer = |path: &Path| {
            write_at(path, 0, &[2; 10]);
            append(path, &[2; 10]);
        };
        let all: [&dyn Fn(&Path); 3] = [&cut, &rewrite_front, &replace_by_longer];
        for meddle in all {
            for now in [SystemTime::now(), later()] {
                for care in [Care::Usual, Care::Great] {
                    let (_folder, path) = file();
                    let (bytes, found) = read(&path, now, care, meddle);
                    assert!(bytes.is_err());
                    assert!(matches!(found, Found::Torn), "{found:?}");
                }
            }
        }
        // Written before it was reached: it reads the same twice, and was so in between.
        let (_folder, path) = file();
        let (bytes, _) = read(&path, SystemTime::now(), Care::Usual, rewrite_back);
        assert_eq!(bytes.unwrap()[BYTES - 7], 2);
    }

    #[test]
    fn what_only_grows_is_taken_as_it_was_and_never_read_beyond() {
        let grow = |path: &Path| append(path, &vec![3; 50 * BYTES]);
        for (now, care) in [(SystemTime::now(), Care::Usual), (later(), Care::Great)] {
            let (_folder, path) = file();
            let (bytes, found) = read(&path, now, care, grow);
            assert!(bytes.unwrap() == vec![1; BYTES]);
            assert!(matches!(found, Found::Grown), "{found:?}");
        }
        let (_folder, path) = file();
        let (bytes, found) = read(&path, later(), Care::Usual, grow);
        assert!(bytes.is_err(), "looked at with great care the next time");
        assert!(matches!(found, Found::Torn), "{found:?}");
    }

    #[test]
    fn a_file_that_was_just_written_has_no_mark() {
        let (_folder, path) = file();
        assert_eq!(Source::open(&path, SystemTime::now()).unwrap().mark(), None);
        assert_eq!(Source::open(&path, later()).unwrap().mark().is_some(), cfg!(unix));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn files_that_the_system_makes_up_are_read_to_their_end() {
        for path in ["/proc/self/status", "/proc/sys/kernel/ostype"] {
            let path = Path::new(path);
            let Ok(expected) = fs::read(path) else { continue };
            let source = Source::open(path, later()).unwrap();
            assert_eq!((source.size(), source.mark()), (None, None));
            let mut bytes = Vec::new();
            source.read(Care::Usual).0.read_to_end(&mut bytes).unwrap();
            assert!(!bytes.is_empty());
            assert_eq!(
                bytes.split(|byte| *byte == b'\n').next(),
                expected.split(|byte| *byte == b'\n').next()
            );
        }
    }
}
