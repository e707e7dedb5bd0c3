//! The glue between Dart and Rust, written anew or compared.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::process;
use crate::toolchain::frb;
use crate::workspace::Workspace;

const PACKAGE: &str = "bindings-flutter";
/// What the generator writes.
const RUST: &str = "rust/src/frb_generated.rs";
const DART: &str = "lib/src/generated";
/// What it reads of the crate.
const API: &str = "rust/src/api";
/// Names the API that the committed glue was made of, for machines without the generator.
const DIGEST: &str = "rust/api.digest";

/// Has the generator write the files in the checkout anew.
pub(crate) fn write_anew(workspace: &Workspace) -> Result<()> {
    let package = workspace.root().join(PACKAGE);
    let fresh = generate(workspace)?;
    remove_if_present(&package.join(DART))?;
    for (name, text) in fresh {
        write(&package.join(name), &text)?;
    }
    write(&package.join(DIGEST), &digest(&package)?)
}

/// Fails if the files in the checkout are not what the generator writes.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let fresh = generate(workspace)?;
    let committed = generated(&workspace.root().join(PACKAGE))?;
    if fresh == committed {
        return Ok(());
    }
    let names = fresh.keys().chain(committed.keys());
    let stale = names.filter(|&name| fresh.get(name) != committed.get(name));
    let stale: Vec<_> = stale.map(|name| name.display().to_string()).collect();
    bail!("run `cargo xtask codegen`: not fresh in {PACKAGE}: {}", stale.join(", "))
}

/// Fails if the committed glue was made of another API than that in the checkout. It needs no
/// generator.
pub(crate) fn check_digest(workspace: &Workspace) -> Result<()> {
    let package = workspace.root().join(PACKAGE);
    if read(&package.join(DIGEST))? == digest(&package)? {
        return Ok(());
    }
    bail!("run `cargo xtask codegen`: {PACKAGE}/{API} has changed since the glue was written")
}

fn digest(package: &Path) -> Result<String> {
    let mut files = Files::new();
    collect(package, &package.join(API), &mut files)?;
    let mut hasher = blake3::Hasher::new();
    for (name, text) in files {
        // Both lengths, so that no two sets of files give the same bytes.
        for part in [name.to_string_lossy().as_bytes(), text.as_bytes()] {
            hasher.update(&(part.len() as u64).to_le_bytes()).update(part);
        }
    }
    Ok(format!("{}\n", hasher.finalize().to_hex()))
}

/// Text by path below the package.
type Files = BTreeMap<PathBuf, String>;

/// Runs the generator on a copy of the package.
fn generate(workspace: &Workspace) -> Result<Files> {
    let generator = frb::ensure(workspace)?;
    let copy = workspace.target_directory().join("dart/codegen");
    remove_if_present(&copy)?;
    let package = copy.join(PACKAGE);
    for directory in ["rust", "lib/src/generated"] {
        fs::create_dir_all(package.join(directory))?;
    }
    // The crate's manifest refers to that of the workspace, and the generator formats.
    for file in ["Cargo.toml", "rustfmt.toml"] {
        fs::copy(workspace.root().join(file), copy.join(file))?;
    }
    let from = workspace.root().join(PACKAGE);
    for file in ["pubspec.yaml", "flutter_rust_bridge.yaml", "rust/Cargo.toml"] {
        fs::copy(from.join(file), package.join(file)).with_context(|| format!("no {file}"))?;
    }
    copy_directory(&from.join("rust/src"), &package.join("rust/src"))?;
    let output = process::read(&mut generator.command(workspace, &package)?);
    output.context("the generator failed; its messages are above")?;
    generated(&package)
}

fn generated(package: &Path) -> Result<Files> {
    let mut files = Files::new();
    collect(package, &package.join(DART), &mut files)?;
    files.insert(RUST.into(), read(&package.join(RUST))?);
    Ok(files)
}

fn collect(package: &Path, directory: &Path, files: &mut Files) -> Result<()> {
    let entries = fs::read_dir(directory);
    for entry in entries.with_context(|| format!("cannot list {}", directory.display()))? {
        let path = entry?.path();
        if path.is_dir() {
            collect(package, &path, files)?;
        } else {
            files.insert(path.strip_prefix(package)?.to_owned(), read(&path)?);
        }
    }
    Ok(())
}

fn copy_directory(from: &Path, to: &Path) -> Result<()> {
    let mut files = Files::new();
    collect(from, from, &mut files)?;
    files.into_iter().try_for_each(|(name, text)| write(&to.join(name), &text))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<()> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn remove_if_present(directory: &Path) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", directory.display()))
        }
        _ => Ok(()),
    }
}
