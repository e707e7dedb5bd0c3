//! The shape of the tree: how what grows is split and what shrinks is joined again.

use std::ops::Range;
use std::sync::Arc;

use super::bucket::{BUCKET_BYTES_MAX, Bucket};
use super::child::Child;
use super::inner::Inner;
use super::node::{Content, FrameCell, Meter, Node};
use super::summary::Summary;
use crate::entry::Entry;
use crate::frame::FrameKind;

/// Buckets below this are joined with a neighbour, if both are below [`JOINED_BYTES_MAX`] then.
const SMALL_BYTES: usize = BUCKET_BYTES_MAX / 4;

/// Joined buckets leave room, so that the next insert does not split them again.
const JOINED_BYTES_MAX: usize = BUCKET_BYTES_MAX / 2;

/// What the children of one tree have in common.
pub(super) struct Site<'a> {
    pub(super) meter: &'a Arc<Meter>,
    pub(super) superseded: &'a mut Vec<FrameCell>,
}

/// A bucket of one key, given from its branching byte on.
pub(super) fn single(meter: &Arc<Meter>, rest: &[u8], entry: &Entry<'_>) -> Child {
    let mut summary = Summary::default();
    summary.note(entry);
    bucket_child(meter, Bucket::single(rest, entry), summary)
}

/// The children that take the place of a bucket that is too large.
///
/// Where its keys share bytes that is one branching after them; else they branch already in the
/// parent, and there are several children.
pub(super) fn split(meter: &Arc<Meter>, bucket: &Bucket) -> Vec<Child> {
    let all = 0..bucket.len();
    let shared = bucket.common(all.clone());
    let more = bucket.suffix(0).get(..shared).unwrap_or_default();
    let prefix = [bucket.prefix(), more].concat();
    if prefix.is_empty() {
        return cut(meter, bucket, all, 0);
    }
    vec![branch(meter, bucket, all, &prefix, shared)]
}

/// A branching over the entries in a range, `skipped` bytes into their suffixes, which they share.
fn branch(
    meter: &Arc<Meter>,
    bucket: &Bucket,
    mut range: Range<usize>,
    prefix: &[u8],
    skipped: usize,
) -> Child {
    let mut inner = Inner::new(prefix);
    if bucket.suffix(range.start).len() == skipped
        && let Some(entry) = bucket.entry(range.start)
    {
        inner.set_here(&entry);
        range.start += 1;
    }
    inner.splice(0..0, cut(meter, bucket, range, skipped));
    inner_child(meter, inner)
}

/// Children over the entries in a range, none of which ends `skipped` bytes into its suffix.
///
/// Calls itself through [`branch`], at most once for each entry of one bucket.
pub(super) fn cut(
    meter: &Arc<Meter>,
    bucket: &Bucket,
    range: Range<usize>,
    skipped: usize,
) -> Vec<Child> {
    let mut children = Vec::new();
    let ends = Ends::of(bucket, range.clone());
    let mut pending = vec![range];
    while let Some(range) = pending.pop() {
        if range.is_empty() {
            continue;
        }
        let bytes = ends.bytes(range.clone());
        let shared = bucket.common(range.clone());
        if bytes <= BUCKET_BYTES_MAX || range.len() == 1 {
            let piece = bucket.extract(range, skipped);
            let summary = piece.summary();
            children.push(bucket_child(meter, piece, summary));
        } else if shared > skipped {
            let prefix = bucket.suffix(range.start).get(skipped..shared).unwrap_or_default();
            children.push(branch(meter, bucket, range, prefix, shared));
        } else {
            let middle = boundary(bucket, range.clone(), skipped, &ends);
            pending.push(middle..range.end);
            pending.push(range.start..middle);
        }
    }
    children
}

/// How many bytes the entries of a range take.
struct Ends {
    start: usize,
    /// Those before each entry from `start` on, and all.
    before: Vec<usize>,
}

impl Ends {
    fn of(bucket: &Bucket, range: Range<usize>) -> Self {
        let mut before = Vec::with_capacity(range.len() + 1);
        let mut bytes = 0;
        before.push(bytes);
        for position in range.clone() {
            bytes += bucket.entry_bytes(position);
            before.push(bytes);
        }
        Self { start: range.start, before }
    }

    fn bytes(&self, range: Range<usize>) -> usize {
        self.before[range.end - self.start] - self.before[range.start - self.start]
    }
}

/// Where the byte at `skipped` changes, as near to half of the bytes as can be.
fn boundary(bucket: &Bucket, range: Range<usize>, skipped: usize, ends: &Ends) -> usize {
    let bytes = ends.bytes(range.clone());
    let byte = |position: usize| bucket.suffix(position).get(skipped).copied();
    let mut best = (usize::MAX, range.end - 1);
    let mut last = byte(range.start);
    for position in range.start + 1..range.end {
        let next = byte(position);
        if next != last {
            let distance = (2 * ends.bytes(range.start..position)).abs_diff(bytes);
            best = best.min((distance, position));
            last = next;
        }
    }
    best.1
}

