//! What a local file shows of having been changed, without being read.

use std::fs::Metadata;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest step in which file systems count time. What is changed twice within one may show
/// the first change alone.
const CLOCK_STEP_MAX: Duration = Duration::from_secs(2);

/// A file's size and times, as they were at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    change: Option<Change>,
}

/// When a file or what is known of it last changed, which no program can set, and which file it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Change {
    seconds: i64,
    nanoseconds: i64,
    inode: u64,
}

impl Stamp {
    pub(crate) fn of(metadata: &Metadata) -> Self {
        Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            change: Change::of(metadata),
        }
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Whether every change after `now` shows in the stamp: the last one was long enough before.
    pub(crate) fn is_settled(&self, now: SystemTime) -> bool {
        let changed = self.change.map_or(self.modified, Change::time);
        let passed = changed.and_then(|changed| now.duration_since(changed).ok());
        passed.is_some_and(|passed| passed > CLOCK_STEP_MAX)
    }

    /// What tells this state of the file from every later one. `None` on systems that do not say
    /// when a file changed: there its modification time can be set back.
    pub(crate) fn mark(&self) -> Option<String> {
        let Change { seconds, nanoseconds, inode } = self.change?;
        Some(format!("{seconds}.{nanoseconds:09}-{inode}"))
    }
}

impl Change {
    #[cfg(unix)]
    fn of(metadata: &Metadata) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let (seconds, nanoseconds) = (metadata.ctime(), metadata.ctime_nsec());
        Some(Self { seconds, nanoseconds, inode: metadata.ino() })
    }

    #[cfg(not(unix))]
    fn of(_: &Metadata) -> Option<Self> {
        None
    }

    fn time(self) -> Option<SystemTime> {
        let nanoseconds = u32::try_from(self.nanoseconds).ok()?;
        UNIX_EPOCH.checked_add(Duration::new(self.seconds.try_into().ok()?, nanoseconds))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    #[test]
    fn a_file_settles_once_its_last_change_is_two_seconds_old() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "content").unwrap();
        let stamp = Stamp::of(&fs::metadata(&path).unwrap());
        let now = SystemTime::now();
        assert!(!stamp.is_settled(now));
        assert!(!stamp.is_settled(UNIX_EPOCH), "a change that is still to come");
        assert!(stamp.is_settled(now + Duration::from_secs(3)));
    }

    #[cfg(unix)]
    #[test]
    fn a_modification_time_that_is_set_back_leaves_a_mark() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "content").unwrap();
        let before = fs::metadata(&path).unwrap();
        // However coarsely time is counted, it goes on.
        let after = std::iter::repeat_with(|| {
            fs::write(&path, "another").unwrap();
            let file = fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(before.modified().unwrap()).unwrap();
            fs::metadata(&path).unwrap()
        });
        let after = after.take(1_000_000).find(|after| {
            assert_eq!(after.modified().unwrap(), before.modified().unwrap());
            Stamp::of(after).mark() != Stamp::of(&before).mark()
        });
        assert!(after.is_some());
    }
}
