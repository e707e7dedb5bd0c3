//! One large content streamed into a vault, out again, and in once more with a changed byte: speed,
//! requests, and the most memory our process took.
//!
//! Each work has a process of its own, so one cold session, and no peak of another's.

mod work;

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;
use sealwood::EXTENT_BYTES_DEFAULT;
use serde::{Deserialize, Serialize};

use crate::report::Report;
use crate::s3_server::BUCKET;

/// The most memory a process that streams may take, however long the stream.
const PEAK_BYTES_MAX: u64 = 96 * 1024 * 1024;

/// What a put may store besides extents: a pack with the table, and the root.
const OTHER_PUTS_MAX: u64 = 2;

/// What a get may read besides extents: the root, nodes and tables, and an extent in parts so that
/// its first bytes come soon.
const OTHER_READS_MAX: u64 = 10;

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
    /// Be the process of one work, told as JSON, and print its row.
    #[arg(long, hide = true, value_name = "JSON")]
    task: Option<String>,
}

/// What one process does.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Task {
    store: Store,
    work: Work,
    /// The directory, or the bucket and prefix.
    place: String,
    bytes: u64,
}

/// Where the vault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Store {
    Directory,
    S3,
}

/// What is done, each by a session that knows nothing of the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Work {
    /// A new vault is made, and the content put.
    Put,
    /// It is read from its start to its end.
    Get,
    /// It is put again with another byte in its middle.
    Change,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Row {
    bench: String,
    store: Store,
    work: Work,
    bytes: u64,
    mb_per_s: f64,
    /// Objects put, the root among them.
    puts: u64,
    /// Of these all but the root, and their bytes.
    objects: u64,
    object_bytes: u64,
    /// Objects and ranges that were read, those of opening among them.
    reads: u64,
    /// Objects that were compared with what was to be put.
    comparisons: u64,
    /// `None` where the system does not tell.
    peak_rss_bytes: Option<u64>,
}

/// Measures each work on each store and prints its row.
pub(crate) fn run(options: &Options, report: &Report) -> Result<()> {
    if let Some(task) = &options.task {
        println!("{}", serde_json::to_string(&work::measure(&serde_json::from_str(task)?)?)?);
        return Ok(());
    }
    let directory = tempfile::tempdir()?;
    let path = directory.path().to_str().context("the name of a directory is not UTF-8")?;
    let mut places = vec![(Store::Directory, path.to_owned())];
    if options.s3 {
        places.push((Store::S3, format!("{BUCKET}/stream-{}", std::process::id())));
    }
    let mut broken = Vec::new();
    for (store, place) in places {
        for work in [Work::Put, Work::Get, Work::Change] {
            let row =
                in_own_process(&Task { store, work, place: place.clone(), bytes: options.bytes })?;
            report.row(&row)?;
            broken.extend(broken_limits(&row));
        }
    }
    if options.check && !broken.is_empty() {
        bail!("{} limits are broken:\n{}", broken.len(), broken.join("\n"));
    }
    Ok(())
}

fn in_own_process(task: &Task) -> Result<Row> {
    let output = Command::new(std::env::current_exe()?)
        .args(["stream", "--task", &serde_json::to_string(task)?])
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "the process of {task:?} ended with {}", output.status);
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// Says which limits the row breaks. Memory that the system does not tell is too much.
fn broken_limits(row: &Row) -> Vec<String> {
    let extents = row.bytes.div_ceil(EXTENT_BYTES_DEFAULT.into());
    let peak = row.peak_rss_bytes.unwrap_or(u64::MAX);
    let mut limits = vec![("bytes of memory", peak, PEAK_BYTES_MAX)];
    match row.work {
        Work::Put => limits.push(("puts", row.puts, extents + OTHER_PUTS_MAX)),
        Work::Get => limits.push(("reads", row.reads, extents + OTHER_READS_MAX)),
        Work::Change => {
            limits.push(("objects", row.objects, CHANGE_OBJECTS_MAX));
            limits.push(("bytes of objects", row.object_bytes, CHANGE_BYTES_MAX));
        }
    }
    let broken = limits.into_iter().filter(|(_, found, limit)| found > limit);
    let told = broken.map(|(what, found, limit)| {
        format!("{:?} {:?}: {found} {what} are more than {limit}", row.store, row.work)
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As much as 1 GiB may take.
    fn row(work: Work) -> Row {
        Row {
            bench: "stream".into(),
            store: Store::Directory,
            work,
            bytes: 1 << 30,
            mb_per_s: 1.0,
            puts: 66,
            objects: 2,
            object_bytes: 2 << 20,
            reads: 74,
            comparisons: 64,
            peak_rss_bytes: Some(96 << 20),
        }
    }

    #[test]
    fn each_limit_is_told_where_it_is_broken() {
        for work in [Work::Put, Work::Get, Work::Change] {
            assert_eq!(broken_limits(&row(work)), [""; 0]);
            let more_memory = Row { peak_rss_bytes: Some((96 << 20) + 1), ..row(work) };
            let unknown_memory = Row { peak_rss_bytes: None, ..row(work) };
            let more_of_all =
                Row { puts: 67, objects: 3, object_bytes: (2 << 20) + 1, reads: 75, ..row(work) };
            assert_eq!(broken_limits(&more_memory).len(), 1);
            assert_eq!(broken_limits(&unknown_memory).len(), 1);
            let of_work = if work == Work::Change { 2 } else { 1 };
            assert_eq!(broken_limits(&more_of_all).len(), of_work);
        }
    }
}
