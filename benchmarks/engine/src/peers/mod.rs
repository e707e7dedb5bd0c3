//! The engines, each behind the same few calls.

#[cfg(feature = "peers")]
mod fjall;
#[cfg(feature = "peers")]
mod holt;
#[cfg(feature = "peers")]
mod redb;
#[cfg(feature = "rocksdb")]
mod rocksdb;
mod sealwood;
#[cfg(feature = "peers")]
mod sled;
#[cfg(feature = "peers")]
mod sqlite;

use std::path::Path;

use anyhow::Result;

/// What a put by a [`Writer`] promises when it returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Puts {
    /// It is seen by readers, and durable at some later time.
    Buffered,
    /// It is durable, as far as the engine goes: see [`Entrant::durability`].
    Synced,
}

/// Puts one value of a load.
pub(crate) type Put<'a> = dyn FnMut(&[u8], &[u8]) -> Result<()> + 'a;

/// Opens a store in a directory.
pub(crate) type Open = fn(&Path, Puts) -> Result<Box<dyn Peer>>;

/// Opens a store in a directory from its log.
pub(crate) type Rebuild = fn(&Path) -> Result<Box<dyn Peer>>;

/// A store, open.
pub(crate) trait Peer {
    /// A handle for one thread that puts, each put a commit of its own.
    fn writer(&self) -> Result<Box<dyn Writer + '_>>;

    /// Puts all that `fill` puts and makes it durable: in one transaction where an engine has them,
    /// with one sync at the end anywhere.
    fn load(&self, fill: &mut dyn FnMut(&mut Put) -> Result<()>) -> Result<()>;

    /// Copies the value of `key` into `value`; whether there is one.
    fn get(&self, key: &[u8], value: &mut Vec<u8>) -> Result<bool>;

    /// The store as it is now; where an engine has no such thing, as it is at each read.
    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>>;

    /// A handle, for another thread, that moves what puts left in memory or a log to where it
    /// stays, each time it is called.
    fn checkpointer(&self) -> Result<Box<dyn FnMut() -> Result<()> + Send + '_>>;

    /// Reclaims all space it can.
    fn compact(&mut self) -> Result<()>;

    /// Does at once, and waits for, what the engine would do by itself later.
    fn settle(&self) -> Result<()> {
        Ok(())
    }

    /// Closes the store as an app does that ends in order.
    fn close(self: Box<Self>) -> Result<()>;

    /// What the engine counted since it was opened.
    fn counts(&self) -> Result<Counts> {
        Ok(Counts::default())
    }
}

/// Puts, one at a time.
pub(crate) trait Writer: Send {
    /// Puts one value.
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()>;
}

/// A store to read.
pub(crate) trait Snapshot {
    /// Copies the value of `key` into `value`; whether there is one.
    fn get(&mut self, key: &[u8], value: &mut Vec<u8>) -> Result<bool>;

    /// Visits all keys that begin with `prefix`, with their values, in order.
    fn scan(&mut self, prefix: &[u8], visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()>;

    /// How many different beginnings the keys below `prefix` have up to the next `delimiter`, a key
    /// without one counting by itself.
    fn roll_up(&mut self, prefix: &[u8], delimiter: u8) -> Result<usize>;
}

/// What an engine counts itself.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Counts {
    /// Calls that waited for the disk.
    pub(crate) syncs: Option<u64>,
    /// Bytes appended to the log.
    pub(crate) log_bytes: Option<u64>,
    /// Bytes of live records that compaction copied.
    pub(crate) relocated_bytes: Option<u64>,
}

/// An engine and how to start it.
pub(crate) struct Entrant {
    /// The name in the rows.
    pub(crate) name: &'static str,
    /// What makes a synced put durable.
    pub(crate) durability: &'static str,
    /// Such calls a synced put by one thread makes, where the engine doesn't count them itself.
    pub(crate) syncs_per_put: f64,
    /// The longest value the engine takes, in bytes.
    pub(crate) value_bytes_max: usize,
    /// What it is here for.
    pub(crate) role: Role,
    /// Opens the store in a directory that is there.
    pub(crate) open: Open,
    /// Opens the store from its whole log, as if nothing else were there; for engines that can.
    pub(crate) rebuild: Option<Rebuild>,
}

/// What an entrant is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Every workload.
    Everything,
    /// A setting for large values, which the workloads with large values show.
    #[cfg_attr(not(feature = "peers"), expect(dead_code, reason = "only peers have one"))]
    LargeValues,
    /// A setting that shows what separating values spares a compaction.
    Separation,
    /// A setting that shows what the hash of the rows costs.
    Tracking,
}

/// All engines of this build, ours first.
pub(crate) fn all() -> Vec<Entrant> {
    vec![
        sealwood::entrant(),
        sealwood::entrant_with_separation(),
        sealwood::entrant_without_separation(),
        sealwood::entrant_tracked(),
        sealwood::entrant_tracked_in_buckets(),
        #[cfg(feature = "peers")]
        fjall::entrant(),
        #[cfg(feature = "peers")]
        fjall::entrant_with_separation(),
        #[cfg(feature = "peers")]
        redb::entrant(),
        #[cfg(feature = "peers")]
        sled::entrant(),
        #[cfg(feature = "peers")]
        holt::entrant(),
        #[cfg(feature = "rocksdb")]
        rocksdb::entrant(),
        #[cfg(feature = "rocksdb")]
        rocksdb::entrant_with_blobs(),
        #[cfg(feature = "peers")]
        sqlite::entrant(),
    ]
}

/// Rolls keys up for an engine that can only seek: from the first key of each beginning past all
/// others of it. `first_from` gives the first key at or after its argument.
#[cfg(any(feature = "peers", feature = "rocksdb"))]
fn roll_up_by_seeking(
    prefix: &[u8],
    delimiter: u8,
    mut first_from: impl FnMut(&[u8]) -> Result<Option<Vec<u8>>>,
) -> Result<usize> {
    let mut from = prefix.to_vec();
    let mut beginnings = 0;
    while let Some(mut key) = first_from(&from)?.filter(|key| key.starts_with(prefix)) {
        beginnings += 1;
        let below = key[prefix.len()..].iter().position(|&byte| byte == delimiter);
        match (below, delimiter.checked_add(1)) {
            (Some(at), Some(past)) => {
                key.truncate(prefix.len() + at);
                key.push(past);
            }
            _ => key.push(0),
        }
        from = key;
    }
    Ok(beginnings)
}
