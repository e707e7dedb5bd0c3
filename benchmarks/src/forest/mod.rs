//! Requests and bytes of durable changes, counted in a store in memory.
//!
//! Every number is exact and the same in each run: time and randomness are given. A row counts
//! what one kind of work asks of the store, apart from making or opening the vault.

mod rows;
mod session;
mod surroundings;

use anyhow::Result;
use clap::Args;
use futures_lite::future::block_on;

use crate::report::Report;
use rows::{Flush, LongVersusFresh, Marginal, Once};
use session::{DIRECTORY, Session};

/// The bytes of a file that lies in a pack.
const PACKED_BYTES: usize = 4096;
/// The bytes of a file that lies in its entry.
const INLINE_BYTES: usize = 512;
/// Files put one by one into a new vault.
const FLUSHES: usize = 150;
/// Files of one flush.
const BULK: usize = 1_000;
/// The sizes of directories.
const ENTRIES: [usize; 4] = [150, 10_000, 100_000, 1_000_000];
/// Puts of which the mean is taken.
const MARGINAL_PUTS: usize = 32;
/// Durable puts of a session that is called long.
const LONG_PUTS: usize = 2_000;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out directories of more entries.
    #[arg(long, default_value_t = 1_000_000)]
    max_entries: usize,
}

/// Measures and prints a row for each kind of work.
pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    block_on(measure(options, report))
}

async fn measure(options: &Options, report: &Report) -> Result<()> {
    for (bench, bytes) in [("flush-150", PACKED_BYTES), ("flush-150-inline", INLINE_BYTES)] {
        let mut session = Session::create(1).await?;
        report.row(&Flush::new(bench, &session.put_each(0, FLUSHES, bytes).await?))?;
    }
    bulk(report).await?;
    let mut built = Session::create(1).await?;
    let mut present = 0;
    for entries in ENTRIES.into_iter().filter(|entries| *entries <= options.max_entries) {
        built.fill(present, entries).await?;
        present = entries;
        let mut fresh = built.fork(2).await?;
        let puts = fresh.put_each(entries, MARGINAL_PUTS, PACKED_BYTES).await?;
        report.row(&Marginal::new("marginal", entries, &puts))?;
        long_versus_fresh(&built, entries, report).await?;
        rename(&built, entries, report).await?;
    }
    Ok(())
}

async fn bulk(report: &Report) -> Result<()> {
    let mut session = Session::create(1).await?;
    for index in 0..BULK {
        session.put_deferred(index, PACKED_BYTES).await?;
    }
    session.vault.flush().await?;
    report.row(&Once::new("bulk-1000", BULK, &session.cost()?))
}

async fn long_versus_fresh(built: &Session, entries: usize, report: &Report) -> Result<()> {
    let mut long = built.fork(3).await?;
    long.put_each(entries, LONG_PUTS, PACKED_BYTES).await?;
    let mut fresh = long.fork(4).await?;
    let first = entries + LONG_PUTS;
    let long = long.put_each(first, MARGINAL_PUTS, PACKED_BYTES).await?;
    let fresh = fresh.put_each(first, MARGINAL_PUTS, PACKED_BYTES).await?;
    report.row(&LongVersusFresh::new(entries, &long, &fresh))
}

async fn rename(built: &Session, entries: usize, report: &Report) -> Result<()> {
    let mut fresh = built.fork(5).await?;
    fresh.vault.rename(DIRECTORY, "pictures").await?;
    report.row(&Once::new("rename-directory", entries, &fresh.cost()?))
}
