//! The golden vectors on wasm32 in Node, and the promise that the core needs no C there.

use anyhow::Result;

use crate::process;
use crate::tally::Tally;
use crate::toolchain::wasm_bindgen;
use crate::toolchain::wasm_target::WasmTarget;
use crate::wasm_build::WasmBuild;
use crate::wasm_imports;
use crate::workspace::Workspace;

const TEST: &str = "vectors";

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let target = WasmTarget::ensure(workspace)?;
    let runner = wasm_bindgen::ensure_test_runner(workspace)?;
    match target {
        WasmTarget::Installed => tally.check("clippy for wasm32", clippy(workspace, &target)),
        WasmTarget::Debian { .. } => println!("no clippy for wasm32: Debian's compiler has none"),
    }
    let build = WasmBuild::of_test(workspace, &target, TEST)?;
    tally.check("imports of the wasm binary", wasm_imports::check(&build.binary));
    tally.check("nothing but Rust in the wasm binary", build.check_all_rust());
    let mut tests = target.cargo(workspace, "test");
    tests.args(["--package", "sealwood", "--features", "internals", "--test", TEST]);
    tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner);
    tally.tests(tests.env("WASM_BINDGEN_TEST_ONLY_NODE", "1"))
}

fn clippy(workspace: &Workspace, target: &WasmTarget) -> Result<()> {
    let mut command = target.cargo(workspace, "clippy");
    command.args(["--package", "sealwood", "--features", "internals", "--lib", "--test", TEST]);
    command.args(["--", "-D", "warnings"]);
    process::run(&mut command)
}
