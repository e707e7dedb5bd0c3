//! Engines in memory, and what every test asks of one.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use sealwood_engine::Result;
use sealwood_engine::disk::{Disk, MemoryDisk};
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{Background, Engine, EngineConfig, Expiry, Namespace, Revision, ScanItem};
use sealwood_engine::{Clock, Entropy, NoEntropy};

/// A configuration under which small tests meet every limit: tiny segments, nothing by itself.
pub(crate) fn small() -> EngineConfig {
    EngineConfig::default()
        .background(Background::Manual)
        .inline_bytes_max(16)
        .separated_bytes_min(1000)
        .compaction_dead_bytes_min(1)
        .segment_bytes_max(4096)
}

pub(crate) fn open(disk: &MemoryDisk, config: EngineConfig) -> Engine {
    Engine::open(Arc::new(disk.clone()) as Arc<dyn Disk>, config).unwrap()
}

/// Bytes that differ by seed and place.
pub(crate) fn pattern(len: usize, seed: u64) -> Vec<u8> {
    (0..len as u64)
        .map(|at| (at.wrapping_mul(31) ^ (at >> 8) ^ seed.wrapping_mul(97)) as u8)
        .collect()
}

/// Every key and value, in order.
pub(crate) fn all(namespace: &Namespace) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut found = Vec::new();
    let scan = namespace.scan().unwrap();
    scan.for_each(|key, value| {
        found.push((key.to_vec(), value.to_vec()));
        ControlFlow::Continue(())
    })
    .unwrap();
    found
}

/// Asserts that everything is whole.
pub(crate) fn assert_whole(engine: &Engine) {
    let mut findings = Vec::new();
    let verified = engine.verify(&mut |finding| {
        findings.push(finding);
        ControlFlow::Continue(())
    });
    assert!(findings.is_empty(), "{findings:?}");
    verified.unwrap();
}

/// Asserts that every file is accounted for.
pub(crate) fn assert_no_strays(engine: &Engine) {
    assert_eq!(engine.stray_files().unwrap(), Vec::<String>::new());
}

/// Opens what is on a disk that may fail.
pub(crate) fn try_open(disk: &FaultDisk, config: EngineConfig) -> Result<Engine> {
    Engine::open(Arc::new(disk.clone()) as Arc<dyn Disk>, config)
}

/// Opens what is on a disk on which nothing fails.
pub(crate) fn open_faulty(disk: &FaultDisk, config: EngineConfig) -> Engine {
    try_open(disk, config).unwrap_or_else(|error| panic!("{error}\n{}", disk.origin()))
}

/// A key with all that can be seen of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) value: Vec<u8>,
    pub(crate) revision: Revision,
    pub(crate) expires_at_ms: Option<u64>,
}

impl std::fmt::Debug for Seen {
    /// A value is known by its length and its first bytes.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let start = &self.value[..self.value.len().min(3)];
        let Self { value, revision, expires_at_ms } = self;
        write!(f, "{} bytes {start:?} at {revision} until {expires_at_ms:?}", value.len())
    }
}

/// All keys of all namespaces.
pub(crate) fn everything(engine: &Engine) -> BTreeMap<String, BTreeMap<Vec<u8>, Seen>> {
    let snapshot = engine.snapshot().unwrap();
    let mut namespaces = BTreeMap::new();
    for name in snapshot.namespaces() {
        let mut keys = BTreeMap::new();
        let mut scan = snapshot.namespace(name).unwrap().scan().open().unwrap();
        while let Some(item) = scan.next().unwrap() {
            let ScanItem::Key(entry) = item else { panic!("no delimiter was asked for") };
            let info = entry.info();
            let value = entry.value().unwrap().to_vec();
            let (revision, expires_at_ms) = (info.revision, info.expires_at.map(Expiry::as_ms));
            keys.insert(entry.key().to_vec(), Seen { value, revision, expires_at_ms });
        }
        namespaces.insert(name.to_owned(), keys);
    }
    namespaces
}

/// Says that something has ended when it goes, also when its holder panics: whoever works until
/// then ends too.
pub(crate) struct Ended<'a>(pub(crate) &'a AtomicBool);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// A clock that stands still until it is set.
#[derive(Debug, Clone, Default)]
pub(crate) struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub(crate) fn at(now_ms: u64) -> Self {
        Self(Arc::new(AtomicU64::new(now_ms)))
    }

    pub(crate) fn set(&self, now_ms: u64) {
        self.0.store(now_ms, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now_ms(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// Bytes that are never the same again within a run and the same in the next run.
#[derive(Debug, Default)]
pub(crate) struct CountedEntropy(AtomicU64);

impl Entropy for CountedEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), NoEntropy> {
        let number = self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes();
        buffer.iter_mut().zip(number.iter().cycle()).for_each(|(byte, new)| *byte = *new);
        Ok(())
    }
}
