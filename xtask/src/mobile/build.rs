//! Building the library for one target.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use super::target::{Platform, Target};
use super::{cross_c, inspect};
use crate::process;
use crate::toolchain::uniffi::{PACKAGE, Profile};
use crate::workspace::Workspace;

const STATIC: &str = "libsealwood_uniffi.a";
const DYNAMIC: &str = "libsealwood_uniffi.so";

/// Segments start where a page of 16 KiB may, or Android 15 and the Play store refuse the library.
/// Given to the linker here, since flags in a configuration yield to `RUSTFLAGS`.
const LINK_ARGUMENTS: [&str; 2] = ["-C", "link-arg=-Wl,-z,max-page-size=16384"];

/// Libraries that are only looked into need not be fast; the workspace's own code is most of them.
const UNOPTIMISED: [&str; 2] =
    ["profile.dev.package.sealwood.opt-level=0", "profile.dev.package.sealwood-uniffi.opt-level=0"];

/// The library for one target.
pub(crate) struct Built {
    /// The target.
    pub(crate) target: &'static Target,
    /// The static library.
    pub(crate) archive: PathBuf,
    /// The dynamic library, where there was a linker.
    pub(crate) dynamic: Option<PathBuf>,
}

impl Built {
    /// Builds it.
    pub(crate) fn new(
        workspace: &Workspace,
        target: &'static Target,
        profile: Profile,
        ndk: Option<&Path>,
    ) -> Result<Self> {
        let library = StandardLibrary::of(workspace, target)?;
        let crate_type = |kind: &str, last: &[&str]| -> Result<()> {
            let mut cargo = library.cargo(workspace);
            cargo.args(["--quiet", "--package", PACKAGE, "--lib", "--crate-type", kind]);
            if profile == Profile::Dev {
                cargo.args(UNOPTIMISED.iter().flat_map(|setting| ["--config", setting]));
            }
            cargo.args(["--target", target.triple, "--profile", profile.name(), "--"]);
            cross_c::set_up(workspace, target, ndk, &mut cargo)?;
            process::run(cargo.args(last))
        };
        crate_type("staticlib", &[])?;
        let directory = library.target_directory(workspace).join(target.triple);
        let directory = directory.join(profile.directory());
        let mut dynamic = None;
        if matches!(target.platform, Platform::Android { .. }) && ndk.is_some() {
            crate_type("cdylib", &LINK_ARGUMENTS)?;
            dynamic = Some(directory.join(DYNAMIC));
        }
        Ok(Self { target, archive: directory.join(STATIC), dynamic })
    }

    /// Looks into what was built.
    pub(crate) fn check(&self) -> Result<()> {
        inspect::check_archive(&self.archive, self.target)?;
        self.dynamic.as_deref().map_or(Ok(()), inspect::check_pages)
    }
}

/// Where the target's standard library comes from.
enum StandardLibrary {
    /// The toolchain has it.
    Installed,
    /// It is built along, from the sources of the toolchain.
    FromSource,
}

impl StandardLibrary {
    fn of(workspace: &Workspace, target: &Target) -> Result<Self> {
        let mut rustc = workspace.command("rustc");
        rustc.args(["--print", "target-libdir", "--target", target.triple]);
        if Path::new(process::read(&mut rustc)?.trim()).is_dir() {
            return Ok(Self::Installed);
        }
        println!("adding the target {}", target.triple);
        let rustup = |arguments: &[&str]| {
            // It says why it cannot in a page of its own calls.
            process::run(workspace.command("rustup").args(arguments).stderr(Stdio::null()))
        };
        if rustup(&["target", "add", target.triple]).is_ok() {
            return Ok(Self::Installed);
        }
        println!("rustup cannot add it: building its standard library");
        rustup(&["component", "add", "rust-src"])
            .with_context(|| format!("run `rustup target add {}`", target.triple))?;
        Ok(Self::FromSource)
    }

    /// A directory of its own for what is built with unstable options: build scripts notice them,
    /// and would be run anew for everybody else.
    fn target_directory(&self, workspace: &Workspace) -> PathBuf {
        match self {
            Self::Installed => workspace.target_directory(),
            Self::FromSource => workspace.target_directory().join("mobile-std"),
        }
    }

    fn cargo(&self, workspace: &Workspace) -> Command {
        let mut command = workspace.cargo("rustc");
        if let Self::FromSource = self {
            command.arg("-Zbuild-std=std,panic_abort").env("RUSTC_BOOTSTRAP", "1");
            command.env("CARGO_TARGET_DIR", self.target_directory(workspace));
        }
        command
    }
}
