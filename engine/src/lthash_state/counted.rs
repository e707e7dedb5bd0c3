//! All tracked namespaces, and how what waits is counted.

use std::collections::BTreeMap;

use bytes::Bytes;
use sealwood_lthash::Change;

use super::hashed::Hashed;
use super::tracked::{ChangeNumber, Fill, Followed, Tracked};
use super::waiting::{Uncounted, Waiting};
use crate::error::{Error, Result};
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::source::Source;
use crate::value_ref::ValueRef;

/// How many rows are read and counted at once.
const ROWS_AT_ONCE: usize = 256;

/// How many changes of single rows are: so many that there are several of a bucket.
const CHANGES_AT_ONCE: usize = 4096;

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
    /// The last change of any of them.
    change: ChangeNumber,
}

impl Counted {
    /// Takes up what was stored of a namespace.
    pub(crate) fn restore(&mut self, namespace: NamespaceId, tracked: Tracked) {
        self.namespaces.insert(namespace, tracked);
    }

    /// What is known of a namespace; none if it is not tracked.
    pub(crate) fn of(&self, namespace: NamespaceId) -> Option<&Tracked> {
        self.namespaces.get(&namespace)
    }

    /// The tracked namespaces, by id.
    pub(crate) fn all(&self) -> impl Iterator<Item = (NamespaceId, &Tracked)> {
        self.namespaces.iter().map(|(id, tracked)| (*id, tracked))
    }

