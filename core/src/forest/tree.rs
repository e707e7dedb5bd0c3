//! The tree of directories as nested tries: finding and changing by path.

use std::sync::Arc;

use super::entry::Entry;
use super::stamp::Origin;
use crate::error::{Error, Result};
use crate::hamt::{Node, NotResident, Trie};
use crate::path::{PathRule, VaultPath};

/// Why an edit did not happen.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A node of the directory at this path is not resident.
    NotResident(VaultPath, NotResident),
    Fail(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Fail(error)
    }
}

/// The entry at `path`, which is not the top, if all on the way is resident.
pub(super) fn find<'a>(top: &'a Trie<Entry>, path: &VaultPath) -> Result<Option<&'a Entry>, Stop> {
    let mut trie = top;
    let mut found = None;
    for (at, segment) in path.steps() {
        if let Some(entry) = found.take() {
            match Entry::as_directory(entry) {
                Some(directory) => trie = directory,
                None => return Ok(None),
            }
        }
        let missing = |missing| Stop::NotResident(path.up_to(at), missing);
        let Some(entry) = trie.find(segment.as_bytes()).map_err(missing)? else {
            return Ok(None);
        };
        found = Some(entry);
    }
    Ok(found)
}

/// Changes the directory that holds `path`, made with its parents if it is missing.
pub(super) fn change_parent<T>(
    top: &mut Trie<Entry>,
    path: &VaultPath,
    origin: Origin,
    change: impl FnOnce(&mut Trie<Entry>, &[u8]) -> Result<T, NotResident>,
) -> Result<T, Stop> {
    let (Some(parent), Some(name)) = (path.parent(), path.name()) else {
        return Err(Error::InvalidPath(PathRule::Top).into());
    };
    let missing_in_parent = |missing| Stop::NotResident(parent.clone(), missing);
    change_directory(top, &parent, origin, 1, |trie| {
        change(trie, name.as_bytes()).map_err(missing_in_parent)
    })
}

/// Changes the directory at `path`, made with its parents if it is missing. The path of the
/// operation goes on for so many names behind it.
pub(super) fn change_directory<T>(
    top: &mut Trie<Entry>,
    path: &VaultPath,
    origin: Origin,
    behind: usize,
    change: impl FnOnce(&mut Trie<Entry>) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let mut trie = top;
    let mut behind = behind + path.segments().count();
    for (at, segment) in path.steps() {
        behind -= 1;
        let missing = |missing| Stop::NotResident(path.up_to(at), missing);
        let key = segment.as_bytes();
        if trie.find(key).map_err(missing)?.is_none() {
            trie.insert(key, Entry::directory(origin, behind)).map_err(missing)?;
        }
        let not_a_directory = || {
            let path = path.up_to(at + segment.len() + 1);
            Stop::Fail(Error::NotADirectory { path })
        };
        trie = trie
            .get_mut(key)
            .map_err(missing)?
            .and_then(Entry::as_directory_mut)
            .ok_or_else(not_a_directory)?;
    }
    change(trie)
}

/// Makes a loaded node resident in the directory at `path`. Returns `false` if it does not belong
/// there (any more).
pub(crate) fn admit(
    top: &mut Trie<Entry>,
    path: &VaultPath,
    missing: &NotResident,
    node: Arc<Node<Entry>>,
) -> bool {
    let mut trie = top;
    for segment in path.segments() {
        let inside = trie.within(segment.as_bytes()).and_then(Entry::as_directory_mut);
        let Some(directory) = inside else { return false };
        trie = directory;
    }
    trie.admit(missing, node)
}
