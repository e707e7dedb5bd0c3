//! What the caller of an operation saw, by which merging decides where the operation is replayed on
//! what others did meanwhile.

use super::directory_id::DirectoryId;
use super::edit::Edit;
use super::entry::{Body, Entry};
use super::stamp::Stamp;
use super::tree::Stop;
use crate::error::Error;
use crate::hamt::Trie;
use crate::path::{PathRule, VaultPath};

/// What the caller of an operation saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// At the operation's path.
    pub(crate) path: Sight,
    /// At its target, if it has one.
    pub(crate) target: Option<Sight>,
}

/// What was at one path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sight {
    /// The deepest directory above it that was there.
    pub(crate) within: DirectoryId,
    pub(crate) was: Was,
}

/// What was there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Was {
    /// Nothing; and so many directories above were missing as well.
    Absent {
        missing: usize,
    },
    File(Stamp),
    Directory(Stamp, DirectoryId),
}

impl Edit {
    /// Applies the edit to the tree its caller has before it, wholly or not at all. Returns what
    /// the caller saw: the tree as it was until then.
    pub(crate) fn witness(&self, top: &mut Trie<Entry>) -> Result<Seen, Stop> {
        let before = top.clone();
        self.apply(top)?;
        let (path, target) = self.paths();
        let target = target.map(|target| Sight::of(&before, target)).transpose()?;
        Ok(Seen { path: Sight::of(&before, path)?, target })
    }

    /// Whether the edit is possible where its caller saw this.
    pub(super) fn may_have_seen(&self, seen: &Seen) -> bool {
        let Sight { was, .. } = seen.path;
        match (self, &seen.target) {
            (Edit::Put { .. }, None) => !was.is_directory(),
            (Edit::MakeDirectory { .. }, None) => !was.is_file(),
            (Edit::Remove { .. } | Edit::RemoveAll { .. } | Edit::Annotate { .. }, None) => {
                was.is_file() || was.is_directory()
            }
            (Edit::Rename { .. } | Edit::Copy { .. }, Some(target)) => {
                was.is_file() && !target.was.is_directory()
                    || was.is_directory() && !target.was.is_file()
            }
            _ => false,
        }
    }
}

impl Sight {
    /// What is at `path`, where an edit of it was possible: no file is on the way.
    fn of(top: &Trie<Entry>, path: &VaultPath) -> Result<Self, Stop> {
        let (mut within, mut trie) = (DirectoryId::TOP, top);
        let mut behind = path.segments().count();
        for (at, segment) in path.steps() {
            behind -= 1;
            let missing = |missing| Stop::NotResident(path.up_to(at), missing);
            let found = trie.find(segment.as_bytes()).map_err(missing)?;
            let was = match found.map(|entry| (entry.stamp, &entry.body)) {
                None => Was::Absent { missing: behind },
                Some((stamp, Body::File(_))) => Was::File(stamp),
                Some((stamp, Body::Directory(found))) if behind == 0 => {
                    Was::Directory(stamp, found.id)
                }
                Some((_, Body::Directory(found))) => {
                    (within, trie) = (found.id, found);
                    continue;
                }
            };
            return Ok(Self { within, was });
        }
        Err(Error::InvalidPath(PathRule::Top).into())
    }
}

impl Was {
    fn is_file(self) -> bool {
        matches!(self, Was::File(_))
    }

    fn is_directory(self) -> bool {
        matches!(self, Was::Directory(..))
    }
}
