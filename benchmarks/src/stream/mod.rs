//! One large content streamed into a vault and out again: speed, and the most memory our process
//! took.
//!
//! Each store has a process of its own, so that one's peak is not the other's.

mod work;

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};

use crate::report::Report;

/// The most memory a process that streams may take, however long the stream.
const PEAK_BYTES_MAX: u64 = 96 * 1024 * 1024;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// How long the content is.
    #[arg(long, default_value_t = 1 << 30)]
    bytes: u64,
    /// Also against the S3 server whose program `SEALWOOD_MOTO_SERVER` names.
    #[arg(long)]
    s3: bool,
    /// Fail if a process took more memory than it may.
    #[arg(long)]
    check: bool,
    /// Be the process of one store: measure it and print its row as JSON.
    #[arg(long, hide = true, value_name = "STORE")]
    process_of: Option<Store>,
}

/// Where the vault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Store {
    Directory,
    S3,
}

#[derive(Debug, Serialize, Deserialize)]
struct Row {
    bench: String,
    store: Store,
    bytes: u64,
    put_mb_per_s: f64,
    get_mb_per_s: f64,
    /// `None` where the system does not tell.
    peak_rss_bytes: Option<u64>,
}

/// Measures each store and prints its row.
pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    if let Some(store) = options.process_of {
        println!("{}", serde_json::to_string(&work::measure(store, options.bytes)?)?);
        return Ok(());
    }
    let mut stores = vec![Store::Directory];
    if options.s3 || std::env::var_os("SEALWOOD_MOTO_SERVER").is_some() {
        stores.push(Store::S3);
    }
    for store in stores {
        let row = in_own_process(store, options.bytes)?;
        report.row(&row)?;
        if options.check {
            check(&row)?;
        }
    }
    Ok(())
}

fn in_own_process(store: Store, bytes: u64) -> Result<Row> {
    let name = store.to_possible_value().context("a store without a name")?;
    let output = Command::new(std::env::current_exe()?)
        .args(["stream", "--bytes", &bytes.to_string(), "--process-of", name.get_name()])
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "the process of {store:?} ended with {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

fn check(row: &Row) -> Result<()> {
    match row.peak_rss_bytes {
        Some(peak) if peak <= PEAK_BYTES_MAX => Ok(()),
        Some(peak) => bail!(
            "streaming {} bytes to {:?} took {peak} bytes of memory, more than {PEAK_BYTES_MAX}",
            row.bytes,
            row.store
        ),
        None => bail!("this system does not tell how much memory a process took"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(peak_rss_bytes: Option<u64>) -> Row {
        let (put_mb_per_s, get_mb_per_s) = (1.0, 1.0);
        let (bench, store) = ("stream".into(), Store::Directory);
        Row { bench, store, bytes: 1, put_mb_per_s, get_mb_per_s, peak_rss_bytes }
    }

    #[test]
    fn a_peak_above_the_limit_or_unknown_fails() {
        assert!(check(&row(Some(PEAK_BYTES_MAX))).is_ok());
        assert!(check(&row(Some(PEAK_BYTES_MAX + 1))).is_err());
        assert!(check(&row(None)).is_err());
    }
}
