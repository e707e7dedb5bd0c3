//! Looking into libraries: that they are for the right platform and export the binding.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use goblin::archive::Archive;
use goblin::elf::program_header::PT_LOAD;
use goblin::elf::{Elf, header, section_header};
use goblin::mach::MachO;
use goblin::mach::constants::cputype;
use goblin::mach::load_command::CommandVariant;

use super::target::{Platform, Target};

/// What Swift and Kotlin call first, and what they open a vault with.
const EXPORTS: [&str; 2] = [
    "ffi_sealwood_uniffi_uniffi_contract_version",
    "uniffi_sealwood_uniffi_fn_constructor_corevault_open",
];

const PAGE_BYTES: u64 = 16 * 1024;

/// What an archive says of itself.
#[derive(Debug, Default)]
pub(crate) struct Symbols {
    /// Names it has.
    pub(crate) defined: BTreeSet<String>,
    /// Names it needs.
    pub(crate) needed: BTreeSet<String>,
}

/// Fails unless every object in `archive` is for `target`, and the binding is there.
pub(crate) fn check_archive(archive: &Path, target: &Target) -> Result<()> {
    let symbols = symbols(archive, target)?;
    for export in EXPORTS {
        ensure!(symbols.defined.contains(export), "it does not export {export}");
    }
    Ok(())
}

/// The symbols of all objects in `archive`, each of which has to be for `target`.
pub(crate) fn symbols(archive: &Path, target: &Target) -> Result<Symbols> {
    let bytes = fs::read(archive).with_context(|| format!("cannot read {}", archive.display()))?;
    let index = Archive::parse(&bytes)?;
    let mut symbols = Symbols::default();
    let mut objects = 0;
    for member in (0..index.len()).filter_map(|at| index.get_at(at)) {
        let start = usize::try_from(member.offset)?;
        let object = bytes.get(start..start + member.size()).context("it is cut off")?;
        let name = member.extended_name();
        // The index, and the compiler's own notes for later crates.
        if name.starts_with("__.SYMDEF") || name.ends_with(".rmeta") {
            continue;
        }
        read_object(object, target, &mut symbols).with_context(|| format!("object {name}"))?;
        objects += 1;
    }
    ensure!(objects > 0, "it holds no object");
    Ok(symbols)
}

fn read_object(object: &[u8], target: &Target, symbols: &mut Symbols) -> Result<()> {
    match target.platform {
        Platform::Android { .. } => read_elf(&Elf::parse(object)?, target, symbols),
        _ => read_mach(&MachO::parse(object, 0)?, target, symbols),
    }
}

fn read_elf(elf: &Elf<'_>, target: &Target, symbols: &mut Symbols) -> Result<()> {
    let machine = match target.processor {
        "aarch64" => header::EM_AARCH64,
        "arm" => header::EM_ARM,
        "x86_64" => header::EM_X86_64,
        other => bail!("no processor of Android's is called {other}"),
    };
    ensure!(elf.header.e_machine == machine, "it is for another processor");
    for symbol in elf.syms.iter().filter(|symbol| symbol.st_bind() != 0) {
        let name = elf.strtab.get_at(symbol.st_name).unwrap_or_default().to_owned();
        let is_needed = symbol.st_shndx == usize::try_from(section_header::SHN_UNDEF)?;
        let names = if is_needed { &mut symbols.needed } else { &mut symbols.defined };
        names.insert(name);
    }
    Ok(())
}

fn read_mach(mach: &MachO<'_>, target: &Target, symbols: &mut Symbols) -> Result<()> {
    let processor = match target.processor {
        "arm64" => cputype::CPU_TYPE_ARM64,
        "x86_64" => cputype::CPU_TYPE_X86_64,
        other => bail!("no processor of Apple's is called {other}"),
    };
    ensure!(mach.header.cputype() == processor, "it is for another processor");
    let wanted = match target.platform {
        Platform::Macos => 1,
        Platform::Ios => 2,
        Platform::IosSimulator => 7,
        Platform::Android { .. } => bail!("Android does not load it"),
    };
    for command in &mach.load_commands {
        if let CommandVariant::BuildVersion(version) = command.command {
            ensure!(version.platform == wanted, "it is for Apple's platform {}", version.platform);
        }
    }
    for symbol in mach.symbols() {
        let (name, entry) = symbol?;
        if entry.is_stab() || !entry.is_global() {
            continue;
        }
        let names = if entry.is_undefined() { &mut symbols.needed } else { &mut symbols.defined };
        names.insert(name.strip_prefix('_').unwrap_or(name).to_owned());
    }
    Ok(())
}

/// Fails unless the segments of a dynamic library fit pages of 16 KiB.
pub(crate) fn check_pages(library: &Path) -> Result<()> {
    let bytes = fs::read(library).with_context(|| format!("cannot read {}", library.display()))?;
    let elf = Elf::parse(&bytes)?;
    for segment in elf.program_headers.iter().filter(|segment| segment.p_type == PT_LOAD) {
        ensure!(
            segment.p_align >= PAGE_BYTES,
            "a segment of {} is aligned to {} bytes",
            library.display(),
            segment.p_align
        );
    }
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::process::Command;

    use super::*;

    fn library(directory: &Path, page_bytes: u32) -> std::path::PathBuf {
        let (source, library) = (directory.join("a.c"), directory.join("a.so"));
        fs::write(&source, "int a(void) { return 1; }").unwrap();
        let page = format!("-Wl,-z,max-page-size={page_bytes}");
        let mut cc = Command::new("cc");
        cc.args(["-shared", &page, "-o"]).arg(&library).arg(source);
        assert!(cc.status().unwrap().success());
        library
    }

    #[test]
    fn a_library_for_small_pages_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        check_pages(&library(directory.path(), 16_384)).unwrap();
        check_pages(&library(directory.path(), 65_536)).unwrap();
        let error = check_pages(&library(directory.path(), 4_096)).unwrap_err();
        assert!(error.to_string().contains("4096"), "{error}");
    }
}
