//! Whatever is done in whatever order, the engine holds what a map would hold.
//!
//! Random operations on an engine and on a [`Ledger`] beside it, with faults, crashes and every way
//! to open again. After each step all keys, values, revisions and expiries are compared.

mod scans;
mod steps;
mod tracked;

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use sealwood_engine::faults::{Fault, FaultDisk, FaultMode, Operation};
use sealwood_engine::{
    DeleteOptions, Durability, Engine, EngineConfig, EngineSnapshot, Error, Expiry, Namespace,
    Order, Precondition, PutOptions, RecoveryMode, Result, Revision, ScanItem, VacuumMode,
};

use self::scans::expected_scan;
use self::steps::{Asked, KEYS, Key, LENGTHS, NAMESPACES, PREFIXES, Step, step};
use crate::common::{
    CountedEntropy, Seen, TestClock, assert_no_strays, assert_whole, everything, pattern, small,
    try_open,
};
use crate::ledger::{Contents, Ledger};

/// An engine and what it should hold.
struct World {
    disk: FaultDisk,
    config: EngineConfig,
    clock: TestClock,
    now_ms: u64,
    ledger: Ledger,
    engine: Engine,
    snapshots: Vec<(EngineSnapshot, Contents)>,
    /// Values of nothing but a lost sync may be on the disk in name only.
    only_crash: bool,
}

impl World {
    fn new() -> Self {
        let clock = TestClock::at(1000);
        let config = small()
            .clock(Arc::new(clock.clone()))
            .entropy(Arc::new(CountedEntropy::default()))
            .open_files_max(4);
        let disk = FaultDisk::new();
        let engine = try_open(&disk, config.clone()).unwrap();
        let ledger = Ledger::new();
        let snapshots = Vec::new();
        Self { disk, config, clock, now_ms: 1000, ledger, engine, snapshots, only_crash: false }
    }

