//! `cargo xtask bench size`: what a page has to load.

use std::fs;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::js_package;
use crate::process;
use crate::workspace::Workspace;

/// Measures the module of the npm package, raw and as a server with brotli sends it.
pub(super) fn run(workspace: &Workspace, json: bool) -> Result<ExitCode> {
    let module = js_package::build(workspace)?;
    let raw = fs::metadata(&module).with_context(|| format!("no {}", module.display()))?.len();
    let mut compress = workspace.command("node");
    compress.arg(js_package::directory(workspace).join("test/size.mjs"));
    let brotli: u64 = process::read(&mut compress)?.trim().parse()?;
    if json {
        let measured = serde_json::json!({
            "bench": "size", "target": "wasm32", "raw_bytes": raw, "brotli_bytes": brotli,
        });
        println!("{measured}");
    } else {
        println!("the module for wasm32: {raw} bytes, {brotli} by brotli");
    }
    Ok(ExitCode::SUCCESS)
}
