//! The library for phones, as far as it can be built and looked into here.

use anyhow::Result;

use crate::mobile::build::Built;
use crate::mobile::{target, xcframework};
use crate::tally::Tally;
use crate::toolchain::uniffi::{self, Profile};
use crate::workspace::Workspace;

/// What the tests build: each system once, of those whose standard library comes ready-made. To
/// build that of a simulator takes longer than all other tests.
const TESTED: [&str; 3] = ["aarch64-apple-ios", "aarch64-apple-darwin", "aarch64-linux-android"];

/// Builds for one target of each platform, soon rather than well, and looks into what came out.
pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
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