    fn run(&mut self, step: &Step) {
        match step {
            Step::Put { key, len, seed, asked, lazy, expires_in_ms } => {
                let value = pattern(*len, *seed);
                let expires_at_ms = expires_in_ms.map(|ms| self.now_ms + ms);
                let durability = match lazy {
                    0 => Durability::None,
                    1 => Durability::Group,
                    _ => Durability::Sync,
                };
                let (precondition, holds) = self.condition(key, *asked);
                let mut options =
                    PutOptions::new().precondition(precondition).durability(durability);
                options.expires_at = expires_at_ms.map(Expiry::at_ms);
                let Some(namespace) = self.namespace(key.namespace) else { return };
                let revision = self.engine.revision().next();
                let seen = Seen { value: value.clone(), revision, expires_at_ms };
                self.write(
                    durability,
                    holds,
                    |contents| insert(contents, key, seen),
                    || namespace.put_with(KEYS[key.key], value, &options).map(|_| ()),
                );
            }
            Step::Delete { key, asked } => {
                let (precondition, holds) = self.condition(key, *asked);
                let options = DeleteOptions::new().precondition(precondition);
                let Some(namespace) = self.namespace(key.namespace) else { return };
                self.write(
                    Durability::Group,
                    holds,
                    |contents| remove(contents, key),
                    || namespace.delete_with(KEYS[key.key], &options).map(|_| ()),
                );
            }
            Step::Batch(operations, seed) => self.batch(operations, *seed),
            Step::Expire { key, in_ms } => self.expire(key, Some(self.now_ms + in_ms)),
            Step::Persist(key) => self.expire(key, None),
            Step::Rename { namespace, from, to } => {
                self.rename(*namespace, PREFIXES[*from], PREFIXES[*to]);
            }
            Step::Scan { namespace, prefix, after, delimited, order, limit } => {
                let order = [Order::Ascending, Order::Descending][usize::from(*order)];
                let after = after.map(|after| KEYS[after]);
                let delimiter = (*delimited == 1).then_some(b'/');
                self.scan(*namespace, KEYS[*prefix], after, delimiter, order, *limit);
            }
            Step::TakeSnapshot => {
                if let Ok(snapshot) = self.engine.snapshot() {
                    self.snapshots.push((snapshot, self.ledger.now().clone()));
                }
            }
            Step::DropSnapshots => self.snapshots.clear(),
            Step::Advance(ms) => {
                self.now_ms += ms;
                self.clock.set(self.now_ms);
                self.ledger.expire(self.now_ms);
                for (_, contents) in &mut self.snapshots {
                    for keys in contents.values_mut() {
                        keys.retain(|_, seen| seen.expires_at_ms.is_none_or(|at| at > self.now_ms));
                    }
                }
            }
            Step::Sync => self.maintain(|engine| engine.sync()),
            Step::Checkpoint => self.maintain(|engine| engine.checkpoint().map(|_| ())),
            Step::Compact => self.maintain(|engine| engine.compact().map(|_| ())),
            Step::Vacuum => {
                self.maintain(|engine| engine.vacuum(VacuumMode::Delete).map(|_| ()));
            }
            Step::Purge => {
                // It does not wait for what it writes.
                if let Err(error) = self.engine.purge_expired() {
                    self.failed(&error);
                }
            }
            Step::DropNamespace(namespace) => {
                let name = NAMESPACES[*namespace];
                let engine = self.engine.clone();
                // Dropping nothing waits for nothing.
                let durability = match self.ledger.now().contains_key(name) {
                    true => Durability::Sync,
                    false => Durability::None,
                };
                self.write(
                    durability,
                    true,
                    |contents| drop(contents.remove(name)),
                    || engine.drop_namespace(name).map(|_| ()),
                );
            }
            Step::Track { namespace, tracking } => self.track(*namespace, *tracking),
            Step::Maintain => {
                // It need not wait for what it does.
                if let Err(error) = self.engine.maintain() {
                    self.failed(&error);
                }
            }
            Step::Close { rebuild } => {
                self.snapshots.clear();
                let closed = self.engine.close();
                if closed.is_ok() {
                    self.ledger.acknowledged(self.engine.revision());
                }
                self.disk.disarm();
                if self.only_crash {
                    self.disk = self.disk.crash_states(1).next().unwrap();
                }
                self.reopen(*rebuild);
            }
            Step::Kill { rebuild } => self.kill(*rebuild),
            Step::Crash { state, rebuild } => {
                let mut states: Vec<_> = self.disk.crash_states(*state + 1).collect();
                self.disk = states.pop().unwrap();
                self.reopen(*rebuild);
            }
            Step::Arm { operation, nth, mode } => {
                let kind = [std::io::ErrorKind::Other, std::io::ErrorKind::StorageFull]
                    [usize::from(nth % 2 == 0)];
                let mode = match mode {
                    0 => FaultMode::FailBefore(kind),
                    1 => FaultMode::FailAfter(kind),
                    2 => FaultMode::Tear { landed: 9, kind },
                    _ => FaultMode::LoseUnsynced(kind),
                };
                let fault = Fault::new(mode).nth(*nth);
                let fault = match mode {
                    FaultMode::FailBefore(_) | FaultMode::FailAfter(_) => {
                        fault.on(&[Operation::ALL[*operation]])
                    }
                    _ => fault,
                };
                self.disk.arm(fault);
                self.only_crash |= matches!(mode, FaultMode::LoseUnsynced(_));
            }
        }
    }

    fn namespace(&mut self, index: usize) -> Option<Namespace> {
        let name = NAMESPACES[index];
        if !self.ledger.now().contains_key(name) {
            let engine = self.engine.clone();
            self.write(
                Durability::Sync,
                true,
                |contents| drop(contents.insert(name.to_owned(), Default::default())),
                || engine.namespace(name).map(|_| ()),
            );
        }
        if !self.ledger.now().contains_key(name) {
            return None;
        }
        // After a crash it is made durable before it is given, which may fail.
        self.engine.namespace(name).inspect_err(|error| self.failed(error)).ok()
    }

    fn present(&self, key: &Key) -> Option<&Seen> {
        self.ledger.now().get(NAMESPACES[key.namespace])?.get(KEYS[key.key])
    }

    fn condition(&self, key: &Key, asked: Asked) -> (Precondition, bool) {
        let present = self.present(key);
        let revision = present.map_or(Revision::new(7), |seen| seen.revision);
        match asked {
            Asked::Nothing => (Precondition::None, true),
            Asked::Absent => (Precondition::Absent, present.is_none()),
            Asked::Present => (Precondition::Present, present.is_some()),
            Asked::Current => (Precondition::Revision(revision), present.is_some()),
            Asked::Older => (Precondition::Revision(revision.before()), false),
        }
    }

