//! Nodes from the store, checked, and kept under a byte budget.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use super::entry::Entry;
use crate::blob::BlobStore;
use crate::error::Result;
use crate::hamt::{Node, NodeSource};
use crate::platform::BoxFuture;
use crate::seal::{Keys, Link, UnitKind, open_unit, pack_name};

/// Loads nodes. Without keys (a reader that was handed a link) the seal alone is checked.
pub(crate) struct Nodes {
    store: Arc<dyn BlobStore>,
    keys: Option<Keys>,
    cache: Mutex<Cache>,
}

impl Nodes {
    pub(crate) fn new(store: Arc<dyn BlobStore>, keys: Option<Keys>, budget: usize) -> Self {
        Self { store, keys, cache: Mutex::new(Cache { budget, ..Cache::default() }) }
    }

    /// Keeps a node that is known to be at `link`.
    pub(super) fn keep(&self, link: Link, node: Arc<Node<Entry>>) {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner).insert(link, node);
    }

    async fn fetch(&self, link: &Link) -> Result<Arc<Node<Entry>>> {
        let cached = self.cache.lock().unwrap_or_else(PoisonError::into_inner).get(link);
        if let Some(node) = cached {
            return Ok(node);
        }
        let name = pack_name(link.place.pack);
        let (offset, length) = (link.place.offset, link.place.length);
        let sealed = self.store.get_range(&name, offset.into(), length.into()).await?;
        let plaintext = open_unit(UnitKind::Node, link, &sealed)?;
        if let Some(keys) = &self.keys {
            keys.check(UnitKind::Node, &link.address, Node::<Entry>::canon(&plaintext)?)?;
        }
        let node = Arc::new(Node::decode(&plaintext)?);
        self.keep(*link, Arc::clone(&node));
        Ok(node)
    }
}

impl NodeSource<Entry> for Nodes {
    fn load<'a>(&'a self, link: &'a Link) -> BoxFuture<'a, Result<Arc<Node<Entry>>>> {
        Box::pin(async move {
            let node = self.fetch(link).await;
            node.map_err(|error| error.in_object(&pack_name(link.place.pack)))
        })
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
