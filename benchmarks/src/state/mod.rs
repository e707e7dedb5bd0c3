//! Versions of a store with four partitions, beside the same rows in batches of the engine alone.
//!
//! Each version gives a hundred rows of every partition a value, some of them rows that are there,
//! and is durable when it is counted. All peers make the same versions, and those that hash them
//! must come to one hash.

mod peers;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Result, ensure};
use clap::Args;
use serde::Serialize;

use crate::report::Report;
use crate::statistics::median;

use peers::Peer;

const PARTITIONS: [&str; 4] = ["account", "code", "legacy", "storage"];

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// How many rows of each partition a version changes.
    #[arg(long, default_value_t = 100)]
    rows: u64,
    /// The bytes of a value.
    #[arg(long, default_value_t = 100)]
    value_bytes: usize,
    /// How many versions a round makes.
    #[arg(long, default_value_t = 200)]
    versions: u64,
    /// How often every peer makes them, each time in a new directory.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Where the directories lie; on the disk to be measured. The system's temporary directory if
    /// nothing is given.
    #[arg(long)]
    dir: Option<PathBuf>,
}

/// What one peer did: the median of its rounds, with the least and the greatest.
#[derive(Serialize)]
struct Row {
    bench: &'static str,
    peer: &'static str,
    partitions: usize,
    rows: u64,
    value_bytes: usize,
    versions_per_s: f64,
    min_versions_per_s: f64,
    max_versions_per_s: f64,
    syncs_per_version: f64,
    log_bytes_per_version: f64,
}

/// What one round of one peer took.
struct Round {
    seconds: f64,
    syncs: u64,
    log_bytes: u64,
    hash: Option<String>,
}

/// Runs all peers in turn, round by round, and prints a row for each.
pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    let mut rounds: Vec<Vec<Round>> = peers::ALL.iter().map(|_| Vec::new()).collect();
    let mut hash = None;
    for _ in 0..options.rounds {
        for ((_, open), rounds) in peers::ALL.iter().zip(&mut rounds) {
            let base = options.dir.clone().unwrap_or_else(std::env::temp_dir);
            let directory = tempfile::tempdir_in(base)?;
            let round = measure(options, *open, directory.path())?;
            if let Some(found) = &round.hash {
                let expected = hash.get_or_insert_with(|| found.clone());
                ensure!(expected == found, "two peers have different hashes of the same rows");
            }
            rounds.push(round);
        }
    }
    for ((peer, _), rounds) in peers::ALL.iter().zip(&rounds) {
        report.row(&row(options, peer, rounds))?;
    }
    Ok(())
}

fn measure(options: &Options, open: peers::Open, directory: &Path) -> Result<Round> {
    let mut peer: Box<dyn Peer> = open(directory)?;
    let before = peer.written();
    let mut seconds = 0.0;
    for version in 1..=options.versions {
        // To make rows up is no part of it.
        let rows = rows_of(options, version);
        let start = Instant::now();
        peer.make(version, rows)?;
        seconds += start.elapsed().as_secs_f64();
    }
    let after = peer.written();
    let hash = peer.hash()?.map(|hash| hash.checksum().to_string());
    peer.close()?;
    let [syncs, log_bytes] = [after.syncs - before.syncs, after.log_bytes - before.log_bytes];
    Ok(Round { seconds, syncs, log_bytes, hash })
}

/// The keys and values of a version, for each partition.
fn rows_of(options: &Options, version: u64) -> Vec<Vec<(Vec<u8>, Vec<u8>)>> {
    let row = |partition: usize, number: u64| {
        // A fifth of them are there already, once there are some.
        let number = match number % 5 {
            0 => number,
            _ => version * options.rows + number,
        };
        let key = format!("{partition}/{number:030}").into_bytes();
        let mut value = vec![0; options.value_bytes];
        blake3::Hasher::new()
            .update(&version.to_le_bytes())
            .update(&key)
            .finalize_xof()
            .fill(&mut value);
        (key, value)
    };
    let rows = |partition| (0..options.rows).map(move |number| row(partition, number)).collect();
    (0..PARTITIONS.len()).map(rows).collect()
}

fn row(options: &Options, peer: &'static str, rounds: &[Round]) -> Row {
    let versions = options.versions as f64;
    let of = |each: fn(&Round) -> f64| rounds.iter().map(each).collect::<Vec<_>>();
    let seconds = of(|round| round.seconds);
    let speed = |seconds: f64| versions / seconds;
    Row {
        bench: "state",
        peer,
        partitions: PARTITIONS.len(),
        rows: options.rows,
        value_bytes: options.value_bytes,
        versions_per_s: speed(median(&seconds)),
        min_versions_per_s: speed(seconds.iter().copied().fold(f64::NAN, f64::max)),
        max_versions_per_s: speed(seconds.iter().copied().fold(f64::NAN, f64::min)),
        syncs_per_version: median(&of(|round| round.syncs as f64)) / versions,
        log_bytes_per_version: median(&of(|round| round.log_bytes as f64)) / versions,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_peer_makes_the_same_rows() {
        let options = Options { rows: 10, value_bytes: 20, versions: 4, rounds: 1, dir: None };
        let mut hashes = Vec::new();
        for (name, open) in peers::ALL {
            let directory = tempfile::tempdir().unwrap();
            let round = measure(&options, open, directory.path()).unwrap();
            assert!(round.syncs >= options.versions, "{name}: a version is durable");
            hashes.extend(round.hash);
        }
        assert_eq!(hashes.len(), 3);
        assert!(hashes.iter().all(|hash| *hash == hashes[0]));
    }
}
