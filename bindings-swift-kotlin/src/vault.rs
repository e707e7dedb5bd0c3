//! An open vault.

use std::sync::Arc;

use sealwood::Vault;

use crate::batch::CoreBatch;
use crate::call::{CoreCall, context, run};
use crate::credential::CoreCredential;
use crate::entry::{CoreEntry, CorePutOptions};
use crate::error::CoreError;
use crate::host_source::{HostSource, stream};
use crate::settings::{CoreConfig, CoreStats};
use crate::store::CoreStore;
use crate::tree::CoreTree;

/// An encrypted tree of directories and files.
#[derive(uniffi::Object)]
pub struct CoreVault {
    vault: Vault,
}

#[uniffi::export]
impl CoreVault {
    /// Makes a new vault in an empty store.
    #[uniffi::constructor]
    pub async fn create(
        store: Arc<CoreStore>,
        credential: Arc<CoreCredential>,
        config: CoreConfig,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<Self>, CoreError> {
        let config = config.config()?;
        let create =
            Vault::create_with(Arc::clone(store.store.objects()), &credential.credential, &config);
        Ok(Arc::new(Self::new(run(call, create).await?)))
    }

    /// Opens the vault in the store.
    #[uniffi::constructor]
    pub async fn open(
        store: Arc<CoreStore>,
        credential: Arc<CoreCredential>,
        config: CoreConfig,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<Self>, CoreError> {
        let config = config.config()?;
        let open =
            Vault::open_with(Arc::clone(store.store.objects()), &credential.credential, &config);
        Ok(Arc::new(Self::new(run(call, open).await?)))
    }

    /// Creates or replaces the file at `path`.
    pub async fn put(
        &self,
        path: String,
        bytes: Vec<u8>,
        options: CorePutOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreEntry, CoreError> {
        let options = options.options(context(call));
        Ok(self.vault.put_with(&path, bytes, &options).await?.into())
    }

    /// Creates or replaces the file at `path` from a source.
    pub async fn put_stream(
        &self,
        path: String,
        source: Arc<dyn HostSource>,
        options: CorePutOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreEntry, CoreError> {
        let options = options.options(context(call));
        Ok(self.vault.put_stream_with(&path, stream(source), &options).await?.into())
    }

    /// What reads this vault. It sees the newest state that this session knows, and does not keep
    /// the vault from being closed.
    pub fn tree(&self) -> Arc<CoreTree> {
        CoreTree::new(self.vault.clone())
    }

    /// Makes the directory at `path` unless it exists.
    pub async fn mkdir(&self, path: String, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.vault.mkdir(&path)).await
    }

    /// Removes the file or empty directory at `path`.
    pub async fn remove(&self, path: String, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.vault.remove(&path)).await
    }

    /// Removes what is at `path` with all below it.
    pub async fn remove_all(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<(), CoreError> {
        run(call, self.vault.remove_all(&path)).await
    }

    /// Moves a file or a directory.
    pub async fn rename(
        &self,
        from: String,
        to: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<(), CoreError> {
        run(call, self.vault.rename(&from, &to)).await
    }

    /// Copies a file or a directory.
    pub async fn copy(
        &self,
        from: String,
        to: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<(), CoreError> {
        run(call, self.vault.copy(&from, &to)).await
    }

    /// Replaces the metadata of an entry by that of `options`.
    pub async fn set_metadata(
        &self,
        path: String,
        options: CorePutOptions,
        call: Option<Arc<CoreCall>>,
    ) -> Result<(), CoreError> {
        let metadata = options.metadata();
        run(call, self.vault.set_metadata(&path, &metadata)).await
    }

    /// Makes every deferred change durable.
    pub async fn flush(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        Ok(self.vault.flush_with(&context(call)).await?)
    }

    /// Whether deferred changes wait for a flush.
    pub fn needs_flush(&self) -> bool {
        self.vault.needs_flush()
    }

    /// Reads what other writers have committed.
    pub async fn refresh(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.vault.refresh()).await
    }

    /// A batch: changes that are committed together or not at all.
    pub fn batch(&self) -> Arc<CoreBatch> {
        Arc::new(CoreBatch::new(self.vault.batch()))
    }

    /// The vault as it is now, for ever.
    pub async fn snapshot(&self, call: Option<Arc<CoreCall>>) -> Result<Arc<CoreTree>, CoreError> {
        Ok(CoreTree::new(run(call, self.vault.snapshot()).await?))
    }

    /// The link of the directory at `path`; nothing if it is empty.
    pub async fn link(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Option<Vec<u8>>, CoreError> {
        let link = run(call, self.vault.link(&path)).await?;
        Ok(link.map(|link| link.to_bytes().to_vec()))
    }

    /// Figures of the vault and of this session's writes.
    pub fn stats(&self) -> CoreStats {
        self.vault.stats().into()
    }

    /// Commits what is pending and refuses further calls.
    pub async fn shutdown(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.vault.close()).await
    }
}

impl CoreVault {
    pub(crate) fn new(vault: Vault) -> Self {
        Self { vault }
    }
}
