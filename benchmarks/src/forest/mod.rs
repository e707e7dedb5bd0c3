//! Requests and bytes of durable changes, counted in a store in memory.
//!
//! Every number is exact and the same in each run: time and randomness are given. A row counts
//! what one kind of work asks of the store, apart from making or opening the vault. Bytes of a
//! pack count as index or as content by what they seal; a root counts as index.

mod limits;
mod plot;
mod rows;
mod session;
mod surroundings;

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use futures_lite::future::block_on;

use crate::report::Report;
use limits::Limits;
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
/// The sizes of directories that grew by one durable put after the other.
const AGED_ENTRIES: [usize; 3] = [150, 10_000, 100_000];
/// The bytes of a file of theirs: the smallest round number that goes to a pack.
const AGED_BYTES: usize = 1_280;
/// Puts of which the mean is taken.
const MARGINAL_PUTS: usize = 32;
/// The same, many times those between two spills, so that the mean does not depend on where in
/// that period a session begins.
const STEADY_PUTS: usize = 128;
/// Durable puts of a session that is called long.
const LONG_PUTS: usize = 2_000;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// Leave out directories of more entries.
    #[arg(long, default_value_t = 1_000_000)]
    max_entries: usize,
    /// Fail if a limit is broken.
    #[arg(long)]
    check: bool,
    /// Draw the cost of a durable put into this SVG file.
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
}

/// Measures and prints a row for each kind of work.
pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    let mut bench = Bench { report, limits: Limits::default(), max_entries: options.max_entries };
    let marginal = block_on(bench.measure())?;
    if let Some(file) = &options.plot {
        std::fs::write(file, plot::cost_of_a_put(&marginal)?)?;
    }
    if options.check { bench.limits.result() } else { Ok(()) }
}

struct Bench<'a> {
    report: &'a Report,
    limits: Limits,
    max_entries: usize,
}

impl Bench<'_> {
    /// Runs everything and returns the rows of marginal puts.
    async fn measure(&mut self) -> Result<Vec<Marginal>> {
        self.flushes().await?;
        self.bulk().await?;
        self.aged().await?;
        let mut built = Session::create(1).await?;
        let (mut small, mut steadies) = (None, Vec::new());
        let mut present = 0;
        for entries in self.sizes(&ENTRIES) {
            built.fill(present, entries).await?;
            present = entries;
            let few = self.marginal("marginal", &built, entries, MARGINAL_PUTS).await?;
            small.get_or_insert_with(|| few.clone());
            self.limits.marginal(&few, small.as_ref().unwrap_or(&few));
            let steady = self.marginal("marginal-steady", &built, entries, STEADY_PUTS).await?;
            self.limits.marginal(&steady, steadies.first().unwrap_or(&steady));
            steadies.push(steady);
            self.long_versus_fresh(&built, entries).await?;
            self.rename(&built, entries).await?;
        }
        Ok(steadies)
    }

    async fn flushes(&mut self) -> Result<()> {
        let mut session = Session::create(1).await?;
        let row = Flush::new("flush-150", &session.put_each(0, FLUSHES, PACKED_BYTES).await?);
        self.report.row(&row)?;
        self.limits.flush(&row);
        let mut session = Session::create(1).await?;
        let puts = session.put_each(0, FLUSHES, INLINE_BYTES).await?;
        let row = Flush::new("flush-150-inline", &puts);
        self.report.row(&row)?;
        self.limits.flush_inline(&row);
        Ok(())
    }

    async fn bulk(&mut self) -> Result<()> {
        let mut session = Session::create(1).await?;
        for index in 0..BULK {
            session.put_deferred(index, PACKED_BYTES).await?;
        }
        session.vault.flush().await?;
        let row = Once::new("bulk-1000", BULK, &session.cost()?);
        self.report.row(&row)?;
        self.limits.bulk(&row);
        Ok(())
    }

    /// Directories whose every entry came in by a durable put of its own, so that the places of
    /// neighbours are in as many packs as can be.
    async fn aged(&mut self) -> Result<()> {
        let mut built = Session::create(1).await?;
        let mut small = None;
        let mut present = 0;
        for entries in self.sizes(&AGED_ENTRIES) {
            built.put_each(present, entries - present, AGED_BYTES).await?;
            present = entries;
            let row = self.marginal("marginal-aged", &built, entries, STEADY_PUTS).await?;
            self.limits.marginal(&row, small.get_or_insert_with(|| row.clone()));
        }
        Ok(())
    }

    /// A few durable puts in a fresh session; reads are of that session's first look at nodes.
    async fn marginal(
        &self,
        bench: &'static str,
        built: &Session,
        entries: usize,
        puts: usize,
    ) -> Result<Marginal> {
        let mut fresh = built.fork(2).await?;
        let puts = fresh.put_each(entries, puts, PACKED_BYTES).await?;
        let row = Marginal::new(bench, entries, &puts);
        self.report.row(&row)?;
        Ok(row)
    }

    async fn long_versus_fresh(&mut self, built: &Session, entries: usize) -> Result<()> {
        let mut long = built.fork(3).await?;
        let session = long.put_each(entries, LONG_PUTS, PACKED_BYTES).await?;
        let mut fresh = long.fork(4).await?;
        let first = entries + LONG_PUTS;
        let long = long.put_each(first, STEADY_PUTS, PACKED_BYTES).await?;
        let fresh = fresh.put_each(first, STEADY_PUTS, PACKED_BYTES).await?;
        let row = LongVersusFresh::new(entries, &session, &long, &fresh);
        self.report.row(&row)?;
        self.limits.long_versus_fresh(&row);
        Ok(())
    }

    async fn rename(&mut self, built: &Session, entries: usize) -> Result<()> {
        let mut fresh = built.fork(5).await?;
        fresh.vault.rename(DIRECTORY, "pictures").await?;
        let row = Once::new("rename-directory", entries, &fresh.cost()?);
        self.report.row(&row)?;
        self.limits.rename(&row);
        Ok(())
    }

    fn sizes(&self, all: &[usize]) -> Vec<usize> {
        all.iter().copied().filter(|entries| *entries <= self.max_entries).collect()
    }
}
