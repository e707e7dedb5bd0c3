//! What Android takes: an AAR, in a Maven repository that chooses it on Android and the jar
//! elsewhere.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::build::Built;
use super::target::Platform;
use crate::file_tree::FileTree;
use crate::process;
use crate::workspace::Workspace;

const DIRECTORY: &str = "bindings-swift-kotlin/android";
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Writes the layout below `out`, and, if the libraries were linked, packs it and writes the
/// repository. `jar` is the package for the JVM. Says what was made.
pub(crate) fn lay_out(
    workspace: &Workspace,
    all: &[Built],
    jar: &Path,
    out: &Path,
) -> Result<Vec<PathBuf>> {
    let (aar, classes) = (out.join("aar"), out.join("classes"));
    let mut tree = FileTree::default();
    let sources = workspace.root().join(DIRECTORY);
    for name in ["AndroidManifest.xml", "proguard.txt"] {
        tree.add_copy(name, &sources.join(name))?;
    }
    tree.add("R.txt", "");
    tree.add("classes.jar", classes_of(workspace, jar, &classes)?);
    let mut is_linked = true;
    for built in all {
        let Platform::Android { abi, .. } = built.target.platform else { continue };
        is_linked &= built.dynamic.is_some();
        let library = built.dynamic.as_ref().unwrap_or(&built.archive);
        let name = library.file_name().context("a library has a name")?;
        tree.add_copy(Path::new("jni").join(abi).join(name), library)?;
    }
    tree.write(&aar)?;
    if !is_linked {
        return Ok(vec![aar]);
    }
    let packed = out.join(format!("sealwood-android-{VERSION}.aar"));
    pack(workspace, &aar, &packed)?;
    let repository = out.join("maven");
    repository_of(workspace, jar, &packed)?.write(&repository)?;
    Ok(vec![packed, repository])
}

/// The classes of the package, without the library of this machine.
fn classes_of(workspace: &Workspace, jar: &Path, directory: &Path) -> Result<Vec<u8>> {
    if directory.exists() {
        fs::remove_dir_all(directory)?;
    }
    fs::create_dir_all(directory)?;
    let mut unpack = workspace.command("jar");
    unpack.arg("--extract").arg("--file").arg(jar).args(["sealwood", "META-INF"]);
    process::run(unpack.current_dir(directory))?;
    let classes = directory.with_extension("jar");
    pack(workspace, directory, &classes)?;
    fs::read(&classes).with_context(|| format!("cannot read {}", classes.display()))
}

fn pack(workspace: &Workspace, directory: &Path, to: &Path) -> Result<()> {
    let mut pack = workspace.command("jar");
    pack.args(["--create", "--no-manifest", "--file"]).arg(to).arg("-C").arg(directory).arg(".");
    process::run(&mut pack)
}

fn repository_of(workspace: &Workspace, jar: &Path, aar: &Path) -> Result<FileTree> {
    let sources = workspace.root().join(DIRECTORY);
    let pom = workspace.root().join("bindings-swift-kotlin/kotlin/pom.xml");
    let mut tree = FileTree::default();
    let mut add = |artifact: &str, kind: &str, from: &Path| {
        let path = format!("io/github/sealwood/{artifact}/{VERSION}/{artifact}-{VERSION}.{kind}");
        tree.add_copy(path, from)
    };
    add("sealwood", "jar", jar)?;
    add("sealwood", "pom", &pom)?;
    add("sealwood", "module", &sources.join("sealwood.module"))?;
    add("sealwood-android", "aar", aar)?;
    add("sealwood-android", "pom", &sources.join("sealwood-android.pom"))?;
    add("sealwood-android", "module", &sources.join("sealwood-android.module"))?;
    Ok(tree)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;

    /// What a module or a pom says of `module`: the version after its name.
    fn version_of(text: &str, module: &str) -> String {
        let (_, rest) = text.split_once(module).unwrap();
        let start = rest.find(|character: char| character.is_ascii_digit()).unwrap();
        rest[start..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect()
    }

    #[test]
    fn everything_names_the_same_versions() {
        let workspace = Workspace::find().unwrap();
        let read = |path: &str| fs::read_to_string(workspace.root().join(path)).unwrap();
        let pom = read("bindings-swift-kotlin/kotlin/pom.xml");
        let kotlin = version_of(&pom, "<kotlin.version>");
        let pom = pom.replace("${kotlin.version}", &kotlin);
        let sources = ["sealwood.module", "sealwood-android.module", "sealwood-android.pom"];
        let texts = sources.map(|name| read(&format!("{DIRECTORY}/{name}")));
        for module in ["kotlin-stdlib", "kotlinx-coroutines-core", "jna"] {
            let versions: BTreeSet<_> =
                texts.iter().chain([&pom]).map(|text| version_of(text, module)).collect();
            assert_eq!(versions.len(), 1, "{module}: {versions:?}");
        }
        for text in texts.iter().chain([&pom]) {
            assert_eq!(version_of(text, "sealwood"), VERSION);
        }
    }
}
