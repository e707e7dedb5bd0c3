//! `cargo xtask fuzz`: random inputs for every decoder, on the nightly compiler.

use std::fs;
use std::process::{Command, ExitCode};

use anyhow::{Result, bail};

use crate::process;
use crate::toolchain::cargo_fuzz;
use crate::workspace::Workspace;

/// No parser may take memory that its input does not pay for, nor long for a small one.
const LIMITS: [&str; 4] =
    ["-rss_limit_mb=512", "-malloc_limit_mb=64", "-timeout=10", "-max_len=1048576"];

#[derive(clap::Args)]
pub(crate) struct Fuzz {
    /// The target to run; all of them if none is named.
    target: Option<String>,
    /// How long to run each target.
    #[arg(long, default_value_t = 60)]
    seconds: u64,
}

impl Fuzz {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        if !workspace.root().join("fuzz/Cargo.toml").is_file() {
            bail!("there are no fuzz targets: fuzz/Cargo.toml is missing");
        }
        let tool = cargo_fuzz::ensure(workspace)?;
        let listed = process::read(tool.command(workspace).args(["list", "--fuzz-dir", "fuzz"]))?;
        let targets = select(&listed, self.target.as_deref())?;
        let mut failed = Vec::new();
        for target in &targets {
            println!("== {target}: {} s", self.seconds);
            let mut campaign = self.campaign(tool.command(workspace), target, workspace)?;
            if let Err(error) = process::run(&mut campaign) {
                eprintln!("error: {error:#}");
                failed.push(*target);
            }
        }
        if !failed.is_empty() {
            bail!("failed: {}; the inputs are in fuzz/artifacts", failed.join(", "));
        }
        println!("{} targets, no failure", targets.len());
        Ok(ExitCode::SUCCESS)
    }

    fn campaign(
        &self,
        mut command: Command,
        target: &str,
        workspace: &Workspace,
    ) -> Result<Command> {
        command.args(["run", "--fuzz-dir", "fuzz", "--target-dir"]);
        command.arg(workspace.cache().root().join("target-fuzz")).arg(target);
        // What is found is kept in the first folder; the second is only read.
        let root = workspace.root().join("fuzz");
        let (corpus, seeds) = (root.join("corpus").join(target), root.join("seeds").join(target));
        fs::create_dir_all(&corpus)?;
        command.arg(corpus).args(Some(seeds).filter(|seeds| seeds.is_dir()));
        command.args(["--", &format!("-max_total_time={}", self.seconds)]);
        command.args(LIMITS);
        Ok(command)
    }
}

fn select<'a>(listed: &'a str, wanted: Option<&str>) -> Result<Vec<&'a str>> {
    let all: Vec<&str> = listed.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let Some(wanted) = wanted else {
        if all.is_empty() {
            bail!("the fuzz folder has no target");
        }
        return Ok(all);
    };
    match all.iter().find(|name| **name == wanted) {
        Some(name) => Ok(vec![name]),
        None => bail!("no fuzz target {wanted}; there are: {}", all.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn one_target_or_all() {
        assert_eq!(select("node\nroot\n", None).unwrap(), ["node", "root"]);
        assert_eq!(select("node\nroot\n", Some("root")).unwrap(), ["root"]);
        assert!(
            select("node\nroot\n", Some("roo")).unwrap_err().to_string().contains("node, root")
        );
        assert!(select("\n", None).is_err());
    }
}
