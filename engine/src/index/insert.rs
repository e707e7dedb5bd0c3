//! Setting entries.

use super::Tree;
use super::bucket::{BUCKET_BYTES_MAX, Bucket, common};
use super::child::{Child, NotResident};
use super::edit::{self, Site};
use super::inner::Inner;
use super::node::{Content, FrameCell, Node};
use super::packed;
use super::seat::{Seat, Spot, Way, follow};
use crate::entry::{Entry, Place};

impl Tree {
    /// Sets the entry of the key whose seat this is. Since it was found, nothing has changed, or
    /// what [`Tree::seat_again`] allows.
    pub(crate) fn set(&mut self, seat: &Seat, key: &[u8], entry: &Entry<'_>) {
        if self.is_current(seat) {
            self.set_now(seat, key, entry);
        } else {
            self.set_now(&self.seat_again(key), key, entry);
        }
    }

    /// Sets the entry of the key whose seat this is now.
    pub(super) fn set_now(&mut self, seat: &Seat, key: &[u8], entry: &Entry<'_>) {
        self.changes += 1;
        let note = |child: &mut Child| child.summary.note(entry);
        let (way, superseded) = (&seat.way, &mut self.superseded);
        let mut edit = follow(&mut self.root, way, way.len(), superseded, note);
        let rest = &key[seat.depth..];
        let crowded = match seat.spot {
            Spot::Found { child, slot } => {
                let is_crowded = into_bucket(edit.into_child(child), superseded, entry, |bucket| {
                    bucket.overwrite(slot, entry);
                });
                is_crowded.then_some(child)
            }
            Spot::Room { child, slot } => {
                let is_crowded = into_bucket(edit.into_child(child), superseded, entry, |bucket| {
                    let suffix = &rest[bucket.prefix().len()..];
                    bucket.insert_at(slot, suffix, entry);
                });
                is_crowded.then_some(child)
            }
            Spot::Here => {
                edit.branching().set_here(entry);
                edit.finish();
                None
            }
            Spot::Beside { child } => {
                let mut site = Site { meter: &self.meter, superseded };
                let crowded = beside(&mut site, edit.branching(), child, rest, entry);
                edit.finish();
                crowded
            }
            Spot::Gap { next } => {
                let mut site = Site { meter: &self.meter, superseded };
                let crowded = into_gap(&mut site, edit.branching(), next, rest, entry);
                edit.finish();
                crowded
            }
        };
        if let Some(child) = crowded {
            self.split(way, child);
        }
        if seat.bounds_summary() {
            // What is in the place of a bucket that was split has the bounds of its own entries.
            let way = if crowded.is_some() { seat.way.clone() } else { seat.way_to_node() };
            self.refresh(&way, way.len());
        }
    }

    /// Puts others in the place of a bucket that was changed and is too large: the child of the
    /// branching that this is the way to.
    fn split(&mut self, way: &Way, child: usize) {
        let mut edit = follow(&mut self.root, way, way.len(), &mut self.superseded, |_| ());
        let inner = edit.branching();
        let pieces = edit::split(&self.meter, inner.children()[child].in_memory().leaf());
        inner.splice(child..child + 1, pieces);
        edit.finish();
    }

    /// Says that the record of a key moved, if the entry is still the one at `from`.
    ///
    /// # Errors
    /// [`NotResident`] if a child on the way has to be loaded; nothing was changed then.
    pub(crate) fn repoint(
        &mut self,
        key: &[u8],
        from: Place,
        to: Place,
    ) -> Result<bool, NotResident> {
        let seat = self.seat(key)?;
        if seat.old().is_none_or(|old| old.place != from) {
            return Ok(false);
        }
        let mut bytes = Vec::new();
        if let Some(entry) = self.entry_at(&seat) {
            packed::pack(&mut bytes, &entry);
        }
        self.set(&seat, key, &Entry { place: to, ..packed::unpack(&bytes) });
        Ok(true)
    }
}

/// Changes a child that is a bucket, and returns whether that is too large now.
fn into_bucket(
    child: &mut Child,
    superseded: &mut Vec<FrameCell>,
    entry: &Entry<'_>,
    change: impl FnOnce(&mut Bucket),
) -> bool {
    child.summary.note(entry);
    let mut edit = Node::edit(child.in_memory_mut(), superseded);
    let bucket = edit.leaf();
    change(bucket);
    let is_crowded = bucket.bytes() > BUCKET_BYTES_MAX && bucket.len() > 1;
    edit.finish();
    is_crowded
}

/// Sets the entry of a key in no child's tile, at this position. Returns the position of a bucket
/// that is too large now. `rest` is the key after the prefix.
fn into_gap(
    site: &mut Site<'_>,
    inner: &mut Inner,
    next: usize,
    rest: &[u8],
    entry: &Entry<'_>,
) -> Option<usize> {
    let has_room = |child| edit::has_room(child, size(rest, entry));
    if inner.child(next).is_some_and(has_room) {
        inner.set_start(next, rest[0]);
        return beside(site, inner, next, rest, entry);
    }
    inner.splice(next..next, vec![edit::single(site.meter, rest, entry)]);
    None
}

/// Sets the entry of a key in the tile of a child that does not begin with the child's prefix.
/// Returns the position of a bucket that is too large now. `rest` is the key after the prefix.
fn beside(
    site: &mut Site<'_>,
    inner: &mut Inner,
    position: usize,
    rest: &[u8],
    entry: &Entry<'_>,
) -> Option<usize> {
    let child = &mut inner.children_mut()[position];
    let prefix = child.in_memory().prefix();
    let shared = common(prefix, rest);
    let fits =
        |bucket: &Bucket| bucket.bytes_with_prefix(shared) + size(rest, entry) <= BUCKET_BYTES_MAX;
    if child.in_memory().bucket().is_some_and(fits) {
        let is_crowded = into_bucket(child, site.superseded, entry, |bucket| {
            bucket.shorten_prefix(shared);
            bucket.put(&rest[shared..], entry);
        });
        return is_crowded.then_some(position);
    }
    if shared > 0 {
        let summary = child.summary;
        child.summary.note(entry);
        let hole = Node::new(site.meter, Content::Inner(Inner::default()));
        let node = std::mem::replace(child.in_memory_mut(), hole);
        child.replace(edit::fork(site, node, summary, rest, shared, entry));
        inner.set_start(position, rest[0]);
        return None;
    }
    // A bucket of one other first byte, with a prefix too long to be repeated.
    let first = prefix[0];
    let other = edit::single(site.meter, rest, entry);
    if rest[0] < first {
        inner.set_start(position, first);
        inner.splice(position..position, vec![other]);
    } else {
        inner.splice(position + 1..position + 1, vec![other]);
    }
    None
}

/// What an entry takes in a bucket at most.
fn size(rest: &[u8], entry: &Entry<'_>) -> usize {
    rest.len() + packed::packed_len(entry) + 16
}

#[cfg(test)]
impl Tree {
    /// Sets the entry of a key, and returns what it replaced.
    pub(super) fn insert(
        &mut self,
        key: &[u8],
        entry: &Entry<'_>,
    ) -> Result<Option<crate::entry::Replaced>, NotResident> {
        let seat = self.seat(key)?;
        self.set(&seat, key, entry);
        Ok(seat.old().copied())
    }
}