/// A branching in the place of a node that shares only `shared` bytes of its prefix with the key
/// `rest`. The node is below it, and so is the key.
pub(super) fn fork(
    site: &mut Site<'_>,
    mut node: Arc<Node>,
    summary: Summary,
    rest: &[u8],
    shared: usize,
    entry: &Entry<'_>,
) -> Arc<Node> {
    let (path, kept) = node.prefix().split_at(shared);
    let mut inner = Inner::new(path);
    let start = kept.first().copied().unwrap_or_default();
    let kept = kept.into();
    set_prefix(&mut node, kept, site.superseded);
    let mut children = vec![Child::resident(start, summary, node)];
    match rest.get(shared) {
        None => inner.set_here(entry),
        Some(byte) => {
            let other = single(site.meter, rest.get(shared..).unwrap_or_default(), entry);
            children.insert(usize::from(*byte > start), other);
        }
    }
    inner.splice(0..0, children);
    Node::new(site.meter, Content::Inner(inner))
}

/// Mends what a removal left of a child, which is in memory: drops an empty one, puts an only
/// grandchild in its place, joins it with a neighbour if both are small. Returns whether the
/// branching has fewer children now, so that it may need the same.
pub(super) fn tidy(site: &mut Site<'_>, inner: &mut Inner, position: usize) -> bool {
    let child = &mut inner.children_mut()[position];
    let empty = match child.in_memory().content() {
        Content::Bucket(bucket) => bucket.is_empty(),
        Content::Inner(inner) => inner.is_empty(),
    };
    if empty {
        inner.take(position).leave(site.superseded);
        return true;
    }
    collapse(site, child);
    let small = |bucket: &Bucket| bucket.bytes() < SMALL_BYTES;
    if !child.in_memory().bucket().is_some_and(small) {
        return false;
    }
    join(site, inner, position) || position > 0 && join(site, inner, position - 1)
}

/// Puts what is left of a branching that no longer branches in its place.
fn collapse(site: &mut Site<'_>, child: &mut Child) {
    let node = child.in_memory_mut();
    let Some(inner) = node.inner() else { return };
    let prefix = inner.prefix();
    let replacement = match (inner.here(), inner.children()) {
        (Some(entry), []) => Node::new(site.meter, Content::Bucket(Bucket::single(prefix, &entry))),
        (Some(entry), [only]) => {
            let Some(bucket) = only.node().and_then(|node| node.bucket()) else { return };
            if bucket.bytes_with_prefix(0) > JOINED_BYTES_MAX {
                return;
            }
            let mut joined = Bucket::new(prefix);
            joined.put(&[], &entry);
            joined.append(bucket, 0..bucket.len(), 0, bucket.prefix());
            only.leave(site.superseded);
            Node::new(site.meter, Content::Bucket(joined))
        }
        (None, [only]) => {
            let Some(below) = only.node() else { return };
            let path = [prefix, below.prefix()].concat();
            let mut edit = Node::edit(node, site.superseded);
            let mut below = edit.branching().take(0).into_shared();
            set_prefix(&mut below, path.into(), site.superseded);
            child.replace(below);
            return;
        }
        _ => return,
    };
    child.leave(site.superseded);
    child.replace(replacement);
}

/// Joins a child with the next one, if they are small buckets.
fn join(site: &mut Site<'_>, inner: &mut Inner, position: usize) -> bool {
    let (Some(left), Some(right)) = (inner.child(position), inner.child(position + 1)) else {
        return false;
    };
    let buckets =
        (left.node().and_then(|node| node.bucket()), right.node().and_then(|node| node.bucket()));
    let (Some(low), Some(high)) = buckets else { return false };
    if low.bytes_with_prefix(0) + high.bytes_with_prefix(0) > JOINED_BYTES_MAX {
        return false;
    }
    let mut joined = Bucket::new(&[]);
    joined.append(low, 0..low.len(), 0, low.prefix());
    joined.append(high, 0..high.len(), 0, high.prefix());
    let mut summary = left.summary;
    summary.join(right.summary);
    left.leave(site.superseded);
    right.leave(site.superseded);
    let child = bucket_child(site.meter, joined, summary);
    inner.splice(position..position + 2, vec![child]);
    true
}

pub(super) fn set_prefix(node: &mut Arc<Node>, prefix: Box<[u8]>, superseded: &mut Vec<FrameCell>) {
    let mut edit = Node::edit(node, superseded);
    match edit.content() {
        Content::Bucket(bucket) => bucket.set_prefix(prefix),
        Content::Inner(inner) => inner.set_prefix(prefix),
    }
    edit.finish();
}

/// A bucket that starts at its first key.
pub(super) fn bucket_child(meter: &Arc<Meter>, bucket: Bucket, summary: Summary) -> Child {
    let start = bucket.prefix().first().or(bucket.suffix(0).first()).copied().unwrap_or_default();
    Child::resident(start, summary, Node::new(meter, Content::Bucket(bucket)))
}

pub(super) fn inner_child(meter: &Arc<Meter>, inner: Inner) -> Child {
    let start = inner.prefix().first().copied().unwrap_or_default();
    let summary = inner.summary();
    Child::resident(start, summary, Node::new(meter, Content::Inner(inner)))
}

/// Whether a child is a bucket in memory that could take a key of `len` bytes and its entry with
/// no shared prefix at all.
pub(super) fn has_room(child: &Child, len: usize) -> bool {
    child.kind() == FrameKind::Bucket
        && child
            .node()
            .and_then(|node| node.bucket())
            .is_some_and(|bucket| bucket.bytes_with_prefix(0) + len <= BUCKET_BYTES_MAX)
}
