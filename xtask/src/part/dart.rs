//! The Dart package in the Dart VM and the Flutter example in Flutter's test program.

use std::fs;
use std::process::Command;

use anyhow::Result;

use crate::codegen;
use crate::dart_build::DartBuild;
use crate::process;
use crate::scenario_files;
use crate::tally::Tally;
use crate::toolchain::{flutter, frb};
use crate::workspace::Workspace;

const RUNNER: &str = "bindings-flutter/test/scenario/main.dart";
const TESTS: &str = "bindings-flutter/test/vm/main.dart";
const SNIPPETS: &str = "bindings-flutter/test/snippets/main.dart";
const WIDGET_TESTS: &str = "examples/flutter_gallery/test/gallery_test.dart";

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    tally.check("the glue is that of the API", codegen::check_digest(workspace));
    if frb::is_installed(workspace) {
        tally.check("the glue is what the generator writes", codegen::check(workspace));
    } else {
        println!(
            "the generator is not installed: of the glue only the API it was made of is compared"
        );
    }
    let build = DartBuild::prepare(workspace)?;
    scenario_files::run(workspace, build.program(workspace, RUNNER)?, tally)?;
    tally.tests(&mut build.program(workspace, TESTS)?)?;
    tally.tests(&mut build.program(workspace, SNIPPETS)?)?;
    let mut widget_tests = build.flutter_test(workspace, WIDGET_TESTS)?;
    *tally += flutter::run_tester(&mut widget_tests)?;
    tally.check("Dart's analysis", analyse(workspace, &build));
    tally.check("Dart's format", check_format(workspace, &build));
    Ok(())
}

/// The scenario runner, built; `scenario FILE...` and variables have to follow.
pub(crate) fn runner_command(workspace: &Workspace) -> Result<Command> {
    DartBuild::prepare(workspace)?.program(workspace, RUNNER)
}

fn analyse(workspace: &Workspace, build: &DartBuild) -> Result<()> {
    build.with_flutter(workspace)?;
    process::run(build.dart(workspace).args(["analyze", "--fatal-infos"]))
}

fn check_format(workspace: &Workspace, build: &DartBuild) -> Result<()> {
    let mut command = build.dart(workspace);
    command.args(["format", "--output", "none", "--set-exit-if-changed", "examples"]);
    command.args(["lib/sealwood.dart", "test/scenario", "test/vm", "test_support"].map(own));
    for file in fs::read_dir(workspace.root().join(own("lib/src")))? {
        let name = file?.file_name().to_string_lossy().into_owned();
        // But for what is generated.
        if name.ends_with(".dart") || name == "engine" {
            command.arg(own(&format!("lib/src/{name}")));
        }
    }
    process::run(&mut command)
}

fn own(path: &str) -> String {
    format!("bindings-flutter/{path}")
}
