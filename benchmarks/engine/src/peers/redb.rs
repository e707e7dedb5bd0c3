//! redb, a copy-on-write B-tree in one file.

use std::path::Path;

use anyhow::Result;
use redb::{Database, Durability, ReadOnlyTable, ReadableDatabase, TableDefinition};

use super::{Entrant, Peer, Put, Puts, Role, Snapshot, Writer, roll_up_by_seeking};

const KEYS: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("keys");

/// At its defaults.
pub(super) fn entrant() -> Entrant {
    Entrant {
        name: "redb",
        durability: "fdatasync of the file",
        syncs_per_put: 1.0,
        value_bytes_max: usize::MAX,
        role: Role::Everything,
        open,
        rebuild: None,
    }
}

struct Redb {
    database: Database,
    puts: Puts,
}

fn open(directory: &Path, puts: Puts) -> Result<Box<dyn Peer>> {
    let file = directory.join("redb");
    let is_new = !file.exists();
    let database = Database::create(file)?;
    if is_new {
        let transaction = database.begin_write()?;
        transaction.open_table(KEYS)?;
        transaction.commit()?;
    }
    Ok(Box::new(Redb { database, puts }))
}

impl Redb {
    fn table(&self) -> Result<ReadOnlyTable<&'static [u8], &'static [u8]>> {
        Ok(self.database.begin_read()?.open_table(KEYS)?)
    }
}

impl Peer for Redb {
    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        let durability = match self.puts {
            Puts::Buffered => Durability::None,
            Puts::Synced => Durability::Immediate,
        };
        Ok(Box::new(OneByOne { database: &self.database, durability }))
    }

    fn load(&self, fill: &mut dyn FnMut(&mut Put) -> Result<()>) -> Result<()> {
        let transaction = self.database.begin_write()?;
        let mut table = transaction.open_table(KEYS)?;
        fill(&mut |key, value| {
            table.insert(key, value)?;
            Ok(())
        })?;
        drop(table);
        Ok(transaction.commit()?)
    }

    fn get(&self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        get(&self.table()?, key, value)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>> {
        Ok(Box::new(RedbSnapshot(self.table()?)))
    }

    fn checkpointer(&self) -> Result<Box<dyn FnMut() -> Result<()> + Send + '_>> {
        Ok(Box::new(|| Ok(self.database.begin_write()?.commit()?)))
    }

    fn compact(&mut self) -> Result<()> {
        while self.database.compact()? {}
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(self.database.close()?)
    }
}

struct OneByOne<'a> {
    database: &'a Database,
    durability: Durability,
}

impl Writer for OneByOne<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(self.durability)?;
        transaction.open_table(KEYS)?.insert(key, value)?;
        Ok(transaction.commit()?)
    }
}

struct RedbSnapshot(ReadOnlyTable<&'static [u8], &'static [u8]>);

impl Snapshot for RedbSnapshot {
    fn get(&mut self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        get(&self.0, key, value)
    }

    fn scan(&mut self, prefix: &[u8], visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        for entry in self.0.range(prefix..)? {
            let (key, value) = entry?;
            if !key.value().starts_with(prefix) {
                break;
            }
            visit(key.value(), value.value());
        }
        Ok(())
    }

    fn roll_up(&mut self, prefix: &[u8], delimiter: u8) -> Result<usize> {
        roll_up_by_seeking(prefix, delimiter, |from| {
            let first = self.0.range(from..)?.next().transpose()?;
            Ok(first.map(|(key, _)| key.value().to_vec()))
        })
    }
}

fn get(
    table: &ReadOnlyTable<&'static [u8], &'static [u8]>,
    key: &[u8],
    value: &mut Vec<u8>,
) -> Result<bool> {
    let found = table.get(key)?;
    value.clear();
    value.extend_from_slice(found.as_ref().map(|found| found.value()).unwrap_or_default());
    Ok(found.is_some())
}