    /// Makes a write. `holds`: its condition does.
    fn write(
        &mut self,
        durability: Durability,
        holds: bool,
        change: impl FnOnce(&mut Contents),
        act: impl FnOnce() -> Result<()>,
    ) {
        let before = self.ledger.clone();
        self.ledger.write(change);
        match act() {
            Ok(()) => {
                assert!(holds, "a condition that does not hold was let through");
                if durability != Durability::None {
                    self.ledger.acknowledged(self.engine.revision());
                }
            }
            Err(Error::PreconditionFailed) => {
                assert!(!holds, "a condition that holds was refused");
                self.ledger = before;
            }
            Err(error) => {
                // What is unknown is seen here, and the engine may go on with it.
                let is_applied = matches!(error, Error::OutcomeUnknown);
                if !is_applied && self.engine.poisoned().is_none() {
                    self.ledger = before;
                }
                self.failed(&error);
            }
        }
    }

    fn batch(&mut self, operations: &[(Key, Option<usize>)], seed: u64) {
        let (Some(one), Some(two)) = (self.namespace(0), self.namespace(1)) else { return };
        let namespaces = [one, two];
        let mut batch = self.engine.batch();
        let mut applied = Vec::new();
        let mut revision = self.engine.revision();
        for (key, len) in operations {
            let namespace = &namespaces[key.namespace];
            let is_alone = operations.len() == 1;
            match len {
                Some(len) => {
                    let value = pattern(LENGTHS[*len], seed);
                    batch.put(namespace, KEYS[key.key], value.clone());
                    revision = revision.next();
                    let seen = Seen { value, revision, expires_at_ms: None };
                    applied.push((key.clone(), Some(seen)));
                }
                None => {
                    batch.delete(namespace, KEYS[key.key]);
                    if !is_alone || self.present(key).is_some() {
                        revision = revision.next();
                    }
                    applied.push((key.clone(), None));
                }
            }
        }
        self.write(
            Durability::Group,
            true,
            |contents| {
                for (key, seen) in applied {
                    match seen {
                        Some(seen) => insert(contents, &key, seen),
                        None => remove(contents, &key),
                    }
                }
            },
            || batch.commit().map(|_| ()),
        );
    }

    fn expire(&mut self, key: &Key, expires_at_ms: Option<u64>) {
        let Some(namespace) = self.namespace(key.namespace) else { return };
        let revision = self.engine.revision().next();
        let is_present = self.present(key).is_some();
        self.write(
            Durability::Group,
            true,
            |contents| {
                let keys = contents.get_mut(NAMESPACES[key.namespace]).unwrap();
                if let Some(seen) = keys.get_mut(KEYS[key.key]) {
                    (seen.revision, seen.expires_at_ms) = (revision, expires_at_ms);
                }
            },
            || {
                let found = match expires_at_ms {
                    Some(at) => namespace.expire_at(KEYS[key.key], Expiry::at_ms(at))?,
                    None => namespace.persist(KEYS[key.key])?,
                };
                assert_eq!(found, is_present);
                Ok(())
            },
        );
    }

    fn rename(&mut self, namespace: usize, from: &[u8], to: &[u8]) {
        if from.starts_with(to) || to.starts_with(from) {
            return;
        }
        let name = NAMESPACES[namespace];
        let Some(namespace) = self.namespace(namespace) else { return };
        let keys = &self.ledger.now()[name];
        let free = !keys.keys().any(|key| key.starts_with(to));
        let any = keys.keys().any(|key| key.starts_with(from));
        self.write(
            Durability::Group,
            free || !any,
            |contents| {
                let keys = contents.get_mut(name).unwrap();
                let moved: Vec<_> =
                    keys.keys().filter(|key| key.starts_with(from)).cloned().collect();
                for key in moved {
                    let seen = keys.remove(&key).unwrap();
                    keys.insert([to, &key[from.len()..]].concat(), seen);
                }
            },
            || {
                assert_eq!(namespace.rename_prefix(from, to)?, any);
                Ok(())
            },
        );
    }

    fn maintain(&mut self, act: impl FnOnce(&Engine) -> Result<()>) {
        match act(&self.engine) {
            Ok(()) => self.ledger.acknowledged(self.engine.revision()),
            Err(error) => self.failed(&error),
        }
    }

    /// After an error that a fault may have made. A poisoned engine is left for a new one.
    fn failed(&mut self, error: &Error) {
        assert!(!matches!(error, Error::StoreCorrupt { .. }), "{error}");
        if self.engine.poisoned().is_some() {
            let refused = self.engine.namespace("more").map(|_| ());
            assert!(matches!(refused, Err(Error::StorePoisoned)), "{refused:?}");
            self.kill(0);
        }
    }

