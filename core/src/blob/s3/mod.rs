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
mod flow;
mod listing;
mod pace;
mod put;
mod queue;
mod refusal;
mod sign;

use std::fmt;

use bytes::Bytes;

use super::{
    BlobStore, ETag, Found, Object, ObjectMeta, ObjectPage, Precondition, RetryingStore,
    probe_conditional_puts,
};
use crate::error::Result;
use crate::platform::{BoxFuture, Environment};

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
    fn get<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Object>> {
        self.client.get(key)
    }

    fn get_at_most<'a>(&'a self, key: &'a str, bytes_max: u64) -> BoxFuture<'a, Result<Object>> {
        self.client.get_at_most(key, bytes_max)
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        self.client.get_range(key, offset, length)
    }

    fn put<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        precondition: Precondition,
    ) -> BoxFuture<'a, Result<ETag>> {
        self.client.put(key, bytes, precondition)
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        self.client.delete(key)
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        self.client.list(prefix, start_after, limit)
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        self.client.head(key)
    }

    fn compare<'a>(&'a self, key: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<Found>> {
        self.client.compare(key, bytes)
    }

    fn confirms_puts(&self) -> bool {
        self.client.confirms_puts()
    }

    fn identity(&self) -> Option<String> {
        Some(self.identity.clone())
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        self.client.flush()
    }

    fn needs_flush(&self) -> bool {
        self.client.needs_flush()
    }
}
