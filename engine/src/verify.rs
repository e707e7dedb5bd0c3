//! Checking everything.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::ops::{ControlFlow, Range, RangeInclusive};
use std::{fmt, mem};

use super::entry::{Body, Entry};
use super::files::{self, segment_name};
use super::finding::{Finding, FindingKind};
use super::frame::{FrameKind, FrameRef};
use super::holder::Holder;
use super::index;
use super::index_key::IndexKey;
use super::leases::Lease;
use super::log::{PutValue, Record, Sealed, SegmentHeader, Survey, ToldBy, decode};
use super::segments::{SegmentKind, Segments};
use super::shared::Shared;
use super::state::{Namespaces, OwnedEntry, Present, count_of, referenced};
use super::sync::lock;
use super::value_ref::ValueRef;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

/// After so many bytes of values and records a step ends.
const BYTES_AT_ONCE: u64 = 512 << 10;
/// What the rest of a key counts for.
const KEY_BYTES: u64 = 512;

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Verified {
    /// Keys.
    pub keys: u64,
    /// Bytes of values.
    pub value_bytes: u64,
    /// What was found to be wrong.
    pub findings: u64,
}

/// The accounts as they are and as they should be.
#[derive(Default)]
struct Accounts {
    live_bytes: BTreeMap<SegmentId, u64>,
    references: HashMap<ValueRef, u64>,
    counted: HashMap<ValueRef, u64>,
    keys: BTreeMap<NamespaceId, u64>,
}

/// Each damaged place is told once.
#[derive(Default)]
struct Told {
    findings: u64,
    places: BTreeSet<(String, u64)>,
}

/// Tells what is found.
struct Report<'a> {
    each: &'a mut dyn FnMut(Finding) -> ControlFlow<()>,
    told: &'a mut Told,
}

/// How much of a segment is to be there.
#[derive(Clone, Copy)]
enum Extent {
    /// All of it, and a footer.
    Sealed,
    /// So many bytes.
    Written(u64),
}

/// A check of everything under way, of one snapshot of it; writers go on meanwhile. Memory grows
/// with the number of separated values, of namespaces and of damaged places alone. It keeps the
/// files of its snapshot, and ends where it is dropped.
pub struct Verification {
    shared: Holder,
    _lease: Lease,
    namespaces: Namespaces,
    dropping: BTreeSet<NamespaceId>,
    segments: Segments,
    /// What is checked of the index; nothing once all of it is.
    index: Option<index::Verify>,
    /// The keys that come next, of one node.
    keys: VecDeque<(Vec<u8>, OwnedEntry)>,
    /// What of the index cannot be read.
    unread: Vec<Error>,
    accounts: Accounts,
    /// What is looked at last, the last first.
    rest: Vec<Rest>,
    verified: Verified,
    told: Told,
}

/// What is looked at after the keys.
enum Rest {
    Accounts,
    /// Whether the hash of a namespace that the last checkpoint has can be read.
    Hash(FrameRef),
    Segment(SegmentId, Extent),
}

impl Verification {
    pub(crate) fn new(shared: &Holder) -> Result<Self> {
        let _call = shared.enter()?;
        let lease = shared.leases.take();
        let (snapshot, segments, dropping, namespaces, extents) = {
            let state = shared.read();
            let (segments, dropping) = (state.segments.clone(), state.dropping.clone());
            let active = state.pending.segment();
            let waiting = state.pending.segments_waiting();
            let written = Extent::Written(state.pending.written_len());
            let sealed = segments.keys().filter(|it| **it != active && !waiting.contains(it));
            let mut extents: BTreeMap<SegmentId, Extent> =
                sealed.map(|number| (*number, Extent::Sealed)).collect();
            extents.insert(active, written);
            let namespaces = state.namespaces.clone();
            (state.tree.snapshot(), segments, dropping, namespaces, extents)
        };
        let hashes = lock(&shared.checkpoints).catalog.hashes.clone();
        let extents = extents.into_iter().rev();
        let extents = extents.map(|(number, extent)| Rest::Segment(number, extent));
        let hashes = hashes.into_values().rev().map(|stored| Rest::Hash(stored.frame));
        let rest = extents.chain(hashes).chain([Rest::Accounts]).collect();
        let (mut index, mut unread) = (None, Vec::new());
        match snapshot.begin_verify(&*shared.frames) {
            Ok(begun) => index = Some(begun),
            Err(error) => unread.push(error),
        }
        Ok(Self {
            shared: shared.clone(),
            _lease: lease,
            namespaces,
            dropping,
            segments,
            index,
            keys: VecDeque::new(),
            unread,
            accounts: Accounts::default(),
            rest,
            verified: Verified::default(),
            told: Told::default(),
        })
    }

