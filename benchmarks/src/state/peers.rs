//! Stores with versions, and the engine that they stand on.

use std::path::Path;

use anyhow::{Context, Result};
use sealwood_state::engine::{Engine, EngineConfig, Namespace, Tracking};
use sealwood_state::{ChangeSet, LtHash, StateConfig, StateStore};

use super::PARTITIONS;

/// Who makes versions in a directory.
pub(super) trait Peer {
    /// Makes the next version of these rows, a list for each partition, and returns once it is
    /// durable.
    fn make(&mut self, version: u64, rows: Vec<Vec<(Vec<u8>, Vec<u8>)>>) -> Result<()>;

    /// The hash of all rows, from those who have one.
    fn hash(&self) -> Result<Option<LtHash>>;

    /// What was written since it was opened.
    fn written(&self) -> Written;

    /// Closes it.
    fn close(self: Box<Self>) -> Result<()>;
}

/// What engines wrote.
pub(super) struct Written {
    pub(super) syncs: u64,
    pub(super) log_bytes: u64,
}

pub(super) type Open = fn(&Path) -> Result<Box<dyn Peer>>;

/// All of them, by the names in the rows.
pub(super) const ALL: [(&str, Open); 4] = [
    ("sealwood-state", |directory| Store::open(directory, Homes::WithLog)),
    ("sealwood-state+engines", |directory| Store::open(directory, Homes::Apart)),
    ("engine", |directory| Batches::open(directory, Tracking::Off)),
    ("engine+tracked", |directory| Batches::open(directory, Tracking::Whole)),
];

/// Where partitions are.
enum Homes {
    /// In the engine of the log.
    WithLog,
    /// In an engine each.
    Apart,
}

struct Store {
    store: StateStore,
    engines: Vec<Engine>,
}

impl Store {
    fn open(directory: &Path, homes: Homes) -> Result<Box<dyn Peer>> {
        let open =
            |name: &str| Engine::open_directory(directory.join(name), EngineConfig::default());
        let log = open("log")?;
        let mut config = StateConfig::new(&log);
        let mut engines = vec![log];
        for name in PARTITIONS {
            config = match homes {
                Homes::WithLog => config.partition(name),
                Homes::Apart => {
                    let engine = open(name)?;
                    let config = config.partition_in(name, &engine);
                    engines.push(engine);
                    config
                }
            };
        }
        Ok(Box::new(Self { store: StateStore::open(config)?, engines }))
    }
}

impl Peer for Store {
    fn make(&mut self, version: u64, rows: Vec<Vec<(Vec<u8>, Vec<u8>)>>) -> Result<()> {
        for (name, rows) in PARTITIONS.into_iter().zip(rows) {
            let changes = rows.into_iter().map(|(key, value)| (key, Some(value.into())));
            self.store.apply(name, &changes.collect::<ChangeSet>())?;
        }
        self.store.commit(version)?;
        Ok(())
    }

    fn hash(&self) -> Result<Option<LtHash>> {
        Ok(Some(self.store.hash()?))
    }

    fn written(&self) -> Written {
        written(&self.engines)
    }

    fn close(self: Box<Self>) -> Result<()> {
        let Self { store, engines } = *self;
        drop(store);
        engines.iter().try_for_each(|engine| Ok(engine.close()?))
    }
}

/// One engine, with a namespace for each partition.
struct Batches {
    engine: Engine,
    namespaces: Vec<Namespace>,
}

impl Batches {
    fn open(directory: &Path, tracking: Tracking) -> Result<Box<dyn Peer>> {
        let engine = Engine::open_directory(directory, EngineConfig::default())?;
        let make = |name: &str| -> Result<Namespace> {
            let namespace = engine.namespace(name)?;
            namespace.track(tracking)?;
            Ok(namespace)
        };
        let namespaces = PARTITIONS.into_iter().map(make).collect::<Result<_>>()?;
        Ok(Box::new(Self { engine, namespaces }))
    }
}

impl Peer for Batches {
    fn make(&mut self, _version: u64, rows: Vec<Vec<(Vec<u8>, Vec<u8>)>>) -> Result<()> {
        let mut batch = self.engine.batch();
        for (namespace, rows) in self.namespaces.iter().zip(rows) {
            for (key, value) in rows {
                batch.put(namespace, &key, value);
            }
        }
        batch.commit()?;
        Ok(())
    }

    fn hash(&self) -> Result<Option<LtHash>> {
        let mut sum = LtHash::identity();
        for namespace in &self.namespaces {
            let Some(state) = namespace.tracked_state()? else { return Ok(None) };
            sum.merge(state.partition.hash().context("not all rows are counted")?);
        }
        Ok(Some(sum))
    }

    fn written(&self) -> Written {
        written(std::slice::from_ref(&self.engine))
    }

    fn close(self: Box<Self>) -> Result<()> {
        Ok(self.engine.close()?)
    }
}

fn written(engines: &[Engine]) -> Written {
    let stats: Vec<_> = engines.iter().map(Engine::stats).collect();
    Written {
        syncs: stats.iter().map(|stats| stats.log_syncs).sum(),
        log_bytes: stats.iter().map(|stats| stats.log_bytes_written).sum(),
    }
}
