//! K3, K11: 100,000 puts and one sync; what all of them then take in memory.

use anyhow::Result;

use super::step::Step;
use super::{Workload, load_small, phase, read_all, seconds};
use crate::data::{path_key, shuffled_keys};
use crate::meter;
use crate::metric::{Metric, Sample};
use crate::peers::{Puts, Role};

const KEYS: usize = 100_000;

pub(super) const WORKLOAD: Workload = Workload {
    name: "load",
    covers: &["K3", "K11"],
    benches: &["load", "memory"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| matches!(entrant.role, Role::Everything),
    phases: &[phase(measure)],
};

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let keys = shuffled_keys(KEYS, path_key);
    let resident_before = meter::resident_bytes()?;
    let written_before = meter::written_bytes()?;
    let mut peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    let seconds = seconds(|| load_small(peer.as_ref(), &keys))?;
    let written = meter::written_bytes()? - written_before;
    read_all(peer.as_ref(), &keys)?;
    let resident = meter::resident_bytes()?.saturating_sub(resident_before);
    peer.compact()?;
    peer.close()?;
    let load = Sample::new("load")
        .with(Metric::OpsPerS, KEYS as f64 / seconds)
        .with(Metric::UsPerOp, seconds * 1e6 / KEYS as f64)
        .with(Metric::BytesWritten, written as f64)
        .with(Metric::DiskBytes, meter::disk_bytes(&step.directory)? as f64);
    let memory = Sample::new("memory")
        .with(Metric::RssBytes, resident as f64)
        .with(Metric::RssBytesPerKey, resident as f64 / KEYS as f64);
    Ok(vec![load, memory])
}