    /// Those of which not all rows are counted.
    pub(crate) fn unfilled(&self) -> Vec<NamespaceId> {
        let unfilled = self.all().filter(|(_, tracked)| tracked.fill() != Fill::Nothing);
        unfilled.map(|(id, _)| id).collect()
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
            while let Some(next) = waiting.first(namespace) {
                match next {
                    Uncounted::Tracked { name, detail, keys } => {
                        let begun = Tracked::begin(name, *detail, *keys, revision)?;
                        self.namespaces.insert(namespace, begun);
                        waiting.counted(namespace);
                    }
                    Uncounted::Untracked => {
                        self.namespaces.remove(&namespace);
                        waiting.counted(namespace);
                    }
                    Uncounted::Rows(_) | Uncounted::Renamed { .. } => {
                        let Some(tracked) = self.namespaces.get_mut(&namespace) else {
                            waiting.counted(namespace);
                            continue;
                        };
                        match next {
                            Uncounted::Renamed { .. } => {
                                count_renamed(reader, tracked, namespace, waiting)?;
                            }
                            _ => count_rows(reader, tracked, namespace, waiting)?,
                        }
                    }
                }
                self.changed(namespace);
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
        let more = !rows.is_empty();
        let mut filled = Ok(more);
        if more {
            let values = rows.iter().map(|(_, source)| Hashed::of(reader, source));
            let values = values.collect::<Result<Vec<_>>>()?;
            let rows = rows.iter().zip(&values);
            let rows: Vec<_> = rows.map(|((key, _), it)| (key.as_slice(), it.value())).collect();
            let followed = tracked.add(&rows);
            if followed != Followed::Counted {
                // Who begins anew for the same rows begins for ever.
                filled = Err(Error::Malformed { what: "rows of a namespace" });
            }
            report(namespace, followed);
        } else {
            tracked.is_filled();
        }
        self.changed(namespace);
        filled
    }

    fn changed(&mut self, namespace: NamespaceId) {
        self.change = self.change.next();
        if let Some(tracked) = self.namespaces.get_mut(&namespace) {
            tracked.changed(self.change);
        }
    }
}

/// Counts changes of single rows.
fn count_rows<R: Reader>(
    reader: &R,
    tracked: &mut Tracked,
    namespace: NamespaceId,
    waiting: &mut Waiting<R::Snapshot>,
) -> Result<()> {
    let mut count = 0;
    // A backfill meets the others as they are by then.
    let rows = waiting.rows(namespace, CHANGES_AT_ONCE).inspect(|_| count += 1);
    let rows = rows.filter(|row| tracked.counts(row.key)).map(|row| {
        let [before, after] = [row.before, row.after];
        let before = before.map(|held| Hashed::of_held(reader, &held)).transpose()?;
        let after = after.map(|held| Hashed::of_held(reader, &held)).transpose()?;
        Ok((row.key, before, after))
    });
    let rows = rows.collect::<Result<Vec<_>>>();
    if let Some(rows) = unless_lost(tracked, namespace, rows)? {
        let changes = rows.iter().map(|(key, before, after)| Change {
            key,
            before: before.as_ref().map(Hashed::value),
            after: after.as_ref().map(Hashed::value),
        });
        let changes: Vec<_> = changes.collect();
        report(namespace, tracked.follow(&changes));
    }
    waiting.counted_rows(namespace, count);
    Ok(())
}

/// Counts the next rows that were renamed, and is done with the rename after the last.
fn count_renamed<R: Reader>(
    reader: &R,
    tracked: &mut Tracked,
    namespace: NamespaceId,
    waiting: &mut Waiting<R::Snapshot>,
) -> Result<()> {
    let Some(Uncounted::Renamed { from, to, index, counted }) = waiting.first(namespace) else {
        return Ok(());
    };
    let rows = reader.rows(index, namespace, from, counted.as_deref(), ROWS_AT_ONCE);
    let moved = rows.and_then(|rows| moved(reader, tracked, rows, [from, to]));
    let moved = unless_lost(tracked, namespace, moved)?.unwrap_or_default();
    let Some(last) = moved.last() else {
        waiting.counted(namespace);
        return Ok(());
    };
    let rows = moved.iter().filter_map(|Moved { old, new, value }| {
        let value = value.as_ref()?.value();
        Some([Change::removed(old, value), Change::added(new, value)])
    });
    let followed = tracked.follow(&rows.flatten().collect::<Vec<_>>());
    let is_counted = followed == Followed::Counted;
    report(namespace, followed);
    if is_counted {
        let last = last.old.clone();
        waiting.counted_up_to(namespace, last);
    } else {
        waiting.counted(namespace);
    }
    Ok(())
}

/// A row that was renamed.
struct Moved {
    old: Vec<u8>,
    new: Vec<u8>,
    /// None if a backfill has still to come to it, under both names.
    value: Option<Hashed<'static>>,
}

/// Rows of before a rename, with what of them is counted.
fn moved<R: Reader>(
    reader: &R,
    tracked: &Tracked,
    rows: Vec<(Vec<u8>, Source)>,
    [from, to]: [&[u8]; 2],
) -> Result<Vec<Moved>> {
    let rows = rows.into_iter().map(|(old, source)| {
        let new = [to, &old[from.len()..]].concat();
        let is_counted = tracked.counts(&old) || tracked.counts(&new);
        let value = is_counted.then(|| Hashed::of(reader, &source)).transpose()?;
        Ok(Moved { old, new, value })
    });
    rows.collect()
}

/// What was read. What is damaged or gone, or cannot be read however often it is tried, cannot be
/// taken out of the hash: all rows are to be counted again, and then there is none. So nothing that
/// lasts is in the way of a checkpoint, which counts all that waits.
fn unless_lost<T>(
    tracked: &mut Tracked,
    namespace: NamespaceId,
    read: Result<T>,
) -> Result<Option<T>> {
    match read {
        Ok(read) => Ok(Some(read)),
        Err(error) if lasts(&error) => {
            log::warn!("the hash of namespace {namespace} is made anew: {error}");
            tracked.begin_anew();
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether trying again does not help. What is scarce, as memory and handles are, may be there
/// later.
fn lasts(error: &Error) -> bool {
    matches!(
        error,
        Error::StoreCorrupt { .. }
            | Error::StoreFailed { .. }
            | Error::StoreDenied { .. }
            | Error::Malformed { .. }
    )
}

fn report(namespace: NamespaceId, followed: Followed) {
    if let Followed::BeginsAnew(error) = followed {
        log::error!("the hash of namespace {namespace} is made anew: {error}");
    }
}
