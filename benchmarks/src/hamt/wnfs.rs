//! wnfs-hamt: 16-way nodes, buckets of three, BLAKE3.

use std::sync::Arc;

use anyhow::{Context, Result};
use cid::Cid;
use futures_lite::future::block_on;
use serde::{Deserialize, Serialize};
use wnfs_common::Storable;
use wnfs_hamt::Node;

use super::sealed_store::SealedStore;
use super::workload::Entry;
use super::{ColdGet, HamtPeer};

/// An empty trie over an empty store.
pub(super) fn start() -> Box<dyn HamtPeer> {
    Box::new(Wnfs { store: SealedStore::new(), root: Arc::default(), flushed: None })
}

struct Wnfs {
    store: SealedStore,
    root: Arc<Node<String, Value>>,
    flushed: Option<Cid>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(transparent)]
struct Value(#[serde(with = "serde_bytes")] Vec<u8>);

wnfs_common::impl_storable_from_serde! { Value }

impl HamtPeer for Wnfs {
    fn insert_all(&mut self, entries: Vec<Entry>) -> Result<()> {
        block_on(async {
            for entry in entries {
                self.root.set(entry.key, Value(entry.value), &self.store).await?;
            }
            Ok(())
        })
    }

    fn get_all(&self, keys: &[String]) -> Result<usize> {
        block_on(async {
            let mut found = 0;
            for key in keys {
                let value = self.root.get(key, &self.store).await?;
                found += value.map_or(0, |value| value.0.len());
            }
            Ok(found)
        })
    }

    fn iterate(&self) -> Result<usize> {
        // Its only iteration collects what the visitor returns.
        let lengths = self.root.flat_map(&|pair| Ok(pair.value.0.len()), &self.store);
        Ok(block_on(lengths)?.iter().sum())
    }

    fn flush(&mut self) -> Result<()> {
        self.flushed = Some(block_on(self.root.store(&self.store))?);
        Ok(())
    }

    fn bytes_at_rest(&self) -> u64 {
        self.store.bytes_at_rest()
    }

    fn cold_get(&self, key: &str) -> Result<ColdGet> {
        let flushed = self.flushed.context("not flushed")?;
        let before = self.store.reads();
        let value_bytes = block_on(async {
            let root = Arc::<Node<String, Value>>::load(&flushed, &self.store).await?;
            let value = root.get(&key.to_owned(), &self.store).await?;
            anyhow::Ok(value.map_or(0, |value| value.0.len()))
        })?;
        let after = self.store.reads();
        Ok(ColdGet {
            value_bytes,
            objects_read: after.objects - before.objects,
            requests: after.objects - before.objects,
            bytes_read: after.bytes - before.bytes,
        })
    }
}
