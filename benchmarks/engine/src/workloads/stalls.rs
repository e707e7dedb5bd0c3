//! Puts while checkpoints run: how long the slowest ones wait.

use std::sync::mpsc;
use std::time::Instant;

use anyhow::{Context, Result};

use super::step::Step;
use super::{VALUE_BYTES, Workload, load_small, phase};
use crate::data::{self, path_key, shuffle, shuffled_keys};
use crate::meter::Latencies;
use crate::metric::{Metric, Sample};
use crate::peers::{Puts, Role};

const KEYS: usize = 100_000;

/// A checkpoint is asked for after so many puts.
const PUTS_PER_CHECKPOINT: usize = 5_000;

pub(super) const WORKLOAD: Workload = Workload {
    name: "stalls",
    covers: &[],
    benches: &["put-during-checkpoints"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| matches!(entrant.role, Role::Everything),
    phases: &[phase(measure)],
};

/// Overwrites all keys, each put a commit of its own that no sync waits for, while another thread
/// checkpoints.
fn measure(step: &Step) -> Result<Vec<Sample>> {
    let mut keys = shuffled_keys(KEYS, path_key);
    let peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    load_small(peer.as_ref(), &keys)?;
    shuffle(&mut keys, 4);
    let mut writer = peer.writer()?;
    let mut checkpoint = peer.checkpointer()?;
    // One request waits at most: a checkpoint that takes long is not asked for in vain.
    let (ask, asked) = mpsc::sync_channel::<()>(1);
    let (mut latencies, seconds) = std::thread::scope(|scope| {
        let checkpoints = scope.spawn(move || asked.iter().try_for_each(|()| checkpoint()));
        let mut latencies = Latencies::with_capacity(KEYS);
        let mut value = [0; VALUE_BYTES];
        let all = Instant::now();
        for (at, (number, key)) in keys.iter().enumerate() {
            if at % PUTS_PER_CHECKPOINT == 0 {
                // Full: one waits already. Closed: it failed, which joining tells.
                let _ = ask.try_send(());
            }
            data::fill(&mut value, (KEYS + number) as u64);
            let start = Instant::now();
            writer.put(key, &value)?;
            latencies.push(start.elapsed());
        }
        let seconds = all.elapsed().as_secs_f64();
        drop(ask);
        checkpoints.join().ok().context("a checkpoint panicked")??;
        anyhow::Ok((latencies, seconds))
    })?;
    drop(writer);
    peer.close()?;
    Ok(vec![
        Sample::new("put-during-checkpoints")
            .with(Metric::OpsPerS, KEYS as f64 / seconds)
            .with(Metric::P50Us, latencies.percentile_us(0.5))
            .with(Metric::P99Us, latencies.percentile_us(0.99))
            .with(Metric::P999Us, latencies.percentile_us(0.999)),
    ])
}
