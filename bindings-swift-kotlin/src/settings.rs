//! Settings and figures, field by field those of the core.

use sealwood::bridge::{ConfigInput, S3Input};
use sealwood::vault::VaultStats;

/// Settings of a vault; the core's own where there is none.
#[derive(Debug, Clone, Copy, Default, uniffi::Record)]
pub struct CoreConfig {
    /// The size of a chunk for a new vault.
    #[uniffi(default = None)]
    pub chunk_bytes: Option<u32>,
    /// Memory that one guess of the passphrase costs, in KiB.
    #[uniffi(default = None)]
    pub memory_kib: Option<u32>,
    /// Passes over that memory.
    #[uniffi(default = None)]
    pub passes: Option<u32>,
    /// Lanes of that memory.
    #[uniffi(default = None)]
    pub lanes: Option<u32>,
    /// The most memory that a passphrase may take, in KiB.
    #[uniffi(default = None)]
    pub ceiling_memory_kib: Option<u32>,
    /// The most passes over that memory that a passphrase may take.
    #[uniffi(default = None)]
    pub ceiling_passes: Option<u32>,
    /// About how many bytes of directory nodes stay in memory.
    #[uniffi(default = None)]
    pub memory_budget_bytes: Option<u64>,
    /// The most bytes one pack holds.
    #[uniffi(default = None)]
    pub pack_bytes_max: Option<u64>,
}

impl From<CoreConfig> for ConfigInput {
    fn from(config: CoreConfig) -> Self {
        let CoreConfig {
            chunk_bytes,
            memory_kib,
            passes,
            lanes,
            ceiling_memory_kib,
            ceiling_passes,
            memory_budget_bytes,
            pack_bytes_max,
        } = config;
        Self {
            chunk_bytes,
            memory_kib,
            passes,
            lanes,
            ceiling_memory_kib,
            ceiling_passes,
            memory_budget_bytes,
            pack_bytes_max,
        }
    }
}

/// Which bucket, where, and on whose behalf.
#[derive(Clone, uniffi::Record)]
pub struct CoreS3 {
    /// The URL of the service; that of Amazon S3 if there is none.
    #[uniffi(default = None)]
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What all keys start with, without the `/` after it.
    #[uniffi(default = None)]
    pub prefix: Option<String>,
    /// Whether the bucket stands in the path rather than in the host.
    #[uniffi(default = None)]
    pub path_style: Option<bool>,
    /// The access key.
    pub access_key_id: String,
    /// The secret of the access key.
    pub secret_access_key: String,
    /// The token of a session's key.
    #[uniffi(default = None)]
    pub session_token: Option<String>,
    /// Whether the endpoint may be one without TLS.
    #[uniffi(default = false)]
    pub allow_http: bool,
    /// Whether signatures stand in URLs instead of headers.
    #[uniffi(default = false)]
    pub signed_urls: bool,
    /// How long no byte may move, in milliseconds.
    #[uniffi(default = None)]
    pub idle_timeout_ms: Option<u32>,
    /// The most requests at once.
    #[uniffi(default = None)]
    pub requests_max: Option<u32>,
    /// The most attempts of a call.
    #[uniffi(default = None)]
    pub attempts_max: Option<u32>,
    /// The longest wait a server may ask for, in milliseconds.
    #[uniffi(default = None)]
    pub retry_after_max_ms: Option<u32>,
    /// How long attempts go on, in milliseconds.
    #[uniffi(default = None)]
    pub give_up_after_ms: Option<u32>,
    /// Certificates in PEM that are trusted in place of the built-in ones.
    #[uniffi(default = None)]
    pub ca_bundle: Option<String>,
}

impl From<CoreS3> for S3Input {
    fn from(config: CoreS3) -> Self {
        Self {
            endpoint: config.endpoint,
            region: config.region,
            bucket: config.bucket,
            prefix: config.prefix,
            path_style: config.path_style,
            access_key_id: config.access_key_id,
            secret_access_key: config.secret_access_key,
            session_token: config.session_token,
            allow_http: config.allow_http,
            signed_urls: config.signed_urls,
            idle_timeout_ms: config.idle_timeout_ms,
            upload_rate_min: None,
            requests_max: config.requests_max,
            attempts_max: config.attempts_max,
            retry_after_max_ms: config.retry_after_max_ms,
            give_up_after_ms: config.give_up_after_ms,
            ca_bundle: config.ca_bundle,
        }
    }
}

/// Figures of an open vault.
#[derive(Debug, Clone, Copy, uniffi::Record)]
pub struct CoreStats {
    /// How many commits the vault has seen in its life, as far as this session knows.
    pub sequence: u64,
    /// Operations that are committed and not yet in nodes.
    pub tail_operations: u64,
    /// The size of a chunk, in bytes.
    pub chunk_bytes: u64,
    /// The time of the last commit of others that was read, if it lay in the future then.
    pub future_commit_ms: Option<i64>,
    /// Root puts of this session, and its packs that hold nodes only.
    pub index_requests: u64,
    /// Bytes of roots and of sealed nodes.
    pub index_bytes: u64,
    /// Packs that hold content.
    pub content_requests: u64,
    /// Bytes of sealed content in packs.
    pub content_bytes: u64,
    /// Commits that took effect.
    pub commits: u64,
    /// Commits that wrote nodes.
    pub spills: u64,
    /// Commits that lost a race and were repeated.
    pub conflicts: u64,
}

impl From<VaultStats> for CoreStats {
    fn from(stats: VaultStats) -> Self {
        Self {
            sequence: stats.sequence,
            tail_operations: stats.tail_operations,
            chunk_bytes: stats.chunk_bytes,
            future_commit_ms: stats.future_commit_ms,
            index_requests: stats.written.index_requests,
            index_bytes: stats.written.index_bytes,
            content_requests: stats.written.content_requests,
            content_bytes: stats.written.content_bytes,
            commits: stats.written.commits,
            spills: stats.written.spills,
            conflicts: stats.written.conflicts,
        }
    }
}
