//! `sealwood-conformance`: runs scenarios, and makes those of the golden vaults and hashes.

use std::io::stdout;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};
use sealwood_conformance::{Report, Variables, golden, golden_hashes, read};

#[derive(Parser)]
#[command(about = "Runs scenarios against the Rust API of sealwood")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run every scenario of the files.
    Scenario {
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// What `${NAME}` stands for, as NAME=VALUE.
        #[arg(long = "var", value_parser = pair)]
        variables: Vec<(String, String)>,
        /// Run everything once for each of these: NAME=VALUE,VALUE...
        #[arg(long, value_parser = pair)]
        each: Option<(String, String)>,
    },
    /// Write the scenarios of the golden vaults and hashes anew.
    Golden,
}

fn main() -> Result<ExitCode> {
    match Arguments::parse().chore {
        Chore::Golden => {
            golden::write()?;
            golden_hashes::write()?;
            Ok(ExitCode::SUCCESS)
        }
        Chore::Scenario { files, variables, each } => {
            let variables: Variables = variables.into_iter().collect();
            let mut report = Report::default();
            for variables in sets(variables, each) {
                for file in &files {
                    for scenario in read(file, &variables)? {
                        report.add(&scenario, &mut stdout())?;
                    }
                }
            }
            report.finish(&mut stdout())?;
            Ok(if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
    }
}

/// One set of variables for each value of `each`.
fn sets(variables: Variables, each: Option<(String, String)>) -> Vec<Variables> {
    let Some((name, values)) = each else { return vec![variables] };
    let with = |value: &str| {
        let mut variables = variables.clone();
        variables.insert(name.clone(), value.to_owned());
        variables
    };
    values.split(',').map(with).collect()
}

fn pair(text: &str) -> Result<(String, String)> {
    let (name, value) = text.split_once('=').context("expected NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}
