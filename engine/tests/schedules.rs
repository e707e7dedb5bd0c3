//! What the engine's writers and deleters promise each other under every schedule: the same source,
//! with locks and counters that try out in which order threads may run.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, dead_code, unused_imports, clippy::unwrap_used)]

mod sync {
    pub(crate) use shuttle::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
    pub(crate) use shuttle::sync::{Arc, Condvar, Mutex, MutexGuard};
    pub(crate) use std::sync::PoisonError;
    use std::time::Duration;

    pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Time does not pass here: it gives the others a turn.
    pub(crate) fn wait_until(_limit: Duration, done: impl Fn() -> bool) {
        if !done() {
            shuttle::thread::yield_now();
        }
    }
}

#[path = "../src/changed.rs"]
mod changed;
#[path = "../src/gate.rs"]
mod gate;
#[path = "../src/group.rs"]
mod group;
#[path = "../src/pins.rs"]
mod pins;
#[path = "../src/value_ref.rs"]
mod value_ref;

use std::time::Duration;

use changed::Changed;
use gate::Gate;
use group::Group;
use pins::Pins;
use sync::{Arc, AtomicBool, AtomicUsize, Mutex, Ordering, lock};
use value_ref::ValueRef;

/// How many schedules are tried.
const SCHEDULES: usize = 2_000;
const WRITERS: usize = 4;
const PUTS: usize = 3;

/// A log whose sync covers what was appended before it began, and may fail once for all.
#[derive(Default)]
struct Log {
    group: Group,
    appended: Mutex<usize>,
    durable: AtomicUsize,
    syncs: AtomicUsize,
    poisoned: AtomicUsize,
}

impl Log {
    /// Appends and waits; returns the revision and whether it was acknowledged.
    fn put(&self, fails_at: usize) -> (usize, bool) {
        let revision = {
            let mut appended = lock(&self.appended);
            *appended += 1;
            *appended
        };
        let is_durable = || self.durable.load(Ordering::SeqCst) >= revision;
        let decided = || is_durable() || self.poisoned.load(Ordering::SeqCst) == 1;
        let led = self.group.join(Some(Duration::ZERO), decided, || {
            let covered = *lock(&self.appended);
            let number = self.syncs.fetch_add(1, Ordering::SeqCst) + 1;
            shuttle::thread::yield_now();
            if number == fails_at {
                self.poisoned.store(1, Ordering::SeqCst);
                return Err(());
            }
            let before = self.durable.swap(covered, Ordering::SeqCst);
            assert!(before <= covered, "durability went back");
            Ok(())
        });
        (revision, led.is_ok() && is_durable())
    }
}

/// Returns how many syncs there were.
fn run(fails_at: usize) -> usize {
    let log = Arc::new(Log::default());
    let writers: Vec<_> = (0..WRITERS)
        .map(|_| {
            let log = log.clone();
            shuttle::thread::spawn(move || {
                for _ in 0..PUTS {
                    let (revision, acknowledged) = log.put(fails_at);
                    let durable = log.durable.load(Ordering::SeqCst);
                    assert_eq!(acknowledged, durable >= revision, "revision {revision}");
                }
            })
        })
        .collect();
    // A writer that nobody wakes would be a deadlock, which ends the test.
    for writer in writers {
        let ended = writer.join();
        assert!(ended.is_ok());
    }
    let syncs = log.syncs.load(Ordering::SeqCst);
    assert!(syncs <= WRITERS * PUTS, "{syncs} syncs");
    if fails_at > WRITERS * PUTS {
        assert_eq!(log.durable.load(Ordering::SeqCst), WRITERS * PUTS);
    }
    syncs
}

#[test]
fn a_group_acknowledges_what_is_durable_and_wakes_everybody() {
    static SHARED: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let shares = || {
        if run(usize::MAX) < WRITERS * PUTS {
            SHARED.fetch_add(1, Ordering::SeqCst);
        }
    };
    shuttle::check_random(shares, SCHEDULES);
    assert!(SHARED.load(Ordering::SeqCst) > SCHEDULES / 2, "every writer syncs alone");
}

#[test]
fn nobody_waits_for_a_sync_that_failed() {
    shuttle::check_random(
        || {
            run(2);
        },
        SCHEDULES,
    );
}

#[test]
fn a_value_is_never_named_while_it_is_deleted() {
    shuttle::check_random(
        || {
            let pins = Pins::default();
            let value = ValueRef { hash: [7; 32], len: 1 };
            // Whether the file is there, and how many name it.
            let file = Arc::new(Mutex::new((true, 0_usize)));
            let threads: Vec<_> = (0..3)
                .map(|number| {
                    let (pins, file) = (pins.clone(), file.clone());
                    shuttle::thread::spawn(move || {
                        if number == 0 {
                            let Some(_deletion) = pins.delete(value) else { return };
                            let named = lock(&file).1;
                            shuttle::thread::yield_now();
                            if named == 0 {
                                lock(&file).0 = false;
                            }
                        } else {
                            let _pin = pins.pin(value);
                            let there = lock(&file).1 > 0;
                            shuttle::thread::yield_now();
                            let mut file = lock(&file);
                            if !there {
                                file.0 = true;
                            }
                            file.1 += 1;
                        }
                    })
                })
                .collect();
            for thread in threads {
                let ended = thread.join();
                assert!(ended.is_ok());
            }
            let (there, named) = *lock(&file);
            assert!(there && named == 2, "named by {named} and there: {there}");
        },
        SCHEDULES,
    );
}