    /// What was checked so far.
    pub fn verified(&self) -> Verified {
        Verified { findings: self.told.findings, ..self.verified }
    }

    /// Checks the next node of the index, the next of its keys with their values, some hundred KiB
    /// or one, or the next segment of the log, and tells `each` what is wrong. Returns whether
    /// there is more. If `each` breaks off, that is [`Error::Cancelled`].
    pub fn step(&mut self, each: &mut dyn FnMut(Finding) -> ControlFlow<()>) -> Result<bool> {
        let shared = self.shared.clone();
        let _call = shared.enter()?;
        if !self.keys.is_empty() {
            return self.verify_keys(&shared, each).map(|()| true);
        }
        if self.index.is_some() {
            self.verify_node(&shared)?;
            return Ok(true);
        }
        let Some(rest) = self.rest.pop() else { return Ok(false) };
        let mut report = Report { each, told: &mut self.told };
        match rest {
            Rest::Accounts => {
                if self.unread.is_empty() {
                    self.accounts.verify_keys(&self.namespaces, &mut report)?;
                    let accounts = mem::take(&mut self.accounts);
                    shared.verify_accounts(accounts, &self.segments, &mut report)?;
                }
                for error in mem::take(&mut self.unread) {
                    report.tell(Finding::new(FindingKind::Index, error))?;
                }
            }
            Rest::Hash(frame) => {
                if let Err(error) = shared.frames.read(&frame, FrameKind::Hash) {
                    report.tell(Finding::new(FindingKind::Checkpoint, error))?;
                }
            }
            Rest::Segment(number, extent) => shared.verify_segment(number, extent, &mut report)?,
        }
        Ok(true)
    }

    /// Checks the next node of the index; its keys come next.
    fn verify_node(&mut self, shared: &Shared) -> Result<()> {
        let Self { index, keys, unread, .. } = self;
        let Some(begun) = index else { return Ok(()) };
        let more = begun.step(
            &*shared.frames,
            &mut |key, entry| {
                keys.push_back((key.to_vec(), OwnedEntry::of(&entry)));
                Ok(())
            },
            &mut |error| {
                unread.push(error);
                Ok(())
            },
        );
        match more {
            Ok(true) => {}
            Ok(false) => *index = None,
            Err(error) if error.is_scarcity() => return Err(error),
            Err(error) => {
                unread.push(error);
                *index = None;
            }
        }
        Ok(())
    }

    /// Checks the next keys of a node.
    fn verify_keys(
        &mut self,
        shared: &Shared,
        each: &mut dyn FnMut(Finding) -> ControlFlow<()>,
    ) -> Result<()> {
        let mut report = Report { each, told: &mut self.told };
        let mut bytes = 0;
        while bytes < BYTES_AT_ONCE
            && let Some((key, entry)) = self.keys.pop_front()
        {
            let entry = entry.entry();
            bytes += KEY_BYTES;
            let (id, user_key) = IndexKey::split(&key).unwrap_or((NamespaceId::REFERENCES, &key));
            if let Some(value) = referenced(&key) {
                self.accounts.counted.insert(value, count_of(&entry));
            } else if id >= NamespaceId::FIRST {
                self.accounts.take(&entry);
                *self.accounts.keys.entry(id).or_default() += 1;
                self.verified.keys += 1;
                match shared.verify_entry(&key, &entry) {
                    Ok(len) => {
                        self.verified.value_bytes += len;
                        bytes += len;
                    }
                    // Its file may be gone already; it is out of reach.
                    Err(_) if self.dropping.contains(&id) => {}
                    Err(error) => {
                        let name = self.namespaces.name_of(id).map(str::to_owned);
                        report.tell(Finding::of_value(name, user_key, error))?;
                    }
                }
            } else {
                let error = account_error("index", "namespaces");
                let key = Some(user_key.to_vec());
                report.tell(Finding { key, ..accounts_differ(error) })?;
            }
        }
        Ok(())
    }

