//! The demo's figures, in columns.

use std::time::Duration;

use serde_json::json;

use super::phase::Phase;
use crate::bytes_text::{count, size};
use crate::failure::Result;
use crate::output::Output;

pub(super) fn print_phases(output: &Output, phases: &[Phase]) -> Result<()> {
    for phase in phases {
        output.record(phase)?;
    }
    let head = [
        "step",
        "files",
        "bytes",
        "requests",
        "of index",
        "index bytes",
        "sent",
        "received",
        "in a row",
        "time",
    ]
    .map(str::to_owned);
    let lines: Vec<_> = phases
        .iter()
        .map(|phase| {
            [
                phase.name.to_owned(),
                phase.files.to_string(),
                size(phase.bytes),
                phase.requests.to_string(),
                phase.index_requests.to_string(),
                size(phase.index_bytes),
                size(phase.bytes_sent),
                size(phase.bytes_received),
                phase.serial_round_trips_max.to_string(),
                format!("{} ms", phase.ms),
            ]
        })
        .collect();
    print_table(output, &head, &lines)?;
    output.text(
        "in a row: the most round trips one file waits for; of the whole step for one flush",
    )?;
    output.text(
        "one flush: chunks of large files are there since the first step, and not sent again\n",
    )
}

/// The first column to the left, the others to the right.
pub(super) fn print_table<const N: usize>(
    output: &Output,
    head: &[String; N],
    lines: &[[String; N]],
) -> Result<()> {
    let all = || std::iter::once(head).chain(lines);
    let width = |column: usize| all().map(|line| line[column].chars().count()).max();
    let widths: [usize; N] = std::array::from_fn(|column| width(column).unwrap_or(0));
    for line in all() {
        let cells = line.iter().zip(widths).enumerate().map(|(column, (cell, width))| {
            if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
        });
        output.text(cells.collect::<Vec<_>>().join("  "))?;
    }
    output.text("")
}

pub(super) fn print_verdict(output: &Output, differing: u64, time: Duration) -> Result<()> {
    let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    output.record(&json!({"demo": "done", "differing": differing, "ms": ms}))?;
    let verdict = match differing {
        0 => "every byte came back as it was".to_owned(),
        files => format!("{} came back different", count(files, "file", "files")),
    };
    output.text(format_args!("{verdict}; {:.1} s in all", time.as_secs_f64()))
}
