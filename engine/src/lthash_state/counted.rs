//! All tracked namespaces, and how what waits is counted.

use std::collections::BTreeMap;

use bytes::Bytes;
use sealwood_lthash::Change;

use super::hashed::Hashed;
use super::tracked::{Fill, Followed, Tracked};
use super::waiting::{Note, Waiting};
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::source::Source;
use crate::value_ref::ValueRef;

/// How many rows are counted at once.
const ROWS_AT_ONCE: usize = 256;

/// Where values and rows are read.
pub(crate) trait Reader {
    /// A state of the index.
    type Snapshot;

    /// All of a value.
    fn read(&self, source: &Source) -> Result<Bytes>;

    /// The name under which a value has, or would have, a file of its own.
    fn name(&self, value: &[u8]) -> ValueRef;

    /// The rows of a namespace whose keys begin with `prefix` and come after `after`, in ascending
    /// order, `max` at most.
    fn rows(
        &self,
        snapshot: &Self::Snapshot,
        namespace: NamespaceId,
        prefix: &[u8],
        after: Option<&[u8]>,
        max: usize,
    ) -> Result<Vec<(Vec<u8>, Source)>>;
}

/// The hashes of an engine's namespaces.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    namespaces: BTreeMap<NamespaceId, Tracked>,
}

impl Counted {
    /// Tracks a namespace.
    pub(crate) fn track(&mut self, namespace: NamespaceId, tracked: Tracked) {
        self.namespaces.insert(namespace, tracked);
    }

    /// Tracks it no more.
    pub(crate) fn forget(&mut self, namespace: NamespaceId) {
        self.namespaces.remove(&namespace);
    }

    /// What is known of a namespace; none if it is not tracked.
    pub(crate) fn of(&self, namespace: NamespaceId) -> Option<&Tracked> {
        self.namespaces.get(&namespace)
    }

    /// The tracked namespaces, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = (NamespaceId, &Tracked)> {
        self.namespaces.iter().map(|(id, tracked)| (*id, tracked))
    }

    /// Counts what waits: all that happened up to `revision`.
    ///
    /// After an error what was counted is no longer among what waits, and the rest is as it was.
    pub(crate) fn count<R: Reader>(
        &mut self,
        reader: &R,
        waiting: &mut Waiting<R::Snapshot>,
        revision: Revision,
    ) -> Result<()> {
        for namespace in waiting.namespaces() {
            let Some(tracked) = self.namespaces.get_mut(&namespace) else {
                waiting.forget(namespace);
                continue;
            };
            while let Some(next) = waiting.first(namespace) {
                match next {
                    Note::Row(_) => count_rows(reader, tracked, namespace, waiting)?,
                    Note::Renamed { .. } => count_renamed(reader, tracked, namespace, waiting)?,
                }
            }
        }
        self.namespaces.values_mut().for_each(|tracked| tracked.is_at(revision));
        Ok(())
    }

    /// Counts the next rows of a namespace that was not tracked from its first row on. `snapshot`
    /// is the index at the revision up to which changes are counted. Returns whether there may be
    /// more.
    pub(crate) fn fill<R: Reader>(
        &mut self,
        reader: &R,
        snapshot: &R::Snapshot,
        namespace: NamespaceId,
    ) -> Result<bool> {
        let Some(tracked) = self.namespaces.get_mut(&namespace) else { return Ok(false) };
        let after = match tracked.fill() {
            Fill::Nothing => return Ok(false),
            Fill::All => None,
            Fill::After(key) => Some(key),
        };
        let rows = reader.rows(snapshot, namespace, b"", after, ROWS_AT_ONCE)?;
        if rows.is_empty() {
            tracked.is_filled();
            return Ok(false);
        }
        let values = rows.iter().map(|(_, source)| Hashed::of(reader, source));
        let values = values.collect::<Result<Vec<_>>>()?;
        let rows: Vec<_> =
            rows.iter().zip(&values).map(|((key, _), it)| (key.as_slice(), it.value())).collect();
        report(namespace, tracked.add(&rows));
        Ok(true)
    }
}

/// Counts changes of single rows.
fn count_rows<R: Reader>(
    reader: &R,
    tracked: &mut Tracked,
    namespace: NamespaceId,
    waiting: &mut Waiting<R::Snapshot>,
) -> Result<()> {
    let rows = waiting.rows(namespace, ROWS_AT_ONCE);
    let count = rows.len();
    let mut values = Vec::with_capacity(count);
    let mut lost = None;
    for row in &rows {
        let hashed = |source: &Option<Source>| {
            source.as_ref().map(|source| Hashed::of(reader, source)).transpose()
        };
        match hashed(&row.before) {
            Ok(before) => values.push((before, hashed(&row.after)?)),
            // What is gone cannot be taken out of the hash.
            Err(error @ Error::StoreCorrupt { .. }) => {
                lost = Some(error);
                break;
            }
            Err(error) => return Err(error),
        }
    }
    if let Some(error) = lost {
        log::warn!("the hash of namespace {namespace} is made anew: {error}");
        tracked.begin_anew();
    } else {
        let changes = rows.iter().zip(&values).map(|(row, (before, after))| Change {
            key: &row.key,
            before: before.as_ref().map(Hashed::value),
            after: after.as_ref().map(Hashed::value),
        });
        let changes: Vec<_> = changes.collect();
        report(namespace, tracked.follow(&changes));
    }
    waiting.counted(namespace, count);
    Ok(())
}

/// Counts the next rows that were renamed, and is done with the rename after the last.
fn count_renamed<R: Reader>(
    reader: &R,
    tracked: &mut Tracked,
    namespace: NamespaceId,
    waiting: &mut Waiting<R::Snapshot>,
) -> Result<()> {
    let Some(Note::Renamed { from, to, index, counted }) = waiting.first(namespace) else {
        return Ok(());
    };
    let rows = reader.rows(index, namespace, from, counted.as_deref(), ROWS_AT_ONCE)?;
    let Some((last, _)) = rows.last() else {
        waiting.counted(namespace, 1);
        return Ok(());
    };
    let last = last.clone();
    let mut moved = Vec::with_capacity(rows.len());
    for (key, source) in rows {
        let value = match Hashed::of(reader, &source) {
            Ok(value) => value,
            Err(error @ Error::StoreCorrupt { .. }) => {
                log::warn!("the hash of namespace {namespace} is made anew: {error}");
                tracked.begin_anew();
                waiting.counted(namespace, 1);
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let new = [to.as_slice(), &key[from.len()..]].concat();
        moved.push((key, new, value));
    }
    let changes: Vec<_> = moved
        .iter()
        .flat_map(|(old, new, value)| {
            [Change::removed(old, value.value()), Change::added(new, value.value())]
        })
        .collect();
    let followed = tracked.follow(&changes);
    let begins_anew = followed != Followed::Counted;
    report(namespace, followed);
    if begins_anew {
        waiting.counted(namespace, 1);
    } else {
        waiting.counted_up_to(namespace, last);
    }
    Ok(())
}

fn report(namespace: NamespaceId, followed: Followed) {
    if let Followed::BeginsAnew(error) = followed {
        log::error!("the hash of namespace {namespace} is made anew: {error}");
    }
}
