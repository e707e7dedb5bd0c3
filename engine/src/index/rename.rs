//! Moving all keys of one prefix below another.
//!
//! A branching is put in elsewhere, with another prefix and the same children, and taken out where
//! it was. The entries of a bucket are set one by one.

use std::ops::Range;
use std::sync::Arc;

use super::Tree;
use super::bucket::{Bucket, common};
use super::child::{Absent, Child};
use super::edit::{self, Site};
use super::inner::Inner;
use super::node::{Content, Node};
use super::summary::Summary;

impl Tree {
    /// Lets every key that begins with `from` begin with `to` instead, and returns whether any
    /// did. Takes the time of a path and of a bucket, however many keys there are.
    ///
    /// Nothing is done if a key begins with `to` already. Neither may be a prefix of the other. The
    /// caller makes sure that no key becomes too long.
    ///
    /// # Errors
    /// [`Absent`] if a child on either way has to be loaded; nothing was changed then.
    pub(crate) fn rename_prefix(&mut self, from: &[u8], to: &[u8]) -> Result<bool, Absent> {
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
                    let key = [to, end.get(taken..).unwrap_or_default()].concat();
                    if let Some(entry) = bucket.entry(position) {
                        self.insert(&key, &entry)?;
                    }
                }
            }
            Content::Inner(inner) => {
                let path = [to, inner.prefix().get(taken..).unwrap_or_default()].concat();
                self.attach(&path, inner.clone());
            }
        }
        drop(located);
        let Some(old) = self.locate(from)? else {
            unreachable!("keys that begin with another prefix were set");
        };
        if old.is_whole() {
            old.node.leave(&mut self.superseded);
        }
        self.detach(from, &old);
        Ok(true)
    }

    /// Puts a branching in at `path`, below which there is no key.
    fn attach(&mut self, path: &[u8], inner: Inner) {
        let graft = Graft { summary: inner.summary(), inner };
        let site = Site { meter: &self.meter, superseded: &mut self.superseded };
        let done = self.root.node_mut().and_then(|root| graft.attach(site, root, path));
        if done.is_none() {
            unreachable!("the way to the new prefix was found in memory");
        }
    }
}

/// A branching that is put in elsewhere.
struct Graft {
    inner: Inner,
    summary: Summary,
}

impl Graft {
    fn attach(self, mut site: Site<'_>, root: &mut Arc<Node>, path: &[u8]) -> Option<()> {
        let mut node = root;
        let mut rest = path;
        loop {
            let mut edit = Node::edit(node, site.superseded);
            let inner = edit.inner()?;
            rest = rest.get(inner.prefix().len()..)?;
            let byte = *rest.first()?;
            let Some(position) = inner.position_of(byte) else {
                let next = inner.tile(byte).map_or(0, |position| position + 1);
                inner.splice(next..next, vec![self.child(&mut site, rest)]);
                edit.finish();
                return Some(());
            };
            let child = inner.child_mut(position)?;
            let (is_inner, prefix) = {
                let node = child.node()?;
                (node.inner().is_some(), node.prefix())
            };
            let shared = common(prefix, rest);
            let whole = shared == prefix.len();
            if is_inner && whole {
                child.summary.join(self.summary);
                node = edit.into_inner()?.child_mut(position)?.node_mut()?;
                continue;
            }
            self.beside(&mut site, inner, position, rest, shared)?;
            edit.finish();
            return Some(());
        }
    }

    /// Puts the branching in beside a child that shares `shared` bytes of `rest` with it.
    fn beside(
        self,
        site: &mut Site<'_>,
        inner: &mut Inner,
        position: usize,
        rest: &[u8],
        shared: usize,
    ) -> Option<()> {
        let byte = *rest.first()?;
        let mut old = inner.splice(position..position + 1, Vec::new()).pop()?;
        let node = old.node()?;
        let first = node.prefix().first().copied();
        let whole = shared == node.prefix().len();
        let with = match (node.bucket(), first) {
            (Some(bucket), _) if whole => {
                let path = rest.get(..shared)?;
                let rest = rest.get(shared..)?;
                old.leave(site.superseded);
                let all = 0..bucket.len();
                if path.is_empty() {
                    self.among(site, bucket, all, 0, rest)
                } else {
                    vec![self.branch(site, bucket, all, 0, path, rest)]
                }
            }
            (_, Some(first)) if shared == 0 => {
                old.set_start(first);
                let graft = self.child(site, rest);
                if byte < first { vec![graft, old] } else { vec![old, graft] }
            }
            _ => {
                let (path, kept) = node.prefix().split_at(shared);
                let kept: Box<[u8]> = kept.into();
                let mut fork = Inner::new(path);
                let start = *kept.first()?;
                let summary = old.summary;
                let mut below = old.into_shared()?;
                edit::set_prefix(&mut below, kept, site.superseded);
                let below = Child::resident(start, summary, below);
                let graft = self.child(site, rest.get(shared..)?);
                let pair =
                    if graft.start() < start { vec![graft, below] } else { vec![below, graft] };
                fork.splice(0..0, pair);
                vec![edit::inner_child(site.meter, fork)]
            }
        };
        inner.splice(position..position, with);
        Some(())
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
