//! K1, K2: 2,000 durable puts on top of 100,000 keys, by one thread and by eight.

use std::sync::Barrier;
use std::time::Instant;

use anyhow::{Context, Result};

use super::step::Step;
use super::{VALUE_BYTES, Workload, load_small, phase, read_all};
use crate::data::{self, path_key, shuffled_keys};
use crate::meter::{self, Latencies};
use crate::metric::{Metric, Sample};
use crate::peers::{Peer, Puts, Role, Writer};

const KEYS: usize = 100_000;
const PUTS: usize = 2_000;
const THREADS: usize = 8;

pub(super) const WORKLOAD: Workload = Workload {
    name: "durable",
    covers: &["K1", "K2"],
    benches: &["durable-put", "durable-put-8"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| matches!(entrant.role, Role::Everything),
    phases: &[phase(prepare), phase(measure)],
};

fn prepare(step: &Step) -> Result<Vec<Sample>> {
    let peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    load_small(peer.as_ref(), &shuffled_keys(KEYS, path_key))?;
    peer.close()?;
    Ok(Vec::new())
}

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let peer = (step.entrant.open)(&step.directory, Puts::Synced)?;
    read_all(peer.as_ref(), &shuffled_keys(KEYS, path_key))?;
    let known = step.entrant.syncs_per_put;
    let alone = by_threads(peer.as_ref(), 1, KEYS, Some(known), "durable-put")?;
    let together = by_threads(peer.as_ref(), THREADS, KEYS + PUTS, None, "durable-put-8")?;
    peer.close()?;
    Ok(vec![alone, together])
}

/// Puts the keys from number `first` on, an equal share by each thread.
fn by_threads(
    peer: &dyn Peer,
    threads: usize,
    first: usize,
    syncs_known: Option<f64>,
    bench: &str,
) -> Result<Sample> {
    let mut writers = Vec::new();
    for _ in 0..threads {
        writers.push(peer.writer()?);
    }
    let share = PUTS / threads;
    let barrier = Barrier::new(threads + 1);
    let syncs_before = peer.counts()?.syncs;
    let written_before = meter::written_bytes()?;
    let (seconds, mut latencies) = std::thread::scope(|scope| {
        let running: Vec<_> = writers
            .iter_mut()
            .enumerate()
            .map(|(thread, writer)| {
                let from = first + thread * share;
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    put_each(writer.as_mut(), from..from + share)
                })
            })
            .collect();
        barrier.wait();
        let start = Instant::now();
        let mut latencies = Latencies::with_capacity(PUTS);
        for thread in running {
            latencies.append(thread.join().ok().context("a writer panicked")??);
        }
        anyhow::Ok((start.elapsed().as_secs_f64(), latencies))
    })?;
    let written = meter::written_bytes()? - written_before;
    let counted = peer.counts()?.syncs.zip(syncs_before);
    let syncs = counted.map(|(after, before)| (after - before) as f64 / PUTS as f64);
    Ok(Sample::new(bench)
        .with(Metric::OpsPerS, PUTS as f64 / seconds)
        .with(Metric::P50Us, latencies.percentile_us(0.5))
        .with(Metric::P99Us, latencies.percentile_us(0.99))
        .with(Metric::P999Us, latencies.percentile_us(0.999))
        .with(Metric::BytesPerOp, written as f64 / PUTS as f64)
        .with(Metric::BytesWritten, written as f64)
        .with_some(Metric::SyncsPerOp, syncs.or(syncs_known)))
}

fn put_each(writer: &mut dyn Writer, numbers: std::ops::Range<usize>) -> Result<Latencies> {
    let mut latencies = Latencies::with_capacity(numbers.len());
    let mut value = [0; VALUE_BYTES];
    for number in numbers {
        let key = path_key(number);
        data::fill(&mut value, number as u64);
        let start = Instant::now();
        writer.put(&key, &value)?;
        latencies.push(start.elapsed());
    }
    Ok(latencies)
}
