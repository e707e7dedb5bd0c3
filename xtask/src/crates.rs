//! The crates of the workspace, as cargo knows them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::process;
use crate::workspace::Workspace;

/// One crate.
pub(crate) struct Crate {
    /// The name of its package.
    pub(crate) name: String,
    /// The top files of its library and its programs.
    pub(crate) tops: Vec<PathBuf>,
    /// The names of its features, `default` excepted.
    pub(crate) features: Vec<String>,
    /// The oldest Rust it is built with, such as `1.95`.
    pub(crate) rust_version: Option<String>,
    /// Whether it goes to a registry.
    pub(crate) is_published: bool,
}

/// Every crate of the workspace, by name.
pub(crate) fn list(workspace: &Workspace) -> Result<Vec<Crate>> {
    let mut command = workspace.cargo("metadata");
    let text = process::read(command.args(["--no-deps", "--format-version", "1"]))?;
    let metadata: Metadata =
        serde_json::from_str(&text).context("cannot read what `cargo metadata` says")?;
    let mut crates: Vec<_> = metadata.packages.into_iter().map(Package::into_crate).collect();
    crates.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(crates)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
    features: BTreeMap<String, serde::de::IgnoredAny>,
    rust_version: Option<String>,
    /// The registries it may go to; all of them where it says nothing.
    publish: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Target {
    kind: Vec<String>,
    src_path: PathBuf,
}

impl Package {
    fn into_crate(self) -> Crate {
        let is_own = |target: &Target| {
            !target
                .kind
                .iter()
                .any(|kind| ["test", "bench", "example", "custom-build"].contains(&kind.as_str()))
        };
        let tops = self.targets.into_iter().filter(is_own).map(|target| target.src_path);
        Crate {
            name: self.name,
            tops: tops.collect(),
            features: self.features.into_keys().filter(|name| name != "default").collect(),
            rust_version: self.rust_version,
            is_published: self.publish.is_none_or(|registries| !registries.is_empty()),
        }
    }
}