    /// Ends the process: what it had written is there.
    fn kill(&mut self, rebuild: u8) {
        self.snapshots.clear();
        self.disk = if self.only_crash {
            // Reads would show what is not on the disk.
            self.disk.crash_states(1).next().unwrap()
        } else {
            self.disk.reopen()
        };
        self.reopen(rebuild);
    }

    fn reopen(&mut self, rebuild: u8) {
        self.snapshots.clear();
        self.only_crash = false;
        let recovery = if rebuild == 0 { RecoveryMode::Rebuild } else { RecoveryMode::Checkpoint };
        let config = self.config.clone().recovery(recovery);
        self.engine = try_open(&self.disk, config)
            .unwrap_or_else(|error| panic!("{error}\n{}", self.disk.origin()));
        // What a crash may have left expires too.
        self.ledger.expire(self.now_ms);
        self.ledger.assert_left(&self.engine, self.disk.origin());
        assert_whole(&self.engine);
    }

    fn scan(
        &self,
        namespace: usize,
        prefix: &[u8],
        after: Option<&[u8]>,
        delimiter: Option<u8>,
        order: Order,
        limit: usize,
    ) {
        let name = NAMESPACES[namespace];
        let Some(keys) = self.ledger.now().get(name) else { return };
        let expected = expected_scan(keys.keys(), prefix, after, delimiter, order, limit);
        let Ok(namespace) = self.engine.namespace(name) else { return };
        let mut builder = namespace.scan().unwrap().prefix(prefix).limit(limit);
        if order == Order::Descending {
            builder = builder.descending();
        }
        if let Some(delimiter) = delimiter {
            builder = builder.delimiter(delimiter);
        }
        if let Some(after) = after {
            builder = builder.start_after(after);
        }
        let mut found = Vec::new();
        let mut scan = builder.open().unwrap();
        loop {
            match scan.next() {
                Ok(Some(ScanItem::Key(entry))) => found.push((entry.key().to_vec(), false)),
                Ok(Some(ScanItem::CommonPrefix(common))) => found.push((common.to_vec(), true)),
                Ok(None) => break,
                // A fault struck a read.
                Ok(Some(ScanItem::Damaged(_))) | Err(_) => return,
            }
        }
        assert_eq!(found, expected, "{prefix:?} after {after:?} {delimiter:?} {order:?}");
    }

    fn check(&self) {
        self.disk.disarm();
        assert_eq!(&everything(&self.engine), self.ledger.now());
        self.check_counted();
        for (snapshot, contents) in &self.snapshots {
            for (name, keys) in contents {
                let snapshot = snapshot.namespace(name).unwrap();
                for (key, seen) in keys {
                    let found = snapshot.get(key).unwrap().unwrap();
                    assert_eq!(
                        (&found.bytes[..], found.revision),
                        (&seen.value[..], seen.revision)
                    );
                }
                assert_eq!(snapshot.scan().keys().unwrap().len(), keys.len());
            }
        }
    }
}

fn insert(contents: &mut Contents, key: &Key, seen: Seen) {
    let keys = contents.entry(NAMESPACES[key.namespace].to_owned()).or_default();
    keys.insert(KEYS[key.key].to_vec(), seen);
}

fn remove(contents: &mut Contents, key: &Key) {
    if let Some(keys) = contents.get_mut(NAMESPACES[key.namespace]) {
        keys.remove(KEYS[key.key]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|it| it.parse().ok()).unwrap_or(300),
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_engine_holds_what_a_map_holds(steps in vec(step(), 1..80)) {
        let mut world = World::new();
        for (number, step) in steps.iter().enumerate() {
            world.run(step);
            // A fault is left armed for the next steps.
            if !matches!(step, Step::Arm { .. }) && number % 3 == 0 {
                world.check();
            }
        }
        world.check();
        world.only_crash = false;
        if world.engine.poisoned().is_none() {
            world.snapshots.clear();
            world.engine.vacuum(VacuumMode::Delete).unwrap();
            world.engine.purge_expired().unwrap();
            for (name, keys) in world.ledger.now() {
                let namespace = world.engine.namespace(name).unwrap();
                assert_eq!(namespace.len().unwrap(), keys.len() as u64);
            }
            world.check_all_counted();
            world.engine.vacuum(VacuumMode::Delete).unwrap();
            world.engine.checkpoint().unwrap();
            assert_no_strays(&world.engine);
            assert_whole(&world.engine);
        }
    }
}
