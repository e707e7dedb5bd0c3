//! K6: the 16 directories that 500,000 keys lie in.

use std::time::Instant;

use anyhow::{Result, ensure};

use super::step::Step;
use super::{Workload, load_small, phase};
use crate::data::{dealt_key, shuffled_keys};
use crate::meter::Latencies;
use crate::metric::{Metric, Sample};
use crate::peers::{Puts, Role};

const KEYS: usize = 500_000;
const DIRECTORIES: usize = 16;
const ROLL_UPS: usize = 1_000;

pub(super) const WORKLOAD: Workload = Workload {
    name: "roll-up",
    covers: &["K6"],
    benches: &["roll-up"],
    keys: KEYS,
    rounds_max: 2,
    takes: |entrant| matches!(entrant.role, Role::Everything),
    phases: &[phase(measure)],
};

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let mut peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    load_small(peer.as_ref(), &shuffled_keys(KEYS, dealt_key))?;
    peer.compact()?;
    let mut snapshot = peer.snapshot()?;
    let mut latencies = Latencies::with_capacity(ROLL_UPS);
    let all = Instant::now();
    for _ in 0..ROLL_UPS {
        let start = Instant::now();
        let found = snapshot.roll_up(b"photos/", b'/')?;
        latencies.push(start.elapsed());
        ensure!(found == DIRECTORIES, "{found} directories");
    }
    let seconds = all.elapsed().as_secs_f64();
    drop(snapshot);
    peer.close()?;
    Ok(vec![
        Sample::new("roll-up")
            .with(Metric::OpsPerS, ROLL_UPS as f64 / seconds)
            .with(Metric::P50Us, latencies.percentile_us(0.5))
            .with(Metric::P99Us, latencies.percentile_us(0.99)),
    ])
}
