//! Makes every file of `fuzz/fuzz_targets` a module and an entry of a table.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz_targets");
    println!("cargo::rerun-if-changed={}", directory.display());
    let files = fs::read_dir(&directory)?.map(|entry| Ok(entry?.path()));
    let mut files = files.collect::<io::Result<Vec<_>>>()?;
    files.sort();
    let (mut modules, mut table) = (String::new(), String::new());
    for file in &files {
        let name = file.file_stem().unwrap_or_default().display().to_string();
        let path = file.display().to_string();
        // They are crates for libFuzzer, and have attributes of crates.
        let _ = writeln!(modules, "#[allow(unused_attributes)]\n#[path = {path:?}]\nmod {name};");
        let _ = writeln!(table, "    ({name:?}, {name}::run),");
    }
    let source = format!("{modules}\nconst TARGETS: &[(&str, Target)] = &[\n{table}];\n");
    let out = env::var_os("OUT_DIR").ok_or(io::ErrorKind::NotFound)?;
    fs::write(Path::new(&out).join("targets.rs"), source)
}
