//! Results as lines of JSON and as text.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

use sealwood::vault::{EntryInfo, EntryKind};
use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::bytes_text::{count, size};
use crate::local::LocalKind;
use crate::printable::printable;

/// An entry of a vault.
#[derive(Serialize)]
pub(crate) struct EntryRecord<'a> {
    path: &'a str,
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    size: Option<u64>,
    modified_ms: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_type: Option<&'a str>,
    #[serde(skip_serializing_if = "is_empty")]
    metadata: &'a BTreeMap<String, String>,
}

impl<'a> EntryRecord<'a> {
    pub(crate) fn new(entry: &'a EntryInfo) -> Self {
        Self {
            path: entry.path.as_str(),
            kind: kind(entry.kind),
            size: (entry.kind == EntryKind::File).then_some(entry.size),
            modified_ms: entry.modified_ms,
            content_type: entry.content_type.as_deref(),
            metadata: &entry.metadata,
        }
    }
}

/// What a command did in all.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub(crate) struct Totals {
    pub(crate) files: u64,
    /// [`u64::MAX`] stands for that and more.
    pub(crate) bytes: u64,
    /// Files that the vault has as they are.
    pub(crate) unchanged: u64,
    /// What was left out: it is neither a file nor a directory, or there already and to be kept.
    pub(crate) skipped: u64,
    pub(crate) failed: u64,
}

impl Totals {
    /// Whether some files were done, or were so already, and others failed.
    pub(crate) fn is_part(&self) -> bool {
        (self.files > 0 || self.unchanged > 0) && self.failed > 0
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", count(self.files, "file", "files"), size(self.bytes))?;
        if self.unchanged > 0 {
            write!(f, ", {} unchanged", self.unchanged)?;
        }
        if self.skipped > 0 {
            write!(f, ", {} left out", self.skipped)?;
        }
        if self.failed > 0 {
            write!(f, ", {} failed", self.failed)?;
        }
        Ok(())
    }
}

/// Something in a local tree that is not stored.
pub(crate) struct LeftOut<'a> {
    pub(crate) path: &'a Path,
    pub(crate) kind: LocalKind,
}

impl Serialize for LeftOut<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("LeftOut", 2)?;
        fields.serialize_field("skipped", &self.path.to_string_lossy())?;
        fields.serialize_field("kind", &self.kind.to_string())?;
        fields.end()
    }
}

impl fmt::Display for LeftOut<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.kind {
            LocalKind::Store => "the vault's own store",
            _ => "not a file",
        };
        write!(f, "left out, {reason}: {}", printable(&self.path.to_string_lossy()))
    }
}

/// From where to where something was moved or copied.
#[derive(Serialize)]
pub(crate) struct Relocation<'a> {
    pub(crate) from: &'a str,
    pub(crate) to: &'a str,
}

impl fmt::Display for Relocation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", printable(self.from), printable(self.to))
    }
}

pub(crate) fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::File => "file",
        EntryKind::Directory => "directory",
    }
}

fn is_empty(metadata: &&BTreeMap<String, String>) -> bool {
    metadata.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_a_part_if_some_is_done_or_was_and_some_failed() {
        let is_part = |files, unchanged, failed| {
            Totals { files, unchanged, failed, ..Totals::default() }.is_part()
        };
        assert!(is_part(1, 0, 1) && is_part(0, 1, 1));
        assert!(!is_part(0, 0, 1) && !is_part(1, 1, 0));
    }
}
