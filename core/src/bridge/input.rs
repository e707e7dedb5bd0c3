//! The inputs of a call, as every language spells them: plain fields, optional wherever possible.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::secret::slot_secret;
use crate::blob::{BlobStore, S3Access, S3Config, S3Credentials, S3Signing, S3Store, S3Style};
use crate::error::{Error, Result};
use crate::seal::{Passphrase, RecoveryPhrase};
use crate::task::CallContext;
use crate::vault::{Credential, Durability, Metadata, PutOptions, VaultConfig};

/// What a vault is opened with.
pub enum CredentialInput {
    /// 32 bytes that the app keeps.
    Secret(Vec<u8>),
    /// 24 recovery words.
    Phrase(String),
    /// A passphrase of 1 to 1,024 bytes.
    Passphrase(String),
}

impl CredentialInput {
    /// Checks the credential. What it was given as is wiped.
    pub fn credential(self) -> Result<Credential> {
        match self {
            Self::Secret(bytes) => slot_secret(bytes).map(Credential::Secret),
            Self::Phrase(words) => {
                RecoveryPhrase::parse(&Zeroizing::new(words)).map(Credential::Words)
            }
            Self::Passphrase(text) => {
                Passphrase::new(&Zeroizing::new(text)).map(Credential::Passphrase)
            }
        }
    }
}

/// Settings of a vault; the core's own where there is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct ConfigInput {
    /// [`VaultConfig::chunk_bytes`].
    pub chunk_bytes: Option<u32>,
    /// [`KdfParams::memory_kib`](crate::seal::KdfParams::memory_kib).
    pub memory_kib: Option<u32>,
    /// [`KdfParams::passes`](crate::seal::KdfParams::passes).
    pub passes: Option<u32>,
    /// [`KdfParams::lanes`](crate::seal::KdfParams::lanes).
    pub lanes: Option<u32>,
    /// The memory of [`VaultConfig::kdf_ceiling`].
    pub ceiling_memory_kib: Option<u32>,
    /// The passes of [`VaultConfig::kdf_ceiling`].
    pub ceiling_passes: Option<u32>,
    /// [`VaultConfig::memory_budget_bytes`].
    pub memory_budget_bytes: Option<u64>,
    /// [`VaultConfig::pack_bytes_max`].
    pub pack_bytes_max: Option<u64>,
    /// [`VaultConfig::extent_bytes_max`].
    pub extent_bytes_max: Option<u32>,
}

impl ConfigInput {
    /// The settings in full.
    pub fn config(self) -> Result<VaultConfig> {
        let mut config = VaultConfig::default();
        let kdf = &mut config.kdf;
        kdf.memory_kib = self.memory_kib.unwrap_or(kdf.memory_kib);
        kdf.passes = self.passes.unwrap_or(kdf.passes);
        kdf.lanes = self.lanes.unwrap_or(kdf.lanes);
        let ceiling = &mut config.kdf_ceiling;
        ceiling.memory_kib = self.ceiling_memory_kib.unwrap_or(ceiling.memory_kib);
        ceiling.passes = self.ceiling_passes.unwrap_or(ceiling.passes);
        config.chunk_bytes = self.chunk_bytes.unwrap_or(config.chunk_bytes);
        config.extent_bytes_max = self.extent_bytes_max.unwrap_or(config.extent_bytes_max);
        if let Some(bytes) = self.memory_budget_bytes {
            // A budget beyond the address space is no limit.
            config.memory_budget_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        }
        if let Some(bytes) = self.pack_bytes_max {
            config.pack_bytes_max = usize::try_from(bytes)
                .map_err(|_| Error::InvalidArgument { what: "a pack fits into memory" })?;
        }
        Ok(config)
    }
}

