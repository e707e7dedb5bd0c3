//! K10: opening a store in a fresh process, up to the first value; after it was closed in order,
//! after its process was aborted, and, for an engine whose log is whole, from its log alone.

use std::time::Instant;

use anyhow::{Result, ensure};

use super::step::{self, Step};
use super::{Ends, Phase, VALUE_BYTES, Workload, load_small, phase};
use crate::data::{path_key, shuffled_keys};
use crate::meter;
use crate::metric::{Metric, Sample};
use crate::peers::{Peer, Puts, Role};

pub(super) const CLEAN: Workload = Workload {
    name: "reopen",
    covers: &["K10"],
    benches: &["reopen", "rebuild"],
    keys: 100_000,
    rounds_max: usize::MAX,
    takes: |entrant| matches!(entrant.role, Role::Everything),
    phases: &[phase(load_and_close), phase(open_as_left), phase(open_from_log)],
};

pub(super) const ABORTED: Workload = Workload {
    name: "reopen-aborted",
    benches: &["reopen-aborted"],
    phases: &[Phase { run: load_and_abort, ends: Ends::Aborts }, phase(open_as_left)],
    ..CLEAN
};

pub(super) const CLEAN_MILLION: Workload = Workload {
    name: "reopen-million",
    benches: &["reopen-million", "rebuild-million"],
    keys: 1_000_000,
    rounds_max: 1,
    ..CLEAN
};

pub(super) const ABORTED_MILLION: Workload = Workload {
    name: "reopen-aborted-million",
    benches: &["reopen-aborted-million"],
    keys: 1_000_000,
    rounds_max: 1,
    ..ABORTED
};

fn load_and_close(step: &Step) -> Result<Vec<Sample>> {
    let mut peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    load_small(peer.as_ref(), &shuffled_keys(step.workload.keys, path_key))?;
    peer.compact()?;
    peer.close()?;
    Ok(Vec::new())
}

fn load_and_abort(step: &Step) -> Result<Vec<Sample>> {
    let peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    load_small(peer.as_ref(), &shuffled_keys(step.workload.keys, path_key))?;
    step::print(&[])?;
    std::process::abort()
}

fn open_as_left(step: &Step) -> Result<Vec<Sample>> {
    let open = || (step.entrant.open)(&step.directory, Puts::Buffered);
    Ok(vec![measure(step, step.workload.benches[0], open)?])
}

fn open_from_log(step: &Step) -> Result<Vec<Sample>> {
    let Some(rebuild) = step.entrant.rebuild else { return Ok(Vec::new()) };
    Ok(vec![measure(step, step.workload.benches[1], || rebuild(&step.directory))?])
}

fn measure(
    step: &Step,
    bench: &str,
    open: impl FnOnce() -> Result<Box<dyn Peer>>,
) -> Result<Sample> {
    let mut value = Vec::with_capacity(VALUE_BYTES);
    let resident_before = meter::resident_bytes()?;
    let start = Instant::now();
    let peer = open()?;
    let found = peer.get(&path_key(step.workload.keys / 2), &mut value)?;
    let took = start.elapsed();
    let resident = meter::resident_bytes()?.saturating_sub(resident_before);
    ensure!(found && value.len() == VALUE_BYTES, "the first key is missing");
    let mut keys = 0;
    peer.snapshot()?.scan(b"", &mut |_, _| keys += 1)?;
    ensure!(keys == step.workload.keys, "{keys} keys are left of {}", step.workload.keys);
    peer.close()?;
    Ok(Sample::new(bench)
        .with(Metric::OpenMs, took.as_secs_f64() * 1e3)
        .with(Metric::RssBytes, resident as f64)
        .with(Metric::DiskBytes, meter::disk_bytes(&step.directory)? as f64))
}
