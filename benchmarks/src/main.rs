//! Side-by-side runs against other systems.
//!
//! Every bench runs all its peers interleaved in one process, takes the median over rounds and
//! prints one row per peer and size: ratios within one run mean something, times across machines
//! do not. Peers that are heavy to build come with the feature `peers`.

mod forest;
mod hamt;
mod report;
mod s3;
mod seal;
mod state;
mod statistics;
mod stream;

#[path = "../../core/tests/s3/s3_server.rs"]
mod s3_server;

use anyhow::Result;
use clap::{Parser, Subcommand};

use report::Report;

/// Measures Sealwood beside its peers.
#[derive(Parser)]
struct Arguments {
    /// Print one JSON object a line instead of text.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    bench: Bench,
}

/// Which bench to run.
#[derive(Subcommand)]
enum Bench {
    /// Durable changes: requests and bytes.
    Forest(forest::Options),
    /// The command line on an S3 server, beside restic and rclone.
    S3(s3::Options),
    /// Authenticated encryption: seal alone, and seal and address.
    Seal(seal::Options),
    /// The trie: insert, get, iterate, flush, get cold.
    Hamt(hamt::Options),
    /// Versions of a store with partitions, beside the same rows in the engine alone.
    State(state::Options),
    /// A large content in and out: speed and memory.
    Stream(stream::Options),
    /// The shape of our own trie: bytes at rest, of a cold get and of a small flush.
    HamtShape(hamt::shape::Options),
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let report = Report::new(arguments.json);
    match arguments.bench {
        Bench::Forest(options) => forest::run(&options, &report),
        Bench::S3(options) => s3::run(&options, &report),
        Bench::Seal(options) => seal::run(&options, &report),
        Bench::State(options) => state::run(&options, &report),
        Bench::Hamt(options) => hamt::run(&options, &report),
        Bench::Stream(options) => stream::run(&options, &report),
        Bench::HamtShape(options) => hamt::shape::run(&options, &report),
    }
}
