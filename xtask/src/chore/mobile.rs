//! `cargo xtask mobile`: the library for phones and Macs, laid out as Swift and Android take it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::mobile::build::Built;
use crate::mobile::{aar, target, xcframework};
use crate::part::kotlin;
use crate::swift_build;
use crate::toolchain::uniffi::{self, Profile};
use crate::workspace::Workspace;

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
