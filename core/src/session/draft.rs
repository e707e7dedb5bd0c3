//! Drafts: all that one commit writes, made from what is in the queue.

use std::sync::Arc;

use super::doubts::Commit;
use super::group::Group;
use super::sent::Sent;
use super::signing::Signer;
use super::spill::{Costs, Form, Spill, should_spill};
use super::stored_root::StoredRoot;
use crate::error::Result;
use crate::forest::{Entry, Op, Origin, Reserve, Root, TAIL_OPS_MAX, Tail};
use crate::hamt::{SealPlan, Trie};
use crate::keyring::Keyring;
use crate::platform::Environment;
use crate::seal::{Pack, PackWriter, PlannedPlaces};

/// Everything one commit writes, and what follows if it succeeds.
pub(super) struct Draft {
    pub(super) commit: Arc<Commit>,
    pub(super) root: Root,
    /// The keyring that the root names.
    pub(super) keyring: Arc<Keyring>,
    /// What the root stands for; `None` where that is what the root before it stood for.
    pub(super) tree: Option<Trie<Entry>>,
    pub(super) packs: Vec<Pack>,
    pub(super) plan: SealPlan,
    pub(super) spill_bytes: u64,
    /// The edition of the tree it was made from.
    pub(super) edition: u64,
}

/// What a draft is made of, taken in one piece.
pub(super) struct Basis {
    pub(super) groups: Vec<Group>,
    pub(super) tree: Trie<Entry>,
    /// The root it builds on.
    pub(super) last: StoredRoot,
    /// What its own root will say of the reserve.
    pub(super) reserve: Reserve,
    pub(super) spill_first: Option<u64>,
    pub(super) edition: u64,
}

/// What drafts are sealed with.
pub(super) struct Sealer<'a> {
    pub(super) signer: &'a Signer,
    pub(super) environment: &'a Environment,
    pub(super) pack_bytes_max: usize,
}

impl Basis {
    /// What waits to be committed.
    pub(super) fn ops(&self) -> impl Iterator<Item = &Op> {
        self.groups.iter().flat_map(|group| group.ops.iter())
    }

    /// Whether there is something to commit.
    pub(super) fn has_work(&self, spill: Spill) -> bool {
        !self.groups.is_empty() || spill == Spill::Now && !self.last.root.tail.ops.is_empty()
    }

    /// The root of the next commit, without its tail and with the top of the last one.
    fn bare_root(&self, origin: Origin) -> Root {
        Root {
            count: origin.stamp.count,
            time: origin.time,
            reserve: self.reserve,
            tail: Tail::default(),
            ..self.last.root.clone()
        }
    }

    /// The root that carries all operations since the last spill in its tail, or `None` if a spill
    /// is due.
    fn carried(
        &self,
        bare: &Root,
        planned: &PlannedPlaces,
        mut costs: Costs,
    ) -> Result<Option<Root>> {
        let before = &self.last.root.tail;
        if before.ops.len() + self.ops().count() > TAIL_OPS_MAX {
            return Ok(None);
        }
        let ops = before.ops.iter().chain(self.ops()).cloned().collect();
        let tail = Tail { ops, commits: before.commits.saturating_add(1), ..*before };
        let mut root = Root { tail, ..bare.clone() };
        costs.tail = root.encode(planned)?.len() as u64 - bare.encode(planned)?.len() as u64;
        if should_spill(&root.tail, &costs) {
            return Ok(None);
        }
        root.tail.carried = root.tail.carried.saturating_add(costs.tail);
        Ok(Some(root))
    }
}

impl Sealer<'_> {
    /// Seals small contents, and the dirty nodes if it spills, and then the root.
    pub(super) fn draft(&self, basis: Basis, spill: Spill, origin: Origin) -> Result<Draft> {
        let keyring = Arc::clone(&basis.last.keyring);
        let keys = keyring.epochs().newest();
        let mut packs = PackWriter::new(self.environment, keys.epoch(), self.pack_bytes_max);
        let mut plan = SealPlan::default();
        for unit in basis.ops().filter_map(Op::unit) {
            unit.plan(&mut packs, &mut plan.units)?;
        }
        let bare = basis.bare_root(origin);
        let spill_bytes = basis.tree.dirty_bytes();
        let carried = match spill {
            Spill::Now => None,
            Spill::WhenDue => {
                let costs = Costs {
                    spill: spill_bytes,
                    spill_first: basis.spill_first.unwrap_or(spill_bytes),
                    tail: 0,
                    has_pack: !packs.is_empty(),
                };
                basis.carried(&bare, &plan.units, costs)?
            }
        };
        let form = if carried.is_some() { Form::Carried } else { Form::Spilled };
        let root = match carried {
            Some(root) => root,
            None => Root { top: basis.tree.seal(keys, &mut packs, &mut plan)?, ..bare },
        };
        let last = Some(&basis.last);
        let sealed = self.signer.seal(last, &keyring, &root, &plan.units, self.environment)?;
        let commit = Commit {
            signed: sealed.signed,
            base: basis.last.etag,
            groups: basis.groups,
            form,
            sent: Sent::new(sealed.bytes, &keyring),
        };
        Ok(Draft {
            commit: Arc::new(commit),
            root,
            keyring,
            tree: Some(basis.tree),
            packs: packs.finish(),
            plan,
            spill_bytes,
            edition: basis.edition,
        })
    }
}
