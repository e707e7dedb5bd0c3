//! Nodes from the store, checked, and kept under a byte budget.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::{Error, Result};
use crate::forest::Entry;
use crate::hamt::{Coming, Node, NodeSource};
use crate::packs::{PackReader, Wanted};
use crate::platform::BoxFuture;
use crate::seal::{Link, Ring, UnitKind, open_unit};

/// Loads nodes. Without a ring of keys (a reader that was handed a link) the seal alone is checked.
pub(crate) struct Nodes {
    packs: PackReader,
    ring: Option<Ring>,
    cache: Mutex<Cache>,
}

impl Nodes {
    pub(crate) fn new(packs: PackReader, ring: Option<Ring>, budget: usize) -> Self {
        Self { packs, ring, cache: Mutex::new(Cache { budget, ..Cache::default() }) }
    }

    /// Keeps a node that is known to be at `link`.
    pub(super) fn keep(&self, link: Link, node: Arc<Node<Entry>>) {
        self.cache().insert(link, node);
    }

    async fn fetch(&self, link: &Link) -> Result<Arc<Node<Entry>>> {
        let cached = self.cache().get(link);
        if let Some(node) = cached {
            return Ok(node);
        }
        let open = |sealed: &[u8]| self.open(link, sealed);
        let node = self.packs.read(UnitKind::Node, &link.place, open).await?;
        self.keep(*link, Arc::clone(&node));
        Ok(node)
    }

    /// Each node is read once, however often it is asked for.
    async fn fetch_many(&self, coming: &[Coming]) -> Result<Vec<Arc<Node<Entry>>>> {
        let mut found: HashMap<Link, Arc<Node<Entry>>> = HashMap::with_capacity(coming.len());
        let (mut missing, mut wanted) = (Vec::new(), Vec::new());
        {
            let mut cache = self.cache();
            let mut seen = HashSet::new();
            for node in coming.iter().filter(|node| seen.insert(node.link)) {
                match cache.get(&node.link) {
                    Some(loaded) => drop(found.insert(node.link, loaded)),
                    None => {
                        missing.push(node.link);
                        wanted.push(Wanted { place: node.link.place, before: node.below_bytes });
                    }
                }
            }
        }
        let open = |index: usize, sealed: &[u8]| self.open(&missing[index], sealed);
        let nodes = self.packs.read_all(UnitKind::Node, &wanted, open).await?;
        for (link, node) in missing.iter().zip(nodes) {
            self.keep(*link, Arc::clone(&node));
            found.insert(*link, node);
        }
        let nodes = coming.iter().map(|node| found.get(&node.link).cloned());
        nodes.collect::<Option<_>>().ok_or(Error::ObjectMissing)
    }

    fn open(&self, link: &Link, sealed: &[u8]) -> Result<Arc<Node<Entry>>> {
        let plaintext = open_unit(UnitKind::Node, link, sealed)?;
        if let Some(ring) = &self.ring {
            ring.check(UnitKind::Node, link, Node::<Entry>::addressed(&plaintext)?)?;
        }
        Ok(Arc::new(Node::decode(&plaintext)?))
    }

    fn cache(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl NodeSource<Entry> for Nodes {
    fn load<'a>(&'a self, link: &'a Link) -> BoxFuture<'a, Result<Arc<Node<Entry>>>> {
        Box::pin(self.fetch(link))
    }

    fn load_many<'a>(
        &'a self,
        coming: &'a [Coming],
    ) -> BoxFuture<'a, Result<Vec<Arc<Node<Entry>>>>> {
        Box::pin(self.fetch_many(coming))
    }
}

/// Least recently used nodes leave first.
#[derive(Default)]
struct Cache {
    budget: usize,
    bytes: usize,
    clock: u64,
    nodes: HashMap<Link, Kept>,
    by_use: BTreeMap<u64, Link>,
}

struct Kept {
    node: Arc<Node<Entry>>,
    bytes: usize,
    used: u64,
}

impl Cache {
    fn get(&mut self, link: &Link) -> Option<Arc<Node<Entry>>> {
        let kept = self.nodes.get_mut(link)?;
        self.clock += 1;
        self.by_use.remove(&kept.used);
        kept.used = self.clock;
        self.by_use.insert(self.clock, *link);
        Some(Arc::clone(&kept.node))
    }

    fn insert(&mut self, link: Link, node: Arc<Node<Entry>>) {
        if self.get(&link).is_some() {
            return;
        }
        let bytes = node.memory() + size_of::<Kept>() + 2 * size_of::<Link>();
        self.clock += 1;
        self.by_use.insert(self.clock, link);
        self.nodes.insert(link, Kept { node, bytes, used: self.clock });
        self.bytes += bytes;
        while self.bytes > self.budget
            && let Some((_, oldest)) = self.by_use.pop_first()
        {
            if let Some(kept) = self.nodes.remove(&oldest) {
                self.bytes -= kept.bytes;
            }
        }
    }
}
