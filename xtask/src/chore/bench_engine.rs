//! `cargo xtask bench engine`: the embedded engine beside its peers.

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::toolchain::rocksdb::RocksDb;
use crate::workspace::Workspace;

const PACKAGE: &str = "sealwood-benchmarks-engine";

/// The words with which a user leaves RocksDB out.
const WITHOUT_ROCKSDB: [&str; 2] = ["--without", "rocksdb"];

/// Builds the benchmark with its peers and runs it. `--without rocksdb` among the arguments leaves
/// that one out; the others are the benchmark's own.
pub(super) fn run(workspace: &Workspace, json: bool, arguments: &[String]) -> Result<ExitCode> {
    let mut command = workspace.cargo_run_here(PACKAGE);
    let (features, arguments) = features_and_rest(arguments);
    if features.contains(&"rocksdb") {
        RocksDb::ensure(workspace)?.tell(&mut command);
    }
    command.args(["--features", &features.join(","), "--"]);
    if json {
        command.arg("--json");
    }
    process::run_for_exit_code(command.args(arguments))
}

fn features_and_rest(arguments: &[String]) -> (Vec<&'static str>, Vec<&String>) {
    let without = arguments.windows(2).position(|pair| pair == WITHOUT_ROCKSDB);
    match without {
        None => (vec!["peers", "rocksdb"], arguments.iter().collect()),
        Some(at) => (vec!["peers"], arguments[..at].iter().chain(&arguments[at + 2..]).collect()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rocksdb_is_left_out_only_when_told() {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let all = words("--rounds 3 --check");
        assert_eq!(features_and_rest(&all), (vec!["peers", "rocksdb"], all.iter().collect()));
        let without = words("--rounds 3 --without rocksdb --check");
        assert_eq!(features_and_rest(&without), (vec!["peers"], all.iter().collect()));
    }
}
