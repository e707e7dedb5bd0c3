//! holt, a radix tree in frames of 512 KiB with a log.

use std::path::Path;

use anyhow::Result;
use holt::{Durability, RangeEntry, Tree, TreeBuilder};

use super::{Entrant, Peer, Put, Puts, Role, Snapshot, Writer};

/// At its defaults.
pub(super) fn entrant() -> Entrant {
    Entrant {
        name: "holt",
        durability: "fdatasync of the log; a load's one sync is a checkpoint",
        syncs_per_put: 1.0,
        value_bytes_max: 65_535,
        role: Role::Everything,
        open,
        rebuild: None,
    }
}

struct Holt(Tree);

fn open(directory: &Path, puts: Puts) -> Result<Box<dyn Peer>> {
    let durability = Durability::Wal { sync: puts == Puts::Synced };
    let tree = TreeBuilder::new(directory.join("holt")).durability(durability).open()?;
    Ok(Box::new(Holt(tree)))
}

impl Peer for Holt {
    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        Ok(Box::new(HoltHandle(self.0.clone())))
    }

    fn load(&self, fill: &mut dyn FnMut(&mut Put) -> Result<()>) -> Result<()> {
        fill(&mut |key, value| Ok(self.0.put(key, value)?))?;
        Ok(self.0.checkpoint()?)
    }

    fn get(&self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        get(&self.0, key, value)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>> {
        Ok(Box::new(HoltHandle(self.0.clone())))
    }

    fn checkpointer(&self) -> Result<Box<dyn FnMut() -> Result<()> + Send + '_>> {
        let tree = self.0.clone();
        Ok(Box::new(move || Ok(tree.checkpoint()?)))
    }

    fn compact(&mut self) -> Result<()> {
        self.0.compact()?;
        self.0.checkpoint()?;
        self.0.vacuum()?;
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(self.0.checkpoint()?)
    }
}

struct HoltHandle(Tree);

impl Writer for HoltHandle {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        Ok(self.0.put(key, value)?)
    }
}

impl Snapshot for HoltHandle {
    fn get(&mut self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        get(&self.0, key, value)
    }

    fn scan(&mut self, prefix: &[u8], visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        for entry in self.0.scan(prefix) {
            if let RangeEntry::Key { key, value, .. } = entry? {
                visit(&key, &value);
            }
        }
        Ok(())
    }

    fn roll_up(&mut self, prefix: &[u8], delimiter: u8) -> Result<usize> {
        let mut beginnings = 0;
        // Not its `visit`, which answers a question asked before from a cache.
        for entry in self.0.scan_keys(prefix).delimiter(delimiter) {
            entry?;
            beginnings += 1;
        }
        Ok(beginnings)
    }
}

fn get(tree: &Tree, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
    let found = tree.get(key)?;
    value.clear();
    value.extend_from_slice(found.as_deref().unwrap_or_default());
    Ok(found.is_some())
}
