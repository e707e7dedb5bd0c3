//! One large content streamed into a vault, out again, and in once more with a changed byte: speed,
//! requests, and the most memory our process took.
//!
//! Each store has a process of its own, so that one's peak is not the other's.

mod work;

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use clap::{Args, ValueEnum};
use sealwood::EXTENT_BYTES_DEFAULT;
use serde::{Deserialize, Serialize};

use crate::report::Report;

/// The most memory a process that streams may take, however long the stream.
const PEAK_BYTES_MAX: u64 = 96 * 1024 * 1024;

/// What a put may make besides extents: a pack with the table, and the root.
const OTHER_PUTS_MAX: u64 = 2;

/// What a get may read besides extents: the root, nodes and tables, and an extent in parts so that
/// its first bytes come soon.
const OTHER_GETS_MAX: u64 = 10;

/// What a changed byte may store besides the root, in objects and in bytes.
const CHANGE_OBJECTS_MAX: u64 = 2;
const CHANGE_BYTES_MAX: u64 = 2 * 1024 * 1024;

/// What to measure.
#[derive(Args)]
pub(crate) struct Options {
    /// How long the content is.
    #[arg(long, default_value_t = 1 << 30)]
    bytes: u64,
    /// Also against an S3 server.
    #[arg(long)]
    s3: bool,
    /// Fail if there were more requests, or a process took more memory, than there may be.
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
    /// Objects put by the first put, the root among them.
    puts: u64,
    /// Reads by a session that is opened and gets it.
    gets: u64,
    /// What another session puts besides the root, where a byte in the middle has changed.
    change_objects: u64,
    change_bytes: u64,
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
    if options.s3 {
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

/// Fails at the first limit that is broken.
fn check(row: &Row) -> Result<()> {
    let extents = row.bytes.div_ceil(EXTENT_BYTES_DEFAULT.into());
    let peak = row.peak_rss_bytes.context("this system does not tell how much memory is used")?;
    for (what, found, limit) in [
        ("puts", row.puts, extents + OTHER_PUTS_MAX),
        ("reads", row.gets, extents + OTHER_GETS_MAX),
        ("objects of a changed byte", row.change_objects, CHANGE_OBJECTS_MAX),
        ("bytes of a changed byte", row.change_bytes, CHANGE_BYTES_MAX),
        ("bytes of memory", peak, PEAK_BYTES_MAX),
    ] {
        ensure!(found <= limit, "{:?}: {found} {what}, more than {limit}", row.store);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What 1 GiB may take.
    fn row() -> Row {
        Row {
            bench: "stream".into(),
            store: Store::Directory,
            bytes: 1 << 30,
            put_mb_per_s: 1.0,
            get_mb_per_s: 1.0,
            puts: 66,
            gets: 74,
            change_objects: 2,
            change_bytes: 2 << 20,
            peak_rss_bytes: Some(96 << 20),
        }
    }

    #[test]
    fn each_limit_fails_where_it_is_broken() {
        assert!(check(&row()).is_ok());
        for broken in [
            Row { puts: 67, ..row() },
            Row { gets: 75, ..row() },
            Row { change_objects: 3, ..row() },
            Row { change_bytes: (2 << 20) + 1, ..row() },
            Row { peak_rss_bytes: Some((96 << 20) + 1), ..row() },
            Row { peak_rss_bytes: None, ..row() },
        ] {
            assert!(check(&broken).is_err(), "{broken:?}");
        }
    }
}
