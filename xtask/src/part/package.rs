//! The packages of the published crates, each built from nothing but what they contain.
//!
//! Cargo's own check takes a package that depends on another from a registry it makes up, unpacks
//! that once for a version, and believes it never changes: here it does.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::crates;
use crate::process;
use crate::tally::Tally;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut crates = crates::list(workspace)?;
    crates.retain(|one| one.is_published);
    let names: Vec<_> = crates.into_iter().map(|one| one.name).collect();
    let mut command = workspace.cargo("package");
    command.arg("--no-verify");
    for name in &names {
        command.args(["--package", name]);
    }
    if !is_committed(workspace) {
        println!("the tree has uncommitted changes: packaging it as it is");
        command.arg("--allow-dirty");
    }
    tally.check("cargo package", process::run(&mut command));
    tally.check("the packages build", build(workspace, &names));
    Ok(())
}

/// Builds what is packaged, as a workspace of its own.
fn build(workspace: &Workspace, names: &[String]) -> Result<()> {
    let packages = workspace.target_directory().join("package");
    let unpacked = packages.join("unpacked");
    if unpacked.exists() {
        fs::remove_dir_all(&unpacked).with_context(|| cannot("remove", &unpacked))?;
    }
    fs::create_dir_all(&unpacked).with_context(|| cannot("make", &unpacked))?;
    let directories: Vec<_> =
        names.iter().map(|name| format!("{name}-{}", env!("CARGO_PKG_VERSION"))).collect();
    for directory in &directories {
        let mut unpack = workspace.command("tar");
        // Not with the times in it, which are all the same: cargo would not see what changed.
        unpack.args(["-x", "-m", "-z", "-f"]).arg(packages.join(format!("{directory}.crate")));
        process::run(unpack.arg("-C").arg(&unpacked))?;
    }
    write(unpacked.join("Cargo.toml"), manifest(names, &directories))?;
    let lock = workspace.root().join("Cargo.lock");
    fs::copy(&lock, unpacked.join("Cargo.lock")).with_context(|| cannot("copy", &lock))?;
    let mut build = workspace.cargo("build");
    process::run(build.arg("--workspace").current_dir(&unpacked))
}

/// A workspace of the packages, in which they take each other from where they lie.
fn manifest(names: &[String], directories: &[String]) -> String {
    let mut text = format!("[workspace]\nresolver = \"3\"\nmembers = {directories:?}\n");
    text += "\n[patch.crates-io]\n";
    for (name, directory) in names.iter().zip(directories) {
        text += &format!("{name} = {{ path = {directory:?} }}\n");
    }
    text
}

fn write(path: PathBuf, text: String) -> Result<()> {
    fs::write(&path, text).with_context(|| cannot("write", &path))
}

fn cannot(what: &str, path: &Path) -> String {
    format!("cannot {what} {}", path.display())
}

/// Whether git knows every file as it is; not so outside a repository.
fn is_committed(workspace: &Workspace) -> bool {
    process::read(workspace.command("git").args(["status", "--porcelain"]))
        .is_ok_and(|changes| changes.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_take_each_other_from_where_they_lie() {
        let (names, directories) = (["a".to_owned()], ["a-1.0.0".to_owned()]);
        let expected = "[workspace]\nresolver = \"3\"\nmembers = [\"a-1.0.0\"]\n\n\
                        [patch.crates-io]\na = { path = \"a-1.0.0\" }\n";
        assert_eq!(manifest(&names, &directories), expected);
    }
}