    /// Checks all the rest.
    pub(crate) fn finish(
        mut self,
        each: &mut dyn FnMut(Finding) -> ControlFlow<()>,
    ) -> Result<Verified> {
        while self.step(each)? {}
        Ok(self.verified())
    }
}

impl fmt::Debug for Verification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verification").field("verified", &self.verified()).finish_non_exhaustive()
    }
}

impl Shared {
    fn verify_accounts(
        &self,
        mut accounts: Accounts,
        segments: &Segments,
        report: &mut Report<'_>,
    ) -> Result<()> {
        if accounts.counted != accounts.references {
            report.tell(accounts_differ(account_error("counts of values", files::VALUES)))?;
        }
        for (number, segment) in segments {
            let live = accounts.live_bytes.remove(number).unwrap_or(0);
            if live != segment.live_bytes {
                report
                    .tell(accounts_differ(account_error("live bytes", &segment_name(*number))))?;
            }
        }
        match accounts.live_bytes.first_key_value() {
            Some((number, _)) => {
                report.tell(accounts_differ(account_error("segment", &segment_name(*number))))
            }
            None => Ok(()),
        }
    }

    /// Checks header, records and footer of a segment, whether anything is live in it or not: all
    /// of it is replayed where the index is lost.
    fn verify_segment(
        &self,
        number: SegmentId,
        extent: Extent,
        report: &mut Report<'_>,
    ) -> Result<()> {
        let name = segment_name(number);
        let opened = self.handles.read(&name);
        let file = match opened.map_err(|error| files::read_error("segment", &name, 0, error)) {
            Ok(file) => file,
            // Nothing of the active segment need be written.
            Err(_) if matches!(extent, Extent::Written(0)) => return Ok(()),
            Err(error) => {
                let kind = FindingKind::Log { bytes: 0, revisions: None };
                return report.tell(Finding::new(kind, error));
            }
        };
        let header = match SegmentHeader::read(&*file, number) {
            Ok(header) => header,
            Err(_) if matches!(extent, Extent::Written(0)) => return Ok(()),
            Err(error) => return report.tell(Finding::new(FindingKind::Header, error)),
        };
        let (end, footer) = match extent {
            Extent::Written(len) => (len, None),
            Extent::Sealed => match Sealed::read(&file, &header) {
                Ok(sealed) => (sealed.footer.records_end, Some(sealed.told_by)),
                Err(_) => {
                    let len = file.len().map_err(files::io_error)?;
                    (len, None)
                }
            },
        };
        let survey = match Survey::of(&file, number, SegmentHeader::LEN..end) {
            Ok(survey) => survey,
            Err(error @ Error::StoreCorrupt { .. }) => {
                let kind = FindingKind::Log { bytes: 0, revisions: None };
                return report.tell(Finding::new(kind, error));
            }
            Err(error) => return Err(error),
        };
        for damaged in &survey.damaged {
            let revisions = match header.kind {
                SegmentKind::Original => damaged.revisions(Revision::MAX),
                SegmentKind::Compacted => Revision::FIRST..=header.as_of,
            };
            // What is written may end within a batch.
            if damaged.range.end < end || matches!(extent, Extent::Sealed) {
                report.tell(Finding::of_log(number, &damaged.range, revisions))?;
            }
        }
        if footer == Some(ToldBy::Records) {
            let error = Error::StoreCorrupt { what: "segment footer", file: name, offset: end };
            report.tell(Finding::new(FindingKind::Footer, error))?;
        }
        Ok(())
    }

