//! After a power cut at any point, all that was acknowledged is there and nothing else.
//!
//! One script uses everything that writes. It is run again and again with the power cut after each
//! change of the disk, and every disk that may then be left is opened and checked.

use std::sync::Arc;

use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{
    Durability, Engine, EngineConfig, Expiry, Namespace, NamespaceOptions, PutOptions,
    RecoveryMode, Result, Revision, VacuumMode,
};

use crate::common::{
    CountedEntropy, Seen, TestClock, assert_no_strays, assert_whole, everything, open_faulty,
    pattern, small, try_open,
};
use crate::ledger::{Contents, Ledger};

/// How many of the disks that a cut may leave are looked at; more by `SEALWOOD_CRASH_STATES`.
const CRASH_STATES_MAX: usize = 40;

/// A script under way.
struct Run {
    disk: FaultDisk,
    config: EngineConfig,
    clock: TestClock,
    ledger: Ledger,
    engine: Option<Engine>,
}

impl Run {
    fn new() -> Self {
        let clock = TestClock::at(1000);
        let config =
            small().clock(Arc::new(clock.clone())).entropy(Arc::new(CountedEntropy::default()));
        let (disk, ledger) = (FaultDisk::new(), Ledger::new());
        Self { disk, config, clock, ledger, engine: None }
    }

    fn open(&mut self) -> Result<()> {
        self.engine = Some(try_open(&self.disk, self.config.clone())?);
        Ok(())
    }

    fn engine(&self) -> Engine {
        self.engine.clone().unwrap()
    }

    fn namespace(&mut self, name: &str) -> Result<Namespace> {
        self.ledger.write(|contents| {
            contents.entry(name.to_owned()).or_default();
        });
        let namespace = self.engine().namespace(name)?;
        self.acknowledged();
        Ok(namespace)
    }

    /// Makes a durable write. `change` is given the revision that the write begins with.
    fn write<T>(
        &mut self,
        change: impl FnOnce(&mut Contents, Revision),
        act: impl FnOnce(&Engine) -> Result<T>,
    ) -> Result<()> {
        let revision = self.engine().revision().next();
        self.ledger.write(|contents| change(contents, revision));
        act(&self.engine())?;
        self.acknowledged();
        Ok(())
    }

    fn acknowledged(&mut self) {
        self.ledger.acknowledged(self.engine().revision());
    }

    fn put(&mut self, name: &str, key: &str, value: &[u8]) -> Result<()> {
        self.write(
            |contents, revision| set(contents, name, key, value, revision),
            |engine| engine.namespace(name)?.put(key.as_bytes(), value.to_vec()),
        )
    }

    /// Puts without waiting for it to be durable.
    fn put_later(&mut self, name: &str, key: &str, value: &[u8]) -> Result<()> {
        let revision = self.engine().revision().next();
        self.ledger.write(|contents| set(contents, name, key, value, revision));
        let options = PutOptions::new().durability(Durability::None);
        let namespace = self.engine().namespace(name)?;
        namespace.put_with(key.as_bytes(), value.to_vec(), &options).map(|_| ())
    }

    fn sync(&mut self) -> Result<()> {
        self.engine().sync()?;
        self.acknowledged();
        Ok(())
    }

    fn delete(&mut self, name: &str, key: &str) -> Result<()> {
        self.write(
            |contents, _| {
                contents.get_mut(name).unwrap().remove(key.as_bytes());
            },
            |engine| engine.namespace(name)?.delete(key.as_bytes()),
        )
    }

    fn expire_at(&mut self, name: &str, key: &str, expires_at_ms: u64) -> Result<()> {
        self.write(
            |contents, revision| {
                let keys = contents.get_mut(name).unwrap();
                let kept = keys.get_mut(key.as_bytes()).unwrap();
                kept.revision = revision;
                kept.expires_at_ms = (expires_at_ms > 0).then_some(expires_at_ms);
            },
            |engine| match expires_at_ms {
                0 => engine.namespace(name)?.persist(key.as_bytes()),
                at => engine.namespace(name)?.expire_at(key.as_bytes(), Expiry::at_ms(at)),
            },
        )
    }

    fn set_clock(&mut self, now_ms: u64) {
        self.clock.set(now_ms);
        self.ledger.expire(now_ms);
    }

    fn close(&mut self) -> Result<()> {
        let closed = self.engine().close();
        self.engine = None;
        closed
    }
}

