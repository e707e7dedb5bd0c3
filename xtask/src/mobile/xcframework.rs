//! The framework that Swift packages and Xcode take: a library for each of Apple's platforms.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use goblin::mach::constants::cputype;
use goblin::mach::fat;

use super::build::Built;
use super::target::Platform;
use super::{inspect, is_apple};
use crate::file_tree::FileTree;
use crate::workspace::Workspace;

const NAME: &str = "SealwoodFFI.xcframework";
const LIBRARY: &str = "libsealwood_uniffi.a";
const PRIVACY: &str = "PrivacyInfo.xcprivacy";

/// In a directory of the module's name, where the compiler looks, so that another framework's map
/// is not in its way.
const HEADERS: &str = "Headers/SealwoodFFI";

/// Where a part of a universal library starts.
const PART_ALIGN: usize = 1 << 14;

const PLATFORMS: [Platform; 3] = [Platform::Ios, Platform::IosSimulator, Platform::Macos];

/// Functions of which Apple wants to know why they are called, and what it calls their kind.
const REASONS: [(&str, &[&str]); 3] = [
    ("FileTimestamp", &["stat", "fstat", "fstatat", "lstat", "getattrlist", "fgetattrlist"]),
    ("SystemBootTime", &["mach_absolute_time"]),
    ("DiskSpace", &["statfs", "statvfs", "fstatfs", "fstatvfs"]),
];

/// Writes the framework below `out` and says where it is.
pub(crate) fn lay_out(
    workspace: &Workspace,
    all: &[Built],
    generated: &Path,
    out: &Path,
) -> Result<PathBuf> {
    let framework = out.join(NAME);
    let mut tree = FileTree::default();
    let mut libraries = String::new();
    for platform in PLATFORMS {
        let slices: Vec<_> = all.iter().filter(|built| built.target.platform == platform).collect();
        if slices.is_empty() {
            continue;
        }
        let identifier = identifier(platform, &slices);
        libraries += &entry(&identifier, platform, &slices);
        tree.add(format!("{identifier}/{LIBRARY}"), join(&slices)?);
        let headers = format!("{identifier}/{HEADERS}");
        tree.add_copy(format!("{headers}/SealwoodFFI.h"), &generated.join("SealwoodFFI.h"))?;
        let map = generated.join("SealwoodFFI.modulemap");
        tree.add_copy(format!("{headers}/module.modulemap"), &map)?;
        let privacy = workspace.root().join("bindings-swift-kotlin/apple").join(PRIVACY);
        tree.add_copy(format!("{identifier}/{PRIVACY}"), &privacy)?;
    }
    tree.add("Info.plist", info(&libraries));
    tree.write(&framework)?;
    Ok(framework)
}

/// One library for all processors of a platform.
fn join(slices: &[&Built]) -> Result<Vec<u8>> {
    let mut parts = Vec::new();
    for built in slices {
        let archive = &built.archive;
        let bytes =
            fs::read(archive).with_context(|| format!("cannot read {}", archive.display()))?;
        parts.push((built.target.processor, bytes));
    }
    match parts.pop() {
        Some((_, one)) if parts.is_empty() => Ok(one),
        last => universal(parts.into_iter().chain(last).collect()),
    }
}

/// What `lipo -create` makes: a table of processors, then the library for each. All numbers are
/// big-endian.
fn universal(parts: Vec<(&str, Vec<u8>)>) -> Result<Vec<u8>> {
    let mut joined = fat::FAT_MAGIC.to_be_bytes().to_vec();
    joined.extend(u32::try_from(parts.len())?.to_be_bytes());
    let table_bytes = joined.len() + parts.len() * fat::SIZEOF_FAT_ARCH;
    let mut start = table_bytes.next_multiple_of(PART_ALIGN);
    for (processor, bytes) in &parts {
        let (kind, model) = match *processor {
            "arm64" => (cputype::CPU_TYPE_ARM64, cputype::CPU_SUBTYPE_ARM64_ALL),
            "x86_64" => (cputype::CPU_TYPE_X86_64, cputype::CPU_SUBTYPE_X86_64_ALL),
            other => bail!("no processor of Apple's is called {other}"),
        };
        let (offset, size) = (u32::try_from(start)?, u32::try_from(bytes.len())?);
        for number in [kind, model, offset, size, PART_ALIGN.ilog2()] {
            joined.extend(number.to_be_bytes());
        }
        start = (start + bytes.len()).next_multiple_of(PART_ALIGN);
    }
    for (_, bytes) in parts {
        joined.resize(joined.len().next_multiple_of(PART_ALIGN), 0);
        joined.extend(bytes);
    }
    Ok(joined)
}

