//! A store as the handle of a language holds it.

use std::sync::Arc;

use crate::blob::{BlobStore, DirectoryStore, EngineStore, MemoryStore};
use crate::engine::EngineConfig;
use crate::error::Result;

/// A store, and how it ends.
///
/// A local store has its directory to itself until it is [closed](StoreHandle::close), or until
/// the last handle is gone and so are the vaults in it.
#[derive(Clone)]
pub struct StoreHandle {
    objects: Arc<dyn BlobStore>,
    /// What has a directory to itself.
    engine: Option<EngineStore>,
}

impl StoreHandle {
    /// A store that needs no closing.
    pub fn new(objects: Arc<dyn BlobStore>) -> Self {
        Self { objects, engine: None }
    }

    /// Objects in memory.
    pub fn memory() -> Self {
        Self::new(Arc::new(MemoryStore::new()))
    }

    /// The engine in the directory `path`, which is made if it is missing.
    /// [`Error::StoreLocked`](crate::Error::StoreLocked) if it is open already, here or elsewhere.
    pub async fn local(path: String) -> Result<Self> {
        let engine = EngineStore::open_directory(path, EngineConfig::default()).await?;
        Ok(Self { objects: Arc::new(engine.clone()), engine: Some(engine) })
    }

    /// Files of the directory `path`, which is made if it is missing and may be open elsewhere too.
    pub async fn directory(path: String) -> Result<Self> {
        Ok(Self::new(Arc::new(DirectoryStore::open(path).await?)))
    }

    /// The objects.
    pub fn objects(&self) -> &Arc<dyn BlobStore> {
        &self.objects
    }

    /// Makes everything durable and releases the directory of a local store. Close its vaults
    /// first: afterwards their calls fail with [`Error::Closed`](crate::Error::Closed). Other
    /// stores stay open.
    pub async fn close(&self) -> Result<()> {
        match &self.engine {
            Some(engine) => engine.close().await,
            None => self.objects.flush().await,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use futures_lite::future::block_on;

    use super::*;
    use crate::Error;
    use crate::blob::Precondition;

    #[test]
    fn a_local_store_has_its_directory_until_it_is_closed() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("a/b").to_str().unwrap().to_owned();
        block_on(async {
            let store = StoreHandle::local(path.clone()).await.unwrap();
            store.objects().put("key", "bytes".into(), Precondition::None).await.unwrap();
            assert!(matches!(StoreHandle::local(path.clone()).await, Err(Error::StoreLocked)));
            store.close().await.unwrap();
            store.close().await.unwrap();
            assert!(matches!(store.objects().get("key").await, Err(Error::Closed)));

            let again = StoreHandle::local(path).await.unwrap();
            assert_eq!(again.objects().get("key").await.unwrap().bytes, "bytes");
        });
    }

    #[test]
    fn closing_any_other_store_leaves_it_open() {
        block_on(async {
            let store = StoreHandle::memory();
            store.objects().put("key", "bytes".into(), Precondition::None).await.unwrap();
            store.close().await.unwrap();
            assert_eq!(store.objects().get("key").await.unwrap().bytes, "bytes");
        });
    }
}
