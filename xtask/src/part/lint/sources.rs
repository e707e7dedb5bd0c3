//! The source files of the repository.

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;
use crate::workspace::Workspace;

const LENGTHS: &str = "xtask/lint/lengths.toml";

/// What is known of files that are longer than others.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Lengths {
    /// Files written by programs.
    pub(super) generated: Vec<String>,
    /// Files that may be longer.
    #[serde(default)]
    pub(super) longer: Vec<Longer>,
}

/// One file that may be longer.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Longer {
    pub(super) file: String,
    pub(super) lines_max: usize,
    pub(super) reason: String,
}

/// One file.
pub(super) struct Source {
    /// Its path in the repository.
    pub(super) path: String,
    /// What is in it.
    pub(super) text: String,
}

impl Lengths {
    pub(super) fn read(workspace: &Workspace) -> Result<Self> {
        let text = super::read(workspace.root(), LENGTHS)?;
        toml::from_str(&text).with_context(|| format!("cannot read {LENGTHS}"))
    }
}

/// Every file git knows or would take, whose name ends in one of `kinds`, sorted.
pub(super) fn list(workspace: &Workspace, kinds: &[&str]) -> Result<Vec<Source>> {
    let mut command = workspace.command("git");
    command.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"]);
    let names = process::read(&mut command).context("the sources are those that git knows")?;
    let mut sources = Vec::new();
    for path in names.split_terminator('\0') {
        let is_of_kind = path.rsplit_once('.').is_some_and(|(_, kind)| kinds.contains(&kind));
        // One that is deleted and not yet committed is still known.
        if is_of_kind && workspace.root().join(path).exists() {
            let text = super::read(workspace.root(), path)?;
            sources.push(Source { path: path.to_owned(), text });
        }
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}
