//! K12: what a namespace loses whose rows are hashed, beside one whose rows are not, in the same
//! process: new rows, rows that are replaced, and durable puts.
//!
//! The same puts go to the one and to the other, a slice at a time: hashed first, then last. What
//! is told of a round is the middle of what neighbours have of each other, so whatever makes the
//! machine slower for a while makes both slower. The first slice of each warms up and is not told.
//!
//! A slice begins when nothing is owed, and ends when nothing is: then its last put is durable, in
//! the hash, in a checkpoint and, where that is worth it, compacted. So what a background thread
//! does beside the puts counts as far as the writer feels it, and what it would do after them
//! counts in full: it is the throughput that an app has over a long run.

use std::ops::Range;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::step::Step;
use super::{VALUE_BYTES, Workload, phase, seconds};
use crate::data::{self, Key, path_key, shuffled_keys};
use crate::metric::{Metric, Sample, median};
use crate::peers::{self, Peer, Put, Puts, Role};

/// How many rows a store gets.
const KEYS: usize = 100_000;

/// How often they are replaced in a slice: so often that there is something to compact.
const TIMES: usize = 2;

/// How many pairs of stores are filled, one after the other.
const PAIRS: usize = 9;

/// How many durable puts a slice has, and how many slices there are.
const DURABLE: usize = 1_000;
const DURABLE_SLICES: usize = 9;

pub(super) const WORKLOAD: Workload = Workload {
    name: "tracked",
    covers: &["K12"],
    benches: &["hashed-put", "hashed-replace", "hashed-durable-put"],
    keys: KEYS,
    rounds_max: usize::MAX,
    takes: |entrant| entrant.role == Role::Tracking,
    phases: &[phase(measure), phase(measure_durable)],
};

/// A store whose rows are hashed and one whose are not.
struct Pair {
    directory: PathBuf,
    hashed: Box<dyn Peer>,
    not: Box<dyn Peer>,
}

/// What the same slice of puts took of each.
struct Slice {
    hashed: Took,
    not: Took,
}

/// What a slice took of one.
struct Took {
    seconds: f64,
    log_bytes: f64,
}

fn measure(step: &Step) -> Result<Vec<Sample>> {
    let keys = shuffled_keys(KEYS, path_key);
    let [mut put, mut replaced] = [Vec::new(), Vec::new()];
    for number in 0..PAIRS {
        let pair = Pair::open(step, &number.to_string(), Puts::Buffered)?;
        for (slices, times) in [(&mut put, 0..1), (&mut replaced, 1..1 + TIMES)] {
            slices.push(pair.in_turn(number, |peer| {
                peer.load(&mut |put| put_all(&keys, times.clone(), put))
            })?);
        }
        pair.remove()?;
    }
    Ok(vec![sample("hashed-put", KEYS, &put), sample("hashed-replace", TIMES * KEYS, &replaced)])
}

fn measure_durable(step: &Step) -> Result<Vec<Sample>> {
    let keys: Vec<_> = (0..DURABLE * DURABLE_SLICES).map(|it| (it, path_key(it))).collect();
    let pair = Pair::open(step, "durable", Puts::Synced)?;
    let slices = keys.chunks(DURABLE).enumerate().map(|(number, keys)| {
        pair.in_turn(number, |peer| {
            let mut writer = peer.writer()?;
            put_all(keys, 0..1, &mut |key, value| writer.put(key, value))
        })
    });
    let slices = slices.collect::<Result<Vec<_>>>()?;
    pair.remove()?;
    Ok(vec![sample("hashed-durable-put", DURABLE, &slices)])
}

/// Puts a value under each key, so many times, that is another one each time.
fn put_all(keys: &[(usize, Key)], mut times: Range<usize>, put: &mut Put) -> Result<()> {
    let mut value = [0; VALUE_BYTES];
    times.try_for_each(|time| {
        keys.iter().try_for_each(|(number, key)| {
            data::fill(&mut value, (time * KEYS + number) as u64);
            put(key, &value)
        })
    })
}

impl Pair {
    fn open(step: &Step, name: &str, puts: Puts) -> Result<Self> {
        let plain = peers::all().into_iter().find(|entrant| entrant.name == "sealwood");
        let plain = plain.context("no engine is called sealwood")?;
        let directory = step.directory.join(name);
        let [hashed, not] = [("hashed", &step.entrant), ("not", &plain)].map(|(name, entrant)| {
            let directory = directory.join(name);
            std::fs::create_dir_all(&directory)?;
            (entrant.open)(&directory, puts)
        });
        Ok(Self { directory, hashed: hashed?, not: not? })
    }

    /// Does the same to both, first to the hashed one where `number` is even.
    fn in_turn(&self, number: usize, work: impl Fn(&dyn Peer) -> Result<()>) -> Result<Slice> {
        let took = |peer: &dyn Peer| -> Result<Took> {
            let before = peer.counts()?.log_bytes.unwrap_or(0);
            let seconds = seconds(|| {
                work(peer)?;
                peer.settle()
            })?;
            let after = peer.counts()?.log_bytes.unwrap_or(0);
            Ok(Took { seconds, log_bytes: (after - before) as f64 })
        };
        if number.is_multiple_of(2) {
            let hashed = took(&*self.hashed)?;
            Ok(Slice { hashed, not: took(&*self.not)? })
        } else {
            let not = took(&*self.not)?;
            Ok(Slice { hashed: took(&*self.hashed)?, not })
        }
    }

    fn remove(self) -> Result<()> {
        self.hashed.close()?;
        self.not.close()?;
        Ok(std::fs::remove_dir_all(self.directory)?)
    }
}

/// What slices of so many puts took, but for the first.
fn sample(bench: &str, puts: usize, slices: &[Slice]) -> Sample {
    let puts = puts as f64;
    let middle = |of: &dyn Fn(&Slice) -> f64| median(slices.iter().skip(1).map(of).collect());
    let more_log = |it: &Slice| it.hashed.log_bytes - it.not.log_bytes;
    Sample::new(bench)
        .with_some(Metric::OpsPerS, middle(&|it| puts / it.hashed.seconds))
        .with_some(Metric::UsPerOp, middle(&|it| it.hashed.seconds * 1e6 / puts))
        .with_some(Metric::UsPerOpUntracked, middle(&|it| it.not.seconds * 1e6 / puts))
        .with_some(Metric::ShareOfUntracked, middle(&|it| it.not.seconds / it.hashed.seconds))
        .with_some(Metric::LogBytesPerOp, middle(&|it| it.hashed.log_bytes / puts))
        .with_some(Metric::MoreLogBytesPerOp, middle(&|it| more_log(it) / puts))
}
