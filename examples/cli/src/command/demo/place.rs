//! Where the demo keeps its vault.

use std::fmt;
use std::sync::Arc;

use sealwood::blob::{BlobStore, EngineStore, MemoryStore, MeteredStore};
use sealwood::engine::EngineConfig;
use tempfile::TempDir;

use crate::address::Address;
use crate::failure::{Failure, Result};

/// A store that counts.
pub(super) type Metered = MeteredStore<Arc<dyn BlobStore>>;

/// A place that is gone when the demo ends.
pub(super) enum Place {
    Engine { engine: EngineStore, _directory: TempDir },
    Memory(Arc<MemoryStore>),
}

impl Place {
    /// A new directory unless `memory:` was asked for. The environment's vault is not touched.
    pub(super) async fn new(address: Option<&str>) -> Result<Self> {
        match address.map(Address::parse).transpose()? {
            None => {
                let mut builder = tempfile::Builder::new();
                builder.prefix("sealwood-demo-");
                #[cfg(unix)]
                builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
                let directory = builder
                    .tempdir()
                    .map_err(|error| Failure::local(&std::env::temp_dir(), error))?;
                let opened =
                    EngineStore::open_directory(directory.path(), EngineConfig::default()).await;
                Ok(Self::Engine { engine: opened?, _directory: directory })
            }
            Some(Address::Memory) => Ok(Self::Memory(Arc::default())),
            Some(_) => {
                Err(Failure::Usage("the demo makes its own vault, or one in memory:".into()))
            }
        }
    }

    /// A way there whose requests are counted apart from those of others.
    pub(super) fn connect(&self) -> Arc<Metered> {
        let store: Arc<dyn BlobStore> = match self {
            Self::Engine { engine, .. } => Arc::new(engine.clone()),
            Self::Memory(store) => Arc::clone(store) as _,
        };
        Arc::new(MeteredStore::new(store))
    }

    /// Closes the place after the tour that gave `outcome`, whose failure comes first.
    pub(super) async fn close_after(self, outcome: Result<()>) -> Result<()> {
        let closed = match &self {
            Self::Engine { engine, .. } => engine.close().await,
            Self::Memory(_) => Ok(()),
        };
        outcome.and(closed.map_err(Failure::from))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Engine { .. } => "a temporary directory, by the engine",
            Self::Memory(_) => "memory",
        })
    }
}
