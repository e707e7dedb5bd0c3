//! Which keys a scan gives, and how.

use std::ops::{Bound, ControlFlow, RangeBounds};

use super::{Scan, ScanItem, ScanIter};
use crate::error::{Error, Result};
use crate::finding::{Finding, FindingKind};
use crate::index::OnDamage;
use crate::snapshot::Snapshot;

/// Which keys a scan gives, and how.
#[derive(Debug, Clone)]
pub struct ScanBuilder {
    pub(super) snapshot: Snapshot,
    pub(super) prefix: Vec<u8>,
    pub(super) start: Bound<Vec<u8>>,
    pub(super) end: Bound<Vec<u8>>,
    pub(super) order: Order,
    pub(super) delimiter: Option<u8>,
    pub(super) limit: Option<usize>,
    pub(super) on_damage: OnDamage,
}

/// In which order a scan goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Order {
    /// From the first key to the last.
    #[default]
    Ascending,
    /// From the last key to the first.
    Descending,
}

impl Snapshot {
    /// All keys. See [`ScanBuilder`].
    pub fn scan(&self) -> ScanBuilder {
        ScanBuilder::new(self.clone())
    }
}

impl ScanBuilder {
    fn new(snapshot: Snapshot) -> Self {
        Self {
            snapshot,
            prefix: Vec::new(),
            start: Bound::Unbounded,
            end: Bound::Unbounded,
            order: Order::Ascending,
            delimiter: None,
            limit: None,
            on_damage: OnDamage::Fail,
        }
    }

    /// Only keys that begin with `prefix`.
    #[must_use]
    pub fn prefix(mut self, prefix: &[u8]) -> Self {
        self.prefix = prefix.to_vec();
        self
    }

    /// Only keys in a range. Of a pair of bounds it has to be said what they are:
    ///
    /// ```
    /// # use std::ops::Bound;
    /// # fn main() -> sealwood_engine::Result<()> {
    /// # let disk = std::sync::Arc::new(sealwood_engine::disk::MemoryDisk::new());
    /// # let config = sealwood_engine::EngineConfig::default();
    /// # let engine = sealwood_engine::Engine::open(disk, config)?;
    /// # let notes = engine.namespace("notes")?;
    /// # for key in ["a", "b", "c"] { notes.put(key.as_bytes(), "")?; }
    /// assert_eq!(notes.scan()?.range("a".."c").keys()?, [b"a", b"b"]);
    /// assert_eq!(notes.scan()?.range(&b"b"[..]..).keys()?, [b"b", b"c"]);
    /// let after = (Bound::Excluded("a"), Bound::Unbounded);
    /// assert_eq!(notes.scan()?.range::<&str>(after).keys()?, [b"b", b"c"]);
    /// # engine.close()
    /// # }
    /// ```
    #[must_use]
    pub fn range<K: AsRef<[u8]>>(mut self, keys: impl RangeBounds<K>) -> Self {
        let owned = |bound: Bound<&K>| bound.map(|key| key.as_ref().to_vec());
        self.start = owned(keys.start_bound());
        self.end = owned(keys.end_bound());
        self
    }

    /// Only what comes after a key, in the order of the scan: where a page ended, the next begins.
    /// With a delimiter, after a common prefix all that it stands for is passed over too.
    #[must_use]
    pub fn start_after(mut self, key: &[u8]) -> Self {
        match self.order {
            Order::Ascending => self.start = Bound::Excluded(key.to_vec()),
            Order::Descending => self.end = Bound::Excluded(key.to_vec()),
        }
        self
    }

    /// From the last key to the first. Comes before [`start_after`](ScanBuilder::start_after).
    #[must_use]
    pub fn descending(mut self) -> Self {
        self.order = Order::Descending;
        self
    }

    /// Keys that have `delimiter` after the prefix are rolled up into one item, found by one seek
    /// however many they are.
    #[must_use]
    pub fn delimiter(mut self, delimiter: u8) -> Self {
        self.delimiter = Some(delimiter);
        self
    }

    /// At most so many items.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = Some(limit);
        self
    }

    /// Parts of the index that are damaged are given as [`ScanItem::Damaged`] and passed over with
    /// all keys that are in them, instead of ending the scan. What is given so counts for no limit.
    #[must_use]
    pub fn pass_over(mut self) -> Self {
        self.on_damage = OnDamage::PassOver;
        self
    }

    /// Begins.
    pub fn open(self) -> Result<Scan> {
        Scan::new(self)
    }

    /// Begins, as an iterator.
    pub fn iter(self) -> Result<ScanIter> {
        Ok(ScanIter::new(self.open()?))
    }

    /// Passes every key and value to `visit`, which may end the scan. Common prefixes are not
    /// given.
    ///
    /// The first value that cannot be read ends the scan; the error names its key.
    pub fn for_each(
        self,
        visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
    ) -> Result<(), Box<Finding>> {
        let mut failed = None;
        self.for_each_or(visit, |finding| {
            failed = Some(Box::new(finding));
            ControlFlow::Break(())
        })?;
        failed.map_or(Ok(()), Err)
    }

    /// The same, going on past what is damaged: keys whose values are, and parts of the index with
    /// all keys in them, are given to `damaged`, which may end the scan too. An error that is no
    /// damage ends it in any case.
    pub fn for_each_or(
        self,
        mut visit: impl FnMut(&[u8], &[u8]) -> ControlFlow<()>,
        mut damaged: impl FnMut(Finding) -> ControlFlow<()>,
    ) -> Result<(), Box<Finding>> {
        let snapshot = self.snapshot.clone();
        let failed = |error| Box::new(Finding::new(FindingKind::Index, error));
        let mut scan = self.pass_over().open().map_err(failed)?;
        while let Some(item) = scan.next().map_err(failed)? {
            let flow = match item {
                ScanItem::CommonPrefix(_) => ControlFlow::Continue(()),
                ScanItem::Damaged(finding) => damaged(*finding),
                ScanItem::Key(entry) => match entry.inline() {
                    Some(bytes) => visit(entry.key(), bytes),
                    None => match entry.value() {
                        Ok(bytes) => visit(entry.key(), &bytes),
                        Err(error) => {
                            let name = snapshot.namespace_name();
                            let finding = Finding::of_value(name, entry.key(), error);
                            if !matches!(finding.error, Error::StoreCorrupt { .. }) {
                                return Err(Box::new(finding));
                            }
                            damaged(finding)
                        }
                    },
                },
            };
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The keys and common prefixes, collected.
    pub fn keys(self) -> Result<Vec<Vec<u8>>> {
        let mut scan = self.open()?;
        let mut keys = Vec::new();
        while let Some(item) = scan.next()? {
            keys.push(match item {
                ScanItem::Key(entry) => entry.key().to_vec(),
                ScanItem::CommonPrefix(prefix) => prefix.to_vec(),
                ScanItem::Damaged(finding) => return Err(finding.error),
            });
        }
        Ok(keys)
    }
}
