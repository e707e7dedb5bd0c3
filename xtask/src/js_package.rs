//! The npm package, made of the crate `bindings-js`: its modules for wasm32 as small as they get,
//! and the JavaScript that wasm-bindgen generates.
//!
//! Each module has a crate of its own: cargo then keeps what it built of each, which it does not of
//! one crate that is built with these features and with those in turn.

use std::ffi::OsString;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::{Context, Result};

use crate::process;
use crate::toolchain::wasm_target::{TARGET, WasmTarget};
use crate::toolchain::{npm, wasm_bindgen};
use crate::wasm_imports;
use crate::workspace::Workspace;

/// A WebAssembly module of the package.
pub(crate) struct Module {
    /// The crate that it is made of, below `bindings-js/modules`.
    pub(crate) package: &'static str,
    /// What the names of its files begin with.
    name: &'static str,
}

/// The modules, the main one first.
pub(crate) const MODULES: [Module; 2] = [
    Module { package: "sealwood-js-vault", name: "sealwood" },
    Module { package: "sealwood-js-testing", name: "sealwood_testing" },
];

const PROFILE: &str = "release-wasm";
/// Every engine of the last years has the first; the second is code that is only for signing
/// requests.
const FLAGS: [&str; 2] = ["-Ctarget-feature=+simd128", "--cfg=sha2_backend_soft=\"compact\""];
/// What wasm-opt may use: what the compiler does, and no more.
const FEATURES: [&str; 7] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];
const OPTIMISE: [&str; 5] =
    ["--gufa", "-Oz", "--low-memory-unused", "--strip-producers", "--strip-target-features"];

/// The package's directory.
pub(crate) fn directory(workspace: &Workspace) -> PathBuf {
    workspace.root().join("bindings-js")
}

/// Builds the package, or finds it built.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    npm::ensure(workspace)?;
    MODULES.iter().try_for_each(|module| module.build(workspace))
}

impl Module {
    /// The module as it is in the package.
    pub(crate) fn file(&self, workspace: &Workspace) -> PathBuf {
        generated(workspace).join(format!("{}_bg.wasm", self.name))
    }

    /// The file of JavaScript that has the module in it.
    fn inline(&self, workspace: &Workspace) -> PathBuf {
        generated(workspace).join(format!("{}_inline.js", self.name))
    }

    fn build(&self, workspace: &Workspace) -> Result<()> {
        let compiled = self.compile(workspace)?;
        let (file, inline) = (self.file(workspace), self.inline(workspace));
        let stamp = directory(workspace).join(format!(".built-from-{}", self.name));
        let source = digest(&compiled)?;
        if file.is_file()
            && inline.is_file()
            && fs::read_to_string(&stamp).is_ok_and(|of| of == source)
        {
            return Ok(());
        }
        wasm_imports::check(&compiled)?;
        let mut bindgen = workspace.command(wasm_bindgen::ensure(workspace)?);
        bindgen.args(["--target", "web", "--omit-default-module-path", "--no-typescript"]);
        bindgen.args(["--remove-name-section", "--out-name", self.name, "--out-dir"]);
        process::run(bindgen.arg(generated(workspace)).arg(&compiled))?;
        let optimised = file.with_extension("wasm.optimised");
        let mut optimise = workspace.command("node_modules/.bin/wasm-opt");
        optimise.args(FEATURES).args(OPTIMISE).arg(&file).arg("-o").arg(&optimised);
        process::run(&mut optimise)?;
        fs::rename(&optimised, &file)
            .with_context(|| format!("cannot replace {}", file.display()))?;
        let mut pack = workspace.command("node");
        process::run(pack.arg("bindings-js/build/inline.mjs").arg(&file).arg(&inline))?;
        fs::write(&stamp, source).with_context(|| format!("cannot write {}", stamp.display()))
    }

    /// The binary as the compiler makes it.
    fn compile(&self, workspace: &Workspace) -> Result<PathBuf> {
        let target = WasmTarget::ensure(workspace)?;
        let mut command = target.cargo(workspace, "build");
        command.args(["--package", self.package, "--profile", PROFILE]);
        command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", flags(workspace)?);
        process::run(&mut command)?;
        let file = format!("{}.wasm", self.package.replace('-', "_"));
        Ok(workspace.target_directory().join(TARGET).join(PROFILE).join(file))
    }
}

fn generated(workspace: &Workspace) -> PathBuf {
    directory(workspace).join("js/generated")
}

/// The compiler's flags. Panics name the files they come from: not where this machine keeps them.
fn flags(workspace: &Workspace) -> Result<OsString> {
    let mut flags = OsString::from(FLAGS.join(" "));
    let mut name = |directory: &Path, name: &str| {
        flags.push(" --remap-path-prefix=");
        flags.push(directory);
        flags.push("=");
        flags.push(name);
    };
    let sysroot = process::read(workspace.command("rustc").args(["--print", "sysroot"]))?;
    name(&Path::new(sysroot.trim()).join("lib/rustlib/src/rust"), "rust");
    for registry in registries()? {
        name(&registry, "crates");
    }
    name(workspace.root(), "sealwood");
    Ok(flags)
}

/// Where cargo keeps the sources of crates.
fn registries() -> Result<Vec<PathBuf>> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(env::home_dir()?.join(".cargo")));
    let sources = home.context("no home directory: set HOME or CARGO_HOME")?.join("registry/src");
    let Ok(entries) = fs::read_dir(&sources) else { return Ok(Vec::new()) };
    let mut found = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
    found.sort();
    Ok(found)
}

/// What stands for the bytes of `file` and for what is made of them.
fn digest(file: &Path) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    hasher.write(&fs::read(file).with_context(|| format!("cannot read {}", file.display()))?);
    OPTIMISE.iter().for_each(|option| hasher.write(option.as_bytes()));
    Ok(format!("{:016x}", hasher.finish()))
}
