//! The S3 servers that `cargo xtask` starts, for tests and benchmarks.
#![allow(dead_code)]

use std::io::{Error, Result};
use std::sync::atomic::{AtomicU64, Ordering};

use sealwood::blob::{S3Config, S3Credentials};

/// Names them, as `name=http://host:port`, with spaces between; `cargo xtask` sets it.
const SERVERS_VARIABLE: &str = "SEALWOOD_S3_SERVERS";

/// The one bucket that each has.
pub(crate) const BUCKET: &str = "sealwood";

/// The access key of all, and its secret.
pub(crate) const KEY: &str = "test";

/// A running server.
#[derive(Debug, Clone)]
pub(crate) struct S3Server {
    /// What it is called.
    pub(crate) name: String,
    /// Its URL.
    pub(crate) endpoint: String,
}

impl S3Server {
    /// All that are running; at least one.
    pub(crate) fn all() -> Result<Vec<Self>> {
        let missing =
            || Error::other(format!("{SERVERS_VARIABLE} names no S3 server: run `cargo xtask`"));
        let named = std::env::var(SERVERS_VARIABLE).map_err(|_| missing())?;
        let server = |word: &str| {
            let (name, endpoint) = word.split_once('=')?;
            Some(Self { name: name.to_owned(), endpoint: endpoint.to_owned() })
        };
        let servers: Option<Vec<_>> = named.split_whitespace().map(server).collect();
        servers.filter(|servers| !servers.is_empty()).ok_or_else(missing)
    }

    /// The way to a bucket and prefix, such as `sealwood/some/prefix`.
    pub(crate) fn config(&self, place: &str) -> Result<S3Config> {
        let address = format!("s3://{place}?endpoint={}&region=us-east-1", self.endpoint);
        S3Config::from_address(&address, S3Credentials::new(KEY, KEY)).map_err(Error::other)
    }

    /// The way to a prefix of the bucket that nobody else uses.
    pub(crate) fn new_place(&self) -> Result<S3Config> {
        static PLACES: AtomicU64 = AtomicU64::new(0);
        let place = PLACES.fetch_add(1, Ordering::Relaxed);
        self.config(&format!("{BUCKET}/{}-{place}", std::process::id()))
    }
}
