//! The generator of flutter_rust_bridge, in the version that the Dart binding pins.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::workspace::Workspace;

const VERSION: &str = "2.13.0";

/// The generator wants to see a Flutter SDK before it works on a package for Flutter. It uses one
/// to format and to fix what it wrote, which our settings turn off, so this one is enough.
const FLUTTER: &str = "#!/bin/sh\necho 'Flutter 3.35.0'\n";

/// An installed generator.
pub(crate) struct Generator {
    programs: PathBuf,
}

/// Whether the generator is installed, so that it costs seconds and not minutes.
pub(crate) fn is_installed(workspace: &Workspace) -> bool {
    workspace.cache().root().join(item()).is_dir()
}

/// The generator, installed if need be.
pub(crate) fn ensure(workspace: &Workspace) -> Result<Generator> {
    check_pins(workspace)?;
    let item = workspace.cache().item(&item(), |staging| {
        let name = "flutter_rust_bridge_codegen";
        super::cargo_install(workspace, &[name, "--version", VERSION], staging)?;
        write_program(&staging.join("bin/flutter"), FLUTTER)
    })?;
    Ok(Generator { programs: item.join("bin") })
}

impl Generator {
    /// The generator for the package in `directory`, whose crate lies in `rust`.
    pub(crate) fn command(&self, workspace: &Workspace, directory: &Path) -> Result<Command> {
        let mut command = workspace.command(self.programs.join("flutter_rust_bridge_codegen"));
        let inherited = std::env::var_os("PATH").unwrap_or_default();
        let paths = std::iter::once(self.programs.clone()).chain(std::env::split_paths(&inherited));
        command.args(["generate", "--config-file", "flutter_rust_bridge.yaml"]);
        command.current_dir(directory).env("PATH", std::env::join_paths(paths)?);
        // As below cargo: it then reads the sources itself instead of compiling them, which is
        // enough for an API without macros.
        command.env("CARGO_MANIFEST_DIR", directory.join("rust"));
        Ok(command)
    }
}

/// Crate, package and generator have to be of one version.
fn check_pins(workspace: &Workspace) -> Result<()> {
    let binding = workspace.root().join("bindings-flutter");
    let pins = [
        ("rust/Cargo.toml", format!("flutter_rust_bridge = {{ version = \"={VERSION}\"")),
        ("pubspec.yaml", format!("  flutter_rust_bridge: {VERSION}\n")),
    ];
    for (file, pin) in pins {
        let path = binding.join(file);
        let text =
            fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        ensure!(text.contains(&pin), "{} does not pin version {VERSION}", path.display());
    }
    Ok(())
}

fn item() -> String {
    format!("flutter_rust_bridge_codegen-{VERSION}")
}

fn write_program(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
    #[cfg(unix)]
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    Ok(())
}
