//! restic and rclone's crypt, where the machine has them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use super::program::{self, Usage};
use super::{BUCKET, KEY, Place};

/// How many requests at a time, for those that take a number: as many as ours at most.
const CONNECTIONS: &str = "16";

/// A program that keeps a folder on an S3 server, sealed.
pub(super) trait Peer {
    fn name(&self) -> &'static str;

    /// Below what its objects lie.
    fn prefix(&self) -> &'static str;

    /// Stores a folder.
    fn put(&self, folder: PathBuf) -> Result<Usage>;

    /// Gets the folder again, somewhere below `to`.
    fn get(&self, to: &Path) -> Result<Usage>;
}

/// The peers there are; of the others it says that they are left out.
pub(super) fn present(place: &Place) -> Result<Vec<Box<dyn Peer>>> {
    let mut peers: Vec<Box<dyn Peer>> = Vec::new();
    match version("restic") {
        Some(version) => {
            eprintln!("{version}");
            peers.push(Box::new(Restic::create(place)?));
        }
        None => eprintln!("restic is left out: it is not on the PATH"),
    }
    match version("rclone") {
        Some(version) => {
            eprintln!("{version}");
            peers.push(Box::new(Rclone::create(place)?));
        }
        None => eprintln!("rclone is left out: it is not on the PATH"),
    }
    Ok(peers)
}

fn version(program: &str) -> Option<String> {
    let said = Command::new(program).arg("version").stdin(Stdio::null()).output().ok()?;
    String::from_utf8_lossy(&said.stdout).lines().next().map(str::to_owned)
}

/// A repository of restic.
struct Restic {
    repository: String,
    /// Holds its cache, as a user's machine does.
    home: TempDir,
}

impl Restic {
    fn create(place: &Place) -> Result<Self> {
        let repository = format!("s3:{}/{BUCKET}/restic", place.proxy.endpoint());
        let restic = Self { repository, home: tempfile::tempdir()? };
        program::run(restic.command().arg("init"))?;
        Ok(restic)
    }

    fn command(&self) -> Command {
        let mut command = Command::new("restic");
        command.args(["--quiet", "--option", &format!("s3.connections={CONNECTIONS}")]);
        command.env("RESTIC_REPOSITORY", &self.repository).env("RESTIC_PASSWORD", "peer");
        command.env("AWS_ACCESS_KEY_ID", KEY).env("AWS_SECRET_ACCESS_KEY", KEY);
        command.env("RESTIC_CACHE_DIR", self.home.path());
        command
    }
}

impl Peer for Restic {
    fn name(&self) -> &'static str {
        "restic"
    }

    fn prefix(&self) -> &'static str {
        "restic"
    }

    fn put(&self, folder: PathBuf) -> Result<Usage> {
        program::run(self.command().arg("backup").arg(folder))
    }

    fn get(&self, to: &Path) -> Result<Usage> {
        program::run(self.command().args(["restore", "latest", "--target"]).arg(to))
    }
}

/// rclone's crypt over its S3.
struct Rclone {
    endpoint: String,
    password: String,
}

impl Rclone {
    fn create(place: &Place) -> Result<Self> {
        let obscured = Command::new("rclone").args(["obscure", "peer"]).output()?;
        ensure!(obscured.status.success(), "rclone obscures no password");
        let password = String::from_utf8(obscured.stdout)?.trim().to_owned();
        Ok(Self { endpoint: place.proxy.endpoint(), password })
    }

    fn copy(&self, from: &Path, to: &Path) -> Result<Usage> {
        let mut command = Command::new("rclone");
        command.args(["copy", "--quiet", "--transfers", CONNECTIONS, "--checkers", CONNECTIONS]);
        command.args([from, to]);
        // No file of the user's own configures it. Older ones fail over certificates of the user's
        // own, of which plain HTTP needs none.
        command.env("RCLONE_CONFIG", "").env_remove("AWS_CA_BUNDLE");
        for (name, value) in [
            ("BUCKET_TYPE", "s3"),
            ("BUCKET_PROVIDER", "Other"),
            ("BUCKET_ACCESS_KEY_ID", KEY),
            ("BUCKET_SECRET_ACCESS_KEY", KEY),
            ("BUCKET_ENDPOINT", &self.endpoint),
            ("BUCKET_REGION", "us-east-1"),
            ("BUCKET_FORCE_PATH_STYLE", "true"),
            ("BUCKET_NO_CHECK_BUCKET", "true"),
            ("SEALED_TYPE", "crypt"),
            ("SEALED_REMOTE", &format!("bucket:{BUCKET}/rclone")),
            ("SEALED_PASSWORD", &self.password),
        ] {
            command.env(format!("RCLONE_CONFIG_{name}"), value);
        }
        program::run(&mut command)
    }
}

impl Peer for Rclone {
    fn name(&self) -> &'static str {
        "rclone-crypt"
    }

    fn prefix(&self) -> &'static str {
        "rclone"
    }

    fn put(&self, folder: PathBuf) -> Result<Usage> {
        let name = folder.file_name().context("a folder has a name")?.to_owned();
        self.copy(&folder, &Path::new("sealed:").join(name))
    }

    fn get(&self, to: &Path) -> Result<Usage> {
        self.copy(Path::new("sealed:"), to)
    }
}
