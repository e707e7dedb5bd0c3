//! The Dart package, its tests and the Flutter example beside the native library, as the Dart VM
//! and Flutter's test program take them.
//!
//! Dart wants its list of packages above the sources, so these are copied out of the checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::dart_names;
use crate::file_tree::FileTree;
use crate::process;
use crate::shared_build;
use crate::snippets;
use crate::toolchain::dart::Dart;
use crate::toolchain::flutter::Flutter;
use crate::workspace::Workspace;

const PACKAGE: &str = "bindings-flutter";
const EXAMPLE: &str = "examples/flutter_gallery";
/// Names the list of packages that `flutter pub get` wrote, where pub is in reach.
const PUB_PACKAGES: &str = "SEALWOOD_PUB_PACKAGES";
/// Stands in for the one package of pub that is needed, where it is not.
const STAND_IN: &str = "bindings-flutter/test_support/flutter_rust_bridge";

/// Documents whose snippets are compiled and run.
const DOCUMENTS: [&str; 2] = ["bindings-flutter/README.md", "examples/flutter_gallery/README.md"];
const SNIPPETS: &str = "bindings-flutter/test/snippets/main.dart";

/// The language of our packages, as their pubspecs have it.
const LANGUAGE: &str = "3.9";
/// The language of those that come with Flutter.
const LANGUAGE_OF_FLUTTER: &str = "3.13";

/// Sources, packages and library, ready to be compiled.
pub(crate) struct DartBuild {
    dart: Dart,
    directory: PathBuf,
    library: PathBuf,
}

impl DartBuild {
    /// Builds the library and lays out the sources.
    pub(crate) fn prepare(workspace: &Workspace) -> Result<Self> {
        let dart = Dart::ensure(workspace)?;
        let library = shared_build::library(workspace, "sealwood_dart")?;
        let directory = workspace.target_directory().join("dart/tree");
        let build = Self { dart, directory, library };
        build.lay_out(workspace, &BTreeMap::new())?;
        Ok(build)
    }

    /// `dart` where the sources lie.
    pub(crate) fn dart(&self, workspace: &Workspace) -> Command {
        let mut command = self.dart.command(workspace);
        command.current_dir(&self.directory);
        command
    }

    /// The program in `source`, compiled; its arguments have to follow.
    pub(crate) fn program(&self, workspace: &Workspace, source: &str) -> Result<Command> {
        let compiled = self.compiled(source);
        let mut compile = self.dart(workspace);
        compile.args(["compile", "kernel", "--verbosity=error", "--output"]).arg(&compiled);
        compile.arg("--packages").arg(self.packages()).arg(source);
        process::read(&mut compile)?;
        // Where the user stands, so that names of files among the arguments mean the same.
        let mut command = self.dart.command(workspace);
        command.arg("--enable-asserts").arg(compiled);
        self.set_environment(workspace, &mut command);
        Ok(command)
    }

    /// The test in `source`, compiled for Flutter's test program.
    pub(crate) fn flutter_test(&self, workspace: &Workspace, source: &str) -> Result<Command> {
        let flutter = Flutter::ensure(workspace)?;
        self.lay_out(workspace, &flutter.packages(workspace)?)?;
        let (source, compiled) = (self.directory.join(source), self.compiled(source));
        flutter.compile(workspace, &self.packages(), &source, &compiled)?;
        let mut command = flutter.tester(workspace, &self.packages(), &compiled);
        self.set_environment(workspace, &mut command);
        Ok(command)
    }

    /// The packages of Flutter are on the list from now on, so that what uses them can be analysed.
    pub(crate) fn with_flutter(&self, workspace: &Workspace) -> Result<()> {
        self.lay_out(workspace, &Flutter::ensure(workspace)?.packages(workspace)?)
    }

    fn set_environment(&self, workspace: &Workspace, command: &mut Command) {
        command.env("SEALWOOD_LIBRARY", &self.library);
        command.env("SEALWOOD_PACKAGE", workspace.root().join(PACKAGE));
        command.env("SEALWOOD_EXAMPLE", workspace.root().join(EXAMPLE));
    }

