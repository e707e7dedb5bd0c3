//! Building a test target for wasm32 and looking at what came out.
//!
//! Cargo describes a build in one JSON message a line; of those, the test binary and the output
//! directories of build scripts matter here.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::process;
use crate::toolchain::wasm_target::{TARGET, WasmTarget};
use crate::workspace::Workspace;

/// What a build for wasm32 left behind.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct WasmBuild {
    /// The test binary, before wasm-bindgen has worked on it.
    pub(crate) binary: PathBuf,
    build_scripts: Vec<BuildScript>,
}

#[derive(Debug, PartialEq)]
struct BuildScript {
    out_dir: PathBuf,
    linked_libs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        executable: Option<PathBuf>,
    },
    BuildScriptExecuted {
        out_dir: PathBuf,
        linked_libs: Vec<String>,
    },
    #[serde(other)]
    Other,
}

impl WasmBuild {
    /// Builds the test target `name` of a package with some of its features.
    pub(crate) fn of_test(
        workspace: &Workspace,
        target: &WasmTarget,
        (package, features): (&str, &str),
        name: &str,
    ) -> Result<Self> {
        let mut command = target.cargo(workspace, "test");
        command.args(["--package", package, "--features", features]);
        command.args(["--test", name, "--no-run"]);
        command.arg("--message-format=json-render-diagnostics");
        Self::from_messages(&process::read(&mut command)?)
    }

    /// Fails if a build script compiled or linked anything that is not Rust.
    pub(crate) fn check_all_rust(&self) -> Result<()> {
        for script in &self.build_scripts {
            if let Some(library) = script.linked_libs.first() {
                bail!("{} links the library {library}", script.out_dir.display());
            }
            if let Some(object) = find_object(&script.out_dir)? {
                bail!("a build script compiled {}", object.display());
            }
        }
        Ok(())
    }

    fn from_messages(messages: &str) -> Result<Self> {
        let mut build = Self::default();
        for line in messages.lines().filter(|line| line.starts_with('{')) {
            match serde_json::from_str(line).context("cargo's message is not understood")? {
                Message::CompilerArtifact { executable: Some(executable) } => {
                    build.binary = executable;
                }
                Message::BuildScriptExecuted { out_dir, linked_libs }
                    if is_for_target(&out_dir) =>
                {
                    build.build_scripts.push(BuildScript { out_dir, linked_libs });
                }
                _ => {}
            }
        }
        if build.binary.as_os_str().is_empty() {
            bail!("cargo built no test binary");
        }
        Ok(build)
    }
}

/// Build scripts of procedural macros and their like run for the host and may do as they please.
fn is_for_target(out_dir: &Path) -> bool {
    out_dir.iter().any(|component| component == OsStr::new(TARGET))
}

fn find_object(directory: &Path) -> Result<Option<PathBuf>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        entries => entries.with_context(|| format!("cannot list {}", directory.display()))?,
    };
    for entry in entries {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if let Some(object) = find_object(&path)? {
                return Ok(Some(object));
            }
        } else if path.extension().is_some_and(|kind| kind == "o" || kind == "a") {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn build_with(out_dir: &Path, linked: &[&str]) -> WasmBuild {
        let messages = [
            serde_json::json!({"reason": "build-script-executed", "out_dir": out_dir,
                "linked_libs": linked, "package_id": "some"}),
            serde_json::json!({"reason": "build-script-executed", "out_dir": "/t/debug/build/out",
                "linked_libs": ["static=host"]}),
            serde_json::json!({"reason": "compiler-artifact", "executable": null}),
            serde_json::json!({"reason": "compiler-artifact", "executable": "/t/vectors.wasm"}),
            serde_json::json!({"reason": "build-finished", "success": true}),
        ];
        let lines: Vec<_> = messages.iter().map(ToString::to_string).collect();
        WasmBuild::from_messages(&lines.join("\n")).unwrap()
    }

    #[test]
    fn c_in_a_build_scripts_output_is_found_and_rust_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let out_dir = directory.path().join(TARGET).join("debug/build/some/out");
        fs::create_dir_all(out_dir.join("deep")).unwrap();
        fs::write(out_dir.join("generated.rs"), "").unwrap();
        let build = build_with(&out_dir, &[]);
        assert_eq!(build.binary, Path::new("/t/vectors.wasm"));
        build.check_all_rust().unwrap();

        fs::write(out_dir.join("deep/hash.o"), "").unwrap();
        assert!(build.check_all_rust().unwrap_err().to_string().contains("hash.o"));
    }

    #[test]
    fn a_linked_library_is_found() {
        let directory = tempfile::tempdir().unwrap();
        let build = build_with(&directory.path().join(TARGET), &["static=hash"]);
        assert!(build.check_all_rust().unwrap_err().to_string().contains("static=hash"));
    }

    #[test]
    fn a_build_without_a_binary_is_an_error() {
        assert!(WasmBuild::from_messages("{\"reason\":\"build-finished\"}").is_err());
    }
}
