//! Tries over an in-memory store that seals every object.
//!
//! Each round builds every peer's trie anew from the same entries, reads it back while it is
//! resident, flushes it sealed in one go, and then gets single keys from nothing but the root.
//! Times are medians over rounds; objects and bytes are exact counts.

mod sealwood;
pub(crate) mod shape;
mod workload;

#[cfg(feature = "peers")]
mod fvm;
#[cfg(feature = "peers")]
mod sealed_store;
#[cfg(feature = "peers")]
mod wnfs;

use std::hint::black_box;
use std::time::Duration;

use anyhow::{Result, ensure};
use clap::Args;
use serde::Serialize;

use crate::report::Report;
use crate::statistics::{median, timed};
use workload::{Entry, VALUE_BYTES, Workload};

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// How many entries a trie holds.
    #[arg(long, value_delimiter = ',', default_value = "10000,100000")]
    entries: Vec<usize>,
    /// How often every peer runs, interleaved.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Only these peers, by the names in the rows.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

/// A trie over a sealing in-memory store of its own.
trait HamtPeer {
    /// Inserts every entry, in order, into the resident trie.
    fn insert_all(&mut self, entries: Vec<Entry>) -> Result<()>;

    /// Looks every key up in the resident trie; returns the bytes of all values found.
    fn get_all(&self, keys: &[String]) -> Result<usize>;

    /// Visits every entry of the resident trie; returns the bytes of all values.
    fn iterate(&self) -> Result<usize>;

    /// Seals everything into the store, down to the root.
    fn flush(&mut self) -> Result<()>;

    /// The bytes of all objects in the store.
    fn bytes_at_rest(&self) -> u64;

    /// Gets `key` as a reader does who has nothing but the flushed root's link.
    fn cold_get(&self, key: &str) -> Result<ColdGet>;
}

/// What one cold get cost.
struct ColdGet {
    value_bytes: usize,
    /// Distinct objects; as many as requests where every node is an object of its own.
    objects_read: u64,
    /// One after the other: each names the next.
    requests: u64,
    bytes_read: u64,
}

/// A peer's name and how to start it empty.
struct Entrant {
    name: &'static str,
    start: fn() -> Box<dyn HamtPeer>,
}

#[derive(Serialize)]
struct Row {
    bench: &'static str,
    peer: &'static str,
    entries: usize,
    insert_ns: f64,
    get_ns: f64,
    iterate_ns: f64,
    bytes_per_entry: f64,
    cold_get_objects: f64,
    cold_get_requests: f64,
    cold_get_bytes: f64,
    bulk_flush_ms: f64,
}

/// What the rounds of one peer gave.
#[derive(Default)]
struct Samples {
    insert_ns: Vec<f64>,
    get_ns: Vec<f64>,
    iterate_ns: Vec<f64>,
    bytes_per_entry: Vec<f64>,
    cold_get_objects: Vec<f64>,
    cold_get_requests: Vec<f64>,
    cold_get_bytes: Vec<f64>,
    bulk_flush_ms: Vec<f64>,
}

/// Measures every peer at every size and prints a row for each.
pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    for &entries in &options.entries {
        let workload = Workload::new(entries);
        let mut entrants = entrants();
        entrants.retain(|entrant| options.wants(entrant.name));
        let mut samples: Vec<Samples> = entrants.iter().map(|_| Samples::default()).collect();
        for _ in 0..options.rounds {
            for (entrant, samples) in entrants.iter().zip(&mut samples) {
                round((entrant.start)().as_mut(), &workload, samples)?;
            }
        }
        for (entrant, samples) in entrants.iter().zip(&samples) {
            report.row(&samples.row(entrant.name, entries))?;
        }
    }
    Ok(())
}

impl Options {
    fn wants(&self, peer: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|name| name == peer)
    }
}

fn entrants() -> Vec<Entrant> {
    vec![
        Entrant { name: "sealwood", start: sealwood::start },
        #[cfg(feature = "peers")]
        Entrant { name: "wnfs-hamt", start: wnfs::start },
        #[cfg(feature = "peers")]
        Entrant { name: "fvm_ipld_hamt", start: fvm::start },
    ]
}

fn round(peer: &mut dyn HamtPeer, workload: &Workload, samples: &mut Samples) -> Result<()> {
    let entries = workload.entries.len();
    let all_bytes: usize = workload.entries.iter().map(|entry| entry.value.len()).sum();
    let each = |time: Duration| time.as_secs_f64() * 1e9 / entries as f64;

    let to_insert = workload.entries.clone();
    let (inserted, time) = timed(|| peer.insert_all(to_insert));
    inserted?;
    samples.insert_ns.push(each(time));

    let (found, time) = timed(|| peer.get_all(black_box(&workload.lookups)));
    ensure!(black_box(found?) == all_bytes, "a get missed");
    samples.get_ns.push(each(time));

    let (found, time) = timed(|| peer.iterate());
    ensure!(black_box(found?) == all_bytes, "an iteration missed");
    samples.iterate_ns.push(each(time));

    let (flushed, time) = timed(|| peer.flush());
    flushed?;
    samples.bulk_flush_ms.push(time.as_secs_f64() * 1e3);
    samples.bytes_per_entry.push(peer.bytes_at_rest() as f64 / entries as f64);

    let (mut objects, mut requests, mut bytes) = (0, 0, 0);
    for key in workload.cold_lookups() {
        let cost = peer.cold_get(key)?;
        ensure!(cost.value_bytes == VALUE_BYTES, "a cold get missed");
        objects += cost.objects_read;
        requests += cost.requests;
        bytes += cost.bytes_read;
    }
    let gets = workload.cold_lookups().len() as f64;
    samples.cold_get_objects.push(objects as f64 / gets);
    samples.cold_get_requests.push(requests as f64 / gets);
    samples.cold_get_bytes.push(bytes as f64 / gets);
    Ok(())
}

impl Samples {
    fn row(&self, peer: &'static str, entries: usize) -> Row {
        Row {
            bench: "hamt",
            peer,
            entries,
            insert_ns: median(&self.insert_ns),
            get_ns: median(&self.get_ns),
            iterate_ns: median(&self.iterate_ns),
            bytes_per_entry: median(&self.bytes_per_entry),
            cold_get_objects: median(&self.cold_get_objects),
            cold_get_requests: median(&self.cold_get_requests),
            cold_get_bytes: median(&self.cold_get_bytes),
            bulk_flush_ms: median(&self.bulk_flush_ms),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_peer_finds_every_entry_in_a_round() {
        let workload = Workload::new(500);
        for entrant in entrants() {
            let mut samples = Samples::default();
            round((entrant.start)().as_mut(), &workload, &mut samples).unwrap();
            let row = samples.row(entrant.name, 500);
            assert!(row.bytes_per_entry > VALUE_BYTES as f64, "{}", entrant.name);
            assert!(row.cold_get_requests > 1.0, "{}", entrant.name);
        }
    }
}
