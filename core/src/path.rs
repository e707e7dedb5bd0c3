//! Canonical names and paths.
//!
//! This room owns the one spelling of every path in a vault: Unicode NFC, `/` between segments,
//! no leading or trailing separator, case-sensitive. The empty path is the vault's top directory.
//! A [`VaultPath`] or [`EntryName`] that exists is canonical; nothing downstream checks again.
//!
//! NFC is that of Unicode 18.0, for ever: a character that 18.0 does not assign combines with
//! nothing. A newer table could spell a stored name otherwise, which would then be listed and never
//! found; `Cargo.toml` pins the table.
//!
//! Limits: a name has 1 to 255 bytes. A path that is created, changed or removed has at most 4,096
//! bytes. Both are counted after NFC. A path that is read may be longer: moving a directory
//! lengthens all paths below it, and what lies there stays in reach.

mod nfc;

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use nfc::is_nfc;
pub(crate) use nfc::nfc;

/// The longest name, in bytes of canonical UTF-8.
pub const NAME_BYTES_MAX: usize = 255;
/// The longest path of a change, in bytes of canonical UTF-8.
pub const PATH_BYTES_MAX: usize = 4096;

/// The rule a path or name breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PathRule {
    /// A segment is empty: two separators in a row, or one at the start or end.
    EmptySegment,
    /// A segment is `.` or `..`.
    DotSegment,
    /// A NUL character.
    Nul,
    /// A `/` inside a name.
    Separator,
    /// A name of more than [`NAME_BYTES_MAX`] bytes.
    NameTooLong,
    /// A path to change of more than [`PATH_BYTES_MAX`] bytes.
    PathTooLong,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// Stored bytes that are not in canonical form.
    NotCanonical,
    /// The top directory, where the operation needs a path below it.
    Top,
}

impl PathRule {
    /// The stable code of the rule.
    pub fn code(self) -> &'static str {
        match self {
            PathRule::EmptySegment => "path-empty-segment",
            PathRule::DotSegment => "path-dot-segment",
            PathRule::Nul => "path-nul",
            PathRule::Separator => "path-separator",
            PathRule::NameTooLong => "path-name-too-long",
            PathRule::PathTooLong => "path-too-long",
            PathRule::NotUtf8 => "path-not-utf8",
            PathRule::NotCanonical => "path-not-canonical",
            PathRule::Top => "path-top",
        }
    }
}

impl std::error::Error for PathRule {}

impl fmt::Display for PathRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PathRule::EmptySegment => "a segment is empty",
            PathRule::DotSegment => "a segment is \".\" or \"..\"",
            PathRule::Nul => "a NUL character",
            PathRule::Separator => "a \"/\" inside a name",
            PathRule::NameTooLong => "a name is longer than 255 bytes",
            PathRule::PathTooLong => "the path is longer than 4096 bytes",
            PathRule::NotUtf8 => "not UTF-8",
            PathRule::NotCanonical => "not in canonical form",
            PathRule::Top => "the top directory is not allowed here",
        })
    }
}

/// One canonical name: a single path segment.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryName(Arc<str>);

impl EntryName {
    /// Brings `name` to canonical form.
    pub fn new(name: &str) -> Result<Self, PathRule> {
        let canonical = nfc(name);
        check_name(&canonical)?;
        Ok(Self(canonical.into()))
    }

    /// Reads a stored name, which must already be canonical.
    pub(crate) fn from_stored(bytes: &[u8]) -> Result<Self, PathRule> {
        Self::check_stored(bytes).map(|name| Self(name.into()))
    }

