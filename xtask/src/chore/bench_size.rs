//! `cargo xtask bench size`: what a page has to load.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::js_package;
use crate::process;
use crate::workspace::Workspace;

/// Measures each module of the npm package, raw and as a server with brotli sends it.
pub(super) fn run(workspace: &Workspace, json: bool) -> Result<ExitCode> {
    js_package::build(workspace)?;
    for module in &js_package::MODULES {
        let (package, file) = (module.package, module.file(workspace));
        let raw = fs::metadata(&file).with_context(|| format!("no {}", file.display()))?.len();
        let mut compress = workspace.command("node");
        compress.arg(js_package::directory(workspace).join("test/size.mjs")).arg(file);
        let brotli: u64 = process::read(&mut compress)?.trim().parse()?;
        if json {
            let measured = serde_json::json!({
                "bench": "size", "target": "wasm32", "module": package,
                "raw_bytes": raw, "brotli_bytes": brotli,
            });
            println!("{measured}");
        } else {
            println!("{package} for wasm32: {raw} bytes, {brotli} by brotli");
        }
    }
    Ok(ExitCode::SUCCESS)
}
