//! A share of the mutants: a few that the commit chooses, so that over time all have their turn.

use anyhow::{Context, Result};

use crate::mutation::{self, Mutant};
use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

/// How many are tried. Each costs a build of the core.
const SHARE: usize = 2;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let all = Mutant::list(&mutation::list(workspace))?;
    let commit = process::read(workspace.command("git").args(["rev-parse", "HEAD"]))?;
    let start = start(commit.trim(), all.len())?;
    let chosen: Vec<&Mutant> = all.iter().cycle().skip(start).take(SHARE.min(all.len())).collect();
    println!("{} of {} mutants; all of them: `cargo xtask mutants`", chosen.len(), all.len());
    mutation::run(workspace, &chosen, tally)
}

/// The first mutant of the share of a commit.
fn start(commit: &str, mutants: usize) -> Result<usize> {
    let digits = commit.get(..8).context("a commit without a hash")?;
    let number = u32::from_str_radix(digits, 16).context("a commit's hash is hexadecimal")?;
    Ok(number as usize % mutants)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_commit_chooses_its_share() {
        assert_eq!(start("0000000b3e71a81", 4).unwrap(), 3);
        assert!(start("main", 4).is_err());
    }
}
