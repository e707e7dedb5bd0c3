//! `cargo xtask test`, `lint` and `ci`: the parts asked for, and a summary.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::disk_room::make_room;
use crate::part::Part;
use crate::tally::{PartReport, Tally, summary};
use crate::workspace::Workspace;

/// Makes room on the disk, runs every part of `parts`, also after one failed, and sums up.
pub(crate) fn run(workspace: &Workspace, parts: &[Part]) -> Result<ExitCode> {
    make_room(workspace)?;
    let mut reports = Vec::new();
    for part in parts {
        println!("== {}", part.name());
        let started = Instant::now();
        let mut tally = Tally::default();
        if let Err(error) = part.run(workspace, &mut tally) {
            tally.check(part.name(), Err(error));
        }
        reports.push(PartReport {
            name: part.name().to_owned(),
            tally,
            elapsed: started.elapsed(),
        });
    }
    let (text, total) = summary(&reports);
    println!("== summary\n{text}");
    Ok(if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
