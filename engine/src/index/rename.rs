//! Moving all keys of one prefix below another.
//!
//! A branching is put in elsewhere, with another prefix and the same children, and taken out where
//! it was. The entries of a bucket are set one by one.

use std::ops::Range;

use super::Tree;
use super::bucket::{Bucket, common};
use super::child::{Child, NotResident};
use super::edit::{self, Site};
use super::inner::Inner;
use super::node::Content;
use super::seat::{Spot, follow};
use super::summary::Summary;

impl Tree {
    /// Lets every key that begins with `from` begin with `to` instead, and returns whether any
    /// did. Takes the time of a path and of a bucket, however many keys there are.
    ///
    /// Nothing is done if a key begins with `to` already. Neither may be a prefix of the other. The
    /// caller makes sure that no key becomes too long.
    ///
    /// # Errors
    /// [`NotResident`] if a child on either way has to be loaded; nothing was changed then.
    pub(crate) fn rename_prefix(&mut self, from: &[u8], to: &[u8]) -> Result<bool, NotResident> {
        // The way to `to` is in memory afterwards.
        if !self.is_prefix_empty(to)? {
            return Ok(false);
        }
        let Some(located) = self.locate(from)? else { return Ok(false) };
        // First the new keys, then the old ones go: a path that is in memory stays so only as long
        // as no child leaves and gives its tile to a neighbour.
        let taken = from.len() - located.depth;
        match located.node.content() {
            Content::Bucket(bucket) => {
                for position in located.entries.clone() {
                    let end = [bucket.prefix(), bucket.suffix(position)].concat();
                    let key = [to, &end[taken..]].concat();
                    if let Some(entry) = bucket.entry(position) {
                        // The keys ascend: the way to each stays in memory.
                        self.set_now(&self.seat_again(&key), &key, &entry);
                    }
                }
            }
            Content::Inner(inner) => {
                let path = [to, &inner.prefix()[taken..]].concat();
                self.attach(&path, inner.clone());
            }
        }
        drop(located);
        if let Some(old) = self.locate(from)? {
            if old.is_whole() {
                old.node.leave(&mut self.superseded);
            }
            self.detach(&old);
        }
        Ok(true)
    }

    /// Puts a branching in at `path`, below which there is no key, and the way to which was found
    /// in memory.
    fn attach(&mut self, path: &[u8], inner: Inner) {
        let seat = self.seat_again(path);
        self.changes += 1;
        let graft = Graft { summary: inner.summary(), inner };
        let note = |child: &mut Child| child.summary.join(graft.summary);
        let (way, superseded) = (&seat.way, &mut self.superseded);
        let mut edit = follow(&mut self.root, way, way.len(), superseded, note);
        let mut site = Site { meter: &self.meter, superseded };
        graft.attach(&mut site, edit.branching(), seat.spot, &path[seat.depth..]);
        edit.finish();
    }
}

/// A branching that is put in elsewhere.
struct Graft {
    inner: Inner,
    summary: Summary,
}

impl Graft {
    /// Puts the branching in at a spot. `rest` is its path after the prefix of `inner`.
    fn attach(self, site: &mut Site<'_>, inner: &mut Inner, spot: Spot, rest: &[u8]) {
        match spot {
            Spot::Room { child, .. } | Spot::Found { child, .. } | Spot::Beside { child } => {
                let old = inner.take(child);
                let with = self.beside(site, old, rest);
                inner.splice(child..child, with);
            }
            Spot::Gap { next } => {
                inner.splice(next..next, vec![self.child(site, rest)]);
            }
            // The path would be that of a branching that is there, below which there are keys.
            Spot::Here => {}
        }
    }

    /// The children that take the place of one in whose tile `rest` is.
    fn beside(self, site: &mut Site<'_>, mut old: Child, rest: &[u8]) -> Vec<Child> {
        let node = old.in_memory();
        let shared = common(node.prefix(), rest);
        let (path, kept) = node.prefix().split_at(shared);
        match (node.bucket(), kept.first().copied()) {
            (Some(bucket), None) => {
                let rest = &rest[shared..];
                old.leave(site.superseded);
                let all = 0..bucket.len();
                if path.is_empty() {
                    self.among(site, bucket, all, 0, rest)
                } else {
                    vec![self.branch(site, bucket, all, 0, path, rest)]
                }
            }
            (_, Some(first)) if path.is_empty() => {
                let is_before = rest[0] < first;
                old.set_start(first);
                let graft = self.child(site, rest);
                if is_before { vec![graft, old] } else { vec![old, graft] }
            }
            (_, start) => {
                let start = start.unwrap_or_default();
                let mut fork = Inner::new(path);
                let kept: Box<[u8]> = kept.into();
                let summary = old.summary;
                let mut below = old.into_shared();
                edit::set_prefix(&mut below, kept, site.superseded);
                let below = Child::resident(start, summary, below);
                let graft = self.child(site, &rest[shared..]);
                let pair =
                    if graft.start() < start { vec![graft, below] } else { vec![below, graft] };
                fork.splice(0..0, pair);
                vec![edit::inner_child(site.meter, fork)]
            }
        }
    }

    /// The children that take the place of the entries in a range and the branching, `skipped`
    /// bytes into their suffixes. `rest` is the branching's path from there; no entry ends there.
    ///
    /// Calls itself through [`Graft::branch`], at most once for each entry of one bucket.
    fn among(
        self,
        site: &mut Site<'_>,
        bucket: &Bucket,
        range: Range<usize>,
        skipped: usize,
        rest: &[u8],
    ) -> Vec<Child> {
        let byte = |position: usize| bucket.suffix(position).get(skipped);
        let first = rest.first();
        let positions = || range.clone();
        let from = positions().find(|at| byte(*at) >= first).unwrap_or(range.end);
        let to = positions().find(|at| byte(*at) > first).unwrap_or(range.end);
        let mut children = edit::cut(site.meter, bucket, range.start..from, skipped);
        if from == to {
            children.push(self.child(site, rest));
        } else {
            let shared = [from, to - 1].map(|position| {
                common(bucket.suffix(position).get(skipped..).unwrap_or_default(), rest)
            });
            let shared = shared[0].min(shared[1]);
            let (path, rest) = rest.split_at(shared);
            children.push(self.branch(site, bucket, from..to, skipped + shared, path, rest));
        }
        children.extend(edit::cut(site.meter, bucket, to..range.end, skipped));
        children
    }

    /// A branching with this prefix over the entries in a range and the branching.
    fn branch(
        self,
        site: &mut Site<'_>,
        bucket: &Bucket,
        mut range: Range<usize>,
        skipped: usize,
        prefix: &[u8],
        rest: &[u8],
    ) -> Child {
        let mut inner = Inner::new(prefix);
        if bucket.suffix(range.start).len() == skipped
            && let Some(entry) = bucket.entry(range.start)
        {
            inner.set_here(&entry);
            range.start += 1;
        }
        inner.splice(0..0, self.among(site, bucket, range, skipped, rest));
        edit::inner_child(site.meter, inner)
    }

    /// The branching itself, `rest` being its path after its parent's.
    fn child(self, site: &mut Site<'_>, rest: &[u8]) -> Child {
        let mut inner = self.inner;
        inner.set_prefix(rest.into());
        edit::inner_child(site.meter, inner)
    }
}
