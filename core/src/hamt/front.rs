//! What a walk has before it, and how far it reads ahead.

use std::sync::Arc;

use super::child::{Child, Stored, Weight};
use super::hash::{KeyHash, last_first};
use super::node::{Body, Node};
use super::scope::Scope;
use super::source::{Coming, NodeSource};
use super::trie::Trie;
use super::value::Value;
use crate::error::{Error, Result};
use crate::seal::pack_name;

/// About the most bytes of sealed nodes that are loaded and not visited yet. Each load takes half
/// of what is left, so that the levels further down have their share.
const AHEAD_BYTES_MAX: usize = 4 * 1024 * 1024;
/// What a load may take when little is left.
const LOAD_BYTES_MIN: usize = 16 * 1024;
/// The most nodes of one load.
const LOAD_NODES_MAX: usize = 4_096;
/// Of a walk that may end early: the nodes of its first load, and by how much loads grow.
const LOAD_NODES_FIRST: usize = 16;
const LOAD_NODES_GROWTH: usize = 4;
/// The most steps that are looked through for nodes to load.
const STEPS_AHEAD_MAX: usize = 4_096;

/// How many times its own bytes the leaves below an inner node take, about: each child is some 40
/// bytes in it and some 2,500 as a node.
const BELOW_TIMES: u64 = 64;

/// How much of the trie will be wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// Perhaps little: loads start small and grow.
    Unknown,
    /// All of it.
    Whole,
}

/// What becomes of leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaves {
    /// They are visited.
    Visited,
    /// Their items are visited, each followed by the trie inside it.
    Entered,
}

/// The steps of a walk still to make, in the order of hashes.
pub(super) struct Front<V> {
    /// The next one last.
    steps: Vec<Step<V>>,
    extent: Extent,
    leaves: Leaves,
    /// Only keys whose hash is greater.
    after: Option<KeyHash>,
    /// The nodes of the next load.
    load_nodes: usize,
    /// Sealed bytes of nodes that were loaded and are still in `steps`.
    ahead_bytes: usize,
}

enum Step<V> {
    Part(Part<V>),
    Leaf(Arc<Node<V>>, Option<KeyHash>),
    Item(ItemView<V>),
}

/// A child and all below it.
struct Part<V> {
    child: Child<V>,
    scope: Scope,
    /// How many tries are around this one.
    level: usize,
    /// Whether the position to start after lies in here; all else in here comes later.
    on_path: bool,
    /// Sealed bytes of the node, if the walk has loaded it.
    loaded_bytes: usize,
}

/// An item of a leaf.
pub(super) struct ItemView<V> {
    pub(super) leaf: Arc<Node<V>>,
    pub(super) index: usize,
    pub(super) level: usize,
}

/// What a walk comes to.
pub(super) enum Visit<V> {
    Leaf(Arc<Node<V>>, Option<KeyHash>),
    Item(ItemView<V>),
}

impl<V: Value> Front<V> {
    pub(super) fn new(
        trie: &Trie<V>,
        after: Option<KeyHash>,
        extent: Extent,
        leaves: Leaves,
    ) -> Self {
        Self::start(trie.root.clone(), Scope::root(), after, extent, leaves)
    }

    /// All that is below one child of a trie.
    #[cfg(any(test, feature = "internals"))]
    pub(super) fn below(child: Child<V>) -> Self {
        Self::start(child, Scope::anywhere(), None, Extent::Whole, Leaves::Visited)
    }

    fn start(
        child: Child<V>,
        scope: Scope,
        after: Option<KeyHash>,
        extent: Extent,
        leaves: Leaves,
    ) -> Self {
        let on_path = after.is_some();
        let top = Part { child, scope, level: 0, on_path, loaded_bytes: 0 };
        let load_nodes = match extent {
            Extent::Unknown => LOAD_NODES_FIRST,
            Extent::Whole => LOAD_NODES_MAX,
        };
        Self { steps: vec![Step::Part(top)], extent, leaves, after, load_nodes, ahead_bytes: 0 }
    }

    /// The next visit, or `None` at the end.
    pub(super) async fn next(&mut self, source: &dyn NodeSource<V>) -> Result<Option<Visit<V>>> {
        loop {
            if let Some(Step::Part(Part { child: Child::Stored(_), .. })) = self.steps.last() {
                self.load(source).await?;
            }
            match self.steps.pop() {
                None => return Ok(None),
                Some(Step::Part(part)) => self.enter(part),
                Some(Step::Leaf(leaf, after)) => return Ok(Some(Visit::Leaf(leaf, after))),
                Some(Step::Item(item)) => return Ok(Some(Visit::Item(item))),
            }
        }
    }

