//! Stores on disks in memory, and what every test asks of one.

use std::collections::BTreeMap;
use std::sync::Arc;

use sealwood_state::engine::faults::FaultDisk;
use sealwood_state::engine::{Background, Engine, EngineConfig};
use sealwood_state::lthash::{Domain, Record};
use sealwood_state::{ChangeSet, LtHash, Result, StateConfig, StateStore};

/// The partitions of the system that this one is measured by.
pub(crate) const NAMES: [&str; 4] = ["account", "code", "legacy", "storage"];

/// What is to be there: the rows of each partition.
pub(crate) type Rows = BTreeMap<(&'static str, Vec<u8>), Vec<u8>>;

/// The disks of a store.
#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(crate) log: FaultDisk,
    /// Of those partitions that are not with the log.
    pub(crate) apart: BTreeMap<&'static str, FaultDisk>,
}

/// A store that is open, and its engines.
pub(crate) struct Running {
    pub(crate) store: StateStore,
    pub(crate) engines: Vec<Engine>,
}

impl Machine {
    /// Empty disks.
    pub(crate) fn new(apart: &[&'static str]) -> Self {
        let apart = apart.iter().map(|name| (*name, FaultDisk::new())).collect();
        Self { log: FaultDisk::new(), apart }
    }

    /// All disks, that of the log first.
    pub(crate) fn disks(&self) -> Vec<&FaultDisk> {
        std::iter::once(&self.log).chain(self.apart.values()).collect()
    }

    /// The disks, each replaced by what is made of it.
    pub(crate) fn map(&self, mut make: impl FnMut(&FaultDisk) -> FaultDisk) -> Self {
        let log = make(&self.log);
        let apart = self.apart.iter().map(|(name, disk)| (*name, make(disk))).collect();
        Self { log, apart }
    }

    /// As a new process finds them after the end of this one.
    pub(crate) fn reopen(&self) -> Self {
        self.map(FaultDisk::reopen)
    }

    /// As a power cut leaves them at worst: what was not durable is gone.
    pub(crate) fn cut(&self) -> Self {
        self.map(|disk| disk.crash_states(1).next().unwrap())
    }

    /// As a power cut may leave them that was noticed on one disk first: without what was not
    /// durable there and with all of it elsewhere, the other way round, and torn.
    pub(crate) fn cut_first_at(&self, which: usize) -> impl Iterator<Item = Self> {
        [(0, 1), (1, 0), (2, 0)].into_iter().map(move |(this, others)| {
            let mut number = 0;
            self.map(|disk| {
                let wanted = if number == which { this } else { others };
                number += 1;
                let last = disk.crash_states(3).take(wanted + 1).last();
                last.unwrap_or_else(|| disk.reopen())
            })
        })
    }

    /// Opens the engines.
    pub(crate) fn start(&self) -> Result<(StateConfig, Vec<Engine>)> {
        let log = open(&self.log)?;
        let mut config = StateConfig::new(&log).kept_versions(2);
        let mut engines = vec![log];
        for name in NAMES {
            config = match self.apart.get(name) {
                None => config.partition(name),
                Some(disk) => {
                    let engine = open(disk)?;
                    let config = config.partition_in(name, &engine);
                    engines.push(engine);
                    config
                }
            };
        }
        Ok((config, engines))
    }

    /// Opens the store.
    pub(crate) fn try_run(&self) -> Result<Running> {
        let (config, engines) = self.start()?;
        Ok(Running { store: StateStore::open(config)?, engines })
    }

    /// Opens a store in which nothing is wrong.
    pub(crate) fn run(&self) -> Running {
        self.try_run().unwrap()
    }

    /// At which version each partition is on the disks, as its record says.
    pub(crate) fn versions(&self) -> Vec<u64> {
        let copy = self.reopen();
        let versions = NAMES.map(|name| {
            let engine = open(copy.apart.get(name).unwrap_or(&copy.log)).unwrap();
            let record = engine.namespace(&format!("state-{name}")).unwrap().get(b"record");
            let Some(record) = record.unwrap() else { return 0 };
            Record::decode(Domain::new(name).unwrap(), &record.bytes).unwrap().version
        });
        versions.to_vec()
    }
}

impl Running {
    /// Ends the store and closes its engines.
    pub(crate) fn close(self) {
        drop(self.store);
        self.engines.iter().for_each(|engine| engine.close().unwrap());
    }
}

/// An engine with tiny files, in which nothing happens by itself.
pub(crate) fn open(disk: &FaultDisk) -> Result<Engine> {
    let config = EngineConfig::default()
        .background(Background::Manual)
        .inline_bytes_max(16)
        .separated_bytes_min(1000)
        .segment_bytes_max(16 << 10)
        .log_buffer_bytes_max(1 << 10);
    Ok(Engine::open(Arc::new(disk.clone()), config)?)
}

/// Changes of the same partition as one set.
pub(crate) fn set(changes: &[(&[u8], Option<&[u8]>)]) -> ChangeSet {
    let mut set = ChangeSet::new();
    for (key, value) in changes {
        match value {
            Some(value) => set.put(*key, value.to_vec()),
            None => set.delete(*key),
        };
    }
    set
}

/// The hash of rows, each added by itself.
pub(crate) fn hash_of(rows: &Rows) -> LtHash {
    let mut hash = LtHash::identity();
    for ((partition, key), value) in rows {
        hash.add(&Domain::new(partition).unwrap(), key, value);
    }
    hash
}

/// All rows of the newest version.
pub(crate) fn rows_of(store: &StateStore) -> Rows {
    let snapshot = store.snapshot().unwrap();
    let mut found = Rows::new();
    for name in NAMES {
        for row in snapshot.partition(name).unwrap().rows().unwrap() {
            let (key, value) = row.unwrap();
            found.insert((name, key), value.to_vec());
        }
    }
    found
}

/// Asserts that the newest version is this, by its rows and by every hash of them.
pub(crate) fn assert_is(store: &StateStore, version: u64, rows: &Rows) {
    assert_eq!(store.version(), version);
    assert!(rows_of(store) == *rows, "other rows at version {version}");
    let hash = hash_of(rows);
    assert!(store.hash().unwrap() == hash, "another hash at version {version}");
    let snapshot = store.snapshot().unwrap();
    assert_eq!((snapshot.version(), snapshot.checksum()), (version, hash.checksum()));
    assert_eq!(snapshot.verify().unwrap(), []);
    let counted: u64 = NAMES.iter().map(|name| store.statistics(name).unwrap().rows).sum();
    assert_eq!(counted, rows.len() as u64);
}

/// Asserts that nothing is changed and not committed.
pub(crate) fn assert_unchanged(store: &StateStore) {
    assert!(store.working_hash().unwrap() == store.hash().unwrap());
}
