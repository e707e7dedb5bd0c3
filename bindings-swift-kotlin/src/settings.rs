//! Settings and figures, field by field those of the core.

use sealwood::bridge::{ConfigInput, S3Input};
use sealwood::vault::VaultStats;

/// Settings of a vault; the core's own where there is none.
pub type CoreConfig = ConfigInput;

/// Settings of a vault; the core's own where there is none.
#[uniffi::remote(Record)]
pub struct CoreConfig {
    /// The size of a chunk for a new vault.
    pub chunk_bytes: Option<u32>,
    /// Memory that one guess of the passphrase costs, in KiB.
    pub memory_kib: Option<u32>,
    /// Passes over that memory.
    pub passes: Option<u32>,
    /// Lanes of that memory.
    pub lanes: Option<u32>,
    /// The most memory that a passphrase may take, in KiB.
    pub ceiling_memory_kib: Option<u32>,
    /// The most passes over that memory that a passphrase may take.
    pub ceiling_passes: Option<u32>,
    /// About how many bytes of directory nodes stay in memory.
    pub memory_budget_bytes: Option<u64>,
    /// The most bytes one pack holds.
    pub pack_bytes_max: Option<u64>,
    /// The most bytes of content one extent holds.
    pub extent_bytes_max: Option<u32>,
}

/// Which bucket, where, and on whose behalf.
pub type CoreS3 = S3Input;

/// Which bucket, where, and on whose behalf.
#[uniffi::remote(Record)]
pub struct CoreS3 {
    /// The URL of the service; that of Amazon S3 if there is none.
    pub endpoint: Option<String>,
    /// The region that requests are signed for.
    pub region: String,
    /// The bucket.
    pub bucket: String,
    /// What all keys start with, without the `/` after it.
    pub prefix: Option<String>,
    /// Whether the bucket stands in the path rather than in the host.
    pub path_style: Option<bool>,
    /// The access key.
    pub access_key_id: String,
    /// The secret of the access key.
    pub secret_access_key: String,
    /// The token of a session's key.
    pub session_token: Option<String>,
    /// Whether the endpoint may be one without TLS.
    pub allow_http: bool,
    /// Whether signatures stand in URLs instead of headers.
    pub signed_urls: bool,
    /// How long no byte may move, in milliseconds.
    pub idle_timeout_ms: Option<u32>,
    /// The least rate of an upload, in bytes a second; no setting of the languages yet.
    #[uniffi(default = None)]
    pub upload_rate_min: Option<u32>,
    /// The most requests at once.
    pub requests_max: Option<u32>,
    /// The most attempts of a call.
    pub attempts_max: Option<u32>,
    /// The longest wait a server may ask for, in milliseconds.
    pub retry_after_max_ms: Option<u32>,
    /// How long attempts go on, in milliseconds.
    pub give_up_after_ms: Option<u32>,
    /// Certificates in PEM that are trusted in place of the built-in ones.
    pub ca_bundle: Option<String>,
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
