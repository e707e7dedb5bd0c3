//! What the shape of our trie costs at rest, per cold get and per small flush: exact counts.
//!
//! The shape is fixed when the core is built, by `LEAF_WEIGHT_MAX` and `Slots` in its `hamt` room.

use anyhow::Result;
use clap::Args;
use sealwood::internals::LEAF_WEIGHT_MAX;
use serde::Serialize;

use super::HamtPeer;
use super::sealwood::Sealwood;
use super::workload::Workload;
use crate::report::Report;

/// What to count.
#[derive(Args)]
pub(crate) struct Options {
    /// How many entries the trie holds.
    #[arg(long, value_delimiter = ',', default_value = "100000,1000000")]
    entries: Vec<usize>,
    /// How many flushes of one new entry, each of a freshly opened trie.
    #[arg(long, default_value_t = 200)]
    flushes: usize,
}

/// How many entries are got cold.
const COLD_GETS: usize = 1000;

#[derive(Serialize)]
struct Row {
    bench: &'static str,
    leaf_weight_max: u32,
    entries: usize,
    bytes_per_entry: f64,
    cold_get_requests: f64,
    cold_get_bytes: f64,
    one_insert_flush_bytes: f64,
}

/// Counts at every size and prints a row for each.
pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    for &entries in &options.entries {
        let mut workload = Workload::new(entries + options.flushes);
        let new = workload.entries.split_off(entries);
        let mut trie = Sealwood::new();
        let keys: Vec<String> =
            workload.entries.iter().take(COLD_GETS).map(|entry| entry.key.clone()).collect();
        trie.insert_all(workload.entries)?;
        trie.flush()?;
        let (mut requests, mut bytes) = (0, 0);
        for key in &keys {
            let cost = trie.cold_get(key)?;
            requests += cost.requests;
            bytes += cost.bytes_read;
        }
        let mut flushed = 0;
        for entry in &new {
            flushed += trie.marginal_bytes(entry)?;
        }
        let mean = |sum: u64, of: usize| sum as f64 / of as f64;
        report.row(&Row {
            bench: "hamt-shape",
            leaf_weight_max: LEAF_WEIGHT_MAX,
            entries,
            bytes_per_entry: mean(trie.bytes_at_rest(), entries),
            cold_get_requests: mean(requests, keys.len()),
            cold_get_bytes: mean(bytes, keys.len()),
            one_insert_flush_bytes: mean(flushed, new.len()),
        })?;
    }
    Ok(())
}
