//! The S3 servers that tests and benchmarks meet: real ones, each in a process of its own on a free
//! port of this machine, with one bucket.

use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::toolchain::go::{GOFAKES3, Program, VERSITYGW};
use crate::workspace::Workspace;

/// The bucket of every server. Its access key is `test` with the secret `test`.
pub(crate) const BUCKET: &str = "sealwood";

/// Names the servers to the tests, as `name=http://host:port`, with spaces between.
pub(crate) const VARIABLE: &str = "SEALWOOD_S3_SERVERS";

/// How long a server may take to listen.
const START_PATIENCE: Duration = Duration::from_secs(60);

/// Another program may take the port between its choice and the server's start.
const STARTS_MAX: usize = 5;

/// Which server.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    VersityGw,
    GoFakeS3,
}

/// A running server; ends when it is dropped.
pub(crate) struct S3Server {
    kind: Kind,
    process: Child,
    endpoint: String,
    /// What it keeps, if it keeps files.
    folder: TempDir,
}

impl Kind {
    /// Both kinds.
    pub(crate) const ALL: [Self; 2] = [Self::VersityGw, Self::GoFakeS3];

    fn program(self) -> &'static Program {
        match self {
            Self::VersityGw => &VERSITYGW,
            Self::GoFakeS3 => &GOFAKES3,
        }
    }

    fn command(self, program: &Path, address: SocketAddr, folder: &Path) -> Command {
        let (mut command, address) = (Command::new(program), address.to_string());
        match self {
            Self::VersityGw => {
                command.args(["--port", &address, "--quiet", "--keep-alive", "posix"]).arg(folder);
                command.env("ROOT_ACCESS_KEY", "test").env("ROOT_SECRET_KEY", "test");
            }
            Self::GoFakeS3 => {
                command.args(["-host", &address, "-quiet", "-backend", "memory"]);
                command.args(["-initialbucket", BUCKET]);
            }
        }
        command.stdin(Stdio::null()).stdout(Stdio::null()).current_dir(folder);
        command
    }
}

impl S3Server {
    /// Starts a server, installed if need be, and waits until it listens.
    pub(crate) fn start(workspace: &Workspace, kind: Kind) -> Result<Self> {
        let program = kind.program().ensure(workspace)?;
        for _ in 0..STARTS_MAX {
            if let Some(server) = Self::try_start(&program, kind)? {
                return Ok(server);
            }
        }
        bail!("{} ends before it listens", kind.program().name)
    }

    /// One of each kind.
    pub(crate) fn start_all(workspace: &Workspace) -> Result<Vec<Self>> {
        Kind::ALL.into_iter().map(|kind| Self::start(workspace, kind)).collect()
    }

    fn try_start(program: &Path, kind: Kind) -> Result<Option<Self>> {
        let folder = tempfile::tempdir().context("no temporary directory for an S3 server")?;
        // To versitygw a bucket is a directory.
        std::fs::create_dir(folder.path().join(BUCKET))?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = kind.command(program, address, folder.path());
        let process =
            command.spawn().with_context(|| format!("cannot start `{}`", program.display()))?;
        let endpoint = format!("http://{address}");
        let mut server = Self { kind, process, endpoint, folder };
        let started = Instant::now();
        while server.process.try_wait()?.is_none() {
            if TcpStream::connect(address).is_ok() {
                return Ok(Some(server));
            }
            if started.elapsed() > START_PATIENCE {
                bail!("{} does not listen", kind.program().name);
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(None)
    }

    /// Its URL.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Where the files of the bucket lie, if it keeps files.
    pub(crate) fn bucket_folder(&self) -> Option<PathBuf> {
        (self.kind == Kind::VersityGw).then(|| self.folder.path().join(BUCKET))
    }

    /// Names `servers` to a test or benchmark.
    pub(crate) fn tell(servers: &[Self], command: &mut Command) {
        let named = |server: &Self| format!("{}={}", server.kind.program().name, server.endpoint);
        let named: Vec<_> = servers.iter().map(named).collect();
        command.env(VARIABLE, named.join(" "));
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