fn set(contents: &mut Contents, name: &str, key: &str, value: &[u8], revision: Revision) {
    let seen = Seen { value: value.to_vec(), revision, expires_at_ms: None };
    contents.entry(name.to_owned()).or_default().insert(key.as_bytes().to_vec(), seen);
}

/// Everything that writes, once the other way round.
fn script(run: &mut Run) -> Result<()> {
    run.open()?;
    run.namespace("one")?;
    run.namespace("two")?;
    for len in [0, 15, 16, 17, 999, 1000, 1001] {
        run.put("one", &format!("size {len}"), &pattern(len, 1))?;
    }
    run.put("one", "large", &pattern(70_000, 2))?;
    run.put("two", "the same", &pattern(1000, 1))?;
    run.engine().checkpoint()?;
    run.put("one", "size 16", &pattern(500, 3))?;
    run.put("one", "size 1000", &pattern(20, 3))?;
    run.delete("one", "size 999")?;
    run.delete("one", "large")?;
    run.expire_at("one", "size 17", 5000)?;
    run.expire_at("two", "the same", 2000)?;
    run.expire_at("one", "size 17", 0)?;
    batch(run, 4)?;
    // The log goes into further segments.
    for number in 0..8 {
        run.put("two", &format!("filler {}", number % 3), &pattern(700 + number, 5))?;
    }
    for number in 0..4 {
        run.put_later("one", &format!("later {number}"), &pattern(number * 400, 6))?;
    }
    run.sync()?;
    let relocated = run.engine().compact()?;
    assert!(relocated > 0, "nothing was compacted");
    run.delete("two", "filler 1")?;
    run.put("two", "the same again", &pattern(1000, 1))?;
    run.set_clock(3000);
    run.engine().purge_expired()?;
    run.put("one", "size 999", &pattern(1000, 7))?;
    run.close()?;
    run.open()?;
    run.put("one", "size 1001", &pattern(3000, 8))?;
    run.put("one", "size 1001", &pattern(1, 8))?;
    run.put_later("two", "filler 2", &pattern(2000, 9))?;
    run.engine().checkpoint()?;
    run.acknowledged();
    let options = NamespaceOptions::default().separated_bytes_min(100);
    run.write(
        |contents, _| drop(contents.insert("three".to_owned(), Default::default())),
        |engine| engine.namespace_with("three", &options),
    )?;
    run.put("three", "value", &pattern(100, 10))?;
    run.put("three", "same", &pattern(100, 10))?;
    batch(run, 11)?;
    run.write(
        |contents, _| drop(contents.remove("three")),
        |engine| engine.drop_namespace("three"),
    )?;
    run.namespace("three")?;
    run.put("three", "other", &pattern(1500, 12))?;
    for number in 0..6 {
        run.put("two", &format!("filler {}", number % 3), &pattern(900, 13 + number))?;
    }
    let relocated = run.engine().compact()?;
    assert!(relocated > 0, "nothing was compacted");
    run.engine().vacuum(VacuumMode::Delete)?;
    run.delete("one", "size 999")?;
    // The engine is left without being closed, as at the end of a process.
    run.engine = None;
    run.open()?;
    run.put("one", "last", &pattern(1200, 20))?;
    run.engine().checkpoint()?;
    run.engine().checkpoint()?;
    run.close()
}

/// A batch over two namespaces.
fn batch(run: &mut Run, seed: u64) -> Result<()> {
    let values = [pattern(10, seed), pattern(1100, seed), pattern(300, seed)];
    run.write(
        |contents, revision| {
            set(contents, "one", "batched", &values[0], revision);
            set(contents, "two", "batched", &values[1], revision.next());
            let keys = contents.get_mut("two").unwrap();
            keys.get_mut(b"batched".as_slice()).unwrap().expires_at_ms = Some(90_000);
            set(contents, "one", "size 15", &values[2], revision.next().next());
            contents.get_mut("one").unwrap().remove(b"size 0".as_slice());
        },
        |engine| {
            let (one, two) = (engine.namespace("one")?, engine.namespace("two")?);
            let mut batch = engine.batch();
            batch.put(&one, b"batched", values[0].clone());
            batch.put_with(
                &two,
                b"batched",
                values[1].clone(),
                &PutOptions::new().expires_at(Expiry::at_ms(90_000)),
            );
            batch.put(&one, b"size 15", values[2].clone());
            batch.delete(&one, b"size 0");
            batch.commit()
        },
    )
}

