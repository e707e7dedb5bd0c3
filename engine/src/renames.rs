//! Renames of prefixes, which the index does at once and older records do not know of.
//!
//! A rename is one note of the log: replaying it renames again. The records of the keys below the
//! prefix stay as they are, with their old names. Where a record is looked at by itself (when it
//! is compacted or verified), the renames since it was written tell the key it has now. Nothing was
//! below the new prefix when it was renamed to: a record from before that says otherwise is dead.

use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use std::borrow::Cow;
use std::ops::RangeInclusive;

/// One rename.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rename {
    /// The replay order of the segment that has the note.
    pub(crate) replay_order: u64,
    /// Its revision.
    pub(crate) revision: Revision,
    /// The namespace.
    pub(crate) namespace: NamespaceId,
    /// What the keys began with.
    pub(crate) from: Vec<u8>,
    /// What they begin with since.
    pub(crate) to: Vec<u8>,
}

/// The name that a key of `namespace` has after the renames whose revisions are in `since`, if a
/// record could have it still. `renames` ascend.
pub(crate) fn resolve<'a>(
    renames: &[Rename],
    namespace: NamespaceId,
    key: &'a [u8],
    since: RangeInclusive<Revision>,
) -> Option<Cow<'a, [u8]>> {
    let mut key = Cow::Borrowed(key);
    for rename in renames {
        if rename.namespace != namespace || !since.contains(&rename.revision) {
            continue;
        }
        if key.starts_with(&rename.to) {
            return None;
        }
        if let Some(rest) = key.strip_prefix(&rename.from[..]) {
            key = Cow::Owned([&rename.to, rest].concat());
        }
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rename(revision: u64, from: &str, to: &str) -> Rename {
        let (from, to) = (from.as_bytes().to_vec(), to.as_bytes().to_vec());
        let revision = Revision::new(revision);
        Rename { replay_order: 1, revision, namespace: NamespaceId::FIRST, from, to }
    }

    fn resolved(renames: &[Rename], key: &str, since: RangeInclusive<u64>) -> Option<String> {
        let key = resolve(renames, NamespaceId::FIRST, key.as_bytes(), revisions(since))?;
        Some(String::from_utf8_lossy(&key).into_owned())
    }

    fn revisions(numbers: RangeInclusive<u64>) -> RangeInclusive<Revision> {
        Revision::new(*numbers.start())..=Revision::new(*numbers.end())
    }

    #[test]
    fn a_key_follows_the_renames_after_it() {
        let renames = [rename(5, "a/", "b/"), rename(8, "b/", "c/")];
        assert_eq!(resolved(&renames, "a/x", 2..=9).as_deref(), Some("c/x"));
        assert_eq!(resolved(&renames, "a/x", 6..=9).as_deref(), Some("a/x"));
        assert_eq!(resolved(&renames, "a/x", 2..=7).as_deref(), Some("b/x"));
        assert_eq!(resolved(&renames, "d/x", 2..=9).as_deref(), Some("d/x"));
        let other = NamespaceId::FIRST.next();
        assert_eq!(
            resolve(&renames, other, b"a/x", revisions(2..=9)).as_deref(),
            Some(&b"a/x"[..])
        );
    }

    #[test]
    fn what_was_below_the_new_prefix_before_is_dead() {
        let renames = [rename(5, "a/", "b/")];
        assert_eq!(resolved(&renames, "b/x", 2..=9), None);
        assert_eq!(resolved(&renames, "b/x", 6..=9).as_deref(), Some("b/x"));
    }
}
