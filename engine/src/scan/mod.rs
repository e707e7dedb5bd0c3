//! Scans: keys in order, by range or prefix, forward or backward, rolled up at a delimiter.
//!
//! A [`ScanBuilder`] says which keys and how. A [`Scan`] lends its items, one at a time and without
//! copying them; a [`ScanIter`] is the same as an iterator, whose items are the caller's own.

mod builder;
mod iter;

use std::ops::Bound;
use std::sync::Arc;

use bytes::Bytes;

use super::entry::{Body, Entry};
use super::expiry::Expiry;
use super::finding::{Finding, FindingKind};
use super::holder::Entering;
use super::index::Cursor;
use super::index_key::IndexKey;
use super::read::KeyInfo;
use super::snapshot::Snapshot;
use super::source::Source;
use crate::error::Result;
use crate::revision::Revision;

pub use builder::{Order, ScanBuilder};
pub use iter::{OwnedScanEntry, OwnedScanItem, ScanIter};

/// What a scan gives.
#[derive(Debug)]
pub enum ScanItem<'a> {
    /// A key.
    Key(ScanEntry<'a>),
    /// What all keys begin with that are rolled up into one: it ends with the delimiter.
    CommonPrefix(&'a [u8]),
    /// Something that cannot be read, if the scan is to [pass it over](ScanBuilder::pass_over).
    Damaged(Box<Finding>),
}

/// A key that a scan has come to. Its value is read only if it is asked for.
#[derive(Debug)]
pub struct ScanEntry<'a> {
    snapshot: &'a Snapshot,
    key: &'a [u8],
    entry: Entry<'a>,
}

