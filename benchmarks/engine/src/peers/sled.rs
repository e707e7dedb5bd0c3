//! sled, a log-structured tree with a page cache.

use anyhow::Result;
use sled::Db;

use super::{Entrant, Peer, Put, Puts, Role, Snapshot, Writer, roll_up_by_seeking};

/// At its defaults.
pub(super) fn entrant() -> Entrant {
    Entrant {
        name: "sled",
        durability: "sync_file_range: weaker, neither a drive's cache nor metadata is flushed",
        syncs_per_put: 0.0,
        value_bytes_max: usize::MAX,
        role: Role::Everything,
        open: |directory, puts| Ok(Box::new(Sled { keys: sled::open(directory)?, puts })),
        rebuild: None,
    }
}

struct Sled {
    keys: Db,
    puts: Puts,
}

impl Peer for Sled {
    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        Ok(Box::new(SledWriter { keys: self.keys.clone(), puts: self.puts }))
    }

    fn load(&self, fill: &mut dyn FnMut(&mut Put) -> Result<()>) -> Result<()> {
        fill(&mut |key, value| {
            self.keys.insert(key, value)?;
            Ok(())
        })?;
        self.keys.flush()?;
        Ok(())
    }

    fn get(&self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        get(&self.keys, key, value)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>> {
        Ok(Box::new(SledReader(&self.keys)))
    }

    fn checkpointer(&self) -> Result<Box<dyn FnMut() -> Result<()> + Send + '_>> {
        Ok(Box::new(|| {
            self.keys.flush()?;
            Ok(())
        }))
    }

    fn compact(&mut self) -> Result<()> {
        // It has no call for it.
        self.keys.flush()?;
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.keys.flush()?;
        Ok(())
    }
}

struct SledWriter {
    keys: Db,
    puts: Puts,
}

impl Writer for SledWriter {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.keys.insert(key, value)?;
        if self.puts == Puts::Synced {
            self.keys.flush()?;
        }
        Ok(())
    }
}

struct SledReader<'a>(&'a Db);

impl Snapshot for SledReader<'_> {
    fn get(&mut self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        get(self.0, key, value)
    }

    fn scan(&mut self, prefix: &[u8], visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        for entry in self.0.scan_prefix(prefix) {
            let (key, value) = entry?;
            visit(&key, &value);
        }
        Ok(())
    }

    fn roll_up(&mut self, prefix: &[u8], delimiter: u8) -> Result<usize> {
        roll_up_by_seeking(prefix, delimiter, |from| {
            let first = self.0.range(from..).next().transpose()?;
            Ok(first.map(|(key, _)| key.to_vec()))
        })
    }
}

fn get(keys: &Db, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
    let found = keys.get(key)?;
    value.clear();
    value.extend_from_slice(found.as_deref().unwrap_or_default());
    Ok(found.is_some())
}