/// Checks a disk that a crash has left.
fn check(left: &FaultDisk, run: &Run) {
    let origin = left.origin();
    let mut ledger = run.ledger.clone();
    let rebuilt = {
        let config = run.config.clone().recovery(RecoveryMode::Rebuild);
        let engine = open_faulty(&left.reopen(), config);
        assert_whole(&engine);
        (everything(&engine), engine.revision())
    };
    let engine = open_faulty(left, run.config.clone());
    ledger.assert_left(&engine, origin);
    assert_whole(&engine);
    let opened = (everything(&engine), engine.revision());
    assert_eq!(opened, rebuilt, "index and log differ\n{origin}");

    let after = engine.namespace("after").unwrap();
    let value = pattern(1100, 99);
    let revision = after.put(b"key", value.clone()).unwrap();
    assert!(revision > ledger.revision(), "a revision came twice\n{origin}");
    ledger.write(|contents| set(contents, "after", "key", &value, revision));
    engine.vacuum(VacuumMode::Delete).unwrap();
    engine.checkpoint().unwrap();
    assert_no_strays(&engine);
    assert_whole(&engine);
    assert_eq!(&everything(&engine), ledger.now(), "{origin}");
    engine.close().unwrap();
    let engine = open_faulty(left, run.config.clone());
    assert_eq!(&everything(&engine), ledger.now(), "{origin}");
}

fn crash_states_max() -> usize {
    let asked = std::env::var("SEALWOOD_CRASH_STATES").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(CRASH_STATES_MAX)
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_after_every_change() {
    let mut changes = 0;
    loop {
        let run = run_cut_at(changes);
        for (number, left) in run.disk.crash_states(crash_states_max()).enumerate() {
            let last = run.disk.trace().pop();
            told(&left, &format!("change {changes}, {last:?}, state {number}"), || {
                check(&left, &run);
            });
        }
        if !run.disk.is_cut() {
            break;
        }
        changes += 1;
    }
    assert!(changes > 250, "the script makes {changes} changes");
}

#[test]
fn a_second_power_cut_while_the_first_is_recovered_from_loses_nothing_either() {
    let mut changes = 0;
    loop {
        let run = run_cut_at(changes);
        for (number, left) in run.disk.crash_states(4).enumerate() {
            told(&left, &format!("change {changes}, state {number}"), || cut_again(&left, &run));
        }
        if !run.disk.is_cut() {
            return;
        }
        changes += 3;
    }
}

#[test]
fn a_power_cut_after_the_end_of_a_process_loses_nothing_either() {
    let mut changes = 0;
    loop {
        let run = run_cut_at(changes);
        // What the process wrote is all there, but not durable yet.
        let left = run.disk.reopen();
        told(&left, &format!("change {changes}"), || cut_again(&left, &run));
        if !run.disk.is_cut() {
            return;
        }
        changes += 2;
    }
}

/// Cuts the power again at each change of opening a disk, writing to it and checkpointing.
fn cut_again(left: &FaultDisk, run: &Run) {
    for changes in 0.. {
        let disk = left.reopen();
        disk.cut_at(changes);
        let config = run.config.clone();
        let ledger = run.ledger.clone();
        let mut again = Run { disk, config, clock: run.clock.clone(), ledger, engine: None };
        // The outcome does not matter, only what is left.
        let _ = recover(&mut again);
        again.engine = None;
        for (number, left) in again.disk.crash_states(4).enumerate() {
            told(&left, &format!("again {changes}, state {number}"), || check(&left, &again));
        }
        if !again.disk.is_cut() {
            return;
        }
    }
}

fn recover(run: &mut Run) -> Result<()> {
    run.open()?;
    run.ledger.assert_left(&run.engine(), run.disk.origin());
    run.namespace("again")?;
    run.put("again", "key", &pattern(1200, 70))?;
    run.put("again", "key", &pattern(30, 71))?;
    run.engine().checkpoint().map(|_| ())
}

fn run_cut_at(changes: u64) -> Run {
    let mut run = Run::new();
    run.disk.cut_at(changes);
    let outcome = script(&mut run);
    assert!(outcome.is_ok() || run.disk.is_cut(), "{outcome:?}");
    run.engine = None;
    run
}

/// Runs a check and says where it failed, if it does.
fn told(left: &FaultDisk, place: &str, check: impl FnOnce()) {
    let checked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(check));
    assert!(checked.is_ok(), "{place}\nlost: {}", left.origin());
}
