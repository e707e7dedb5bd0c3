//! The S3 server all languages meet at.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::process;

/// A running server; ends when it is dropped.
pub(super) struct S3Server {
    process: Child,
    endpoint: String,
}

impl S3Server {
    /// Starts `program` on a port of its choice and waits until it listens.
    pub(super) fn start(mut program: Command) -> Result<Self> {
        program.args(["-H", "127.0.0.1", "-p", "0"]).stdout(Stdio::null()).stderr(Stdio::piped());
        let mut process = program
            .spawn()
            .with_context(|| format!("cannot start {}", process::describe(&program)))?;
        let said = process.stderr.take();
        let mut server = Self { process, endpoint: String::new() };
        // It says where it listens once it does, and goes on writing: a full pipe would stop it.
        let mut said = BufReader::new(said.context("standard error was not piped")?);
        let mut line = String::new();
        while server.endpoint.is_empty() {
            line.clear();
            if said.read_line(&mut line)? == 0 {
                bail!("the S3 server did not start");
            }
            if let Some((_, endpoint)) = line.split_once("Running on ") {
                server.endpoint = endpoint.trim().to_owned();
            }
        }
        std::thread::spawn(move || io::copy(&mut said, &mut io::sink()));
        Ok(server)
    }

    /// Its URL.
    pub(super) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Makes a bucket.
    pub(super) fn make_bucket(&self, name: &str) -> Result<()> {
        let host = self.endpoint.strip_prefix("http://").context("the S3 server speaks HTTP")?;
        let mut stream = TcpStream::connect(host).context("cannot reach the S3 server")?;
        write!(
            stream,
            "PUT /{name} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        match answer.split_whitespace().nth(1) {
            Some("200") => Ok(()),
            _ => bail!("the S3 server made no bucket: {}", answer.lines().next().unwrap_or("")),
        }
    }
}

impl Drop for S3Server {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}
