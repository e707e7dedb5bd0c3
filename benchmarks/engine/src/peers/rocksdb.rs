//! RocksDB, a log-structured merge tree, as Debian builds it; plain or with its blob files.

use std::path::Path;

use anyhow::Result;
use rocksdb::{DB, DBCompressionType, Options, WriteOptions};

use super::{Entrant, Peer, Put, Puts, Role, Snapshot, Writer, roll_up_by_seeking};

const PLAIN: Entrant = Entrant {
    name: "rocksdb",
    durability: "fdatasync of the log",
    syncs_per_put: 1.0,
    value_bytes_max: usize::MAX,
    role: Role::Everything,
    open: |directory, puts| open(directory, puts, Options::default()),
    rebuild: None,
};

/// At its defaults, without compression.
pub(super) fn entrant() -> Entrant {
    PLAIN
}

/// With large values in blob files.
pub(super) fn entrant_with_blobs() -> Entrant {
    Entrant {
        name: "rocksdb+blob",
        role: Role::LargeValues,
        open: |directory, puts| {
            let mut options = Options::default();
            options.set_enable_blob_files(true);
            options.set_enable_blob_gc(true);
            options.set_min_blob_size(4096);
            open(directory, puts, options)
        },
        ..PLAIN
    }
}

struct RocksDb {
    database: DB,
    puts: Puts,
}

fn open(directory: &Path, puts: Puts, mut options: Options) -> Result<Box<dyn Peer>> {
    options.create_if_missing(true);
    options.set_compression_type(DBCompressionType::None);
    Ok(Box::new(RocksDb { database: DB::open(&options, directory)?, puts }))
}

impl Peer for RocksDb {
    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        let mut options = WriteOptions::default();
        options.set_sync(self.puts == Puts::Synced);
        Ok(Box::new(RocksDbWriter { database: &self.database, options }))
    }

    fn load(&self, fill: &mut dyn FnMut(&mut Put) -> Result<()>) -> Result<()> {
        fill(&mut |key, value| Ok(self.database.put(key, value)?))?;
        Ok(self.database.flush_wal(true)?)
    }

    fn get(&self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        let found = self.database.get_pinned(key)?;
        value.clear();
        value.extend_from_slice(found.as_deref().unwrap_or_default());
        Ok(found.is_some())
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>> {
        Ok(Box::new(RocksDbSnapshot(self.database.snapshot())))
    }

    fn checkpointer(&self) -> Result<Box<dyn FnMut() -> Result<()> + Send + '_>> {
        Ok(Box::new(|| Ok(self.database.flush()?)))
    }

    fn compact(&mut self) -> Result<()> {
        self.database.flush()?;
        self.database.compact_range::<&[u8], &[u8]>(None, None);
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.database.cancel_all_background_work(true);
        Ok(())
    }
}

struct RocksDbWriter<'a> {
    database: &'a DB,
    options: WriteOptions,
}

impl Writer for RocksDbWriter<'_> {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        Ok(self.database.put_opt(key, value, &self.options)?)
    }
}

struct RocksDbSnapshot<'a>(rocksdb::Snapshot<'a>);

impl Snapshot for RocksDbSnapshot<'_> {
    fn get(&mut self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        let found = self.0.get(key)?;
        value.clear();
        value.extend_from_slice(found.as_deref().unwrap_or_default());
        Ok(found.is_some())
    }

    fn scan(&mut self, prefix: &[u8], visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        let mut cursor = self.0.raw_iterator();
        cursor.seek(prefix);
        while let Some((key, value)) = cursor.item().filter(|(key, _)| key.starts_with(prefix)) {
            visit(key, value);
            cursor.next();
        }
        Ok(cursor.status()?)
    }

    fn roll_up(&mut self, prefix: &[u8], delimiter: u8) -> Result<usize> {
        let mut cursor = self.0.raw_iterator();
        roll_up_by_seeking(prefix, delimiter, |from| {
            cursor.seek(from);
            cursor.status()?;
            Ok(cursor.key().map(<[u8]>::to_vec))
        })
    }
}
