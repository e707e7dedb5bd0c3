//! Our own engine: one namespace.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use anyhow::Result;
use sealwood::engine::disk::DirectoryDisk;
use sealwood::engine::{
    Durability, Engine, EngineConfig, Namespace, PutOptions, RecoveryMode, ScanItem, Tracking,
};

use super::{Counts, Entrant, Peer, Put, Puts, Role, Snapshot, Writer};

const DEFAULTS: Entrant = Entrant {
    name: "sealwood",
    durability: "fdatasync of the log",
    syncs_per_put: 1.0,
    value_bytes_max: usize::MAX,
    role: Role::Everything,
    open: |directory, puts| open(directory, puts, EngineConfig::default()),
    rebuild: Some(|directory| {
        let config = EngineConfig::default().recovery(RecoveryMode::Rebuild);
        open(directory, Puts::Buffered, config)
    }),
};

/// At its defaults.
pub(super) fn entrant() -> Entrant {
    DEFAULTS
}

/// With values from 4 KiB on in files of their own.
pub(super) fn entrant_with_separation() -> Entrant {
    Entrant {
        name: "sealwood+separated",
        role: Role::Separation,
        open: |directory, puts| open(directory, puts, small_segments(4 << 10)),
        ..DEFAULTS
    }
}

/// With all values below 1 MiB in the log.
pub(super) fn entrant_without_separation() -> Entrant {
    Entrant {
        name: "sealwood+inline",
        role: Role::Separation,
        open: |directory, puts| open(directory, puts, small_segments(1 << 20)),
        ..DEFAULTS
    }
}

/// With a hash of all rows.
pub(super) fn entrant_tracked() -> Entrant {
    Entrant {
        name: "sealwood+tracked",
        role: Role::Tracking,
        open: |directory, puts| open_tracked(directory, puts, Tracking::Whole),
        ..DEFAULTS
    }
}

/// With a hash of the rows of each bucket.
pub(super) fn entrant_tracked_in_buckets() -> Entrant {
    Entrant {
        name: "sealwood+buckets",
        role: Role::Tracking,
        open: |directory, puts| open_tracked(directory, puts, Tracking::Buckets),
        ..DEFAULTS
    }
}

struct Sealwood {
    engine: Engine,
    keys: Namespace,
    puts: Puts,
}

fn open(directory: &Path, puts: Puts, config: EngineConfig) -> Result<Box<dyn Peer>> {
    Ok(Box::new(Sealwood::open(directory, puts, config)?))
}

fn open_tracked(directory: &Path, puts: Puts, tracking: Tracking) -> Result<Box<dyn Peer>> {
    let sealwood = Sealwood::open(directory, puts, EngineConfig::default())?;
    sealwood.keys.track(tracking)?;
    Ok(Box::new(sealwood))
}

/// Segments that compaction has something to do with after a few values of 32 KiB.
fn small_segments(separated_bytes_min: u64) -> EngineConfig {
    EngineConfig::default().separated_bytes_min(separated_bytes_min).segment_bytes_max(64 << 10)
}

impl Sealwood {
    fn open(directory: &Path, puts: Puts, config: EngineConfig) -> Result<Self> {
        let engine = Engine::open(Arc::new(DirectoryDisk::open(directory)?), config)?;
        let keys = engine.namespace("keys")?;
        Ok(Self { engine, keys, puts })
    }
}

impl Peer for Sealwood {
    fn writer(&self) -> Result<Box<dyn Writer + '_>> {
        let durability = match self.puts {
            Puts::Buffered => Durability::None,
            Puts::Synced => Durability::Group,
        };
        Ok(Box::new(SealwoodWriter { keys: self.keys.clone(), options: options(durability) }))
    }

    fn load(&self, fill: &mut dyn FnMut(&mut Put) -> Result<()>) -> Result<()> {
        let options = options(Durability::None);
        fill(&mut |key, value| {
            self.keys.put_with(key, value.to_vec(), &options)?;
            Ok(())
        })?;
        Ok(self.engine.sync()?)
    }

    fn get(&self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        Ok(copy(self.keys.get(key)?, value))
    }

    fn snapshot(&self) -> Result<Box<dyn Snapshot + '_>> {
        Ok(Box::new(SealwoodSnapshot(self.keys.snapshot()?)))
    }

    fn checkpointer(&self) -> Result<Box<dyn FnMut() -> Result<()> + Send + '_>> {
        let engine = self.engine.clone();
        Ok(Box::new(move || {
            engine.checkpoint()?;
            Ok(())
        }))
    }

    fn compact(&mut self) -> Result<()> {
        self.engine.compact()?;
        self.engine.checkpoint()?;
        Ok(())
    }

    fn settle(&self) -> Result<()> {
        while self.engine.maintain()? {}
        Ok(())
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(self.engine.close()?)
    }

    fn counts(&self) -> Result<Counts> {
        let stats = self.engine.stats();
        Ok(Counts {
            syncs: Some(stats.log_syncs),
            log_bytes: Some(stats.log_bytes_written),
            relocated_bytes: Some(stats.relocated_bytes),
        })
    }
}

struct SealwoodWriter {
    keys: Namespace,
    options: PutOptions,
}

impl Writer for SealwoodWriter {
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<()> {
        self.keys.put_with(key, value.to_vec(), &self.options)?;
        Ok(())
    }
}

struct SealwoodSnapshot(sealwood::engine::Snapshot);

impl Snapshot for SealwoodSnapshot {
    fn get(&mut self, key: &[u8], value: &mut Vec<u8>) -> Result<bool> {
        Ok(copy(self.0.get(key)?, value))
    }

    fn scan(&mut self, prefix: &[u8], visit: &mut dyn FnMut(&[u8], &[u8])) -> Result<()> {
        let scan = self.0.scan().prefix(prefix);
        scan.for_each(|key, value| {
            visit(key, value);
            ControlFlow::Continue(())
        })
        .map_err(|finding| finding.error)?;
        Ok(())
    }

    fn roll_up(&mut self, prefix: &[u8], delimiter: u8) -> Result<usize> {
        let mut scan = self.0.scan().prefix(prefix).delimiter(delimiter).open()?;
        let mut beginnings = 0;
        while let Some(ScanItem::CommonPrefix(_) | ScanItem::Key(_)) = scan.next()? {
            beginnings += 1;
        }
        Ok(beginnings)
    }
}

fn options(durability: Durability) -> PutOptions {
    PutOptions::new().durability(durability)
}

fn copy(found: Option<sealwood::engine::Value>, value: &mut Vec<u8>) -> bool {
    value.clear();
    if let Some(found) = &found {
        value.extend_from_slice(&found.bytes);
    }
    found.is_some()
}
