//! K12: 100,000 puts and as many that replace them, with one sync each, and 2,000 durable ones; of a
//! namespace whose rows are hashed, beside one whose rows are not.

use anyhow::Result;

use super::step::Step;
use super::{VALUE_BYTES, Workload, phase, seconds};
use crate::data::{self, Key, path_key, shuffled_keys};
use crate::metric::{Metric, Sample};
use crate::peers::{Peer, Put, Puts, Role};

const KEYS: usize = 100_000;
const DURABLE: usize = 2_000;

pub(super) const WORKLOAD: Workload = Workload {
    name: "tracked",
    covers: &["K12"],
    benches: &["hashed-put", "hashed-replace", "hashed-durable-put"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| entrant.name == "sealwood" || entrant.role == Role::Tracking,
    phases: &[phase(measure), phase(measure_durable)],
};

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let keys = shuffled_keys(KEYS, path_key);
    let peer = (step.entrant.open)(&step.directory, Puts::Buffered)?;
    let mut samples = Vec::new();
    for (time, bench) in ["hashed-put", "hashed-replace"].into_iter().enumerate() {
        samples.push(sample(peer.as_ref(), bench, KEYS, || {
            peer.load(&mut |put| put_all(&keys, time, put))
        })?);
    }
    peer.close()?;
    Ok(samples)
}

fn measure_durable(step: &Step) -> Result<Vec<Sample>> {
    let peer = (step.entrant.open)(&step.directory, Puts::Synced)?;
    let keys: Vec<_> = (KEYS..KEYS + DURABLE).map(|number| (number, path_key(number))).collect();
    let mut writer = peer.writer()?;
    let durable = sample(peer.as_ref(), "hashed-durable-put", DURABLE, || {
        put_all(&keys, 0, &mut |key, value| writer.put(key, value))
    })?;
    drop(writer);
    peer.close()?;
    Ok(vec![durable])
}

/// Puts a value under each key that is another one each time.
fn put_all(keys: &[(usize, Key)], time: usize, put: &mut Put) -> Result<()> {
    let mut value = [0; VALUE_BYTES];
    keys.iter().try_for_each(|(number, key)| {
        data::fill(&mut value, (time * KEYS + number) as u64);
        put(key, &value)
    })
}

/// What so many puts took.
fn sample(
    peer: &dyn Peer,
    bench: &str,
    puts: usize,
    work: impl FnOnce() -> Result<()>,
) -> Result<Sample> {
    let before = peer.counts()?.log_bytes;
    let seconds = seconds(work)?;
    let logged = peer.counts()?.log_bytes.zip(before).map(|(after, before)| after - before);
    Ok(Sample::new(bench)
        .with(Metric::OpsPerS, puts as f64 / seconds)
        .with(Metric::UsPerOp, seconds * 1e6 / puts as f64)
        .with_some(Metric::LogBytesPerOp, logged.map(|bytes| bytes as f64 / puts as f64)))
}
