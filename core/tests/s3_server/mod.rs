//! A real S3 server in a process of its own, for tests and benchmarks.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Error, Result};
use std::process::{Child, Command, Stdio};

use futures_lite::future::block_on;
use sealwood::blob::{S3Config, S3Credentials};
use sealwood::platform::{HttpClient, HttpMethod, HttpOptions, HttpRequest};

/// Names the server's program; `cargo xtask` installs it and sets this.
const SERVER_VARIABLE: &str = "SEALWOOD_MOTO_SERVER";

/// A running server; ends when it is dropped.
pub(crate) struct S3Server {
    process: Child,
    endpoint: String,
}

impl S3Server {
    /// Starts the server and waits until it listens.
    pub(crate) fn start() -> Result<Self> {
        let mut process = Command::new(program()?)
            .args(["-H", "127.0.0.1", "-p", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let said = process.stderr.take();
        let mut server = Self { process, endpoint: String::new() };
        // It says where it listens once it does, and goes on writing: a full pipe would stop it.
        let mut said = BufReader::new(said.ok_or_else(|| Error::other("no standard error"))?);
        let mut line = String::new();
        while server.endpoint.is_empty() {
            line.clear();
            if said.read_line(&mut line)? == 0 {
                return Err(Error::other("the S3 server did not start"));
            }
            if let Some((_, endpoint)) = line.split_once("Running on ") {
                server.endpoint = endpoint.trim().to_owned();
            }
        }
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Ok(server)
    }

    /// Makes the bucket or object at `path`, without the store; gives the status.
    pub(crate) fn put(&self, path: &str, body: &'static str) -> Result<u16> {
        let http = HttpClient::new(&HttpOptions::default());
        let http = http.map_err(|_| Error::other("no HTTP client"))?;
        let url = format!("{}/{path}", self.endpoint);
        let request = HttpRequest {
            method: HttpMethod::Put,
            url,
            headers: Vec::new(),
            body: body.into(),
            body_bytes_max: 1 << 20,
        };
        let answer = block_on(http.send(request));
        answer.map(|answer| answer.status).map_err(|_| Error::other("the S3 server is gone"))
    }

    /// The way to a bucket and prefix.
    pub(crate) fn config(&self, place: &str) -> Result<S3Config> {
        let address = format!("s3://{place}?endpoint={}&region=us-east-1", self.endpoint);
        let credentials = S3Credentials::new("test-id", "test-secret");
        S3Config::from_address(&address, credentials).map_err(Error::other)
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

fn program() -> Result<OsString> {
    std::env::var_os(SERVER_VARIABLE).ok_or_else(|| {
        Error::other(format!("{SERVER_VARIABLE} does not name an S3 server: run `cargo xtask`"))
    })
}
