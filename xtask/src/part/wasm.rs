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

/// The packages that have it, and the features it needs.
const PACKAGES: [(&str, &str); 2] = [("sealwood", "internals"), LTHASH];

/// The package with a kernel for wasm SIMD.
const LTHASH: (&str, &str) = ("sealwood-lthash", "");

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let target = WasmTarget::ensure(workspace)?;
    let runner = wasm_bindgen::ensure_test_runner(workspace)?;
    if let WasmTarget::Debian { .. } = target {
        println!("no clippy for wasm32: Debian's compiler has none");
    }
    let tests = |(package, features)| {
        let mut tests = target.cargo(workspace, "test");
        tests.args(["--package", package, "--features", features, "--test", TEST]);
        tests.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", &runner);
        tests.env("WASM_BINDGEN_TEST_ONLY_NODE", "1");
        tests
    };
    for package in PACKAGES {
        if let WasmTarget::Installed = target {
            tally.check("clippy for wasm32", clippy(workspace, &target, package));
        }
        let build = WasmBuild::of_test(workspace, &target, package, TEST)?;
        tally.check("imports of the wasm binary", wasm_imports::check(&build.binary));
        tally.check("nothing but Rust in the wasm binary", build.check_all_rust());
        tally.tests(&mut tests(package))?;
    }
    let mut simd = tests(LTHASH);
    simd.env("RUSTFLAGS", "-C target-feature=+simd128");
    // Beside what is built without, which would be built again each time.
    simd.arg("--target-dir").arg(workspace.target_directory().join("simd128"));
    tally.tests(&mut simd)
}

fn clippy(
    workspace: &Workspace,
    target: &WasmTarget,
    (package, features): (&str, &str),
) -> Result<()> {
    let mut command = target.cargo(workspace, "clippy");
    command.args(["--package", package, "--features", features, "--lib", "--test", TEST]);
    command.args(["--", "-D", "warnings"]);
    process::run(&mut command)
}
