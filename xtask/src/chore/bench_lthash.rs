//! `cargo xtask bench lthash`: elements hashed and added up, beside another implementation.

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::toolchain::wasm_target::WasmTarget;
use crate::workspace::Workspace;

const PACKAGE: &str = "sealwood-benchmarks-lthash";

/// What of the processor a peer uses is decided when it is compiled, so there are several builds:
/// all of it, no AVX-512, nothing that is not portable.
const BUILDS: [&str; 3] = ["", "no_avx512", "portable"];

/// Builds the benchmark for each choice, then runs all, then wasm in Node. The arguments are the
/// benchmark's own.
pub(super) fn run(workspace: &Workspace, json: bool, arguments: &[String]) -> Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for features in BUILDS {
        let mut command = workspace.cargo_run_here(PACKAGE);
        command.args(["--features", features, "--"]);
        if json {
            command.arg("--json");
        }
        let ended = process::run_for_exit_code(command.args(arguments))?;
        if ended != ExitCode::SUCCESS {
            code = ended;
        }
    }
    match WasmTarget::ensure(workspace)? {
        WasmTarget::Installed => {
            let mut wasm = workspace.command("node");
            process::run(wasm.arg("benchmarks/web/lthash.mjs").args(json.then_some("--json")))?;
        }
        WasmTarget::Debian { .. } => eprintln!("without wasm: it wants rustup's own target"),
    }
    Ok(code)
}