    /// Checks that the record of an entry says what the entry says, and that the value is there.
    fn verify_entry(&self, key: &[u8], entry: &Entry<'_>) -> Result<u64> {
        let owned = OwnedEntry::of(entry);
        match self.verify_record(key, entry) {
            Ok(len) => Ok(len),
            // Compaction may have moved it since; then the present entry is what counts.
            Err(error) => {
                let (namespace, user_key) = IndexKey::split(key)?;
                let now = self.reading(|state| {
                    let present = state.present(namespace, user_key)?;
                    let entry = state.tree.get(key, |entry| OwnedEntry::of(&entry))?;
                    Ok((present, entry))
                })?;
                let (Some(Present { revision, .. }), entry_now) = now else { return Ok(0) };
                match entry_now {
                    Some(entry) if entry.entry().place != owned.entry().place => {
                        self.verify_record(key, &entry.entry())
                    }
                    _ if revision != owned.entry().revision => Ok(0),
                    _ => Err(error),
                }
            }
        }
    }

    fn verify_record(&self, key: &[u8], entry: &Entry<'_>) -> Result<u64> {
        let damaged = || Error::StoreCorrupt {
            what: "log record",
            file: segment_name(entry.place.segment),
            offset: entry.place.offset,
        };
        let bytes = self.read_record(entry.place)?;
        let decoded = decode(&bytes, entry.place.segment, entry.place.offset);
        let Some(Record::Put { namespace, key: recorded, revision, value, .. }) =
            decoded.ok().map(|decoded| decoded.record)
        else {
            return Err(damaged());
        };
        let same = match (value, entry.body) {
            (PutValue::Bytes(bytes), Body::Inline(inline)) => bytes == inline,
            (PutValue::Bytes(bytes), Body::Logged { len }) => bytes.len() == len as usize,
            (PutValue::Separated(one), Body::Separated(other)) => one == other,
            _ => false,
        };
        let (own, user_key) = IndexKey::split(key)?;
        let named = self
            .read()
            .resolve(entry.place.segment, namespace, recorded, revision)
            .is_some_and(|now| now == user_key || recorded == user_key);
        // An expiry that was changed later has a later revision.
        if own != namespace || !named || revision > entry.revision || !same {
            return Err(damaged());
        }
        match entry.body {
            Body::Inline(bytes) => Ok(bytes.len() as u64),
            Body::Logged { len } => Ok(u64::from(len)),
            Body::Separated(value) => self.values.verify(&value).map(|()| value.len),
        }
    }
}

impl Report<'_> {
    /// Fails with [`Error::Cancelled`] if that is enough.
    fn tell(&mut self, finding: Finding) -> Result<()> {
        if finding.error.is_scarcity() {
            return Err(finding.error);
        }
        if let Error::StoreCorrupt { file, offset, .. } = &finding.error
            && finding.kind != FindingKind::Accounts
            && !self.told.places.insert((file.clone(), *offset))
            && finding.key.is_none()
        {
            return Ok(());
        }
        self.told.findings += 1;
        match (self.each)(finding) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(Error::Cancelled),
        }
    }
}

impl Finding {
    /// The finding of a damaged place of a segment in which these revisions may have been.
    pub(crate) fn of_log(
        segment: SegmentId,
        place: &Range<u64>,
        revisions: RangeInclusive<Revision>,
    ) -> Self {
        let revisions = Some(revisions).filter(|revisions| !revisions.is_empty());
        let kind = FindingKind::Log { bytes: place.end - place.start, revisions };
        let (file, offset) = (segment_name(segment), place.start);
        Self::new(kind, Error::StoreCorrupt { what: "log record", file, offset })
    }
}

impl Accounts {
    /// Checks the numbers of keys of the namespaces.
    fn verify_keys(&self, namespaces: &Namespaces, report: &mut Report<'_>) -> Result<()> {
        for (name, info) in namespaces.iter() {
            if self.keys.get(&info.id).copied().unwrap_or(0) != info.keys {
                let namespace = Some(name.clone());
                let error = account_error("count of keys", "index");
                report.tell(Finding { namespace, ..accounts_differ(error) })?;
            }
        }
        Ok(())
    }

    fn take(&mut self, entry: &Entry<'_>) {
        *self.live_bytes.entry(entry.place.segment).or_default() += u64::from(entry.place.len);
        if let Body::Separated(value) = entry.body {
            *self.references.entry(value).or_default() += 1;
        }
    }
}

fn accounts_differ(error: Error) -> Finding {
    Finding::new(FindingKind::Accounts, error)
}

fn account_error(what: &'static str, file: &str) -> Error {
    Error::StoreCorrupt { what, file: file.to_owned(), offset: 0 }
}
