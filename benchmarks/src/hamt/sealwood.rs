//! Sealwood's own trie: nodes sealed into packs, read one ranged request each.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use futures_lite::future::block_on;
use sealwood::Error;
use sealwood::internals::{
    Epoch, EpochKey, Keys, Node, NodeSource, NotResident, PackWriter, SealPlan, Trie, UnitKind,
    Walk, open_unit, pack_name,
};
use sealwood::platform::{BoxFuture, Environment};
use sealwood::seal::{Link, PACK_BYTES_MAX};

use super::workload::Entry;
use super::{ColdGet, HamtPeer};

type Value = Vec<u8>;

/// An empty trie over an empty store.
pub(super) fn start() -> Box<dyn HamtPeer> {
    Box::new(Sealwood::new())
}

/// A trie and its store.
pub(super) struct Sealwood {
    keys: Keys,
    environment: Environment,
    /// The objects of the store by name.
    packs: HashMap<String, Vec<u8>>,
    trie: Trie<Value>,
}

/// One reader's requests.
#[derive(Default)]
struct Reads {
    packs: HashSet<String>,
    requests: u64,
    bytes: u64,
}

impl Sealwood {
    /// An empty trie over an empty store.
    pub(super) fn new() -> Self {
        Sealwood {
            keys: Keys::derive(Epoch::FIRST, &EpochKey::from_bytes([9; 32])),
            environment: Environment::default(),
            packs: HashMap::new(),
            trie: Trie::new(),
        }
    }

    /// How many bytes a writer stores who opens the flushed trie and inserts one entry.
    pub(super) fn marginal_bytes(&self, entry: &Entry) -> Result<u64> {
        let mut trie = self.cold()?;
        self.with(&mut trie, &mut Reads::default(), |trie| {
            trie.insert(entry.key.as_bytes(), entry.value.clone()).map(drop)
        })?;
        let mut packs = PackWriter::new(&self.environment, Epoch::FIRST, PACK_BYTES_MAX);
        trie.seal(&self.keys, &mut packs, &mut SealPlan::default())?;
        Ok(packs.finish().iter().map(|pack| pack.bytes.len() as u64).sum())
    }

    /// The flushed trie with nothing resident.
    fn cold(&self) -> Result<Trie<Value>> {
        Ok(Trie::at(Some(self.trie.link().context("not flushed")?)))
    }

    /// Repeats an edit or look-up until nothing is missing.
    fn with<T>(
        &self,
        trie: &mut Trie<Value>,
        reads: &mut Reads,
        mut work: impl FnMut(&mut Trie<Value>) -> Result<T, NotResident>,
    ) -> Result<T> {
        loop {
            match work(trie) {
                Ok(done) => return Ok(done),
                Err(missing) => {
                    let node = self.open(&missing.link, reads)?;
                    ensure!(trie.admit(&missing, Arc::new(node)), "nothing was missing");
                }
            }
        }
    }

    /// Reads and opens one node as a vault's owner does: the address is checked.
    fn open(&self, link: &Link, reads: &mut Reads) -> Result<Node<Value>> {
        let name = pack_name(link.place.pack);
        let pack = self.packs.get(&name).context("no such pack")?;
        let from = link.place.offset as usize;
        let sealed = pack.get(from..from + link.place.length as usize).context("pack too short")?;
        reads.requests += 1;
        reads.bytes += sealed.len() as u64;
        reads.packs.insert(name);
        let plaintext = open_unit(UnitKind::Node, link, sealed)?;
        self.keys.check(UnitKind::Node, &link.address, Node::<Value>::addressed(&plaintext)?)?;
        Ok(Node::decode(&plaintext)?)
    }
}

impl HamtPeer for Sealwood {
    fn insert_all(&mut self, entries: Vec<Entry>) -> Result<()> {
        for entry in entries {
            if self.trie.insert(entry.key.as_bytes(), entry.value).is_err() {
                bail!("a node is not resident");
            }
        }
        Ok(())
    }

    fn get_all(&self, keys: &[String]) -> Result<usize> {
        let mut found = 0;
        for key in keys {
            let Ok(value) = self.trie.find(key.as_bytes()) else { bail!("a node is not resident") };
            found += value.map_or(0, Vec::len);
        }
        Ok(found)
    }

    fn iterate(&self) -> Result<usize> {
        let mut found = 0;
        let mut walk = Walk::new(&self.trie, None);
        while let Some(leaf) = block_on(walk.next(&Resident))? {
            found += leaf.entries().map(|(_, value)| value.len()).sum::<usize>();
        }
        Ok(found)
    }

    fn flush(&mut self) -> Result<()> {
        let mut packs = PackWriter::new(&self.environment, Epoch::FIRST, PACK_BYTES_MAX);
        let mut plan = SealPlan::default();
        self.trie.seal(&self.keys, &mut packs, &mut plan)?;
        let mut stored = HashSet::new();
        for pack in packs.finish() {
            stored.insert(pack.id);
            self.packs.insert(pack_name(pack.id), pack.bytes.to_vec());
        }
        ensure!(self.trie.adopt(&plan, &stored), "something is left dirty");
        Ok(())
    }

    fn bytes_at_rest(&self) -> u64 {
        self.packs.values().map(|pack| pack.len() as u64).sum()
    }

    fn cold_get(&self, key: &str) -> Result<ColdGet> {
        let mut trie = self.cold()?;
        let mut reads = Reads::default();
        let value_bytes = self.with(&mut trie, &mut reads, |trie| {
            trie.find(key.as_bytes()).map(|value| value.map_or(0, Vec::len))
        })?;
        Ok(ColdGet {
            value_bytes,
            objects_read: reads.packs.len() as u64,
            requests: reads.requests,
            bytes_read: reads.bytes,
        })
    }
}

/// The source of a trie that is resident as a whole.
struct Resident;

impl NodeSource<Value> for Resident {
    fn load<'a>(&'a self, _: &'a Link) -> BoxFuture<'a, sealwood::Result<Arc<Node<Value>>>> {
        Box::pin(async { Err(Error::ObjectMissing) })
    }
}
