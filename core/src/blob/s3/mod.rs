//! Objects in a bucket of Amazon S3 or of a server that speaks like it.
//!
//! Requests are signed here (Signature Version 4, all headers and the SHA-256 of the body with it)
//! and sent by [`platform::HttpClient`](crate::platform::HttpClient), so that one adapter serves
//! every target. On whose behalf is `access`: one key, keys that end, or a signer elsewhere. What a
//! success means is in `answer` (of a listing, `listing`), what a refusal means in `refusal`;
//! `flow` lets as many requests under way as the way bears (`pace`) and the rest wait (`queue`),
//! `put` is the one write, `client` the other calls; repetition is [`RetryingStore`]'s, over the
//! client as over any store.
//!
//! **What arrives is what was sent**: every put carries the MD5 of its body in `Content-MD5`, and a
//! server refuses what it received otherwise. Most servers' tags are that MD5 too; once one was,
//! the store [confirms puts](BlobStore::confirms_puts), and a put whose tag is another MD5 is read
//! back and put right.
//!
//! **In a browser** the bucket needs a CORS rule that allows GET, PUT, HEAD and DELETE with the
//! headers `authorization`, `content-md5`, `if-match`, `if-none-match`, `range`,
//! `x-amz-content-sha256`, `x-amz-date` and `x-amz-security-token`, and exposes `ETag`,
//! `Content-Range`, `Date`, `Retry-After` and `x-amz-bucket-region`. Where there is none, that is
//! told at the second failed request.
//!
//! **What the server must do**: conditional PUT. [`S3Store::probe`] tells.

mod access;
mod answer;
mod client;
mod config;
mod date;
mod flow;
mod listing;
mod pace;
mod put;
mod queue;
mod refusal;
mod sign;

use std::fmt;

use super::{BlobStore, RetryingStore, probe_conditional_puts};
use crate::error::Result;
use crate::forward;
use crate::platform::Environment;

use client::Client;

#[cfg(feature = "fuzzing")]
pub(crate) use answer::{Listing, object, range};
#[cfg(feature = "fuzzing")]
pub(crate) use refusal::refusal;

pub use access::{S3Access, S3KeySource, S3Lease, S3Signer};
pub use config::{S3Config, S3Credentials, S3Signing, S3Style};

/// A [`BlobStore`] in a bucket, or below a prefix of one.
pub struct S3Store {
    client: RetryingStore<Client>,
    identity: String,
    environment: Environment,
}

impl S3Store {
    /// The store that `config` describes; asks the server nothing.
    pub fn new(config: S3Config) -> Result<Self> {
        Self::with_environment(config, Environment::default())
    }

    /// The same, with the clock of the signatures and the randomness of the waits taken from
    /// `environment`.
    pub fn with_environment(config: S3Config, environment: Environment) -> Result<Self> {
        let retry = config.retry;
        let identity = format!("s3 {} {} {}", config.endpoint, config.bucket, config.prefix);
        let client = Client::new(config, environment.clone())?;
        let client = RetryingStore::with_environment(client, retry, environment.clone());
        Ok(Self { client, identity, environment })
    }

    /// Finds out whether the server honours conditional puts, by some thirty small requests; see
    /// [`probe_conditional_puts`]. [`Error::ConditionalPutUnsupported`] if it does not: such a
    /// bucket can't hold a vault.
    ///
    /// [`Error::ConditionalPutUnsupported`]: crate::Error::ConditionalPutUnsupported
    pub async fn probe(&self) -> Result<()> {
        probe_conditional_puts(self, &self.environment).await.map(drop)
    }
}

impl fmt::Debug for S3Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Store")
    }
}

impl BlobStore for S3Store {
    fn identity(&self) -> Option<String> {
        Some(self.identity.clone())
    }

    forward!(client: get_with, get_range, put_with, delete, list, head, compare, delete_many, confirms_puts, flush, needs_flush);
}