    /// Checks a stored name and returns it as text.
    pub(crate) fn check_stored(bytes: &[u8]) -> Result<&str, PathRule> {
        let name = std::str::from_utf8(bytes).map_err(|_| PathRule::NotUtf8)?;
        check_name(name)?;
        if is_nfc(name) { Ok(name) } else { Err(PathRule::NotCanonical) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as bytes of UTF-8.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl FromStr for EntryName {
    type Err = PathRule;

    fn from_str(name: &str) -> Result<Self, PathRule> {
        Self::new(name)
    }
}

impl AsRef<str> for EntryName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl std::borrow::Borrow<str> for EntryName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for EntryName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A canonical path. The empty path is the top directory.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VaultPath(Arc<str>);

impl VaultPath {
    /// The top directory of a vault.
    pub fn top() -> Self {
        Self("".into())
    }

    /// Brings `path` to canonical form. `""` and `"/"` are the top directory; one leading `/` is
    /// allowed and dropped. Of any length; changes are refused beyond [`PATH_BYTES_MAX`].
    pub fn new(path: &str) -> Result<Self, PathRule> {
        let relative = path.strip_prefix('/').unwrap_or(path);
        if relative.is_empty() {
            return Ok(Self::top());
        }
        let canonical = nfc(relative);
        check_path(&canonical)?;
        Ok(Self(canonical.into()))
    }

    /// Reads a path of a stored operation, which must already be canonical.
    pub(crate) fn from_stored(bytes: &[u8]) -> Result<Self, PathRule> {
        let path = std::str::from_utf8(bytes).map_err(|_| PathRule::NotUtf8)?;
        if path.is_empty() {
            return Ok(Self::top());
        }
        if path.len() > PATH_BYTES_MAX {
            return Err(PathRule::PathTooLong);
        }
        check_path(path)?;
        if !is_nfc(path) {
            return Err(PathRule::NotCanonical);
        }
        Ok(Self(path.into()))
    }

    /// The path as one that may be changed: not the top directory, and of at most
    /// [`PATH_BYTES_MAX`] bytes.
    pub(crate) fn into_changeable(self) -> Result<Self, PathRule> {
        match self.0.len() {
            0 => Err(PathRule::Top),
            1..=PATH_BYTES_MAX => Ok(self),
            _ => Err(PathRule::PathTooLong),
        }
    }

    /// Whether this is the top directory.
    pub fn is_top(&self) -> bool {
        self.0.is_empty()
    }

    /// The path as text, without a leading `/`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The segments from the top down; none for the top directory.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// The last segment, or `None` for the top directory.
    pub fn name(&self) -> Option<&str> {
        self.segments().next_back()
    }

    /// The directory that holds this path, or `None` for the top directory.
    pub fn parent(&self) -> Option<VaultPath> {
        if self.is_top() {
            return None;
        }
        Some(match self.0.rfind('/') {
            Some(cut) => Self(self.0[..cut].into()),
            None => Self::top(),
        })
    }

    /// The path of `name` in this directory.
    pub fn join(&self, name: &EntryName) -> VaultPath {
        if self.is_top() {
            return Self(Arc::clone(&name.0));
        }
        Self(format!("{}/{}", self.0, name.0).into())
    }

    /// The segments from the top down, each with the index of its first byte.
    pub(crate) fn steps(&self) -> impl Iterator<Item = (usize, &str)> {
        let mut at = 0;
        self.segments().map(move |segment| {
            let start = at;
            at += segment.len() + 1;
            (start, segment)
        })
    }

    /// The directory of the segment that starts at byte `at`, or would start there.
    pub(crate) fn up_to(&self, at: usize) -> VaultPath {
        match at.checked_sub(1) {
            Some(end) => Self(self.0[..end].into()),
            None => Self::top(),
        }
    }

    /// Whether `self` is `other` or lies somewhere below it.
    pub fn is_within(&self, other: &VaultPath) -> bool {
        other.is_top()
            || self
                .0
                .strip_prefix(&*other.0)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

impl FromStr for VaultPath {
    type Err = PathRule;

    fn from_str(path: &str) -> Result<Self, PathRule> {
        Self::new(path)
    }
}

impl AsRef<str> for VaultPath {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for VaultPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for VaultPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn check_path(path: &str) -> Result<(), PathRule> {
    path.split('/').try_for_each(check_name)
}

fn check_name(name: &str) -> Result<(), PathRule> {
    match name {
        "" => Err(PathRule::EmptySegment),
        "." | ".." => Err(PathRule::DotSegment),
        _ if name.contains('\0') => Err(PathRule::Nul),
        _ if name.contains('/') => Err(PathRule::Separator),
        _ if name.len() > NAME_BYTES_MAX => Err(PathRule::NameTooLong),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(path: &str) -> &'static str {
        VaultPath::new(path).map(|_| "ok").unwrap_or_else(|error| error.code())
    }

    #[test]
    fn each_broken_rule_is_named() {
        assert_eq!(code("a//b"), "path-empty-segment");
        assert_eq!(code("a/"), "path-empty-segment");
        assert_eq!(code("//a"), "path-empty-segment");
        assert_eq!(code("a/./b"), "path-dot-segment");
        assert_eq!(code(".."), "path-dot-segment");
        assert_eq!(code("a\0b"), "path-nul");
        assert_eq!(code(&"n".repeat(256)), "path-name-too-long");
        assert_eq!(code(&"n".repeat(255)), "ok");
        let longest = ["abcdefg"; 512].join("/") + "h";
        assert_eq!(longest.len(), PATH_BYTES_MAX);
        let stored = |path: &str| VaultPath::from_stored(path.as_bytes()).map_err(|e| e.code());
        assert_eq!(stored(&longest).err(), None);
        assert_eq!(stored(&format!("{longest}8")).err(), Some("path-too-long"));
        // One that is read may be longer.
        assert_eq!(code(&format!("{longest}8")), "ok");
        assert_eq!(EntryName::new("a/b").map_err(|e| e.code()).err(), Some("path-separator"));
        assert_eq!("a//b".parse::<VaultPath>(), Err(PathRule::EmptySegment));
        assert_eq!("a/b".parse::<EntryName>(), Err(PathRule::Separator));
    }

    #[test]
    fn equal_names_have_one_spelling_and_case_matters() {
        let composed = VaultPath::new("/caf\u{e9}/x").ok();
        let decomposed = VaultPath::new("cafe\u{301}/x").ok();
        assert_eq!(composed, decomposed);
        assert_ne!(VaultPath::new("A").ok(), VaultPath::new("a").ok());
        assert_eq!(
            VaultPath::from_stored("cafe\u{301}".as_bytes()).map_err(|e| e.code()).err(),
            Some("path-not-canonical")
        );
    }

    #[test]
    fn the_table_of_characters_is_that_of_the_format() {
        assert_eq!(unicode_normalization::UNICODE_VERSION, (18, 0, 0));
        // A character that is not assigned stands where it was put.
        let name = "e\u{e1fff}\u{301}";
        assert_eq!(
            EntryName::from_stored(name.as_bytes()).map(|name| name.0).ok(),
            Some(name.into())
        );
    }

    #[test]
    fn steps_lead_to_each_directory_on_the_way() {
        let path = VaultPath(Arc::from("a/bc/d"));
        let steps: Vec<_> = path.steps().map(|(at, name)| (path.up_to(at).0, name)).collect();
        assert_eq!(steps, [("".into(), "a"), ("a".into(), "bc"), ("a/bc".into(), "d")]);
        assert_eq!(path.up_to(path.0.len() + 1), path);
        assert_eq!(VaultPath::top().steps().count(), 0);
    }

    #[test]
    fn within_respects_segment_borders() {
        let path = |text| VaultPath::new(text).ok();
        let within = |a, b| path(a).zip(path(b)).is_some_and(|(a, b)| a.is_within(&b));
        assert!(within("photos/a", "photos"));
        assert!(within("photos", "photos"));
        assert!(within("photos", ""));
        assert!(!within("photos2/a", "photos"));
    }
}
