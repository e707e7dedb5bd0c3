//! `cargo xtask mutants`: faults put into the code, each of which a test has to notice.

use std::process::ExitCode;
use std::str::FromStr;

use anyhow::{Context, Result};

use crate::mutation::{self, Mutant};
use crate::tally::Tally;
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Mutants {
    /// The mutants to try; all of them if none is named.
    names: Vec<String>,
    /// Try only the K-th of N shares of the list.
    #[arg(long, value_name = "K/N", conflicts_with = "names")]
    share: Option<Share>,
}

/// Every `of`-th mutant, from the `nth` on, which is counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    nth: usize,
    of: usize,
}

impl FromStr for Share {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let numbers = text
            .split_once('/')
            .and_then(|(nth, of)| Some(Self { nth: nth.parse().ok()?, of: of.parse().ok()? }));
        numbers.filter(|it| (1..=it.of).contains(&it.nth)).ok_or("a share is written as 1/4")
    }
}

impl Mutants {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let all = Mutant::list(&mutation::list(workspace))?;
        let chosen: Vec<&Mutant> = match self.share {
            Some(Share { nth, of }) => all.iter().skip(nth - 1).step_by(of).collect(),
            None => named(&all, &self.names)?,
        };
        let mut tally = Tally::default();
        mutation::run(workspace, &chosen, &mut tally)?;
        println!("{} passed, {} failed", tally.passed, tally.failed);
        Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn named<'a>(all: &'a [Mutant], names: &[String]) -> Result<Vec<&'a Mutant>> {
    if names.is_empty() {
        return Ok(all.iter().collect());
    }
    let find = |name: &String| {
        let found = all.iter().find(|mutant| mutant.name == *name);
        found.with_context(|| format!("no mutant {name} in xtask/mutants"))
    };
    names.iter().map(find).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_one_of_so_many() {
        assert_eq!("2/3".parse(), Ok(Share { nth: 2, of: 3 }));
        for wrong in ["0/3", "4/3", "3", "a/b", "1/0"] {
            assert!(wrong.parse::<Share>().is_err(), "{wrong}");
        }
    }
}
