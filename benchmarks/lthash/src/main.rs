//! Elements hashed and added up: ours beside another implementation and beside BLAKE3 alone.
//!
//! What a peer can use of the processor is decided when it is compiled, so `cargo xtask bench
//! lthash` builds this program once for each: with AVX-512, without, and without any of it. All
//! peers of a build run interleaved, round by round, on messages of the same bytes; a row has the
//! fastest round of each.

// A peer names itself unstable.
#![allow(deprecated)]

mod check;
mod peers;

use std::time::Instant;

use anyhow::{Result, bail};
use clap::Parser;
use serde::Serialize;

use peers::Peer;

/// Sizes of a message.
const SIZES: [usize; 4] = [32, 100, 300, 4096];

/// What of the processor this build leaves alone.
const AVX512: bool = cfg!(not(feature = "no_avx512"));
const PORTABLE: bool = cfg!(feature = "portable");

/// Measures Sealwood's LtHash beside its peers.
#[derive(Parser)]
struct Arguments {
    /// Print one JSON object a line instead of text.
    #[arg(long)]
    json: bool,
    /// Fail where ours is slower than it has to be.
    #[arg(long)]
    check: bool,
    /// How often each peer runs.
    #[arg(long, default_value_t = 60)]
    rounds: usize,
    /// About how many bytes are hashed and expanded in a round.
    #[arg(long, default_value_t = 4 << 20)]
    round_bytes: usize,
}

/// What one peer took for one size.
#[derive(Serialize)]
struct Row {
    bench: &'static str,
    peer: String,
    bytes: usize,
    threads: usize,
    avx512: bool,
    ns_per_element: f64,
}

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let mut rows = Vec::new();
    for bytes in SIZES {
        let measured = measure(&arguments, bytes)?;
        for row in &measured {
            print(arguments.json, row)?;
        }
        rows.extend(measured);
    }
    if check::print(&rows) && arguments.check {
        bail!("slower than it has to be");
    }
    Ok(())
}

/// Runs all peers in turn, and returns the fastest round of each.
fn measure(arguments: &Arguments, bytes: usize) -> Result<Vec<Row>> {
    let count = arguments.round_bytes / (2048 + bytes);
    let messages: Vec<Vec<u8>> = (0..count).map(|seed| message(seed, bytes)).collect();
    let peers = Peer::all();
    let mut fastest = vec![f64::INFINITY; peers.len()];
    let mut checksum = None;
    for _ in 0..arguments.rounds {
        for (peer, fastest) in peers.iter().zip(&mut fastest) {
            let start = Instant::now();
            let sum = peer.sum(&messages);
            let nanoseconds = start.elapsed().as_secs_f64() * 1e9;
            *fastest = fastest.min(nanoseconds / count as f64);
            if *checksum.get_or_insert(sum) != sum {
                bail!("{} has another sum", peer.name());
            }
        }
    }
    let row = |(peer, ns_per_element): (&Peer, f64)| Row {
        bench: "lthash",
        peer: peer.name(),
        bytes,
        threads: peer.threads(),
        avx512: AVX512,
        ns_per_element,
    };
    Ok(peers.iter().zip(fastest).map(row).collect())
}

fn message(seed: usize, bytes: usize) -> Vec<u8> {
    let mut message = vec![0; bytes];
    blake3::Hasher::new().update(&seed.to_le_bytes()).finalize_xof().fill(&mut message);
    message
}

fn print(json: bool, row: &Row) -> Result<()> {
    if json {
        println!("{}", serde_json::to_string(row)?);
    } else {
        let Row { bench, peer, bytes, threads, avx512, ns_per_element } = row;
        let avx512 = if *avx512 { "with" } else { "without" };
        println!(
            "{bench}  {peer:<30} {bytes:>5} bytes  {threads} threads  {avx512:<7} AVX-512  {ns_per_element:>8.1} ns"
        );
    }
    Ok(())
}
