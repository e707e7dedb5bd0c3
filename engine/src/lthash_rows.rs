//! Rows of a snapshot, as their hash needs them.

use std::sync::Arc;

use super::frame::FrameSource;
use super::index::Snapshot;
use super::index_key::IndexKey;
use super::source::Source;
use crate::error::Result;
use crate::namespace_id::NamespaceId;

/// The rows of a namespace whose keys begin with `prefix` and come after `after`, in ascending
/// order, `max` at most. Keys that have expired are rows as long as they are in the index.
pub(crate) fn rows(
    snapshot: &Snapshot,
    frames: &Arc<dyn FrameSource>,
    namespace: NamespaceId,
    prefix: &[u8],
    after: Option<&[u8]>,
    max: usize,
) -> Result<Vec<(Vec<u8>, Source)>> {
    let all = IndexKey::new(namespace, prefix);
    let mut cursor = snapshot.cursor(frames.clone());
    match after {
        Some(after) => cursor.seek(&IndexKey::new(namespace, after).successor())?,
        None => cursor.seek(&all)?,
    }
    let mut rows = Vec::new();
    while rows.len() < max
        && let Some(key) = cursor.key().filter(|key| key.starts_with(&all))
        && let Some(entry) = cursor.entry()
    {
        rows.push((IndexKey::key_in(key).to_vec(), Source::of(&entry)));
        cursor.next()?;
    }
    Ok(rows)
}
