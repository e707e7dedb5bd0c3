//! Removing entries.

use super::Tree;
use super::edit::{self, Site};
use super::node::{Content, Node};
use super::seat::{Seat, Spot, Way, follow};

impl Tree {
    /// Removes the entry of the key whose seat this is, if there is one. Since it was found,
    /// nothing has changed, or what [`Tree::seat_again`] allows.
    pub(crate) fn take(&mut self, seat: &Seat, key: &[u8]) {
        if seat.old().is_none() {
            return;
        }
        if self.is_current(seat) {
            self.take_now(seat);
        } else {
            self.take_now(&self.seat_again(key));
        }
    }

    fn take_now(&mut self, seat: &Seat) {
        self.changes += 1;
        let (way, superseded) = (&seat.way, &mut self.superseded);
        let mut edit = follow(&mut self.root, way, way.len(), superseded, |_| ());
        if let Spot::Found { child, slot } = seat.spot {
            edit = Node::edit(edit.into_child(child).in_memory_mut(), superseded);
            edit.leaf().remove(slot);
        } else {
            edit.branching().remove_here();
        }
        edit.finish();
        let way = seat.way_to_node();
        if seat.bounds_summary() {
            self.refresh(&way, way.len());
        }
        self.settle(&way, way.len());
    }

    /// Tidies the first `levels` nodes below the root on a way, from the last up for as long as
    /// there is something to tidy.
    pub(super) fn settle(&mut self, way: &Way, levels: usize) {
        for level in (0..levels).rev() {
            let mut edit = follow(&mut self.root, way, level, &mut self.superseded, |_| ());
            let mut site = Site { meter: &self.meter, superseded: &mut self.superseded };
            let shrunk = edit::tidy(&mut site, edit.branching(), way.at(level));
            edit.finish();
            if !shrunk {
                return;
            }
        }
    }

    /// Tightens the bounds that parents keep of the first `levels` nodes below the root on a way,
    /// the last of which changed.
    pub(super) fn refresh(&mut self, way: &Way, levels: usize) {
        for level in (0..levels).rev() {
            let parent = follow(&mut self.root, way, level, &mut self.superseded, |_| ());
            let child = parent.into_child(way.at(level));
            let summary = match child.in_memory().content() {
                Content::Bucket(bucket) => bucket.summary(),
                Content::Inner(inner) => inner.summary(),
            };
            if child.summary == summary {
                return;
            }
            child.summary = summary;
        }
    }
}

#[cfg(test)]
impl Tree {
    /// Removes a key, and returns what it had.
    pub(super) fn remove(
        &mut self,
        key: &[u8],
    ) -> Result<Option<crate::entry::Replaced>, super::NotResident> {
        let seat = self.seat(key)?;
        self.take(&seat, key);
        Ok(seat.old().copied())
    }
}