/// Which bucket, where, and on whose behalf.
#[derive(Clone, Default)]
pub struct S3Input {
    /// The URL of the service; that of Amazon S3 if `None`.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What all keys start with, without the `/` after it.
    pub prefix: Option<String>,
    /// Whether the bucket stands in the path rather than in the host; if `None`, it does where an
    /// endpoint is given or the bucket's name has a dot.
    pub path_style: Option<bool>,
    /// The access key.
    pub access_key_id: String,
    /// The secret of the access key.
    pub secret_access_key: String,
    /// The token of a session's key.
    pub session_token: Option<String>,
    /// [`S3Config::allow_http`].
    pub allow_http: bool,
    /// Whether signatures stand in URLs instead of headers; see [`S3Signing`].
    pub signed_urls: bool,
    /// [`S3Config::idle_timeout`], in milliseconds.
    pub idle_timeout_ms: Option<u32>,
    /// [`S3Config::upload_rate_min`], in bytes a second.
    pub upload_rate_min: Option<u32>,
    /// [`S3Config::requests_max`].
    pub requests_max: Option<u32>,
    /// [`RetryPolicy::attempts_max`](crate::blob::RetryPolicy::attempts_max).
    pub attempts_max: Option<u32>,
    /// [`RetryPolicy::retry_after_max`](crate::blob::RetryPolicy::retry_after_max), in
    /// milliseconds.
    pub retry_after_max_ms: Option<u32>,
    /// [`RetryPolicy::give_up_after`](crate::blob::RetryPolicy::give_up_after), in milliseconds.
    pub give_up_after_ms: Option<u32>,
    /// [`S3Config::ca_bundle`].
    pub ca_bundle: Option<String>,
}

impl S3Input {
    /// The bucket as a store. The secrets are wiped.
    pub fn store(mut self) -> Result<Arc<dyn BlobStore>> {
        let secret = Zeroizing::new(std::mem::take(&mut self.secret_access_key));
        let mut credentials = S3Credentials::new(&self.access_key_id, &secret);
        if let Some(token) = self.session_token.take().map(Zeroizing::new) {
            credentials = credentials.with_session_token(&token);
        }
        self.store_with(credentials.into())
    }

    /// The bucket as a store that is reached by `access`; no key of the input's is used.
    pub fn store_with(self, access: S3Access) -> Result<Arc<dyn BlobStore>> {
        let mut config = S3Config::new(&self.bucket, &self.region, access);
        if let Some(endpoint) = self.endpoint {
            config.endpoint = endpoint;
            config.style = S3Style::Path;
        }
        match self.path_style {
            Some(true) => config.style = S3Style::Path,
            Some(false) => config.style = S3Style::VirtualHost,
            None => {}
        }
        config.prefix = self.prefix.unwrap_or_default();
        config.allow_http = self.allow_http;
        config.signing = if self.signed_urls { S3Signing::Url } else { S3Signing::Header };
        config.ca_bundle = self.ca_bundle.map(Into::into);
        let milliseconds = |number: Option<u32>, otherwise: Duration| {
            number.map_or(otherwise, |number| Duration::from_millis(number.into()))
        };
        config.idle_timeout = milliseconds(self.idle_timeout_ms, config.idle_timeout);
        config.upload_rate_min = self.upload_rate_min.map_or(config.upload_rate_min, u64::from);
        if let Some(requests) = self.requests_max {
            config.requests_max = usize::try_from(requests).unwrap_or(usize::MAX);
        }
        let retry = &mut config.retry;
        retry.attempts_max = self.attempts_max.unwrap_or(retry.attempts_max);
        retry.retry_after_max = milliseconds(self.retry_after_max_ms, retry.retry_after_max);
        retry.give_up_after = milliseconds(self.give_up_after_ms, retry.give_up_after);
        Ok(Arc::new(S3Store::new(config)?))
    }
}

/// How a put is done.
#[derive(Debug, Clone, Default)]
pub struct PutInput {
    /// The media type.
    pub content_type: Option<String>,
    /// Free pairs.
    pub metadata: BTreeMap<String, String>,
    /// The modification time in milliseconds since 1970, negative before.
    pub modified_ms: Option<i64>,
    /// Whether the change may wait for the next flush.
    pub deferred: bool,
    /// The size of a stream, for progress.
    pub size_hint: Option<u64>,
}

impl PutInput {
    /// Returns the options of a call in `context`.
    pub fn options(self, context: CallContext) -> PutOptions {
        let durability = if self.deferred { Durability::Deferred } else { Durability::OnReturn };
        let size_hint = self.size_hint;
        PutOptions { metadata: self.metadata(), durability, size_hint, context }
    }

    /// What is to be attached.
    pub fn metadata(self) -> Metadata {
        Metadata {
            content_type: self.content_type,
            pairs: self.metadata,
            modified_ms: self.modified_ms,
        }
    }
}