impl<'a> ScanEntry<'a> {
    /// The key.
    pub fn key(&self) -> &'a [u8] {
        self.key
    }

    /// What is known without reading the value.
    pub fn info(&self) -> KeyInfo {
        let len = match self.entry.body {
            Body::Inline(bytes) => bytes.len() as u64,
            Body::Logged { len } => u64::from(len),
            Body::Separated(value) => value.len,
        };
        let expires_at = Expiry::of_stored(self.entry.expires_at_ms);
        KeyInfo { len, revision: self.entry.revision, expires_at }
    }

    /// The value, without copying it, if it is kept in the index.
    pub fn inline(&self) -> Option<&'a [u8]> {
        match self.entry.body {
            Body::Inline(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The value, checked.
    pub fn value(&self) -> Result<Bytes> {
        let _call = self.snapshot.shared.enter()?;
        self.snapshot.shared.read_all(&Source::of(&self.entry))
    }
}

/// A scan under way. It sees the snapshot it was opened on.
pub struct Scan {
    snapshot: Snapshot,
    cursor: Cursor,
    /// The first key of the index that may be given, and the first that may not, if any.
    low: IndexKey,
    high: Option<IndexKey>,
    order: Order,
    delimiter: Option<u8>,
    /// Where a delimiter counts from: after the namespace and the prefix.
    rolled_from: usize,
    rest: usize,
    common: Vec<u8>,
    step: Step,
}

/// What the cursor has to do before the next item.
enum Step {
    Begin,
    Advance,
    /// Past everything below `common`.
    Skip,
    /// Nothing: it is there already.
    Stay,
    End,
}

impl Scan {
    fn new(builder: ScanBuilder) -> Result<Self> {
        let ScanBuilder { snapshot, prefix, start, end, order, delimiter, limit, on_damage } =
            builder;
        snapshot.shared.check_open()?;
        let namespace = snapshot.namespace;
        let prefix = IndexKey::new(namespace, &prefix);
        let mut low = prefix.clone();
        let mut high = IndexKey::after_all(&prefix);
        let rolled = |key: &[u8]| {
            delimiter.is_some_and(|it| key.len() > prefix.len() && key.last() == Some(&it))
        };
        match start {
            Bound::Included(key) => low = low.max(IndexKey::new(namespace, &key)),
            Bound::Excluded(key) => {
                let key = IndexKey::new(namespace, &key);
                let beyond = if rolled(&key) { IndexKey::after_all(&key) } else { None };
                low = low.max(beyond.unwrap_or_else(|| key.successor()));
            }
            Bound::Unbounded => {}
        }
        let bound = match end {
            Bound::Included(key) => Some(IndexKey::new(namespace, &key).successor()),
            Bound::Excluded(key) => Some(IndexKey::new(namespace, &key)),
            Bound::Unbounded => None,
        };
        high = match (high, bound) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let frames = Arc::new(Entering(snapshot.shared.clone()));
        let mut cursor = snapshot.tree.cursor(frames);
        cursor.on_damage(on_damage);
        Ok(Self {
            cursor,
            low,
            high,
            order,
            delimiter,
            rolled_from: prefix.len(),
            rest: limit.unwrap_or(usize::MAX),
            common: Vec::new(),
            step: Step::Begin,
            snapshot,
        })
    }

    /// The next item, if there is one. After an error the scan is over.
    #[allow(clippy::should_implement_trait)] // An item borrows from the scan.
    pub fn next(&mut self) -> Result<Option<ScanItem<'_>>> {
        self.snapshot.shared.check_open()?;
        if self.rest == 0 {
            self.step = Step::End;
        }
        self.step = if self.advance()? { Step::Stay } else { Step::End };
        if let Some(error) = self.cursor.next_passed_over() {
            let finding = Finding::new(FindingKind::Index, error);
            return Ok(Some(ScanItem::Damaged(Box::new(finding))));
        }
        if matches!(self.step, Step::End) {
            return Ok(None);
        }
        self.rest -= 1;
        let key = self.cursor.key().unwrap_or_default();
        let delimited = self.delimiter.and_then(|delimiter| {
            key[self.rolled_from..].iter().position(|byte| *byte == delimiter)
        });
        if let Some(at) = delimited {
            self.common.clear();
            self.common.extend_from_slice(&key[..self.rolled_from + at + 1]);
            self.step = Step::Skip;
            return Ok(Some(ScanItem::CommonPrefix(IndexKey::key_in(&self.common))));
        }
        self.step = Step::Advance;
        let entry = self.cursor.entry();
        Ok(entry.map(|entry| {
            ScanItem::Key(ScanEntry { snapshot: &self.snapshot, key: IndexKey::key_in(key), entry })
        }))
    }

    /// Moves to the next key that is not expired. Returns whether there is one.
    fn advance(&mut self) -> Result<bool> {
        match (&self.step, self.order) {
            (Step::End, _) => return Ok(false),
            (Step::Stay, _) => return Ok(true),
            (Step::Begin, Order::Ascending) => self.cursor.seek(&self.low)?,
            (Step::Begin, Order::Descending) => match &self.high {
                Some(high) => self.cursor.seek_before(high)?,
                None => self.cursor.last()?,
            },
            (Step::Advance, Order::Ascending) => self.cursor.next()?,
            (Step::Advance, Order::Descending) => self.cursor.previous()?,
            (Step::Skip, Order::Ascending) => match IndexKey::after_all(&self.common) {
                Some(next) => self.cursor.seek(&next)?,
                None => return Ok(false),
            },
            (Step::Skip, Order::Descending) => self.cursor.seek_before(&self.common)?,
        }
        loop {
            let Some(key) = self.cursor.key() else { return Ok(false) };
            let inside = match self.order {
                Order::Ascending => self.high.as_ref().is_none_or(|high| key < &high[..]),
                Order::Descending => key >= &self.low[..],
            };
            if !inside {
                return Ok(false);
            }
            let entry = self.cursor.entry();
            let (revision, expires_at_ms) =
                entry.map_or((Revision::ZERO, 0), |entry| (entry.revision, entry.expires_at_ms));
            let key = IndexKey::key_in(key);
            if !self.snapshot.is_expired(key, revision, expires_at_ms) {
                return Ok(true);
            }
            match self.order {
                Order::Ascending => self.cursor.next()?,
                Order::Descending => self.cursor.previous()?,
            }
        }
    }
}

impl std::fmt::Debug for Scan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Scan")
    }
}
