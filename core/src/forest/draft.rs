//! Drafts: all that one commit writes, made from what is pending.

use std::sync::Arc;

use bytes::Bytes;

use super::doubts::Commit;
use super::entry::{Entry, Origin};
use super::op::Op;
use super::root::{Root, Tail};
use super::rounds::Work;
use super::sent::Sent;
use super::session::Forest;
use super::spill::{Costs, TAIL_OPS_MAX, should_spill};
use super::state::Group;
use crate::blob::ETag;
use crate::error::Result;
use crate::hamt::{SealPlan, Trie};
use crate::seal::{Pack, PackWriter, PlannedPlaces, seal_root};

/// Everything one commit writes, and what follows if it succeeds.
pub(super) struct Draft {
    pub(super) commit: Arc<Commit>,
    pub(super) root: Root,
    pub(super) tree: Trie<Entry>,
    pub(super) packs: Vec<Pack>,
    pub(super) plan: SealPlan,
    pub(super) spill_bytes: u64,
    /// The edition of the tree it was made from.
    pub(super) edition: u64,
}

/// What a draft is made of, taken in one piece.
pub(super) struct Basis {
    groups: Vec<Group>,
    tree: Trie<Entry>,
    pub(super) root: Root,
    pub(super) hash: [u8; 32],
    etag: ETag,
    spill_first: Option<u64>,
    edition: u64,
}

impl Basis {
    /// What is pending.
    pub(super) fn ops(&self) -> impl Iterator<Item = &Op> {
        self.groups.iter().flat_map(|group| group.ops.iter())
    }
}

impl Forest {
    /// The state a draft is made of, with the tree up to it.
    pub(super) async fn basis(&self) -> Result<Basis> {
        loop {
            self.settle().await?;
            let state = self.state();
            // A group may have been withdrawn meanwhile.
            if state.is_applied() {
                return Ok(Basis {
                    groups: state.pending.clone(),
                    tree: state.live.clone(),
                    root: state.root.clone(),
                    hash: state.hash,
                    etag: state.etag.clone(),
                    spill_first: state.spill_first,
                    edition: state.edition,
                });
            }
        }
    }

    /// Prepares a commit of all that is pending, or `None` if there is nothing to do.
    pub(super) fn draft(&self, basis: Basis, work: Work) -> Result<Option<Draft>> {
        let Basis { groups, tree, root: last, spill_first, .. } = basis;
        let must_spill = work == Work::Spill;
        if groups.is_empty() && (!must_spill || last.tail.ops.is_empty()) {
            return Ok(None);
        }
        let mut packs = PackWriter::new(&self.environment, self.pack_bytes_max);
        let mut plan = SealPlan::default();
        let ops = || groups.iter().flat_map(|group| group.ops.iter());
        for unit in ops().filter_map(|op| op.unit()) {
            unit.plan(&mut packs, &mut plan.units)?;
        }
        let Origin { stamp, time } = self.origin();
        let bare = Root {
            sequence: last.sequence + 1,
            previous: basis.hash,
            count: stamp.count,
            time,
            tail: Tail::default(),
            ..last.clone()
        };
        let spill_bytes = tree.dirty_bytes();
        let carried = match must_spill {
            false if last.tail.ops.len() + ops().count() <= TAIL_OPS_MAX => {
                let tail_ops = last.tail.ops.iter().chain(ops()).cloned().collect();
                let costs = Costs {
                    spill: spill_bytes,
                    spill_first: spill_first.unwrap_or(spill_bytes),
                    tail: 0,
                    has_pack: !packs.is_empty(),
                };
                carry(&bare, tail_ops, &last.tail, &plan.units, costs)?
            }
            _ => None,
        };
        let spilled = carried.is_none();
        let root = match carried {
            Some(root) => root,
            None => Root { top: tree.seal(&self.keys, &mut packs, &mut plan)?, ..bare },
        };
        let body = root.encode(&plan.units)?;
        let salt = self.environment.random()?;
        let root_bytes = Bytes::from(seal_root(&self.keys, &self.slot, salt, &body)?);
        let root_hash = *blake3::hash(&root_bytes).as_bytes();
        let commit = Commit {
            groups,
            sequence: root.sequence,
            root_hash,
            base: basis.etag,
            base_commits: last.tail.commits,
            base_operations: last.tail.ops.len(),
            spilled,
            sent: Sent::new(root_bytes, &self.slot),
        };
        Ok(Some(Draft {
            commit: Arc::new(commit),
            root,
            tree,
            packs: packs.finish(),
            plan,
            spill_bytes,
            edition: basis.edition,
        }))
    }
}

/// The root that carries `ops` in its tail, or `None` if a spill is due.
fn carry(
    bare: &Root,
    ops: Vec<Op>,
    before: &Tail,
    planned: &PlannedPlaces,
    mut costs: Costs,
) -> Result<Option<Root>> {
    let tail = Tail { ops, commits: before.commits.saturating_add(1), carried: before.carried };
    let mut root = Root { tail, ..bare.clone() };
    costs.tail = root.encode(planned)?.len() as u64 - bare.encode(planned)?.len() as u64;
    if should_spill(&root.tail, &costs) {
        return Ok(None);
    }
    root.tail.carried = root.tail.carried.saturating_add(costs.tail);
    Ok(Some(root))
}
