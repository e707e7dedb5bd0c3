//! A C compiler for targets whose headers are not on this machine.
//!
//! Two crates hold C and assembly: `ring` (TLS of the S3 store) and `blake3`. They need a handful
//! of declarations and no library, so Debian's clang compiles them for every target once it is
//! given those declarations. On a Mac, and for Android with the NDK, the platform's own compiler is
//! used.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::is_apple;
use super::target::{Platform, Target};
use crate::process;
use crate::toolchain::apt;
use crate::workspace::Workspace;

/// The first level of Android's API that has what the standard library calls, as in the manifest of
/// the AAR.
const ANDROID_API_MIN: u32 = 24;

/// As in the manifest of the Swift package.
const DEPLOYMENT: [(&str, &str); 2] =
    [("IPHONEOS_DEPLOYMENT_TARGET", "16.0"), ("MACOSX_DEPLOYMENT_TARGET", "13.0")];

/// What the C needs that does not come with clang itself.
const HEADERS: [(&str, &str); 4] = [
    ("assert.h", "#define assert(condition) ((void)0)\n"),
    ("stdlib.h", "#include <stddef.h>\n_Noreturn void abort(void);\n"),
    (
        "string.h",
        "#include <stddef.h>\nvoid *memcpy(void *, const void *, size_t);\n\
         void *memmove(void *, const void *, size_t);\nvoid *memset(void *, int, size_t);\n\
         int memcmp(const void *, const void *, size_t);\n",
    ),
    ("TargetConditionals.h", "#define TARGET_OS_MAC 1\n"),
];

/// `ring` has its own words for what the library's headers would say, if told that there are none.
const FREESTANDING: &str = "-ffreestanding -nostdlibinc -DRING_CORE_NOSTDLIBINC=1 -isystem";

/// Makes `cargo` compile C for `target`.
pub(crate) fn set_up(
    workspace: &Workspace,
    target: &Target,
    ndk: Option<&Path>,
    cargo: &mut Command,
) -> Result<()> {
    cargo.envs(DEPLOYMENT);
    match (target.platform, ndk) {
        (Platform::Android { clang, .. }, Some(ndk)) => {
            let tools = Ndk::find(ndk)?;
            cargo.env(variable("CC", target), tools.clang(clang));
            cargo.env(variable("AR", target), tools.bin.join("llvm-ar"));
            let linker = format!("CARGO_TARGET_{}_LINKER", target.triple.replace('-', "_"));
            cargo.env(linker.to_uppercase(), tools.clang(clang));
        }
        _ if is_apple(target) && cfg!(target_os = "macos") => {}
        _ => {
            apt::install(workspace, &["clang", "llvm"])?;
            let headers = write_headers(workspace)?;
            let mut flags = OsString::from(FREESTANDING);
            flags.push(" ");
            flags.push(&headers);
            cargo.env(variable("CC", target), "clang");
            cargo.env(variable("AR", target), "llvm-ar");
            cargo.env(variable("CFLAGS", target), flags);
            // Where an SDK would be asked for.
            cargo.env("SDKROOT", headers);
        }
    }
    Ok(())
}

fn variable(name: &str, target: &Target) -> String {
    format!("{name}_{}", target.triple.replace('-', "_"))
}

fn write_headers(workspace: &Workspace) -> Result<PathBuf> {
    let directory = workspace.target_directory().join("mobile-c");
    fs::create_dir_all(&directory)?;
    for (name, text) in HEADERS {
        let path = directory.join(name);
        if fs::read_to_string(&path).is_ok_and(|there| there == text) {
            continue;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(directory)
}

/// Android's own compilers.
struct Ndk {
    bin: PathBuf,
}

impl Ndk {
    fn find(ndk: &Path) -> Result<Self> {
        let prebuilt = ndk.join("toolchains/llvm/prebuilt");
        let hosts = fs::read_dir(&prebuilt).with_context(|| {
            format!("{} is no NDK: it has no {}", ndk.display(), "prebuilt LLVM")
        })?;
        let host = hosts.flatten().next().context("the NDK has no tools for this machine")?;
        let bin = host.path().join("bin");
        let version = process::read(Command::new(bin.join("clang")).arg("--version"));
        version.context("the NDK's compiler does not run here")?;
        Ok(Self { bin })
    }

    fn clang(&self, target: &str) -> PathBuf {
        self.bin.join(format!("{target}{ANDROID_API_MIN}-clang"))
    }
}
