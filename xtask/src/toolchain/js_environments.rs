//! Bundlers, runtimes and compilers that the packed JavaScript package is tried with, from npm.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::process;
use crate::workspace::Workspace;

/// The variable that names their directory to the tests.
pub(crate) const VARIABLE: &str = "SEALWOOD_JS_ENVIRONMENTS";
const MANIFESTS: [&str; 2] = ["package.json", "package-lock.json"];

/// The directory in which they are installed as their `package-lock.json` says.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    let from = workspace.root().join("bindings-js/test/environments");
    let mut hasher = DefaultHasher::new();
    for name in MANIFESTS {
        let file = from.join(name);
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        hasher.write(&content);
    }
    Cache::of_user()?.item(&format!("js-environments-{:016x}", hasher.finish()), |to| {
        for name in MANIFESTS {
            fs::copy(from.join(name), to.join(name))
                .with_context(|| format!("cannot copy {name} to {}", to.display()))?;
        }
        let mut install = workspace.command("npm");
        install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        process::run(install.current_dir(to)).context("npm must reach a registry once")?;
        // Its program is put in place by its script.
        let mut rebuild = workspace.command("npm");
        rebuild.args(["rebuild", "bun", "--ignore-scripts=false", "--loglevel=error"]);
        process::run(rebuild.current_dir(to))
    })
}
