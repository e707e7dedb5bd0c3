//! The parts of the tests. A part counts what passed and failed, goes on after a failed check, and
//! fails if the tool it needs cannot be had: nothing is skipped.

mod dart;
mod deny;
mod features;
mod fuzz;
mod js;
mod kill;
pub(crate) mod kotlin;
mod lint;
mod matrix;
mod mobile;
mod msrv;
mod mutants;
mod package;
mod rust;
mod s3;
mod swift;
mod wasm;

use anyhow::Result;
use clap::ValueEnum;

use crate::tally::Tally;
use crate::workspace::Workspace;

/// One part of the tests.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub(crate) enum Part {
    /// Formatting, lints and documentation.
    Lint,
    /// All tests of all crates on this machine.
    Rust,
    /// Published crates with each of their features alone.
    Features,
    /// Published crates with the oldest Rust they name.
    Msrv,
    /// A bounded share of every fuzz target.
    Fuzz,
    /// Processes that write to the engine, killed, and what they leave.
    Kill,
    /// A share of the faults that tests have to notice.
    Mutants,
    /// Licences, sources and bans of the dependencies.
    Deny,
    /// The blob store contract, races and bad networks against two S3 servers.
    S3,
    /// The golden vectors on wasm32 in Node.
    Wasm,
    /// The npm package in Node, in Chromium and as bundlers take it.
    Js,
    /// The Dart package in the Dart VM, and its example in Flutter's test program.
    Dart,
    /// The Swift package and its example, with the scenarios.
    Swift,
    /// The Kotlin package and its example, with the scenarios.
    Kotlin,
    /// Every language with the vaults of every other, on one S3 server.
    Matrix,
    /// The library for phones, as far as it can be built and looked into here.
    Mobile,
    /// The published crates as a registry would get them.
    Package,
}

impl Part {
    /// Every part, the quickest to fail first.
    pub(crate) const ALL: &[Part] = &[
        Part::Lint,
        Part::Rust,
        Part::Features,
        Part::Msrv,
        Part::Fuzz,
        Part::Kill,
        Part::Mutants,
        Part::Deny,
        Part::S3,
        Part::Wasm,
        Part::Js,
        Part::Dart,
        Part::Swift,
        Part::Kotlin,
        Part::Matrix,
        Part::Mobile,
        Part::Package,
    ];

    /// The name used with `--only` and in the summary.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Part::Lint => "lint",
            Part::Rust => "rust",
            Part::Features => "features",
            Part::Msrv => "msrv",
            Part::Fuzz => "fuzz",
            Part::Kill => "kill",
            Part::Mutants => "mutants",
            Part::Deny => "deny",
            Part::S3 => "s3",
            Part::Wasm => "wasm",
            Part::Js => "js",
            Part::Dart => "dart",
            Part::Swift => "swift",
            Part::Kotlin => "kotlin",
            Part::Mobile => "mobile",
            Part::Matrix => "matrix",
            Part::Package => "package",
        }
    }

    /// Runs the part and counts into `tally`. An error is what kept the rest of it from running.
    pub(crate) fn run(self, workspace: &Workspace, tally: &mut Tally) -> Result<()> {
        match self {
            Part::Lint => lint::run(workspace, tally),
            Part::Rust => rust::run(workspace, tally),
            Part::Features => features::run(workspace, tally),
            Part::Msrv => msrv::run(workspace, tally),
            Part::Fuzz => fuzz::run(workspace, tally),
            Part::Kill => kill::run(workspace, tally),
            Part::Mutants => mutants::run(workspace, tally),
            Part::Deny => deny::run(workspace, tally),
            Part::S3 => s3::run(workspace, tally),
            Part::Wasm => wasm::run(workspace, tally),
            Part::Js => js::run(workspace, tally),
            Part::Dart => dart::run(workspace, tally),
            Part::Swift => swift::run(workspace, tally),
            Part::Kotlin => kotlin::run(workspace, tally),
            Part::Mobile => mobile::run(workspace, tally),
            Part::Matrix => matrix::run(workspace, tally),
            Part::Package => package::run(workspace, tally),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_means_every_part_under_the_name_it_is_selected_by() {
        assert_eq!(Part::ALL, Part::value_variants());
        for part in Part::ALL {
            assert_eq!(Part::from_str(part.name(), false), Ok(*part));
        }
    }
}
