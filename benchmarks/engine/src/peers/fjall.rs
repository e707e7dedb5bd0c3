//! fjall, a log-structured merge tree: one keyspace, plain or with separated values.

use std::path::Path;

use anyhow::Result;
use fjall::{
    Database, Keyspace, KeyspaceCreateOptions, KvSeparationOptions, PersistMode, Readable,
};

use super::{Entrant, Peer, Put, Puts, Role, Snapshot, Writer, roll_up_by_seeking};

const PLAIN: Entrant = Entrant {
    name: "fjall",
    durability: "fdatasync of the journal",
    syncs_per_put: 1.0,
    value_bytes_max: usize::MAX,
    role: Role::Everything,
    open: |directory, puts| open(directory, puts, None),
    rebuild: None,
};

/// At its defaults.
pub(super) fn entrant() -> Entrant {
    PLAIN
}

/// With its separation of large values.
pub(super) fn entrant_with_separation() -> Entrant {
    Entrant {
        name: "fjall+kvsep",
        role: Role::LargeValues,
        open: |directory, puts| open(directory, puts, Some(KvSeparationOptions::default())),
        ..PLAIN
    }
}

struct Fjall {
    database: Database,
    keys: Keyspace,
    puts: Puts,
}

fn open(
    directory: &Path,
    puts: Puts,
    separation: Option<KvSeparationOptions>,
) -> Result<Box<dyn Peer>> {
    let database = Database::builder(directory).open()?;
    let options = || KeyspaceCreateOptions::default().with_kv_separation(separation);
    let keys = database.keyspace("keys", options)?;
    Ok(Box::new(Fjall { database, keys, puts }))
}

impl Peer for Fjall {
    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        Ok(Box::new(FjallWriter(self)))
    }

    fn load(&self, fill: &mut dyn FnMut(&mut Put) -> Result<()>) -> Result<()> {
        fill(&mut |key, value| Ok(self.keys.insert(key, value)?))?;
        Ok(self.database.persist(PersistMode::SyncData)?)
    }

    fn get(&self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        Ok(copy(self.keys.get(key)?, value))
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>> {
        Ok(Box::new(FjallSnapshot { snapshot: self.database.snapshot(), keys: &self.keys }))
    }

    fn checkpointer(&self) -> Result<Box<dyn FnMut() -> Result<()> + Send + '_>> {
        Ok(Box::new(|| Ok(self.keys.rotate_memtable_and_wait()?)))
    }

    fn compact(&mut self) -> Result<()> {
        self.keys.rotate_memtable_and_wait()?;
        Ok(self.keys.major_compact()?)
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(self.database.persist(PersistMode::SyncAll)?)
    }
}

struct FjallWriter<'a>(&'a Fjall);

impl Writer for FjallWriter<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.0.keys.insert(key, value)?;
        if self.0.puts == Puts::Synced {
            self.0.database.persist(PersistMode::SyncData)?;
        }
        Ok(())
    }
}

struct FjallSnapshot<'a> {
    snapshot: fjall::Snapshot,
    keys: &'a Keyspace,
}

impl Snapshot for FjallSnapshot<'_> {
    fn get(&mut self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        Ok(copy(self.snapshot.get(self.keys, key)?, value))
    }

    fn scan(&mut self, prefix: &[u8], visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        for guard in self.snapshot.prefix(self.keys, prefix) {
            let (key, value) = guard.into_inner()?;
            visit(&key, &value);
        }
        Ok(())
    }

    fn roll_up(&mut self, prefix: &[u8], delimiter: u8) -> Result<usize> {
        roll_up_by_seeking(prefix, delimiter, |from| {
            let first = self.snapshot.range(self.keys, from..).next();
            Ok(first.map(|guard| guard.key()).transpose()?.map(|key| key.to_vec()))
        })
    }
}

fn copy(found: Option<fjall::UserValue>, value: &mut Vec<u8>) -> bool {
    value.clear();
    value.extend_from_slice(found.as_deref().unwrap_or_default());
    found.is_some()
}
