//! The command line, and its work on files of known sizes.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use sealwood_fault_proxy::{Fault, Rule};
use tempfile::TempDir;

use super::peers::Peer;
use super::program::{self, Usage};
use super::row::Row;
use super::{BUCKET, KEY, Place};

/// Names the command line; `cargo xtask` sets it.
const CLI_VARIABLE: &str = "SEALWOOD_CLI";

/// A vault below a prefix of its own.
pub(super) struct Vault {
    program: PathBuf,
    prefix: &'static str,
    address: String,
    /// Holds the secret.
    home: TempDir,
}

impl Vault {
    pub(super) fn create(place: &Place, prefix: &'static str) -> Result<Self> {
        let program = std::env::var_os(CLI_VARIABLE)
            .with_context(|| format!("{CLI_VARIABLE} does not name the command line"))?
            .into();
        let endpoint = place.proxy.endpoint();
        let address = format!("s3://{BUCKET}/{prefix}?endpoint={endpoint}&region=us-east-1");
        let vault = Self { program, prefix, address, home: tempfile::tempdir()? };
        let words = vault.home.path().join("words");
        vault.run([OsStr::new("init"), OsStr::new("--phrase-out"), words.as_os_str()])?;
        Ok(vault)
    }

    fn run<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Result<Usage> {
        program::run(&mut self.command(arguments))
    }

    fn command<A: AsRef<OsStr>>(&self, arguments: impl IntoIterator<Item = A>) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--quiet").arg("--secret-file").arg(self.home.path().join("secret"));
        command.args(arguments).env("SEALWOOD_VAULT", &self.address);
        command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", KEY);
        // What it may keep on the device is not that of another vault.
        command.env("HOME", self.home.path()).env_remove("XDG_STATE_HOME");
        command
    }
}

impl Peer for Vault {
    fn name(&self) -> &'static str {
        "sealwood"
    }

    fn prefix(&self) -> &'static str {
        self.prefix
    }

    fn put(&self, folder: PathBuf) -> Result<Usage> {
        self.run([OsStr::new("put"), folder.as_os_str(), OsStr::new("/")])
    }

    fn get(&self, to: &Path) -> Result<Usage> {
        self.run([OsStr::new("get"), OsStr::new("/corpus"), to.as_os_str()])
    }
}

/// Known files in a folder.
struct Files {
    directory: TempDir,
    count: usize,
    bytes: u64,
}

impl Files {
    /// `count` files of `size` bytes each, all different, in a folder `name`.
    fn write(name: &str, count: usize, size: usize) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        fs::create_dir(directory.path().join(name))?;
        let mut bytes = vec![0; size];
        for number in 0..count {
            let mut hasher = blake3::Hasher::new();
            hasher.update(name.as_bytes()).update(&number.to_le_bytes());
            hasher.finalize_xof().fill(&mut bytes);
            fs::write(directory.path().join(name).join(format!("{number:05}")), &bytes)?;
        }
        Ok(Self { directory, count, bytes: (count * size) as u64 })
    }

    fn path(&self, name: &str) -> String {
        self.directory.path().join(name).to_string_lossy().into_owned()
    }
}

/// How long the command line asks a server that never answers, as it is configured by default.
pub(super) fn silent_row(place: &Place, print: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
    let vault = Vault::create(place, "silent")?;
    place.proxy.add(Rule::always(Fault::Silence));
    let mut ls = vault.command(["ls", "/"]);
    let measured = place.measure(|| program::run_to_failure(&mut ls));
    place.proxy.clear();
    print(Row::new("silent-server", vault.name(), &measured?))
}

/// The rows that need no peer.
pub(super) fn small_rows(place: &Place, print: &mut impl FnMut(Row) -> Result<()>) -> Result<()> {
    let vault = Vault::create(place, "small")?;
    let mut row = |work: &'static str, about: &Files, arguments: &[&str]| {
        let measured = place.measure(|| vault.run(arguments))?;
        let stored_bytes = place.stored_bytes(vault.prefix)?;
        let (files, file_bytes) = (about.count, about.bytes);
        print(Row { files, file_bytes, stored_bytes, ..Row::new(work, vault.name(), &measured) })
    };
    let one = Files::write("one", 1, 100)?;
    row("put-1", &one, &["put", &one.path("one/00000"), "/one"])?;
    let some = Files::write("some", 500, 4096)?;
    row("put-500", &some, &["put", &some.path("some"), "/"])?;
    let out = tempfile::tempdir()?;
    row("get-500", &some, &["get", "/some", &out.path().to_string_lossy()])?;
    let many = Files::write("many", 10_000, 200)?;
    row("put-10000", &many, &["put", &many.path("many"), "/"])?;
    row("ls-10000", &many, &["ls", "/many"])?;
    row("mv", &some, &["mv", "/some", "/moved"])?;
    row("rm", &some, &["rm", "-r", "/moved"])?;
    let large = Files::write("large", 1, 40_000_000)?;
    row("put-40mb", &large, &["put", &large.path("large/00000"), "/large"])?;
    row("put-40mb-again", &large, &["put", &large.path("large/00000"), "/large"])
}
