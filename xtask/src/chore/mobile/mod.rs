//! `cargo xtask mobile`: the library for phones and Macs, laid out as Swift and Android take it.
//!
//! Static libraries need no linker of their platform, so all of them are built on any machine
//! ([`build`]), and looked into before they are given out ([`inspect`]). They make up an
//! XCFramework ([`xcframework`]) inside the Swift package. An Android app loads a dynamic library,
//! which only the linker of Android's NDK makes: with `--ndk` the layout of the AAR ([`aar`]) is
//! completed and packed. Code signing of the framework is for whoever publishes it, on a Mac.

mod aar;
mod build;
mod cross_c;
mod inspect;
mod target;
mod xcframework;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::part::kotlin;
use crate::swift_build;
use crate::tally::Tally;
use crate::toolchain::uniffi::{self, Profile};
use crate::workspace::Workspace;
use build::Built;
use target::{Platform, Target};

/// What the tests build: each system once, of those whose standard library comes ready-made. To
/// build that of a simulator takes longer than all other tests.
const TESTED: [&str; 3] = ["aarch64-apple-ios", "aarch64-apple-darwin", "aarch64-linux-android"];

#[derive(clap::Args)]
pub(crate) struct Mobile {
    /// Android's NDK (r27 or later), which links the library that an app loads.
    #[arg(long, value_name = "PATH")]
    ndk: Option<PathBuf>,
    /// Targets to build instead of all, separated by commas.
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
}

impl Mobile {
    pub(crate) fn run(&self, workspace: &Workspace) -> Result<ExitCode> {
        let out = workspace.target_directory().join("mobile");
        let mut all = Vec::new();
        for target in target::ALL {
            if !self.only.is_empty() && !self.only.iter().any(|only| only == target.triple) {
                continue;
            }
            println!("building for {}", target.triple);
            let ndk = self.ndk.as_deref();
            let built = Built::new(workspace, target, Profile::Release, ndk)?;
            built.check().with_context(|| format!("the library for {}", target.triple))?;
            all.push(built);
        }
        let generated = out.join("swift");
        uniffi::build(workspace)?.generate(workspace, "swift", &generated)?;
        let package = out.join("Sealwood");
        swift_build::release(workspace, &generated)?.write(&package)?;
        xcframework::lay_out(workspace, &all, &generated, &package)?;
        println!("{}", package.display());
        let jar = kotlin::jar(workspace)?;
        for made in aar::lay_out(workspace, &all, &jar, &out)? {
            println!("{}", made.display());
        }
        if self.ndk.is_none() {
            println!("for the AAR, Android's linker is missing: cargo xtask mobile --ndk PATH");
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Builds for one target of each platform, soon rather than well, and looks into what came out.
pub(crate) fn test(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let mut all = Vec::new();
    for target in target::ALL.iter().filter(|target| TESTED.contains(&target.triple)) {
        let built = Built::new(workspace, target, Profile::Dev, None)?;
        tally.check(target.triple, built.check());
        all.push(built);
    }
    let out = workspace.target_directory().join("mobile-test");
    let generated = out.join("swift");
    uniffi::build(workspace)?.generate(workspace, "swift", &generated)?;
    let framework = xcframework::lay_out(workspace, &all, &generated, &out)?;
    tally.check("the framework", xcframework::check(&framework, &all));
    tally.check("the privacy manifest", xcframework::check_privacy(&framework, &all));
    Ok(())
}

fn is_apple(target: &Target) -> bool {
    !matches!(target.platform, Platform::Android { .. })
}
