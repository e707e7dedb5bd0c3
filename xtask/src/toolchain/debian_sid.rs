//! A root file system of Debian's unstable suite, which has the compilers of Dart, Swift and
//! Flutter where their vendors' servers are out of reach.
//!
//! A program runs in it as an ordinary child process: same network, same process ids, same
//! standard streams. The checkout, the target directory, the cache and the temporary directory are
//! mounted where they are outside, so that paths mean the same. The mounts live in a namespace of
//! the process alone and end with it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::process;
use crate::workspace::Workspace;

/// Raised when the list of packages changes.
const ITEM: &str = "debian-sid-1";

const PACKAGES: &str = "dart-sdk,swiftlang,libc6-dev,libstdc++-16-dev,ca-certificates,\
    flutter,flutter-test,flutter-tester,flutter-patched-sdk,dart-kernel-compiler,\
    flutter-engine-tools,dart-ffi,dart-meta,dart-async,dart-collection,dart-path,dart-args,\
    dart-test-api,dart-matcher";

/// Programs of the root and, by the same value, those that enter it.
const PATH: &str = "/usr/lib/dart/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// Enters the root given first, in the current directory, and becomes the program: `ROOT COUNT
/// DIRECTORY... PROGRAM ARGUMENT...`, with COUNT directories to mount.
const ENTER: &str = r#"set -e
here=$(pwd -P); root=$1; count=$2; shift 2
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$count" -gt 0 ]; do
    mkdir -p "$root$1"
    mount --bind "$1" "$root$1"
    count=$((count - 1)); shift
done
exec chroot "$root" env -C "$here" -- "$@"
"#;

/// An installed root file system.
pub(crate) struct DebianSid {
    root: PathBuf,
}

impl DebianSid {
    /// The root file system, installed if need be.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        let user = process::read(workspace.command("id").arg("-u"))?;
        if user.trim() != "0" {
            bail!("a root file system of Debian sid can only be made and entered by root");
        }
        let item =
            workspace.cache().item(ITEM, |staging| install(workspace, &staging.join("root")))?;
        Ok(Self { root: item.join("root") })
    }

    /// `program`, found in the root's PATH, in the top directory, with nothing to read and with a
    /// minimal environment. The current directory may be any of those mounted.
    pub(crate) fn command(&self, workspace: &Workspace, program: impl AsRef<Path>) -> Command {
        let mounts = mounts(workspace);
        let mut command = Command::new("unshare");
        command.args(["--mount", "--propagation", "private", "sh", "-c", ENTER, "enter"]);
        command.arg(&self.root).arg(mounts.len().to_string()).args(mounts).arg(program.as_ref());
        command.current_dir(workspace.root()).stdin(Stdio::null());
        command.env_clear().env("PATH", PATH).env("HOME", "/root").env("LANG", "C.UTF-8");
        command
    }
}

fn install(workspace: &Workspace, root: &Path) -> Result<()> {
    apt::install(workspace, &["mmdebstrap"])?;
    apt::update(workspace)?;
    println!("{PACKAGES} are 3.5 GB and take minutes");
    let mut command = workspace.command("mmdebstrap");
    command.args(["--variant=apt", "--aptopt=Acquire::Check-Valid-Until \"false\""]);
    command.arg(format!("--include={PACKAGES}")).arg("sid").arg(root);
    process::run(command.arg(apt::mirror(workspace)))
        .context("Debian's unstable suite could not be installed")
}

/// What is mounted, parents before children.
fn mounts(workspace: &Workspace) -> Vec<PathBuf> {
    let mut mounts = vec![
        workspace.root().to_owned(),
        workspace.target_directory(),
        workspace.cache().root().to_owned(),
        env::temp_dir(),
    ];
    mounts.retain(|directory| directory.is_dir());
    mounts.sort();
    mounts.dedup();
    mounts
}