    fn lay_out(&self, workspace: &Workspace, others: &BTreeMap<String, String>) -> Result<()> {
        let root = workspace.root();
        let mut tree = FileTree::default();
        for part in ["lib", "test", "test_support", "analysis_options.yaml"] {
            tree.add_copy(Path::new(PACKAGE).join(part), &root.join(PACKAGE).join(part))?;
        }
        for part in ["lib", "test", "analysis_options.yaml"] {
            tree.add_copy(Path::new(EXAMPLE).join(part), &root.join(EXAMPLE).join(part))?;
        }
        tree.add(SNIPPETS, snippets_program(workspace)?);
        tree.add(dart_names::PROGRAM, dart_names::program(workspace)?);
        tree.add(".dart_tool/package_config.json", package_config(others)?);
        tree.write(&self.directory)
    }

    fn packages(&self) -> PathBuf {
        self.directory.join(".dart_tool/package_config.json")
    }

    fn compiled(&self, source: &str) -> PathBuf {
        self.directory.with_file_name(source.replace(['/', '.'], "-")).with_extension("dill")
    }
}

fn package_config(others: &BTreeMap<String, String>) -> Result<String> {
    let package = |name: &str, root: &str, language: &str| json!({"name": name, "rootUri": root, "packageUri": "lib/", "languageVersion": language});
    let mut packages = vec![
        package("sealwood", &format!("../{PACKAGE}"), LANGUAGE),
        package("flutter_gallery", &format!("../{EXAMPLE}"), LANGUAGE),
    ];
    match env::var_os(PUB_PACKAGES) {
        Some(list) => packages.extend(pub_packages(Path::new(&list))?),
        None => packages.push(package("flutter_rust_bridge", &format!("../{STAND_IN}"), LANGUAGE)),
    }
    for (name, root) in others {
        if packages.iter().all(|package| package["name"] != name.as_str()) {
            packages.push(package(name, root, LANGUAGE_OF_FLUTTER));
        }
    }
    Ok(serde_json::to_string_pretty(&json!({"configVersion": 2, "packages": packages}))?)
}

/// The packages of others on a list that pub has written.
fn pub_packages(list: &Path) -> Result<Vec<Value>> {
    let text = fs::read_to_string(list).with_context(|| format!("no {}", list.display()))?;
    let mut list: Value = serde_json::from_str(&text)?;
    let packages = list["packages"].as_array_mut().context("not a list of packages")?;
    packages
        .retain(|package| package["name"] != "sealwood" && package["name"] != "flutter_gallery");
    Ok(std::mem::take(packages))
}

/// A program that runs the snippets of the documents: each is the body of a function, or a
/// declaration if it begins like one.
fn snippets_program(workspace: &Workspace) -> Result<String> {
    let mut imports = BTreeSet::from([
        "import 'dart:io' show Platform;".to_owned(),
        "import 'package:sealwood/sealwood.dart';".to_owned(),
    ]);
    let (mut tests, mut declarations) = (String::new(), String::new());
    for document in DOCUMENTS {
        let text = fs::read_to_string(workspace.root().join(document))?;
        for (index, snippet) in snippets::of_language(&text, "dart").into_iter().enumerate() {
            let (heads, body): (Vec<_>, Vec<_>) =
                snippet.lines().partition(|line| line.starts_with("import "));
            imports.extend(heads.into_iter().map(str::to_owned));
            let body = body.join("\n");
            if body.trim_start().starts_with("final class ") {
                declarations += &format!("{body}\n");
            } else {
                tests += &format!("  test('{document} {}', () async {{\n{body}\n}});\n", index + 1);
            }
        }
    }
    Ok(format!(
        "// ignore_for_file: type=lint\n\
         {}\n\
         import '../vm/harness.dart' show runTests, test;\n\n\
         Future<void> main() async {{\n  \
         await Sealwood.init(libraryPath: Platform.environment['SEALWOOD_LIBRARY']);\n\
         {tests}  await runTests();\n}}\n\n{declarations}",
        imports.into_iter().collect::<Vec<_>>().join("\n")
    ))
}
