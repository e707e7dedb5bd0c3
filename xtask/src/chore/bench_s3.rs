//! `cargo xtask bench s3`: the command line on an S3 server, beside restic and rclone.

use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::process;
use crate::s3_server::{Kind, S3Server};
use crate::toolchain::apt;
use crate::workspace::Workspace;

/// Where the benchmark finds the command line, and the files that the server keeps.
const CLI_VARIABLE: &str = "SEALWOOD_CLI";
const BUCKET_FOLDER_VARIABLE: &str = "SEALWOOD_S3_BUCKET_FOLDER";

/// The peers, as Debian calls packages and programs.
const PEERS: [&str; 2] = ["restic", "rclone"];

/// Builds the command line, starts the server and runs the benchmark, which leaves out what peers
/// the machine does not have.
pub(super) fn run(workspace: &Workspace, json: bool, arguments: &[String]) -> Result<ExitCode> {
    for peer in PEERS {
        let has_it = process::read(workspace.command(peer).arg("version")).is_ok();
        if !has_it && let Err(error) = apt::install(workspace, &[peer]) {
            eprintln!("without {peer}: {error:#}");
        }
    }
    let mut build = workspace.cargo("build");
    process::run(build.args(["--quiet", "--release", "--package", "sealwood-cli"]))?;
    let servers = [S3Server::start(workspace, Kind::VersityGw)?];
    let mut command = workspace.cargo_run_here("benchmarks");
    command.args(["--", "s3"]);
    if json {
        command.arg("--json");
    }
    S3Server::tell(&servers, &mut command);
    command.env(CLI_VARIABLE, workspace.target_directory().join("release/sealwood"));
    let folder = servers[0].bucket_folder().context("this server keeps no files")?;
    command.env(BUCKET_FOLDER_VARIABLE, folder);
    process::run_for_exit_code(command.args(arguments))
}
