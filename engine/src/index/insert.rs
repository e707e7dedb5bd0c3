//! Setting entries.

use std::sync::Arc;

use super::Tree;
use super::bucket::{BUCKET_BYTES_MAX, common};
use super::child::Absent;
use super::edit::{self, Site};
use super::inner::Inner;
use super::node::{Content, Node};
use super::packed;
use crate::entry::{Body, Entry, Place, Replaced};

/// Where the descent of an insert goes on.
enum Step {
    /// Into the branching at this position.
    Into(usize),
    /// Nowhere: the entry is set.
    Done(Option<Replaced>),
}

impl Tree {
    /// Sets the entry of a key, and returns what it replaced.
    ///
    /// # Errors
    /// [`Absent`] if a child on the way has to be loaded; nothing was changed then.
    pub(crate) fn insert(
        &mut self,
        key: &[u8],
        entry: &Entry<'_>,
    ) -> Result<Option<Replaced>, Absent> {
        // Everything on the way is in memory afterwards.
        let bounded = self.get(key, |old| bounds_summary(&old))?;
        let root = self.root.node_mut();
        let mut site = Site { meter: &self.meter, superseded: &mut self.superseded };
        let set = root.and_then(|root| insert_below(&mut site, root, key, entry));
        let Some(replaced) = set else {
            unreachable!("the path of the key was found in memory");
        };
        if bounded == Some(true) {
            self.refresh(key);
        }
        Ok(replaced)
    }

    /// Says that the record of a key moved, if the entry is still the one at `from`.
    ///
    /// # Errors
    /// [`Absent`] if a child on the way has to be loaded; nothing was changed then.
    pub(crate) fn repoint(&mut self, key: &[u8], from: Place, to: Place) -> Result<bool, Absent> {
        let found = self.get(key, |entry| {
            (entry.place == from).then(|| {
                let mut bytes = Vec::with_capacity(packed::packed_len(&entry));
                packed::pack(&mut bytes, &entry);
                bytes
            })
        })?;
        let Some(bytes) = found.flatten() else { return Ok(false) };
        self.insert(key, &Entry { place: to, ..packed::unpack(&bytes) })?;
        Ok(true)
    }
}

/// Whether the bounds that parents keep may be due to this entry.
pub(super) fn bounds_summary(entry: &Entry<'_>) -> bool {
    entry.expires_at_ms != 0 || matches!(entry.body, Body::Separated(_))
}

fn insert_below(
    site: &mut Site<'_>,
    root: &mut Arc<Node>,
    key: &[u8],
    entry: &Entry<'_>,
) -> Option<Option<Replaced>> {
    let mut node = root;
    let mut rest = key;
    loop {
        let mut edit = Node::edit(node, site.superseded);
        let inner = edit.inner()?;
        rest = rest.get(inner.prefix().len()..)?;
        match step(site, inner, rest, entry)? {
            Step::Into(position) => node = edit.into_inner()?.child_mut(position)?.node_mut()?,
            Step::Done(replaced) => {
                edit.finish();
                return Some(replaced);
            }
        }
    }
}

/// Sets the entry in a branching or in a bucket below it, or goes on to the next branching. `rest`
/// is the key after the prefix.
fn step(site: &mut Site<'_>, inner: &mut Inner, rest: &[u8], entry: &Entry<'_>) -> Option<Step> {
    let Some(byte) = rest.first().copied() else {
        return Some(Step::Done(inner.set_here(entry)));
    };
    let size = rest.len() + packed::packed_len(entry) + 16;
    let position = match inner.position_of(byte) {
        Some(position) => position,
        None => {
            let next = inner.tile(byte).map_or(0, |position| position + 1);
            if !inner.child(next).is_some_and(|child| edit::has_room(child, size)) {
                inner.splice(next..next, vec![edit::single(site.meter, rest, entry)]);
                return Some(Step::Done(None));
            }
            inner.set_start(next, byte);
            next
        }
    };
    let child = inner.child_mut(position)?;
    let node = child.node()?;
    let prefix = node.prefix();
    let shared = common(prefix, rest);
    let whole = shared == prefix.len();
    match node.content() {
        Content::Inner(_) if whole => {
            child.summary.note(entry);
            return Some(Step::Into(position));
        }
        Content::Bucket(bucket) if whole || fits(bucket.bytes_with_prefix(shared), size) => {
            child.summary.note(entry);
            let mut edit = Node::edit(child.node_mut()?, site.superseded);
            let bucket = edit.bucket()?;
            bucket.shorten_prefix(shared);
            let replaced = bucket.put(rest.get(shared..)?, entry);
            if bucket.bytes() > BUCKET_BYTES_MAX && bucket.len() > 1 {
                let pieces = edit::split(site.meter, bucket);
                inner.splice(position..position + 1, pieces);
            } else {
                edit.finish();
            }
            return Some(Step::Done(replaced));
        }
        _ if shared > 0 => {
            let summary = child.summary;
            child.summary.note(entry);
            let node = child.node_mut()?;
            let hole = Node::new(site.meter, Content::Inner(Inner::default()));
            let node = std::mem::replace(node, hole);
            child.replace(edit::fork(site, node, summary, rest, shared, entry));
            let start = rest.first().copied()?;
            inner.set_start(position, start);
        }
        _ => {
            // A bucket of one other first byte, with a prefix too long to be repeated.
            let first = prefix.first().copied()?;
            let other = edit::single(site.meter, rest, entry);
            if byte < first {
                inner.set_start(position, first);
                inner.splice(position..position, vec![other]);
            } else {
                inner.splice(position + 1..position + 1, vec![other]);
            }
        }
    }
    Some(Step::Done(None))
}

fn fits(bytes: usize, more: usize) -> bool {
    bytes + more <= BUCKET_BYTES_MAX
}