    /// Loads the node that comes next, and those after it that there is room for.
    async fn load(&mut self, source: &dyn NodeSource<V>) -> Result<()> {
        let (places, coming) = self.coming();
        let nodes = match source.load_many(&coming).await {
            // What comes before the damage is still to be given out.
            Err(Error::Damaged { .. }) if coming.len() > 1 => {
                self.load_nodes = 1;
                vec![source.load(&coming[0].link).await?]
            }
            nodes => nodes?,
        };
        for (nth, (at, node)) in places.into_iter().zip(nodes).enumerate() {
            if let Step::Part(part) = &mut self.steps[at]
                && let Child::Stored(stored) = &part.child
            {
                match part.scope.check(&node) {
                    Ok(()) => {}
                    Err(error) if nth == 0 => {
                        return Err(error.in_object(&pack_name(stored.link.place.pack)));
                    }
                    // What comes before it is still to be given out.
                    Err(_) => {
                        self.load_nodes = 1;
                        break;
                    }
                }
                part.loaded_bytes = stored.link.place.length as usize;
                self.ahead_bytes += part.loaded_bytes;
                part.child = Child::Sealed(Arc::clone(stored), node);
            }
        }
        if self.load_nodes > 1 {
            self.load_nodes = LOAD_NODES_MAX.min(self.load_nodes * LOAD_NODES_GROWTH);
        }
        Ok(())
    }

    /// The nodes to load next and where in `steps` they belong. Goes into what is in memory.
    fn coming(&mut self) -> (Vec<usize>, Vec<Coming>) {
        let left = AHEAD_BYTES_MAX.saturating_sub(self.ahead_bytes);
        let bytes_max = LOAD_BYTES_MIN.max(left / 2);
        let mut bytes = 0;
        let mut coming = Vec::new();
        let mut passed = Vec::new();
        let mut at = Vec::new();
        while coming.len() < self.load_nodes && passed.len() < STEPS_AHEAD_MAX {
            let Some(step) = self.steps.pop() else { break };
            match step {
                Step::Part(part) => match &part.child {
                    Child::Stored(stored) => {
                        // Lengths are whatever the store says.
                        bytes = stored.link.place.length.saturating_add(bytes);
                        let is_over = bytes as usize > bytes_max && !coming.is_empty();
                        if !is_over {
                            coming.push(self.coming_with_below(stored));
                            at.push(passed.len());
                        }
                        passed.push(Step::Part(part));
                        if is_over {
                            break;
                        }
                    }
                    _ => self.enter(part),
                },
                step => passed.push(step),
            }
        }
        let last = self.steps.len() + passed.len();
        self.steps.extend(passed.into_iter().rev());
        (at.into_iter().map(|passed| last - 1 - passed).collect(), coming)
    }

    /// A node, with about what is below it if the walk is going to need all of that.
    fn coming_with_below(&self, stored: &Stored) -> Coming {
        let is_needed = self.extent == Extent::Whole && stored.weight == Weight::INNER;
        let times = if is_needed { BELOW_TIMES } else { 0 };
        Coming { link: stored.link, below_bytes: times * u64::from(stored.link.place.length) }
    }

    /// Puts what is in a part in its place.
    fn enter(&mut self, part: Part<V>) {
        let node = match part.child {
            Child::Dirty(node) | Child::Sealed(_, node) => node,
            Child::Empty | Child::Stored(_) => return,
        };
        self.ahead_bytes -= part.loaded_bytes;
        let after = self.after.filter(|_| part.on_path);
        match (&node.body, self.leaves) {
            (Body::Inner(inner), _) => {
                let first = after.map_or(0, |after| inner.index_of(after.slot(part.scope.depth())));
                for index in (first..inner.children.len()).rev() {
                    self.steps.push(Step::Part(Part {
                        child: inner.children[index].clone(),
                        scope: part.scope.child(inner, index),
                        level: part.level,
                        on_path: part.on_path && index == first,
                        loaded_bytes: 0,
                    }));
                }
            }
            (Body::Leaf(_), Leaves::Visited) => self.steps.push(Step::Leaf(node, after)),
            (Body::Leaf(leaf), Leaves::Entered) => {
                let hashes = leaf.items().iter().map(|item| KeyHash::of(&item.key));
                for index in last_first(hashes.collect()) {
                    if let Some(nested) = leaf.items()[index].value.nested() {
                        self.steps.push(Step::Part(Part {
                            child: nested.root.clone(),
                            scope: Scope::root(),
                            level: part.level + 1,
                            on_path: false,
                            loaded_bytes: 0,
                        }));
                    }
                    let leaf = Arc::clone(&node);
                    self.steps.push(Step::Item(ItemView { leaf, index, level: part.level }));
                }
            }
        }
    }
}
