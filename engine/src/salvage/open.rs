//! An engine to read from that is made of what is whole.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Reading;
use super::evidence::{Evidence, Source};
use crate::catalog::{LogPosition, NamespaceInfo};
use crate::config::EngineConfig;
use crate::disk::{Disk, Handles};
use crate::entry::Body;
use crate::error::{Error, Result};
use crate::events::Events;
use crate::finding::Finding;
use crate::frame::FrameFile;
use crate::index::Tree;
use crate::index_key::IndexKey;
use crate::log::{Pending, SegmentHeader, SegmentLimits};
use crate::lthash_state::Waiting;
use crate::namespace_id::NamespaceId;
use crate::number::NUMBER_MAX;
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::segments::SegmentKind;
use crate::state::{Action, Change, Garbage, Namespaces, State};
use crate::values::Values;

/// The state that all that is whole gives, and what is not. The caller holds the lock of the disk.
pub(crate) fn open(
    disk: Arc<dyn Disk>,
    handles: Arc<Handles>,
    config: &EngineConfig,
) -> Result<(State, Vec<Finding>)> {
    let values = Values::new(disk.clone(), handles.clone(), &*config.entropy)?;
    let reading = Reading { disk, handles, values, _lock: None };
    let mut evidence = Evidence::gather(&reading)?;
    let findings = std::mem::take(&mut evidence.findings);
    if let Some(finding) = findings.iter().find(|finding| finding.error.is_scarcity()) {
        return Err(finding.error.clone());
    }
    let mut state = empty(&evidence, config);
    for (full, known) in &evidence.keys {
        let Some(newest) = known.newest() else { continue };
        let (namespace, key) = IndexKey::split(full)?;
        if state.namespaces.by_id(namespace).is_none() {
            add_unnamed(&mut state, namespace);
        }
        let body = match newest.source {
            Source::Inline(bytes) => Body::Inline(bytes),
            Source::Logged(_, len) => Body::Logged { len },
            Source::Separated(value) => Body::Separated(value),
        };
        let action = Action::Put { body, expires_at_ms: newest.expires_at_ms };
        let change = Change { namespace, key, action };
        // All of it is in memory.
        let prepared = state.prepare(&change).map_err(|_| Error::Malformed { what: "index" })?;
        state.apply(&change, prepared, newest.revision, newest.place);
    }
    state.revision = state.revision.max(evidence.revision);
    state.events.forget_to(state.revision);
    state.begin_all_hashes();
    Ok((state, findings))
}

fn empty(evidence: &Evidence, config: &EngineConfig) -> State {
    let last = evidence.segments.last_key_value();
    let last = last.map_or(0, |(number, _)| number.get()).min(NUMBER_MAX);
    let header = SegmentHeader {
        kind: SegmentKind::Original,
        id: SegmentId::new(last + 1),
        replay_order: last + 1,
        through: last + 1,
        before: 0,
        as_of: evidence.revision,
    };
    let limits = SegmentLimits {
        segment_bytes_max: config.segment_bytes_max,
        inline_bytes_max: config.inline_bytes_max,
    };
    let named = evidence.namespaces.values();
    let namespaces: BTreeMap<String, NamespaceInfo> = named
        .map(|(name, info)| (name.clone(), NamespaceInfo { keys: 0, key_bytes_max: 0, ..*info }))
        .collect();
    State {
        tree: Tree::new(),
        pending: Pending::new(&header, limits),
        revision: evidence.revision,
        namespaces: Namespaces::new(namespaces),
        dropping: BTreeSet::new(),
        next_namespace: NamespaceId::FIRST,
        renames: evidence.renames.clone(),
        segments: evidence.segments.clone(),
        next_segment: SegmentId::new(last + 2),
        next_replay_order: last + 2,
        garbage: Garbage::default(),
        waiting: Waiting::new(),
        events: Events::new(config.watch_events_max, config.watch_bytes_max),
        checkpointed: LogPosition::default(),
        frame_bytes: FrameFile::default(),
    }
}

/// Gives a namespace a name whose own is lost.
fn add_unnamed(state: &mut State, id: NamespaceId) {
    let mut name = format!("unnamed-{id}");
    while state.namespaces.by_name(&name).is_some() {
        name.push('_');
    }
    let info = NamespaceInfo::new(id, Revision::ZERO, 1);
    state.namespaces.insert(name, info);
}
