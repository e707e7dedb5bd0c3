//! Where the demo keeps its vault.

use std::fmt;
use std::sync::Arc;

use sealwood::blob::{BlobStore, DirectoryStore, MemoryStore, MeteredStore};
use tempfile::TempDir;

use crate::address::Address;
use crate::failure::{Failure, Result};

/// A store that counts.
pub(super) type Metered = MeteredStore<Arc<dyn BlobStore>>;

/// A place that is gone when the demo ends.
pub(super) enum Place {
    Directory(TempDir),
    Memory(Arc<MemoryStore>),
}

impl Place {
    /// A new directory unless `memory:` was asked for. The environment's vault is not touched.
    pub(super) fn new(address: Option<&str>) -> Result<Self> {
        match address.map(Address::parse).transpose()? {
            None => {
                let builder = tempfile::Builder::new().prefix("sealwood-demo-").tempdir();
                builder
                    .map(Self::Directory)
                    .map_err(|error| Failure::local(&std::env::temp_dir(), error))
            }
            Some(Address::Memory) => Ok(Self::Memory(Arc::default())),
            Some(_) => {
                Err(Failure::Usage("the demo makes its own vault, or one in memory:".into()))
            }
        }
    }

    /// A connection of its own, as another device would have.
    pub(super) async fn connect(&self) -> Result<Arc<Metered>> {
        let store: Arc<dyn BlobStore> = match self {
            Self::Directory(directory) => Arc::new(DirectoryStore::open(directory.path()).await?),
            Self::Memory(store) => Arc::clone(store) as _,
        };
        Ok(Arc::new(MeteredStore::new(store)))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Directory(_) => "a temporary directory",
            Self::Memory(_) => "memory",
        })
    }
}
