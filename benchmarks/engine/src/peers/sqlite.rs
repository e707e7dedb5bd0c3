//! SQLite: one table without row ids, with a write-ahead log.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use rusqlite::{Connection, OptionalExtension};

use super::{Entrant, Peer, Put, Puts, Role, Snapshot, Writer, roll_up_by_seeking};

const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS pairs (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID";
const PUT: &str = "INSERT OR REPLACE INTO pairs (key, value) VALUES (?1, ?2)";
const GET: &str = "SELECT value FROM pairs WHERE key = ?1";
const SCAN: &str = "SELECT key, value FROM pairs WHERE key >= ?1 ORDER BY key";
const SEEK: &str = "SELECT key FROM pairs WHERE key >= ?1 ORDER BY key LIMIT 1";

/// How long a connection waits for another one's commit.
const BUSY: Duration = Duration::from_secs(30);

/// With a write-ahead log; at its defaults otherwise.
pub(super) fn entrant() -> Entrant {
    Entrant {
        name: "sqlite",
        durability: "fsync of the write-ahead log",
        syncs_per_put: 1.0,
        value_bytes_max: usize::MAX,
        role: Role::Everything,
        open,
        rebuild: None,
    }
}

struct Sqlite {
    file: PathBuf,
    puts: Puts,
    connection: Connection,
}

fn open(directory: &Path, puts: Puts) -> Result<Box<dyn Peer>> {
    let file = directory.join("sqlite");
    // A load is one commit, durable in either case.
    let connection = connect(&file, Puts::Synced)?;
    connection.execute(TABLE, [])?;
    Ok(Box::new(Sqlite { file, puts, connection }))
}

fn connect(file: &Path, puts: Puts) -> Result<Connection> {
    let connection = Connection::open(file)?;
    connection.busy_timeout(BUSY)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    let synchronous = match puts {
        Puts::Buffered => "NORMAL",
        Puts::Synced => "FULL",
    };
    connection.pragma_update(None, "synchronous", synchronous)?;
    Ok(connection)
}

impl Peer for Sqlite {
    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        Ok(Box::new(SqliteWriter(connect(&self.file, self.puts)?)))
    }

    fn load(&self, fill: &mut dyn FnMut(&mut Put) -> Result<()>) -> Result<()> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let mut put = self.connection.prepare_cached(PUT)?;
        fill(&mut |key, value| {
            put.execute((key, value))?;
            Ok(())
        })?;
        Ok(self.connection.execute_batch("COMMIT")?)
    }

    fn get(&self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        get(&self.connection, key, value)
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>> {
        self.connection.execute_batch("BEGIN")?;
        Ok(Box::new(SqliteSnapshot(&self.connection)))
    }

    fn checkpointer(&self) -> Result<Box<dyn FnMut() -> Result<()> + Send + '_>> {
        let connection = connect(&self.file, self.puts)?;
        Ok(Box::new(move || {
            connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
            Ok(())
        }))
    }

    fn compact(&mut self) -> Result<()> {
        self.connection.execute_batch("VACUUM")?;
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        self.connection.close().map_err(|(_, error)| error).context("closing SQLite")
    }
}

struct SqliteWriter(Connection);

impl Writer for SqliteWriter {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.0.prepare_cached(PUT)?.execute((key, value))?;
        Ok(())
    }
}

struct SqliteSnapshot<'a>(&'a Connection);

impl Snapshot for SqliteSnapshot<'_> {
    fn get(&mut self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        get(self.0, key, value)
    }

    fn scan(&mut self, prefix: &[u8], visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        let mut scan = self.0.prepare_cached(SCAN)?;
        let mut rows = scan.query([prefix])?;
        while let Some(row) = rows.next()? {
            let key = row.get_ref(0)?.as_blob()?;
            if !key.starts_with(prefix) {
                break;
            }
            visit(key, row.get_ref(1)?.as_blob()?);
        }
        Ok(())
    }

    fn roll_up(&mut self, prefix: &[u8], delimiter: u8) -> Result<usize> {
        let mut seek = self.0.prepare_cached(SEEK)?;
        roll_up_by_seeking(prefix, delimiter, |from| {
            Ok(seek.query_row([from], |row| row.get(0)).optional()?)
        })
    }
}

impl Drop for SqliteSnapshot<'_> {
    fn drop(&mut self) {
        // It only read: there is nothing to lose if this fails.
        let _ = self.0.execute_batch("COMMIT");
    }
}

fn get(connection: &Connection, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
    let mut get = connection.prepare_cached(GET)?;
    let mut rows = get.query([key])?;
    value.clear();
    match rows.next()? {
        Some(row) => {
            value.extend_from_slice(row.get_ref(0)?.as_blob()?);
            Ok(true)
        }
        None => Ok(false),
    }
}