fn identifier(platform: Platform, slices: &[&Built]) -> String {
    let mut processors: Vec<_> = slices.iter().map(|built| built.target.processor).collect();
    processors.sort_unstable();
    let variant = if platform == Platform::IosSimulator { "-simulator" } else { "" };
    format!("{}-{}{variant}", system(platform), processors.join("_"))
}

fn system(platform: Platform) -> &'static str {
    if platform == Platform::Macos { "macos" } else { "ios" }
}

fn entry(identifier: &str, platform: Platform, slices: &[&Built]) -> String {
    let processors = slices.iter().map(|built| built.target.processor);
    let processors = processors.map(|name| format!("<string>{name}</string>")).collect::<String>();
    let variant = match platform {
        Platform::IosSimulator => {
            "\n            <key>SupportedPlatformVariant</key>\n            <string>simulator</string>"
        }
        _ => "",
    };
    format!(
        "        <dict>
            <key>HeadersPath</key>
            <string>Headers</string>
            <key>LibraryIdentifier</key>
            <string>{identifier}</string>
            <key>LibraryPath</key>
            <string>{LIBRARY}</string>
            <key>SupportedArchitectures</key>
            <array>{processors}</array>
            <key>SupportedPlatform</key>
            <string>{}</string>{variant}
        </dict>\n",
        system(platform)
    )
}

fn info(libraries: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>
<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">
<plist version=\"1.0\">
<dict>
    <key>AvailableLibraries</key>
    <array>
{libraries}    </array>
    <key>CFBundlePackageType</key>
    <string>XFWK</string>
    <key>XCFrameworkFormatVersion</key>
    <string>1.0</string>
</dict>
</plist>\n"
    )
}

/// Fails unless each platform's library, header, module map and privacy manifest are there.
pub(crate) fn check(framework: &Path, all: &[Built]) -> Result<()> {
    let info = fs::read_to_string(framework.join("Info.plist"))?;
    for built in all.iter().filter(|built| is_apple(built.target)) {
        let identifier = identifier(built.target.platform, &[built]);
        ensure!(info.contains(&format!("<string>{identifier}</string>")), "no {identifier}");
        inspect::check_archive(&framework.join(&identifier).join(LIBRARY), built.target)?;
        let headers = framework.join(&identifier).join(HEADERS);
        let map = fs::read_to_string(headers.join("module.modulemap"))?;
        ensure!(map.contains("module SealwoodFFI"), "the module map names another module");
        let header = fs::read_to_string(headers.join("SealwoodFFI.h"))?;
        ensure!(header.contains("uniffi_contract_version"), "the header is another library's");
        ensure!(framework.join(&identifier).join(PRIVACY).exists(), "no privacy manifest");
    }
    Ok(())
}

/// Fails unless the privacy manifest gives a reason for every function that Apple wants one for,
/// and for no other kind.
pub(crate) fn check_privacy(framework: &Path, all: &[Built]) -> Result<()> {
    for built in all.iter().filter(|built| is_apple(built.target)) {
        let identifier = identifier(built.target.platform, &[built]);
        let manifest = fs::read_to_string(framework.join(&identifier).join(PRIVACY))?;
        let needed = inspect::symbols(&built.archive, built.target)?.needed;
        for (kind, functions) in REASONS {
            // Some names carry a version, as in `stat$INODE64`.
            let called = needed.iter().map(|name| name.split('$').next().unwrap_or(name));
            let is_called = called.into_iter().any(|name| functions.contains(&name));
            let is_told = manifest.contains(&format!("Category{kind}<"));
            ensure!(is_called == is_told, "{identifier}: {kind}: called: {is_called}");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use goblin::mach::MultiArch;

    use super::*;

    #[test]
    fn a_universal_library_gives_back_its_parts() {
        let parts = vec![("arm64", vec![1; 20_000]), ("x86_64", vec![2; 3])];
        let joined = universal(parts).unwrap();
        let table = MultiArch::new(&joined).unwrap();
        let parts: Vec<_> = table.iter_arches().map(|part| part.unwrap()).collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].cputype(), cputype::CPU_TYPE_ARM64);
        assert_eq!(parts[0].slice(&joined), vec![1; 20_000]);
        assert_eq!(parts[1].cputype(), cputype::CPU_TYPE_X86_64);
        assert_eq!(parts[1].slice(&joined), [2; 3]);
        assert!(universal(vec![("vax", Vec::new())]).is_err());
    }
}
