//! A scan as an iterator.

use bytes::Bytes;

use super::{Scan, ScanEntry, ScanItem};
use crate::error::Result;
use crate::finding::Finding;
use crate::read::KeyInfo;
use crate::snapshot::Snapshot;
use crate::source::Source;

/// A scan whose items are the caller's own. The first error is the last item.
#[derive(Debug)]
pub struct ScanIter {
    /// None once it is over.
    scan: Option<Scan>,
}

/// What a [`ScanIter`] gives.
#[derive(Debug, Clone)]
pub enum OwnedScanItem {
    /// A key.
    Key(OwnedScanEntry),
    /// What all keys begin with that are rolled up into one: it ends with the delimiter.
    CommonPrefix(Vec<u8>),
    /// Something that cannot be read, if the scan is to
    /// [pass it over](super::ScanBuilder::pass_over).
    Damaged(Box<Finding>),
}

/// A key that a scan has come to. A value that is not kept in the index is read only if it is asked
/// for, as it was when the scan began; until then its files stay.
#[derive(Clone)]
pub struct OwnedScanEntry {
    key: Vec<u8>,
    info: KeyInfo,
    source: Source,
    snapshot: Snapshot,
}

impl OwnedScanEntry {
    fn of(entry: &ScanEntry<'_>) -> Self {
        Self {
            key: entry.key.to_vec(),
            info: entry.info(),
            source: Source::of(&entry.entry),
            snapshot: entry.snapshot.clone(),
        }
    }

    /// The key.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// The key, without copying it.
    pub fn into_key(self) -> Vec<u8> {
        self.key
    }

    /// What is known without reading the value.
    pub fn info(&self) -> KeyInfo {
        self.info
    }

    /// The value, checked.
    pub fn value(&self) -> Result<Bytes> {
        let _call = self.snapshot.shared.enter()?;
        self.snapshot.shared.read_all(&self.source)
    }
}

impl ScanIter {
    pub(super) fn new(scan: Scan) -> Self {
        Self { scan: Some(scan) }
    }
}

impl Iterator for ScanIter {
    type Item = Result<OwnedScanItem>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = match self.scan.as_mut()?.next() {
            Ok(item) => item.map(|item| {
                Ok(match item {
                    ScanItem::Key(entry) => OwnedScanItem::Key(OwnedScanEntry::of(&entry)),
                    ScanItem::CommonPrefix(prefix) => OwnedScanItem::CommonPrefix(prefix.to_vec()),
                    ScanItem::Damaged(finding) => OwnedScanItem::Damaged(finding),
                })
            }),
            Err(error) => {
                self.scan = None;
                return Some(Err(error));
            }
        };
        if item.is_none() {
            self.scan = None;
        }
        item
    }
}

impl std::iter::FusedIterator for ScanIter {}

impl std::fmt::Debug for OwnedScanEntry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OwnedScanEntry").field("info", &self.info).finish_non_exhaustive()
    }
}
