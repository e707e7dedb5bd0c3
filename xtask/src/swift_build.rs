//! The Swift package and the example, laid out to be built.
//!
//! In the checkout there is what people wrote. Below the target directory stands a copy of it, in
//! the same places, with what a release adds: the layer that `uniffi-bindgen` writes. There Swift
//! builds.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::file_tree::FileTree;
use crate::snippets;
use crate::toolchain::swift::Swift;
use crate::toolchain::uniffi;
use crate::workspace::Workspace;

/// The package `Sealwood`.
pub(crate) const PACKAGE: &str = "bindings-swift-kotlin/swift";

/// The command-line tool made of it.
pub(crate) const EXAMPLE: &str = "examples/swift-cli";

/// Documents whose snippets are run.
const READMES: [&str; 2] =
    ["bindings-swift-kotlin/swift/README.md", "examples/swift-cli/README.md"];

const GENERATED: &str = "Sources/SealwoodGenerated/SealwoodGenerated.swift";
const HEADER: &str = "Sources/SealwoodFFI/SealwoodFFI.h";

/// Debian's XCTest names a library of Swift Testing that Debian does not ship and our tests do not
/// use. An archive without members stands for it.
const MISSING_LIBRARY: (&str, &str) = ("lib_Testing_Foundation.a", "!<arch>\n");

/// The laid out packages.
pub(crate) struct SwiftBuild {
    swift: Swift,
    top: PathBuf,
    libraries: PathBuf,
}

impl SwiftBuild {
    /// Builds the library for this machine and lays out the packages over it.
    pub(crate) fn prepare(workspace: &Workspace) -> Result<Self> {
        let swift = Swift::ensure(workspace)?;
        let library = uniffi::build(workspace)?;
        let libraries = library.path().parent().context("a library is in a directory")?.to_owned();
        let top = workspace.target_directory().join("swift");
        let generated = top.join("generated");
        library.generate(workspace, "swift", &generated)?;
        let build = Self { swift, top, libraries };
        tested(workspace, &generated)?.write(&build.top.join(PACKAGE))?;
        copied(workspace, EXAMPLE)?.write(&build.top.join(EXAMPLE))?;
        let mut stand_ins = FileTree::default();
        stand_ins.add(MISSING_LIBRARY.0, MISSING_LIBRARY.1);
        stand_ins.write(&build.stand_ins())?;
        Ok(build)
    }

    /// `swift <subcommand>` for a package.
    pub(crate) fn command(
        &self,
        workspace: &Workspace,
        package: &str,
        subcommand: &str,
    ) -> Command {
        let mut command = self.swift.command(workspace, "swift");
        command.env("SEALWOOD_FROM_SOURCE", "1").env("SEALWOOD_CHECKOUT", workspace.root());
        command.args([subcommand, "--configuration", "release", "--package-path"]);
        command.arg(self.top.join(package));
        for directory in [&self.libraries, &self.stand_ins()] {
            let mut search = OsString::from("-L");
            search.push(directory);
            command.arg("-Xlinker").arg(search);
        }
        command.args(["-Xlinker", "-rpath", "-Xlinker"]).arg(&self.libraries);
        command
    }

    /// What fails unless the sources are formatted as their configuration says.
    pub(crate) fn format_check(&self, workspace: &Workspace) -> Command {
        let mut command = self.swift.command(workspace, "swift");
        command.args(["format", "lint", "--strict", "--recursive", "--configuration"]);
        command.arg(Path::new(PACKAGE).join(".swift-format")).args([PACKAGE, EXAMPLE]);
        command
    }

    /// A program of a package, which must have been built.
    pub(crate) fn program(&self, workspace: &Workspace, package: &str, name: &str) -> Command {
        let program = self.top.join(package).join(".build/release").join(name);
        self.swift.command(workspace, program)
    }

    fn stand_ins(&self) -> PathBuf {
        self.top.join("stand-ins")
    }
}

/// The package as it is released, with the layer that was `generated`; for Apple's platforms the
/// framework comes beside its manifest.
pub(crate) fn release(workspace: &Workspace, generated: &Path) -> Result<FileTree> {
    let mut tree = copied(workspace, PACKAGE)?;
    tree.add_copy("README.md", &workspace.root().join(PACKAGE).join("README.md"))?;
    tree.add_copy(GENERATED, &generated.join("SealwoodGenerated.swift"))?;
    tree.add_copy(HEADER, &generated.join("SealwoodFFI.h"))?;
    Ok(tree)
}

/// The package with a test of each snippet.
fn tested(workspace: &Workspace, generated: &Path) -> Result<FileTree> {
    let mut tree = release(workspace, generated)?;
    for readme in READMES {
        let text = fs::read_to_string(workspace.root().join(readme))
            .with_context(|| format!("cannot read {readme}"))?;
        let name = if readme.starts_with(PACKAGE) { "Package" } else { "Example" };
        tree.add(
            format!("Tests/SealwoodTests/Readme/{name}ReadmeTests.swift"),
            readme_tests(name, &snippets::of_language(&text, "swift")),
        );
    }
    Ok(tree)
}

/// What people wrote of a package.
fn copied(workspace: &Workspace, package: &str) -> Result<FileTree> {
    let mut tree = FileTree::default();
    for part in ["Package.swift", "Sources", "Tests"] {
        tree.add_copy(part, &workspace.root().join(package).join(part))?;
    }
    Ok(tree)
}

/// A test of each snippet: that it compiles and runs to its end.
fn readme_tests(name: &str, snippets: &[String]) -> String {
    let mut text = format!(
        "import Foundation\nimport Sealwood\n\nfinal class {name}ReadmeTests: SealwoodTestCase {{\n"
    );
    for (at, snippet) in snippets.iter().enumerate() {
        let body = snippet.lines().filter(|line| !line.starts_with("import "));
        let body = body.map(|line| format!("        {line}\n")).collect::<String>();
        text += &format!("    func testSnippet{}() async throws {{\n{body}    }}\n", at + 1);
    }
    text + "}\n"
}
