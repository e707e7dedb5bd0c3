//! fvm_ipld_hamt: Filecoin's trie at Filecoin's usual bit width of 5.

use std::rc::Rc;

use anyhow::{Context, Result};
use cid::Cid;
use fvm_ipld_hamt::{BytesKey, Hamt};
use serde::{Deserialize, Serialize};

use super::sealed_store::SealedStore;
use super::workload::Entry;
use super::{ColdGet, HamtPeer};

const BIT_WIDTH: u32 = 5;

/// An empty trie over an empty store.
pub(super) fn start() -> Box<dyn HamtPeer> {
    let store = Rc::new(SealedStore::new());
    let trie = Hamt::new_with_bit_width(store.clone(), BIT_WIDTH);
    Box::new(Fvm { store, trie, flushed: None })
}

struct Fvm {
    store: Rc<SealedStore>,
    trie: Hamt<Rc<SealedStore>, Value>,
    flushed: Option<Cid>,
}

#[derive(PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Value(#[serde(with = "serde_bytes")] Vec<u8>);

impl HamtPeer for Fvm {
    fn insert_all(&mut self, entries: Vec<Entry>) -> Result<()> {
        for entry in entries {
            self.trie.set(BytesKey(entry.key.into_bytes()), Value(entry.value))?;
        }
        Ok(())
    }

    fn get_all(&self, keys: &[String]) -> Result<usize> {
        let mut found = 0;
        for key in keys {
            found += self.trie.get(key.as_bytes())?.map_or(0, |value| value.0.len());
        }
        Ok(found)
    }

    fn iterate(&self) -> Result<usize> {
        let mut found = 0;
        for entry in &self.trie {
            let (_, value) = entry?;
            found += value.0.len();
        }
        Ok(found)
    }

    fn flush(&mut self) -> Result<()> {
        self.flushed = Some(self.trie.flush()?);
        Ok(())
    }

    fn bytes_at_rest(&self) -> u64 {
        self.store.bytes_at_rest()
    }

    fn cold_get(&self, key: &str) -> Result<ColdGet> {
        let flushed = self.flushed.context("not flushed")?;
        let before = self.store.reads();
        let trie: Hamt<_, Value> =
            Hamt::load_with_bit_width(&flushed, self.store.clone(), BIT_WIDTH)?;
        let value_bytes = trie.get(key.as_bytes())?.map_or(0, |value| value.0.len());
        let after = self.store.reads();
        Ok(ColdGet {
            value_bytes,
            objects_read: after.objects - before.objects,
            requests: after.objects - before.objects,
            bytes_read: after.bytes - before.bytes,
        })
    }
}
