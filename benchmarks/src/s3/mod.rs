//! What the command line asks of an S3 server, counted from outside by a proxy before it.
//!
//! Every row is one process, so one cold session. The small rows are of known files; the last ones
//! are of real files of this machine, put, put again and got, beside restic and rclone on the same
//! server through the same proxy. What was got is compared with what was put.

mod corpus;
mod limits;
mod peers;
mod program;
mod row;
mod vault;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Args;
use sealwood_fault_proxy::Proxy;

use crate::report::Report;
use crate::s3_server::{BUCKET, KEY, S3Server};
use corpus::Corpus;
use limits::Limits;
use peers::Peer;
use program::Measured;
use row::Row;
use vault::Vault;

/// Names the folder in which the server keeps the bucket; `cargo xtask` sets it.
const BUCKET_FOLDER_VARIABLE: &str = "SEALWOOD_S3_BUCKET_FOLDER";

#[derive(Args)]
pub(crate) struct Options {
    /// How many real files to put beside the peers; none if 0.
    #[arg(long, default_value_t = 10_000)]
    files: usize,
    /// How often to get them; times are those of the quickest.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Wait for the command line to give up on a server that never answers, which takes more than
    /// a minute.
    #[arg(long)]
    silence: bool,
    /// Fail if a limit is broken.
    #[arg(long)]
    check: bool,
}

/// The server, and the proxy through which all go.
struct Place {
    proxy: Proxy,
    bucket_folder: PathBuf,
}

pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    let server = S3Server::all()?.swap_remove(0);
    let place = Place {
        proxy: Proxy::start(&server.endpoint)?,
        bucket_folder: std::env::var_os(BUCKET_FOLDER_VARIABLE)
            .with_context(|| format!("{BUCKET_FOLDER_VARIABLE} names no folder"))?
            .into(),
    };
    let mut limits = Limits::default();
    let mut print = |row: Row| {
        limits.look_at(&row);
        report.row(&row)
    };
    vault::small_rows(&place, &mut print)?;
    if options.silence {
        vault::silent_row(&place, &mut print)?;
    }
    if options.files > 0 {
        let corpus = Corpus::collect(options.files)?;
        eprintln!(
            "corpus: {} files, {} bytes, {} requests for extents of large files",
            corpus.files, corpus.bytes, corpus.extent_reads
        );
        corpus_rows(&place, &corpus, options.rounds.max(1), &mut print)?;
    }
    if options.check { limits.result() } else { Ok(()) }
}

/// Puts, puts again and gets the corpus by every peer, side by side.
fn corpus_rows(
    place: &Place,
    corpus: &Corpus,
    rounds: usize,
    print: &mut impl FnMut(Row) -> Result<()>,
) -> Result<()> {
    let mut peers: Vec<Box<dyn Peer>> = vec![Box::new(Vault::create(place, "corpus")?)];
    peers.extend(peers::present(place)?);
    for work in ["put-corpus", "put-corpus-again"] {
        for peer in &peers {
            let measured = place.measure(|| peer.put(corpus.folder()))?;
            print(corpus.row(work, peer.name(), &measured, place.stored_bytes(peer.prefix())?))?;
        }
    }
    let mut best: Vec<Option<Measured>> = peers.iter().map(|_| None).collect();
    for _ in 0..rounds {
        for (peer, best) in peers.iter().zip(&mut best) {
            let to = tempfile::tempdir()?;
            let measured = place.measure(|| peer.get(to.path()))?;
            corpus.compare(to.path()).with_context(|| peer.name())?;
            if best.as_ref().is_none_or(|best| measured.usage.wall < best.usage.wall) {
                *best = Some(measured);
            }
        }
    }
    for (peer, best) in peers.iter().zip(best) {
        let best = best.context("nothing was measured")?;
        print(corpus.row("get-corpus", peer.name(), &best, place.stored_bytes(peer.prefix())?))?;
    }
    Ok(())
}

impl Place {
    /// Runs a program through the proxy and counts what it asks.
    fn measure(&self, run: impl FnOnce() -> Result<program::Usage>) -> Result<Measured> {
        self.proxy.reset();
        let usage = run()?;
        Ok(Measured { usage, totals: self.proxy.reset().totals() })
    }

    /// The bytes of all objects below a prefix.
    fn stored_bytes(&self, prefix: &str) -> Result<u64> {
        let files = corpus::files_below(&self.bucket_folder.join(prefix))?;
        Ok(files.iter().map(|(_, size)| size).sum())
    }
}
