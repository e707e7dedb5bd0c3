//! What is known of each key, from the last checkpoint and from the log.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::Reading;
use super::checkpoint::{Checkpoint, Extent};
use super::given::Certainty;
use super::log::{Log, Piece};
use crate::catalog::NamespaceInfo;
use crate::entry::{Body, Entry, Place};
use crate::error::Result;
use crate::finding::Finding;
use crate::index_key::IndexKey;
use crate::log::{Step, What};
use crate::namespace_id::NamespaceId;
use crate::recover::was_made;
use crate::renames::{self, Rename};
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::segments::Segments;
use crate::tracking::TrackedSince;
use crate::value_ref::ValueRef;

/// Before the first revision.
pub(super) const SINCE_EVER: Revision = Revision::ZERO;

/// What is known.
pub(super) struct Evidence {
    /// By the id of the namespace and the key.
    pub(super) keys: BTreeMap<IndexKey, Known>,
    /// The namespaces whose creation is known.
    pub(super) namespaces: BTreeMap<NamespaceId, (String, NamespaceInfo)>,
    pub(super) findings: Vec<Finding>,
    /// The highest revision that was met.
    pub(super) revision: Revision,
    /// The segments that were met.
    pub(super) segments: Segments,
    pub(super) renames: Vec<Rename>,
    dropped: BTreeSet<NamespaceId>,
    /// What the log says last of tracking.
    tracked: BTreeMap<NamespaceId, TrackedSince>,
    extent: Extent,
    /// The last revision that the checkpoint includes.
    checkpointed: Revision,
    /// The highest revision that may be missing.
    lost_to: Revision,
}

/// What is known of one key.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// What the checkpoint says.
    indexed: Option<Stored>,
    /// Where a whole record has what the checkpoint says.
    found: Option<Place>,
    /// The last put that the checkpoint does not include.
    put: Option<Stored>,
    /// The revision of the last delete.
    deleted: Revision,
    /// The revision of the last change of its expiry, and that.
    expires: (Revision, u64),
    /// Renames that its records do or do not know of may have given it another name.
    is_name_unsure: bool,
}

#[derive(Debug)]
struct Stored {
    revision: Revision,
    expires_at_ms: u64,
    place: Place,
    kept: Kept,
}

/// What the evidence itself has of a value.
#[derive(Debug)]
enum Kept {
    /// The record has it, so many bytes.
    Logged(u32),
    /// The record has it, so many bytes, and the index too.
    Indexed(u32),
    /// It is here, because the record that had it is lost.
    Inline(Vec<u8>),
    Separated(ValueRef),
}

/// The newest state of a key.
pub(super) struct State<'a> {
    pub(super) revision: Revision,
    pub(super) expires_at_ms: u64,
    pub(super) place: Place,
    pub(super) source: Source<'a>,
}

/// Where its value is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source<'a> {
    Inline(&'a [u8]),
    /// In a record, so many bytes.
    Logged(Place, u32),
    Separated(ValueRef),
}

impl State<'_> {
    pub(super) fn separated(&self) -> Option<ValueRef> {
        match self.source {
            Source::Separated(value) => Some(value),
            Source::Inline(_) | Source::Logged(..) => None,
        }
    }
}

impl Known {
    /// The newest state that is known, if the key is there.
    pub(super) fn newest(&self) -> Option<State<'_>> {
        let put = self.put.as_ref().map(|put| (put, put.place));
        let indexed = self.indexed.as_ref();
        let indexed = indexed.map(|indexed| (indexed, self.found.unwrap_or(indexed.place)));
        let (stored, place) = put
            .filter(|(put, _)| indexed.is_none_or(|(other, _)| put.revision >= other.revision))
            .or(indexed)?;
        if self.deleted > stored.revision {
            return None;
        }
        let source = match &stored.kept {
            Kept::Logged(len) | Kept::Indexed(len) => Source::Logged(place, *len),
            Kept::Inline(bytes) => Source::Inline(bytes),
            Kept::Separated(value) => Source::Separated(*value),
        };
        let (revision, expires_at_ms) = match self.expires {
            (revision, expires_at_ms) if revision > stored.revision => (revision, expires_at_ms),
            _ => (stored.revision, stored.expires_at_ms),
        };
        Some(State { revision, expires_at_ms, place, source })
    }

    /// Whether the record that has what the checkpoint says is lost, and the index has it too.
    fn is_in_index_alone(&self) -> bool {
        self.found.is_none()
            && self.indexed.as_ref().is_some_and(|it| matches!(it.kept, Kept::Indexed(_)))
    }
}

impl Stored {
    fn of(entry: &Entry<'_>) -> Self {
        let Entry { revision, expires_at_ms, place, body } = *entry;
        let kept = match body {
            Body::Inline(bytes) => Kept::Indexed(bytes.len() as u32),
            Body::Logged { len } => Kept::Logged(len),
            Body::Separated(value) => Kept::Separated(value),
        };
        Self { revision, expires_at_ms, place, kept }
    }
}

