//! What is done to a store, and measured: one workload a file.

mod compare;
mod durable;
mod large;
mod load;
mod overwrite;
mod reads;
mod reopen;
mod roll_up;
mod script;
mod stalls;
pub(crate) mod step;
mod tracked;

use std::time::Instant;

use anyhow::{Result, ensure};

use crate::data::{self, Key};
use crate::metric::Sample;
use crate::peers::{Entrant, Peer};
use step::Step;

/// The length of a small value, in bytes.
const VALUE_BYTES: usize = 100;

/// One workload: its phases run one after the other on one store, each in a fresh process.
pub(crate) struct Workload {
    /// What it is called.
    pub(crate) name: &'static str,
    /// The figures it covers, by the names of the list of what to beat.
    pub(crate) covers: &'static [&'static str],
    /// The rows it gives.
    pub(crate) benches: &'static [&'static str],
    /// How many keys it puts, for workloads of several sizes.
    pub(crate) keys: usize,
    /// It runs in no more rounds than these: the long ones.
    pub(crate) rounds_max: usize,
    /// Whether an engine takes part.
    pub(crate) takes: fn(&Entrant) -> bool,
    /// Its phases.
    pub(crate) phases: &'static [Phase],
}

/// A part of a workload that has a process of its own.
pub(crate) struct Phase {
    /// What it does.
    pub(crate) run: fn(&Step) -> Result<Vec<Sample>>,
    /// How its process ends.
    pub(crate) ends: Ends,
}

/// How a process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ends {
    /// In order.
    Returns,
    /// As if killed: nothing is closed or flushed.
    Aborts,
}

impl Workload {
    /// Whether `name` is its name or that of a figure it covers.
    pub(crate) fn is_called(&self, name: &str) -> bool {
        self.name == name || self.covers.contains(&name)
    }
}

/// All workloads, in the order of the report.
pub(crate) fn all() -> &'static [Workload] {
    const ALL: &[Workload] = &[
        durable::WORKLOAD,
        load::WORKLOAD,
        reads::WORKLOAD,
        roll_up::WORKLOAD,
        overwrite::WORKLOAD,
        script::WORKLOAD,
        large::WORKLOAD,
        reopen::CLEAN,
        reopen::ABORTED,
        reopen::CLEAN_MILLION,
        reopen::ABORTED_MILLION,
        stalls::WORKLOAD,
        tracked::WORKLOAD,
        compare::WORKLOAD,
    ];
    ALL
}

/// A phase whose process ends in order.
const fn phase(run: fn(&Step) -> Result<Vec<Sample>>) -> Phase {
    Phase { run, ends: Ends::Returns }
}

/// Puts a small value under each key and makes them durable.
fn load_small(peer: &dyn Peer, keys: &[(usize, Key)]) -> Result<()> {
    let mut value = [0; VALUE_BYTES];
    peer.load(&mut |put| {
        for (number, key) in keys {
            data::fill(&mut value, *number as u64);
            put(key, &value)?;
        }
        Ok(())
    })
}

/// Gets every key once and checks that it has the value that [`load_small`] put.
fn read_all(peer: &dyn Peer, keys: &[(usize, Key)]) -> Result<()> {
    let mut expected = [0; VALUE_BYTES];
    let mut value = Vec::new();
    for (number, key) in keys {
        data::fill(&mut expected, *number as u64);
        let found = peer.get(key, &mut value)?;
        ensure!(found && value == expected, "key {number} does not have its value");
    }
    Ok(())
}

/// The seconds that `work` takes.
fn seconds(work: impl FnOnce() -> Result<()>) -> Result<f64> {
    let start = Instant::now();
    work()?;
    Ok(start.elapsed().as_secs_f64())
}
