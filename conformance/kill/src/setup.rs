//! What is the same for a directory in all rounds: threads and limits, small ones, so that a few
//! hundred writes meet checkpoints, full segments, compaction and eviction.

use std::sync::Arc;
use std::time::Duration;

use sealwood::blob::{BlobStore, EngineStore};
use sealwood::engine::{Background, Engine, EngineConfig};
use sealwood::seal::SlotSecret;
use sealwood::vault::{Credential, Vault, VaultConfig};

use crate::mode::Mode;
use crate::random::Random;

/// What a seed says about a directory.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Setup {
    /// What is done in it.
    pub(crate) mode: Mode,
    /// Decides all else.
    pub(crate) seed: u64,
}

impl Setup {
    /// How many threads write.
    pub(crate) fn writers(self) -> usize {
        1 + Random::new(self.seed, &[1]).below(5) as usize
    }

    /// The limits of the engine.
    pub(crate) fn config(self) -> EngineConfig {
        let mut random = Random::new(self.seed, &[2]);
        let mut size = |least, most| random.magnitude(least, most);
        EngineConfig::default()
            .inline_bytes_max(size(8, 1_024) as u32)
            .separated_bytes_min(size(2 << 10, 128 << 10))
            .segment_bytes_max(size(4 << 10, 64 << 10))
            .open_files_max(size(2, 64) as usize)
            .memory_bytes_max(size(16 << 10, 1 << 20) as usize)
            .log_buffer_bytes_max(size(1 << 10, 256 << 10) as usize)
            .group_window(Duration::from_micros(size(1, 1_000)))
            .checkpoint_idle(Duration::from_millis(size(1, 50)))
            .checkpoint_dirty_bytes(size(4 << 10, 256 << 10) as usize)
            .checkpoint_log_bytes(size(8 << 10, 512 << 10))
            .compaction_dead_percent(size(10, 75) as u32)
            .compaction_dead_bytes_min(size(1 << 10, 64 << 10))
            .background(if size(1, 16) == 1 { Background::Manual } else { Background::Automatic })
    }

    /// Opens the vault in an engine, or makes it.
    pub(crate) async fn vault(self, engine: Engine) -> sealwood::Result<(EngineStore, Vault)> {
        let store = EngineStore::new(engine)?;
        let shared: Arc<dyn BlobStore> = Arc::new(store.clone());
        let credential = Credential::Secret(SlotSecret::from_bytes([7; 32]));
        let config = VaultConfig::new().chunk_bytes(128 << 10);
        let vault = match Vault::open_with(shared.clone(), &credential, &config).await {
            Err(sealwood::Error::VaultNotFound) => {
                Vault::create_with(shared, &credential, &config).await?
            }
            opened => opened?,
        };
        Ok((store, vault))
    }
}
