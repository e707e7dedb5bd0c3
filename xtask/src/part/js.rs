//! The JavaScript package: in Node, in Chromium, and as each bundler takes it.

use std::process::Command;

use anyhow::Result;

use crate::js_package::{self, Module};
use crate::process;
use crate::s3_server::S3Server;
use crate::tally::Tally;
use crate::toolchain::wasm_target::WasmTarget;
use crate::toolchain::{chromium, js_environments};
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let servers = S3Server::start_all(workspace)?;
    match WasmTarget::ensure(workspace)? {
        WasmTarget::Debian { .. } => println!("no clippy for wasm32: Debian's compiler has none"),
        target => {
            for Module { package, .. } in js_package::MODULES {
                let mut clippy = target.cargo(workspace, "clippy");
                clippy.args(["--package", package, "--", "-D", "warnings"]);
                tally.check(&format!("{package}: clippy for wasm32"), process::run(&mut clippy));
            }
        }
    }
    let mut tests = node(workspace, "test.mjs")?;
    S3Server::tell(&servers, &mut tests);
    tests.env(js_environments::VARIABLE, js_environments::ensure(workspace)?);
    tally.tests(&mut tests)
}

/// The runner of scenarios, in Node; with `--browser` in Chromium.
pub(super) fn runner_command(workspace: &Workspace) -> Result<Command> {
    node(workspace, "run.mjs")
}

/// `node` with a program of the package's tests, once the package is built.
fn node(workspace: &Workspace, program: &str) -> Result<Command> {
    js_package::build(workspace)?;
    let browser = chromium::ensure(workspace)?;
    let mut command = workspace.command("node");
    command.arg("--expose-gc").arg(format!("bindings-js/test/{program}"));
    command.env(chromium::VARIABLE, browser);
    Ok(command)
}
