//! Checking that a tree is what its rules say.

use super::codec;
use super::node::{Content, Node};
use super::snapshot::Snapshot;
use super::summary::Summary;
use super::walk::{Nodes, Visit, Walk};
use crate::entry::Entry;
use crate::error::{Error, Result};
use crate::frame::FrameSource;

const WHAT: &str = "index";

impl Snapshot {
    /// Reads everything, checks it, tells `each` every key with its entry in order, and returns how
    /// many there are. `failed` is told which parts cannot be loaded, and says whether to go on
    /// with the others.
    ///
    /// Checked are the frames, that each node is in its parent's tile, that the parent's bounds
    /// hold, that only the root is empty, and that the keys ascend.
    ///
    /// # Errors
    /// Those of `each` and `failed`; [`Error::Malformed`] for what breaks a rule.
    pub(crate) fn verify(
        &self,
        frames: &dyn FrameSource,
        each: &mut dyn FnMut(&[u8], Entry<'_>) -> Result<()>,
        failed: &mut dyn FnMut(Error) -> Result<()>,
    ) -> Result<u64> {
        let mut verify = match self.begin_verify(frames) {
            Ok(verify) => verify,
            Err(error) => return failed(error).map(|()| 0),
        };
        while verify.step(frames, each, failed)? {}
        Ok(verify.count)
    }

    /// Begins to do the same, a node at a time.
    ///
    /// # Errors
    /// Those of loading the root.
    pub(crate) fn begin_verify(&self, frames: &dyn FrameSource) -> Result<Verify> {
        let walk = Walk::new(self.root(frames)?, Nodes::All, self.meter());
        Ok(Verify { walk, before: None, count: 0 })
    }
}

/// A check of an index under way.
pub(crate) struct Verify {
    walk: Walk,
    /// The last key.
    before: Option<Vec<u8>>,
    /// How many keys there were.
    count: u64,
}

impl Verify {
    /// Checks the next node. Returns whether there may be more. See [`Snapshot::verify`].
    pub(crate) fn step(
        &mut self,
        frames: &dyn FrameSource,
        each: &mut dyn FnMut(&[u8], Entry<'_>) -> Result<()>,
        failed: &mut dyn FnMut(Error) -> Result<()>,
    ) -> Result<bool> {
        let Self { walk, before, count } = self;
        let mut tell = |key: &[u8], entry: Entry<'_>| {
            check(before.as_deref().is_none_or(|before| before < key))?;
            let before = before.get_or_insert_default();
            before.clear();
            before.extend_from_slice(key);
            *count += 1;
            each(key, entry)
        };
        let visit = &mut |visit: Visit<'_>| {
            let content = visit.node.content();
            let first = visit.said.as_ref().map(|said| &said.first);
            codec::check_place(content, first)?;
            if let Some(said) = &visit.said {
                check(holds(said.summary, visit.node))?;
            }
            let mut key = [visit.path, visit.node.prefix()].concat();
            match content {
                Content::Inner(inner) => {
                    let starts = inner.children().iter().map(|child| child.start());
                    check(starts.is_sorted_by(|low, high| low < high))?;
                    inner.here().map_or(Ok(()), |entry| tell(&key, entry))
                }
                Content::Bucket(bucket) => {
                    check(!bucket.is_empty())?;
                    let base = key.len();
                    for position in 0..bucket.len() {
                        key.truncate(base);
                        key.extend_from_slice(bucket.suffix(position));
                        if let Some(entry) = bucket.entry(position) {
                            tell(&key, entry)?;
                        }
                    }
                    Ok(())
                }
            }
        };
        walk.step(frames, visit, failed)
    }
}

/// Whether what is said of a node is true of it.
fn holds(said: Summary, node: &Node) -> bool {
    let own = match node.content() {
        Content::Bucket(bucket) => bucket.summary(),
        Content::Inner(inner) => inner.summary(),
    };
    said.expires_min <= own.expires_min && (said.separated || !own.separated)
}

fn check(holds: bool) -> Result<()> {
    if holds { Ok(()) } else { Err(Error::Malformed { what: WHAT }) }
}
