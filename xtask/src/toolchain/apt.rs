//! Debian's package manager on this machine.

use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::process;
use crate::workspace::Workspace;

const DEFAULT_MIRROR: &str = "http://deb.debian.org/debian";

/// Installs those of `packages` that are missing.
pub(crate) fn install(workspace: &Workspace, packages: &[&str]) -> Result<()> {
    let list = packages.join(" ");
    if !Path::new("/usr/bin/apt-get").exists() {
        bail!("this is not Debian: install by hand what Debian calls {list}");
    }
    let mut query = workspace.command("dpkg-query");
    query.args(["--show", "--showformat", "${db:Status-Abbrev}"]).args(packages);
    let states = process::read(&mut query).unwrap_or_default();
    if states.matches("ii ").count() == packages.len() {
        return Ok(());
    }
    update(workspace)?;
    let mut install = workspace.command("apt-get");
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]);
    install.args(packages).env("DEBIAN_FRONTEND", "noninteractive");
    process::run(&mut install).with_context(|| format!("`apt-get install {list}` needs root"))
}

/// Fetches the lists of packages.
pub(crate) fn update(workspace: &Workspace) -> Result<()> {
    process::run(workspace.command("apt-get").args(["update", "--quiet"]))
        .context("`apt-get update` needs root and a mirror")
}

/// The mirror this machine takes Debian from, or Debian's own if it names none.
pub(crate) fn mirror(workspace: &Workspace) -> String {
    let mut query = workspace.command("apt-get");
    query.args(["indextargets", "--format", "$(LABEL) $(REPO_URI)", "Created-By: Packages"]);
    mirror_among(&process::read(&mut query).unwrap_or_default()).to_owned()
}

/// Of lines "label URI", the URI of the first that is Debian proper: not its security archive, not
/// another vendor's.
fn mirror_among(targets: &str) -> &str {
    targets
        .lines()
        .filter_map(|line| line.rsplit_once(' '))
        .find(|(label, uri)| *label == "Debian" && uri.starts_with("http"))
        .map_or(DEFAULT_MIRROR, |(_, uri)| uri.trim_end_matches('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mirror_is_that_of_debian_proper() {
        let targets = "NodeSource https://node.example/\n\
                       Debian-Security http://mirror.example/debian-security/\n\
                       Debian http://mirror.example/some/debian/\n\
                       Debian http://second.example/debian/\n";
        assert_eq!(mirror_among(targets), "http://mirror.example/some/debian");
    }

    #[test]
    fn without_one_the_mirror_is_debians_own() {
        assert_eq!(
            mirror_among("Debian cdrom:[disc]/\n https://vendor.example/\n"),
            DEFAULT_MIRROR
        );
        assert_eq!(mirror_among(""), DEFAULT_MIRROR);
    }
}
