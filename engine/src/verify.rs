//! Checking everything.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::{ControlFlow, Range, RangeInclusive};

use super::entry::{Body, Entry};
use super::files::{self, segment_name};
use super::finding::{Finding, FindingKind};
use super::frame::FrameKind;
use super::index_key::IndexKey;
use super::log::{PutValue, Record, Sealed, SegmentHeader, Survey, ToldBy, decode};
use super::segments::{SegmentKind, Segments};
use super::shared::Shared;
use super::state::{OwnedEntry, Present, count_of, referenced};
use super::sync::lock;
use super::value_ref::ValueRef;
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

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

/// Tells what is found, each damaged place once.
struct Report<'a> {
    each: &'a mut dyn FnMut(Finding) -> ControlFlow<()>,
    findings: u64,
    places: BTreeSet<(String, u64)>,
}

/// How much of a segment is to be there.
#[derive(Clone, Copy)]
enum Extent {
    /// All of it, and a footer.
    Sealed,
    /// So many bytes.
    Written(u64),
}

impl Shared {
    /// Checks one snapshot of everything; writers go on meanwhile. Memory grows with the number of
    /// separated values, of namespaces and of damaged places alone.
    pub(crate) fn verify(
        &self,
        each: &mut dyn FnMut(Finding) -> ControlFlow<()>,
    ) -> Result<Verified> {
        let _lease = self.leases.take();
        let (snapshot, segments, dropping, namespaces, extents) = {
            let state = self.read();
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
        let names: HashMap<NamespaceId, &String> =
            namespaces.iter().map(|(name, info)| (info.id, name)).collect();
        let mut report = Report { each, findings: 0, places: BTreeSet::new() };
        let mut accounts = Accounts::default();
        let (mut keys, mut value_bytes) = (0, 0);
        let mut unread = Vec::new();
        let structure = snapshot.verify(
            &*self.frames,
            &mut |key, entry| {
                let (id, user_key) = IndexKey::split(key).unwrap_or((NamespaceId::REFERENCES, key));
                if let Some(value) = referenced(key) {
                    accounts.counted.insert(value, count_of(&entry));
                } else if id >= NamespaceId::FIRST {
                    accounts.take(&entry);
                    *accounts.keys.entry(id).or_default() += 1;
                    keys += 1;
                    match self.verify_entry(key, &entry) {
                        Ok(len) => value_bytes += len,
                        // Its file may be gone already; it is out of reach.
                        Err(_) if dropping.contains(&id) => {}
                        Err(error) => {
                            let name = names.get(&id).map(|name| (*name).clone());
                            report.tell(Finding::of_value(name, user_key, error))?;
                        }
                    }
                } else {
                    let error = account_error("index", "namespaces");
                    let key = Some(user_key.to_vec());
                    report.tell(Finding { key, ..accounts_differ(error) })?;
                }
                Ok(())
            },
            &mut |error| {
                unread.push(error);
                Ok(())
            },
        );
        match structure {
            Err(error) if error.is_scarcity() => return Err(error),
            Err(Error::Cancelled) => return Err(Error::Cancelled),
            Err(error) => unread.push(error),
            Ok(_) => {}
        }
        if unread.is_empty() {
            for (name, info) in namespaces.iter() {
                if accounts.keys.get(&info.id).copied().unwrap_or(0) != info.keys {
                    let namespace = Some(name.clone());
                    let error = account_error("count of keys", "index");
                    report.tell(Finding { namespace, ..accounts_differ(error) })?;
                }
            }
            self.verify_accounts(accounts, &segments, &mut report)?;
        }
        for error in unread {
            report.tell(Finding::new(FindingKind::Index, error))?;
        }
        self.verify_hashes(&mut report)?;
        for (number, extent) in extents {
            self.verify_segment(number, extent, &mut report)?;
        }
        Ok(Verified { keys, value_bytes, findings: report.findings })
    }

    /// Checks that the hashes of namespaces that the last checkpoint has can be read.
    fn verify_hashes(&self, report: &mut Report<'_>) -> Result<()> {
        let hashes = lock(&self.checkpoints).catalog.hashes.clone();
        for stored in hashes.values() {
            if let Err(error) = self.frames.read(&stored.frame, FrameKind::Hash) {
                report.tell(Finding::new(FindingKind::Checkpoint, error))?;
            }
        }
        Ok(())
    }

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
            && !self.places.insert((file.clone(), *offset))
            && finding.key.is_none()
        {
            return Ok(());
        }
        self.findings += 1;
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