impl Evidence {
    /// Reads all there is, twice and, where values are in the index alone, a third time.
    pub(super) fn gather(reading: &Reading) -> Result<Self> {
        let mut findings = Vec::new();
        let checkpoint = Checkpoint::read(reading, &mut findings)?;
        let log = Log::read(reading, checkpoint.catalog(), &mut findings)?;
        if !was_made(&*reading.disk)? {
            findings.clear();
        }
        let mut evidence = Self {
            keys: BTreeMap::new(),
            namespaces: BTreeMap::new(),
            findings,
            revision: checkpoint.revision(),
            segments: log.segments(),
            dropped: BTreeSet::new(),
            tracked: BTreeMap::new(),
            renames: Vec::new(),
            extent: Extent::Part,
            checkpointed: checkpoint.revision(),
            lost_to: log.lost_to,
        };
        let passed_over = log.passed_over();
        let pieces: Vec<(SegmentId, &Piece)> = log
            .pieces
            .iter()
            .filter(|(number, _)| !passed_over.contains(number))
            .map(|(number, piece)| (*number, piece))
            .collect();
        evidence.take_catalog(&checkpoint);
        for (number, piece) in &pieces {
            for mut steps in piece.steps(*number) {
                while let Some(step) = steps.next()? {
                    evidence.take_note(&step);
                }
            }
        }
        evidence.settle_notes();
        evidence.take_index(&checkpoint)?;
        let outputs = checkpoint.catalog().map_or_else(Vec::new, |it| log.outputs_since(it));
        if !outputs.is_empty() {
            // What they say of earlier revisions is newer than what the checkpoint does.
            evidence.extent = Extent::Part;
        }
        for (number, piece) in &pieces {
            for mut steps in piece.steps(*number) {
                while let Some(step) = steps.next()? {
                    evidence.take_change(&step, piece.as_of);
                }
            }
        }
        if let Some(catalog) = checkpoint.catalog() {
            evidence.forget_what_went(&catalog.segments, &outputs);
        }
        evidence.take_inline_values(&checkpoint)?;
        Ok(evidence)
    }

    /// The name of a namespace, if it is known.
    pub(super) fn name_of(&self, namespace: NamespaceId) -> Option<&str> {
        self.namespaces.get(&namespace).map(|(name, _)| name.as_str())
    }

    /// Whether something that is missing may have changed a key since its newest known state.
    pub(super) fn certainty(&self, known: &Known, state: &State<'_>) -> Certainty {
        let told = match (self.extent, &known.indexed) {
            (Extent::Part, None) => SINCE_EVER,
            _ => self.checkpointed,
        };
        if known.is_name_unsure || self.lost_to > told.max(state.revision) {
            Certainty::MaybeChanged
        } else {
            Certainty::Newest
        }
    }

    fn take_catalog(&mut self, checkpoint: &Checkpoint) {
        let Some(catalog) = checkpoint.catalog() else { return };
        for (name, info) in &catalog.namespaces {
            self.namespaces.insert(info.id, (name.clone(), *info));
        }
        let there = |id: &NamespaceId| catalog.namespaces.values().any(|info| info.id == *id);
        let given = NamespaceId::FIRST.until(catalog.next_namespace);
        self.dropped.extend(given.filter(|id| !there(id)));
        self.renames.extend(catalog.renames.iter().cloned());
    }

    /// What is said of more than one key.
    fn take_note(&mut self, step: &Step<'_>) {
        let revision = step.revision;
        self.revision = self.revision.max(revision);
        match step.what {
            What::Rename { namespace, from, to } => {
                let (from, to) = (from.to_vec(), to.to_vec());
                self.renames.push(Rename { replay_order: 0, revision, namespace, from, to });
            }
            What::NamespaceCreate { namespace, name, threshold } => {
                let info = NamespaceInfo::new(namespace, revision, threshold);
                self.namespaces.entry(namespace).or_insert_with(|| (name.to_owned(), info));
            }
            What::NamespaceDrop { namespace } => {
                self.dropped.insert(namespace);
            }
            What::Track { namespace, tracking } => {
                let last = self.tracked.entry(namespace).or_default();
                if revision >= last.since {
                    *last = TrackedSince { tracking, since: revision };
                }
            }
            What::Put { .. } | What::Delete { .. } | What::Expire { .. } => {}
        }
    }

    fn settle_notes(&mut self) {
        // The same note may be in a segment and in what compaction made of it.
        self.renames.sort_by_key(|rename| rename.revision);
        self.renames.dedup_by_key(|rename| rename.revision);
        // A name is given again only after the namespace that had it was dropped.
        let mut newest: BTreeMap<&str, NamespaceId> = BTreeMap::new();
        for (id, (name, _)) in &self.namespaces {
            if let Some(older) = newest.insert(name, *id) {
                self.dropped.insert(older);
            }
        }
        let dropped = &self.dropped;
        self.namespaces.retain(|id, _| !dropped.contains(id));
        for (id, tracked) in std::mem::take(&mut self.tracked) {
            if let Some((_, info)) = self.namespaces.get_mut(&id)
                && tracked.since >= info.tracked.since
            {
                info.tracked = tracked;
            }
        }
    }

