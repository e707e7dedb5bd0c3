//! A store that does all it can, step by step, and what is there after each.

use sealwood_state::engine::Engine;
use sealwood_state::{Error, Import, Result, StateConfig, StateStore};

use crate::common::{Machine, NAMES, Rows, set};

/// A row of a partition that gets a value or ends.
type RowChange = (&'static str, Vec<u8>, Option<Vec<u8>>);

/// What a store does.
pub(crate) enum Step {
    /// To the next version.
    Commit(Vec<RowChange>),
    Rollback(u64),
    Import(u64, Rows),
}

/// The version and its rows.
pub(crate) type Expected = (u64, Rows);

/// All steps, and what is there before the first and after each. Values are of all kinds; large
/// ones have files of their own, which fail without taking the engine with them.
pub(crate) fn script() -> (Vec<Step>, Vec<Expected>) {
    let commit = |seed: u8| {
        let mut changes = Vec::new();
        for (number, name) in (0..).zip(NAMES) {
            changes.push((name, vec![seed], Some(vec![seed; 3])));
            changes.push((name, vec![seed - 1], None));
            let len = usize::from(if number % 2 == 1 { 1200_u16 } else { 200 });
            changes.push((name, b"large".to_vec(), Some(vec![seed; len])));
            changes.push((name, vec![200, seed], Some(Vec::new())));
        }
        Step::Commit(changes)
    };
    let imported = NAMES.map(|name| ((name, b"imported".to_vec()), vec![7; 1100])).into();
    let steps = vec![
        commit(1),
        commit(2),
        commit(3),
        commit(4),
        Step::Rollback(2),
        commit(5),
        Step::Commit(Vec::new()),
        Step::Rollback(3),
        Step::Import(10, imported),
        commit(6),
    ];
    let mut versions = vec![(0, Rows::new())];
    let mut expected = versions.clone();
    for step in &steps {
        let (version, mut rows) = versions.last().unwrap().clone();
        match step {
            Step::Commit(changes) => {
                for (name, key, value) in changes.clone() {
                    match value {
                        Some(value) => drop(rows.insert((name, key), value)),
                        None => drop(rows.remove(&(name, key))),
                    }
                }
                versions.push((version + 1, rows));
            }
            Step::Rollback(to) => versions.retain(|(version, _)| version <= to),
            Step::Import(version, rows) => versions = vec![(*version, rows.clone())],
        }
        expected.push(versions.last().unwrap().clone());
    }
    (steps, expected)
}

/// What is to be done when a step has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnError {
    Stop,
    /// The same call once more.
    TryAgain,
}

/// How far a store has come.
pub(crate) struct Run {
    /// How many steps have succeeded.
    pub(crate) done: usize,
    /// How many of them when tried again.
    pub(crate) again: usize,
    /// Why it went no further.
    pub(crate) failed: Option<Error>,
    /// Those that were opened, so that they live as long.
    pub(crate) engines: Vec<Engine>,
}

/// A store, or an import that becomes one.
enum At {
    Store(StateStore),
    Import(Import),
    /// An import could not begin.
    Nowhere,
}

/// Does all steps, as far as they succeed.
pub(crate) fn run(disks: &Machine, steps: &[Step], on_error: OnError) -> Run {
    let mut it = Run { done: 0, again: 0, failed: None, engines: Vec::new() };
    let mut opened = open(disks, &mut it.engines);
    if opened.is_err() && on_error == OnError::TryAgain {
        it.engines.clear();
        opened = open(disks, &mut it.engines);
        it.again += usize::from(opened.is_ok());
    }
    let (store, config) = match opened {
        Ok(opened) => opened,
        Err(error) => return Run { failed: Some(error), ..it },
    };
    let mut at = At::Store(store);
    for step in steps {
        let mut last_call = None;
        let mut outcome = do_step(&mut at, step, &config, &mut last_call);
        if outcome.is_err() && on_error == OnError::TryAgain {
            outcome = do_step(&mut at, step, &config, &mut last_call);
            it.again += usize::from(outcome.is_ok());
        }
        match outcome {
            Ok(()) => it.done += 1,
            Err(error) => return Run { failed: Some(error), ..it },
        }
    }
    it
}

fn open(disks: &Machine, engines: &mut Vec<Engine>) -> Result<(StateStore, StateConfig)> {
    let (config, opened) = disks.start()?;
    *engines = opened;
    Ok((StateStore::open(config.clone())?, config))
}

/// Does a step. Its last call, a commit or the end of an import, is noted with its version: if it
/// fails, it is that call that is made again.
fn do_step(
    at: &mut At,
    step: &Step,
    config: &StateConfig,
    last_call: &mut Option<u64>,
) -> Result<()> {
    match (step, &mut *at) {
        (Step::Commit(changes), At::Store(store)) => {
            if last_call.is_none() {
                for (name, key, value) in changes {
                    store.apply(name, &set(&[(key, value.as_deref())]))?;
                }
            }
            let next = *last_call.get_or_insert(store.version() + 1);
            store.commit(next).map(drop)
        }
        (Step::Rollback(to), At::Store(store)) => store.rollback(*to).map(drop),
        (Step::Import(to, rows), At::Store(_) | At::Nowhere) => {
            // The store goes, whether the import begins or not.
            *at = At::Nowhere;
            *at = At::Import(Import::begin(config.clone(), *to)?);
            import(at, *to, rows, last_call)
        }
        (Step::Import(to, rows), At::Import(_)) => import(at, *to, rows, last_call),
        _ => panic!("a step after an import that has failed"),
    }
}

fn import(at: &mut At, version: u64, rows: &Rows, last_call: &mut Option<u64>) -> Result<()> {
    let At::Import(import) = at else { panic!("no import") };
    if last_call.is_none() {
        for ((name, key), value) in rows {
            import.put(name, key.clone(), value.clone())?;
        }
        *last_call = Some(version);
    }
    *at = At::Store(import.finish()?);
    Ok(())
}
