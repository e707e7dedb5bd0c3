//! What calls are given, as plain values.
//!
//! They are no mirrors (`#[frb(mirror)]`) of the core's inputs: the glue would cut an `int` of
//! Dart's to 32 bits without a word. So numbers come in 64 bits, and are checked here.

use std::ops::Range;

use bytes::Bytes;
use sealwood::bridge::{self, CredentialInput};
use sealwood::{Error, Result};

/// What a vault is opened with: one of the three.
#[derive(Clone)]
pub struct CredentialSpec {
    /// The 32 bytes of a secret.
    pub secret: Option<Vec<u8>>,
    /// 24 recovery words.
    pub phrase: Option<String>,
    /// A passphrase.
    pub passphrase: Option<String>,
}

impl From<CredentialSpec> for CredentialInput {
    fn from(spec: CredentialSpec) -> Self {
        match spec {
            CredentialSpec { secret: Some(bytes), .. } => Self::Secret(bytes),
            CredentialSpec { phrase: Some(words), .. } => Self::Phrase(words),
            CredentialSpec { passphrase, .. } => Self::Passphrase(passphrase.unwrap_or_default()),
        }
    }
}

/// Settings of a vault; the core's own where there is none.
#[derive(Debug, Clone, Copy)]
pub struct ConfigSpec {
    /// The size of a chunk, in bytes.
    pub chunk_bytes: Option<i64>,
    /// The memory of the key derivation, in KiB.
    pub memory_kib: Option<i64>,
    /// The passes of the key derivation.
    pub passes: Option<i64>,
    /// The lanes of the key derivation.
    pub lanes: Option<i64>,
    /// The most memory of a key derivation, in KiB.
    pub ceiling_memory_kib: Option<i64>,
    /// The most passes of a key derivation over that memory.
    pub ceiling_passes: Option<i64>,
    /// The memory for directory nodes, in bytes.
    pub memory_budget_bytes: Option<i64>,
    /// The most bytes of a pack.
    pub pack_bytes_max: Option<i64>,
    /// The most bytes of content in an extent.
    pub extent_bytes_max: Option<i64>,
}

impl ConfigSpec {
    pub(crate) fn config(self) -> Result<sealwood::vault::VaultConfig> {
        bridge::ConfigInput {
            chunk_bytes: number(self.chunk_bytes)?,
            memory_kib: number(self.memory_kib)?,
            passes: number(self.passes)?,
            lanes: number(self.lanes)?,
            ceiling_memory_kib: number(self.ceiling_memory_kib)?,
            ceiling_passes: number(self.ceiling_passes)?,
            memory_budget_bytes: number(self.memory_budget_bytes)?,
            pack_bytes_max: number(self.pack_bytes_max)?,
            extent_bytes_max: number(self.extent_bytes_max)?,
        }
        .config()
    }
}

/// A bucket, where it is, and on whose behalf.
#[derive(Clone)]
pub struct S3Spec {
    /// The URL of the service.
    pub endpoint: Option<String>,
    /// The region.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What all keys start with.
    pub prefix: Option<String>,
    /// Whether the bucket stands in the path.
    pub path_style: Option<bool>,
    /// The access key.
    pub access_key_id: String,
    /// Its secret.
    pub secret_access_key: String,
    /// The token of a session's key.
    pub session_token: Option<String>,
    /// Whether plain HTTP is allowed.
    pub allow_http: bool,
    /// Whether signatures stand in URLs.
    pub signed_urls: bool,
    /// How long no byte may move, in milliseconds.
    pub idle_timeout_ms: Option<i64>,
    /// The most requests at once.
    pub requests_max: Option<i64>,
    /// The most attempts of a call.
    pub attempts_max: Option<i64>,
    /// The longest wait a server may ask for, in milliseconds.
    pub retry_after_max_ms: Option<i64>,
    /// How long attempts go on, in milliseconds.
    pub give_up_after_ms: Option<i64>,
    /// Certificates in PEM.
    pub ca_bundle: Option<String>,
}

impl S3Spec {
    pub(crate) fn input(self) -> Result<bridge::S3Input> {
        let spec = self;
        Ok(bridge::S3Input {
            endpoint: spec.endpoint,
            region: spec.region,
            bucket: spec.bucket,
            prefix: spec.prefix,
            path_style: spec.path_style,
            access_key_id: spec.access_key_id,
            secret_access_key: spec.secret_access_key,
            session_token: spec.session_token,
            allow_http: spec.allow_http,
            signed_urls: spec.signed_urls,
            idle_timeout_ms: number(spec.idle_timeout_ms)?,
            upload_rate_min: None,
            requests_max: number(spec.requests_max)?,
            attempts_max: number(spec.attempts_max)?,
            retry_after_max_ms: number(spec.retry_after_max_ms)?,
            give_up_after_ms: number(spec.give_up_after_ms)?,
            ca_bundle: spec.ca_bundle,
        })
    }
}

/// How a put is done.
#[derive(Debug, Clone)]
pub struct PutSpec {
    /// The media type.
    pub content_type: Option<String>,
    /// Free pairs.
    pub metadata: Vec<(String, String)>,
    /// The modification time in milliseconds since 1970, negative before.
    pub modified_ms: Option<i64>,
    /// Whether the change may wait for the next flush.
    pub is_deferred: bool,
    /// The size of a stream, for progress.
    pub size_hint: Option<i64>,
}

impl PutSpec {
    pub(crate) fn input(self) -> Result<bridge::PutInput> {
        Ok(bridge::PutInput {
            content_type: self.content_type,
            metadata: self.metadata.into_iter().collect(),
            modified_ms: self.modified_ms,
            deferred: self.is_deferred,
            size_hint: number(self.size_hint)?,
        })
    }
}

/// Bytes that Dart can be handed in one piece, as the glue counts them in 32 bits; otherwise
/// `instead` says how they are read.
pub(crate) fn whole(bytes: Bytes, instead: &'static str) -> Result<Vec<u8>> {
    match i32::try_from(bytes.len()) {
        Ok(_) => Ok(bytes.into()),
        Err(_) => Err(Error::InvalidArgument { what: instead }),
    }
}

/// A number of Dart's within the bounds of the core's.
pub(crate) fn number<T: TryFrom<i64>>(number: Option<i64>) -> Result<Option<T>> {
    let out_of_bounds = |_| Error::InvalidArgument { what: "a number is out of its bounds" };
    number.map(T::try_from).transpose().map_err(out_of_bounds)
}

/// A number of Dart's that is not negative.
pub(crate) fn unsigned(value: i64) -> Result<u64> {
    Ok(number(Some(value))?.unwrap_or_default())
}

/// The bytes from `start` to `end`.
pub(crate) fn range(start: i64, end: i64) -> Result<Range<u64>> {
    match (u64::try_from(start), u64::try_from(end)) {
        (Ok(start), Ok(end)) => Ok(start..end),
        _ => Err(Error::InvalidArgument { what: "a range is not negative" }),
    }
}