#[test]
fn a_value_is_written_or_deleted_but_not_both() {
    shuttle::check_random(
        || {
            let pins = Pins::default();
            let value = ValueRef { hash: [1; 32], len: 2 };
            let first = pins.pin(value);
            let second = pins.pin(value);
            assert!(pins.delete(value).is_none());
            drop(first);
            assert!(pins.delete(value).is_none());
            drop(second);
            let deletion = pins.delete(value);
            assert!(deletion.is_some());
            assert!(pins.delete(value).is_none());
            let waiting = pins.clone();
            let writer = shuttle::thread::spawn(move || drop(waiting.pin(value)));
            drop(deletion);
            let ended = writer.join();
            assert!(ended.is_ok());
            assert!(pins.delete(value).is_some());
        },
        100,
    );
}

/// A directory that one engine has at a time, and what is stored in it. Only the gate and one turn
/// in the middle of a put are points where others may run.
#[derive(Default)]
struct Home {
    gate: Gate,
    is_free: std::sync::atomic::AtomicBool,
    stored: std::sync::Mutex<Vec<usize>>,
}

impl Home {
    /// Returns whether it was acknowledged.
    fn put(&self, key: usize) -> bool {
        let Some(_call) = self.gate.enter() else { return false };
        assert!(!self.is_free.load(Ordering::SeqCst), "{key} is stored in the directory of others");
        shuttle::thread::yield_now();
        assert!(!self.is_free.load(Ordering::SeqCst), "{key} was under way");
        self.stored.lock().unwrap().push(key);
        true
    }

    /// Closes, and returns what who opens it next finds.
    fn close(&self) -> Vec<usize> {
        self.gate.close(|| self.is_free.store(true, Ordering::SeqCst));
        assert!(self.is_free.load(Ordering::SeqCst) && self.gate.is_drained());
        self.stored.lock().unwrap().clone()
    }
}

/// Threads that put so many keys each beside threads that close.
fn close_beside_puts(writers: usize, puts: usize, closers: usize) {
    let home = Arc::new(Home::default());
    let writers: Vec<_> = (0..writers)
        .map(|writer| {
            let home = home.clone();
            let put = move |number| Some(puts * writer + number).filter(|key| home.put(*key));
            shuttle::thread::spawn(move || (0..puts).filter_map(put).collect::<Vec<_>>())
        })
        .collect();
    let closers: Vec<_> = (0..closers)
        .map(|_| {
            let home = home.clone();
            shuttle::thread::spawn(move || home.close())
        })
        .collect();
    let found: Vec<Vec<usize>> = closers.into_iter().map(|it| it.join().unwrap()).collect();
    for key in writers.into_iter().flat_map(|it| it.join().unwrap()) {
        assert!(found.iter().all(|found| found.contains(&key)), "{key} was acknowledged");
    }
}

#[test]
fn two_puts_that_are_acknowledged_beside_a_close_are_found() {
    shuttle::check_pct(|| close_beside_puts(1, 2, 1), SCHEDULES, 3);
    shuttle::check_random(|| close_beside_puts(1, 2, 1), SCHEDULES);
}

#[test]
fn several_may_close_beside_several_who_put() {
    shuttle::check_pct(|| close_beside_puts(2, 2, 1), SCHEDULES, 4);
    shuttle::check_random(|| close_beside_puts(2, 2, 2), SCHEDULES);
}

/// Changes beside threads and tasks that follow them. One that is not woken waits for ever, which
/// ends the test.
fn follow(changes: usize) {
    let changed = Arc::new(Changed::default());
    let revision = Arc::new(AtomicUsize::new(0));
    let followers: Vec<_> = [false, true, true]
        .into_iter()
        .map(|is_task| {
            let (changed, revision) = (changed.clone(), revision.clone());
            shuttle::thread::spawn(move || {
                loop {
                    let listening = changed.listen();
                    if revision.load(Ordering::SeqCst) == changes {
                        return;
                    }
                    match is_task {
                        true => shuttle::future::block_on(listening),
                        false => listening.wait(),
                    }
                }
            })
        })
        .collect();
    for _ in 0..changes {
        revision.fetch_add(1, Ordering::SeqCst);
        changed.tell();
    }
    for follower in followers {
        let ended = follower.join();
        assert!(ended.is_ok());
    }
}

#[test]
fn who_listens_before_looking_misses_no_change() {
    shuttle::check_pct(|| follow(2), SCHEDULES, 3);
    shuttle::check_random(|| follow(3), SCHEDULES);
}
