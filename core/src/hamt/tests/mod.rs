//! Tries against a model, and a store of packs that can refuse some.
#![allow(clippy::unwrap_used)]

mod histories;
mod spelling;
mod storing;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use futures_lite::future::block_on;

use super::*;
use crate::error::{Error, Result};
use crate::platform::{BoxFuture, Entropy, Environment, NoEntropy, SystemClock};
use crate::seal::{
    Address, Epoch, EpochKey, Keys, Link, PACK_BYTES_MAX, Pack, PackId, PackWriter, SectionReader,
    SectionWriter, UnitKind, open_unit,
};

type Bytes = Vec<u8>;

/// Randomness that repeats: the n-th draw is n.
#[derive(Default)]
struct Counting(Mutex<u64>);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy> {
        let mut drawn = self.0.lock().unwrap();
        *drawn += 1;
        buffer
            .iter_mut()
            .zip(drawn.to_le_bytes().iter().cycle())
            .for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

/// A store of packs that can refuse the n-th.
struct Shelf {
    keys: Keys,
    environment: Environment,
    packs: HashMap<PackId, Pack>,
    pack_bytes_max: usize,
    loads: Mutex<usize>,
}

impl Shelf {
    fn new() -> Self {
        let entropy = Arc::new(Counting::default());
        Self {
            keys: Keys::derive(Epoch::FIRST, &EpochKey::from_bytes([1; 32])),
            environment: Environment { clock: Arc::new(SystemClock), entropy },
            packs: HashMap::new(),
            pack_bytes_max: PACK_BYTES_MAX,
            loads: Mutex::new(0),
        }
    }

    /// Stores what is dirty but for the packs `refuse` picks; returns the root's address and how
    /// many nodes were written.
    fn flush(
        &mut self,
        trie: &mut Trie<Bytes>,
        refuse: impl Fn(usize) -> bool,
    ) -> (Option<Address>, usize) {
        let mut packs = PackWriter::new(&self.environment, Epoch::FIRST, self.pack_bytes_max);
        let mut plan = SealPlan::default();
        let link = trie.seal(&self.keys, &mut packs, &mut plan).unwrap();
        let mut stored = HashSet::new();
        for (index, pack) in packs.finish().into_iter().enumerate() {
            if !refuse(index) {
                stored.insert(pack.id);
                self.packs.insert(pack.id, pack);
            }
        }
        trie.adopt(&plan, &stored);
        (link.map(|link| link.address), plan.node_count())
    }

    fn open(&self, link: &Link) -> Result<Node<Bytes>> {
        *self.loads.lock().unwrap() += 1;
        Node::decode(&self.plaintext(link)?)
    }

    fn plaintext(&self, link: &Link) -> Result<Bytes> {
        let pack = self.packs.get(&link.place.pack).ok_or(Error::ObjectMissing)?;
        let from = link.place.offset as usize;
        let sealed = &pack.bytes[from..from + link.place.length as usize];
        let plaintext = open_unit(UnitKind::Node, link, sealed)?;
        self.keys.check(UnitKind::Node, &link.address, Node::<Bytes>::addressed(&plaintext)?)?;
        Ok(plaintext)
    }

    /// Repeats an edit or look-up until nothing is missing.
    fn with<T>(
        &self,
        trie: &mut Trie<Bytes>,
        mut work: impl FnMut(&mut Trie<Bytes>) -> Result<T, NotResident>,
    ) -> T {
        loop {
            match work(trie) {
                Ok(done) => return done,
                Err(missing) => {
                    assert!(trie.admit(&missing, Arc::new(self.open(&missing.link).unwrap())));
                }
            }
        }
    }

    fn entries(&self, trie: &Trie<Bytes>) -> BTreeMap<Bytes, Bytes> {
        let mut entries = BTreeMap::new();
        let mut walk = Walk::new(trie, None);
        while let Some(leaf) = block_on(walk.next(self)).unwrap() {
            entries.extend(leaf.entries().map(|(key, value)| (key.to_vec(), value.clone())));
        }
        entries
    }
}

impl NodeSource<Bytes> for Shelf {
    fn load<'a>(&'a self, link: &'a Link) -> BoxFuture<'a, Result<Arc<Node<Bytes>>>> {
        Box::pin(async move { self.open(link).map(Arc::new) })
    }
}

fn key(number: u16) -> Bytes {
    format!("file-{number:05}.jpg").into_bytes()
}

fn fresh(entries: &BTreeMap<Bytes, Bytes>) -> Trie<Bytes> {
    let mut trie = Trie::new();
    for (key, value) in entries.iter().rev() {
        trie.insert(key, value.clone()).unwrap();
    }
    trie
}

fn many(count: u16) -> (Trie<Bytes>, BTreeMap<Bytes, Bytes>) {
    let model: BTreeMap<_, _> = (0..count).map(|n| (key(n), vec![n as u8; 90])).collect();
    (fresh(&model), model)
}