    fn take_index(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        let mut findings = std::mem::take(&mut self.findings);
        let extent = checkpoint.for_each(
            &mut |namespace, key, entry| {
                if let Some(full) = self.key_now(namespace, key, self.checkpointed) {
                    self.keys.entry(full).or_default().indexed = Some(Stored::of(entry));
                }
            },
            &mut findings,
        )?;
        self.findings = findings;
        self.extent = extent;
        Ok(())
    }

    /// What is said of one key by a record of a segment whose keys have the names of the revision
    /// `as_of`, if that is known, or of its own.
    fn take_change(&mut self, step: &Step<'_>, as_of: Option<Revision>) {
        let (What::Put { namespace, key, .. }
        | What::Delete { namespace, key }
        | What::Expire { namespace, key, .. }) = step.what
        else {
            return;
        };
        if self.dropped.contains(&namespace) {
            return;
        }
        let Step { place, revision, .. } = *step;
        let now = self.key_now(namespace, key, revision.max(as_of.unwrap_or_default()));
        let own = IndexKey::new(namespace, key);
        let is_name_unsure = as_of.is_none() && now.as_ref() != Some(&own);
        let full = match (now, as_of) {
            (Some(full), _) => full,
            (None, None) => own,
            (None, Some(_)) => return,
        };
        let includes = match self.extent {
            Extent::Whole => self.checkpointed,
            Extent::Part => SINCE_EVER,
        };
        // What the checkpoint includes it has told, but for where a record that it names is whole.
        let known = if revision > includes {
            self.keys.entry(full).or_default()
        } else {
            let Some(known) = self.keys.get_mut(&full) else { return };
            known
        };
        known.is_name_unsure |= is_name_unsure;
        if let What::Put { .. } = step.what
            && let Some(indexed) = &known.indexed
            && (indexed.place == place || (indexed.revision == revision && known.found.is_none()))
        {
            known.found = Some(place);
        }
        if revision <= includes {
            return;
        }
        match step.what {
            What::Put { expires_at_ms, body, .. } => {
                if known.put.as_ref().is_none_or(|put| put.revision <= revision) {
                    let kept = match body {
                        Body::Separated(value) => Kept::Separated(value),
                        Body::Inline(bytes) => Kept::Logged(bytes.len() as u32),
                        Body::Logged { len } => Kept::Logged(len),
                    };
                    known.put = Some(Stored { revision, expires_at_ms, place, kept });
                }
            }
            What::Delete { .. } => known.deleted = known.deleted.max(revision),
            What::Expire { expires_at_ms, .. } => {
                known.expires = known.expires.max((revision, expires_at_ms));
            }
            What::Rename { .. }
            | What::NamespaceCreate { .. }
            | What::NamespaceDrop { .. }
            | What::Track { .. } => {}
        }
    }

    /// Forgets what the checkpoint says of keys whose records were in what `outputs` stand for and
    /// are in none of these.
    fn forget_what_went(&mut self, listed: &Segments, outputs: &[RangeInclusive<u64>]) {
        let is_replaced = |place: &Place| {
            let segment = listed.get(&place.segment);
            segment.is_some_and(|it| outputs.iter().any(|output| output.contains(&it.replay_order)))
        };
        for known in self.keys.values_mut() {
            let went = |stored: &Stored| known.found.is_none() && is_replaced(&stored.place);
            if known.indexed.as_ref().is_some_and(went) {
                known.indexed = None;
            }
        }
    }

    /// Takes from the index the values whose records are lost: as many as are damaged.
    fn take_inline_values(&mut self, checkpoint: &Checkpoint) -> Result<()> {
        if !self.keys.values().any(Known::is_in_index_alone) {
            return Ok(());
        }
        let mut told = Vec::new();
        checkpoint.for_each(
            &mut |namespace, key, entry| {
                let Body::Inline(bytes) = entry.body else { return };
                let now = self.key_now(namespace, key, self.checkpointed);
                let known = now.and_then(|full| self.keys.get_mut(&full));
                if let Some(known) = known.filter(|known| known.is_in_index_alone())
                    && let Some(indexed) = &mut known.indexed
                {
                    indexed.kept = Kept::Inline(bytes.to_vec());
                }
            },
            &mut told,
        )?;
        Ok(())
    }

    /// The key of the index that a key has now which had this name at a revision, if it may be
    /// there.
    fn key_now(&self, namespace: NamespaceId, key: &[u8], at: Revision) -> Option<IndexKey> {
        if self.dropped.contains(&namespace) {
            return None;
        }
        let since = at.next()..=Revision::MAX;
        let now: Cow<'_, [u8]> = renames::resolve(&self.renames, namespace, key, since)?;
        Some(IndexKey::new(namespace, &now))
    }
}
