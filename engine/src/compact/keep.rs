//! Which records are still needed, and under which key.

use std::borrow::Cow;

use crate::entry::Place;
use crate::index::NotResident;
use crate::index_key::IndexKey;
use crate::log::Record;
use crate::namespace_id::NamespaceId;
use crate::renames;
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::state::State;
use crate::tracking::Tracking;

/// What is the same for all records of a run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Work {
    /// Segments that come before the run are there.
    pub(super) older: bool,
    /// The revision up to which renames are put into the keys.
    pub(super) as_of: Revision,
}

impl State {
    /// The key that a record of `segment` has in an output, if it is not its own.
    pub(super) fn key_as_of(
        &self,
        segment: SegmentId,
        record: &Record<'_>,
        until: Revision,
    ) -> Option<Vec<u8>> {
        let (Record::Put { namespace, key, revision, .. }
        | Record::Delete { namespace, key, revision }
        | Record::Expire { namespace, key, revision, .. }) = *record
        else {
            return None;
        };
        let resolved = self.name_as_of(segment, namespace, key, revision, until)?;
        (*resolved != *key).then(|| resolved.into_owned())
    }

    /// The name that a record's key has up to a revision, if it may have one by then.
    fn name_as_of<'a>(
        &self,
        segment: SegmentId,
        namespace: NamespaceId,
        key: &'a [u8],
        revision: Revision,
        until: Revision,
    ) -> Option<Cow<'a, [u8]>> {
        let as_of = self.segments.get(&segment).map_or(Revision::ZERO, |segment| segment.as_of);
        renames::resolve(&self.renames, namespace, key, revision.max(as_of).next()..=until)
    }
}

/// The same record of another key.
pub(super) fn with_key<'a>(record: Record<'a>, renamed: &'a [u8]) -> Record<'a> {
    match record {
        Record::Put { namespace, revision, expires_at_ms, value, .. } => {
            Record::Put { namespace, key: renamed, revision, expires_at_ms, value }
        }
        Record::Delete { namespace, revision, .. } => {
            Record::Delete { namespace, key: renamed, revision }
        }
        Record::Expire { namespace, revision, expires_at_ms, .. } => {
            Record::Expire { namespace, key: renamed, revision, expires_at_ms }
        }
        other => other,
    }
}

/// What of a record is still needed, as it is to be written anew but for its key.
pub(super) fn kept<'a>(
    state: &State,
    place: Place,
    record: &Record<'a>,
    work: Work,
) -> Result<Option<Record<'a>>, NotResident> {
    let older = work.older;
    let now = |namespace: NamespaceId, key: &[u8], revision: Revision| {
        let Some(key) = state.resolve(place.segment, namespace, key, revision) else {
            return Ok(None);
        };
        let full = IndexKey::new(namespace, &key);
        state.tree.get(&full, |entry| (entry.revision, entry.expires_at_ms, entry.place))
    };
    Ok(match *record {
        Record::Put { namespace, key, revision, value, .. } => {
            let live = now(namespace, key, revision)?.filter(|(_, _, current)| *current == place);
            live.map(|(changed, expires_at_ms, _)| {
                // A later change of the expiry becomes part of the record itself, unless it comes
                // after the run: a rename in between would no longer be seen to be later.
                if changed <= work.as_of {
                    Record::Put { namespace, key, revision: changed, expires_at_ms, value }
                } else {
                    *record
                }
            })
        }
        Record::Delete { namespace, key, revision } => {
            let newer =
                now(namespace, key, revision)?.is_some_and(|(current, _, _)| current > revision);
            // Where keys were renamed to its name since, the rename itself tells that what had it
            // before is gone. In the names of after it, the note would reach what was renamed.
            let speaks =
                state.name_as_of(place.segment, namespace, key, revision, work.as_of).is_some();
            (older && !newer && speaks).then_some(*record)
        }
        Record::Expire { namespace, key, revision, .. } => {
            let current =
                now(namespace, key, revision)?.is_some_and(|(current, _, _)| current == revision);
            (older && current).then_some(*record)
        }
        Record::NamespaceCreate { namespace, .. } => {
            state.namespaces.by_id(namespace).is_some().then_some(*record)
        }
        Record::NamespaceDrop { namespace, .. } => {
            // The last id that was given stays known, so that a rebuild gives none twice.
            let is_last = namespace.next() == state.next_namespace;
            (older || is_last || state.dropping.contains(&namespace)).then_some(*record)
        }
        Record::Track { namespace, revision, tracking } => {
            let now = state.namespaces.by_id(namespace).map(|info| info.tracked);
            let is_last = now.is_some_and(|now| now.since == revision);
            (is_last && (older || tracking != Tracking::Off)).then_some(*record)
        }
        Record::Rename { .. } | Record::BatchEnd { .. } | Record::Mark { .. } => None,
    })
}
