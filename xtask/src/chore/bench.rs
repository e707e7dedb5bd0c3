//! `cargo xtask bench`: one benchmark beside its peers, as a release build.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;

use super::{bench_engine, bench_lthash, bench_s3, bench_size};
use crate::process;
use crate::s3_server::{Kind, S3Server};
use crate::workspace::Workspace;

#[derive(clap::Args)]
pub(crate) struct Bench {
    /// What to measure.
    #[arg(value_enum)]
    name: Name,
    /// Write JSON instead of a table.
    #[arg(long)]
    json: bool,
    /// Draw the results into this SVG file.
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// Arguments of the benchmark itself.
    #[arg(last = true)]
    rest: Vec<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Name {
    /// The embedded store.
    Engine,
    /// Requests and bytes of durable puts.
    Forest,
    /// Insert and get in the trie alone.
    Hamt,
    /// Elements hashed and added up.
    Lthash,
    /// Requests, bytes and time on an S3 server, beside restic and rclone.
    S3,
    /// Sealing and addressing.
    Seal,
    /// Versions of a store with partitions, beside the engine alone.
    State,
    /// Large contents.
    Stream,
    /// What a page has to load.
    Size,
}

impl Bench {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        match self.name {
            Name::Engine => return bench_engine::run(workspace, self.json, &self.rest),
            Name::Lthash => return bench_lthash::run(workspace, self.json, &self.rest),
            Name::S3 => return bench_s3::run(workspace, self.json, &self.rest),
            Name::Size => return bench_size::run(workspace, self.json),
            Name::Forest | Name::Hamt | Name::Seal | Name::State | Name::Stream => {}
        }
        let mut command = workspace.cargo_run_here("benchmarks");
        command.args(self.name.cargo_flags());
        command.args(["--", self.name.as_str()]);
        if self.json {
            command.arg("--json");
        }
        if let Some(file) = self.plot {
            command.arg("--plot").arg(file);
        }
        // They end with this function.
        let mut servers = Vec::new();
        if self.name.wants_s3(&self.rest) {
            servers.push(S3Server::start(workspace, Kind::VersityGw)?);
            S3Server::tell(&servers, &mut command);
        }
        command.args(self.rest);
        process::run_for_exit_code(&mut command)
    }
}

impl Name {
    fn as_str(self) -> &'static str {
        match self {
            Name::Engine => "engine",
            Name::Forest => "forest",
            Name::Hamt => "hamt",
            Name::Lthash => "lthash",
            Name::S3 => "s3",
            Name::Seal => "seal",
            Name::State => "state",
            Name::Stream => "stream",
            Name::Size => "size",
        }
    }

    /// Whether the benchmark starts the S3 server.
    fn wants_s3(self, rest: &[String]) -> bool {
        matches!(self, Name::Stream) && rest.iter().any(|argument| argument == "--s3")
    }

    /// The other systems are heavy to build, so only the benchmarks that run beside them ask for
    /// them.
    fn cargo_flags(self) -> &'static [&'static str] {
        match self {
            Name::Hamt | Name::Seal => &["--features", "peers"],
            Name::Engine
            | Name::Forest
            | Name::Lthash
            | Name::S3
            | Name::State
            | Name::Stream
            | Name::Size => &[],
        }
    }
}
