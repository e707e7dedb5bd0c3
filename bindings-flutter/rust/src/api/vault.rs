//! An open vault.

use flutter_rust_bridge::{DartFnFuture, frb};
use sealwood::bridge::CredentialInput;
use sealwood::seal::Link;

use crate::api::answer::SourceAnswer;
use crate::api::batch::Batch;
use crate::api::call::Call;
use crate::api::entry::{Entry, Stats};
use crate::api::error::Failure;
use crate::api::input::{ConfigSpec, CredentialSpec, PutSpec};
use crate::api::store::Store;
use crate::api::tree::Tree;
use crate::host::source;

/// An open vault.
#[frb(opaque)]
pub struct Vault {
    inner: sealwood::Vault,
}

impl Vault {
    pub(crate) fn new(inner: sealwood::Vault) -> Self {
        Self { inner }
    }

    /// Makes a new vault in an empty store.
    pub async fn create(
        store: &Store,
        credential: CredentialSpec,
        config: ConfigSpec,
        call: &Call,
    ) -> Result<Vault, Failure> {
        let credential = CredentialInput::from(credential).credential()?;
        let (store, config) = (store.inner.objects().clone(), config.config()?);
        let create = sealwood::Vault::create_with(store, &credential, &config);
        Ok(Self::new(call.run(create).await?))
    }

    /// Opens the vault in a store.
    pub async fn open(
        store: &Store,
        credential: CredentialSpec,
        config: ConfigSpec,
        call: &Call,
    ) -> Result<Vault, Failure> {
        let credential = CredentialInput::from(credential).credential()?;
        let (store, config) = (store.inner.objects().clone(), config.config()?);
        let open = sealwood::Vault::open_with(store, &credential, &config);
        Ok(Self::new(call.run(open).await?))
    }

    /// Creates or replaces the file at `path`.
    pub async fn put(
        &self,
        path: String,
        bytes: Vec<u8>,
        spec: PutSpec,
        call: &Call,
    ) -> Result<Entry, Failure> {
        let options = spec.input()?.options(call.context.clone());
        Ok(self.inner.put_with(&path, bytes, &options).await?.into())
    }

    /// Creates or replaces the file at `path` from the pieces that `next` gives.
    pub async fn put_stream(
        &self,
        path: String,
        next: impl Fn() -> DartFnFuture<SourceAnswer> + Send + Sync + 'static,
        spec: PutSpec,
        call: &Call,
    ) -> Result<Entry, Failure> {
        let options = spec.input()?.options(call.context.clone());
        Ok(self.inner.put_stream_with(&path, source(next), &options).await?.into())
    }

    /// What reads this vault: the newest state that this session knows.
    #[frb(sync)]
    pub fn tree(&self) -> Tree {
        Tree::new(self.inner.clone())
    }

    /// Makes the directory at `path` and its parents.
    pub async fn mkdir(&self, path: String, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.mkdir(&path)).await
    }

    /// Removes the file or empty directory at `path`.
    pub async fn remove(&self, path: String, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.remove(&path)).await
    }

    /// Removes what is at `path` with all below it.
    pub async fn remove_all(&self, path: String, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.remove_all(&path)).await
    }

    /// Moves a file or a directory.
    pub async fn rename(&self, from: String, to: String, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.rename(&from, &to)).await
    }

    /// Copies a file or a directory.
    pub async fn copy(&self, from: String, to: String, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.copy(&from, &to)).await
    }

    /// Replaces the metadata of an entry.
    pub async fn set_metadata(
        &self,
        path: String,
        spec: PutSpec,
        call: &Call,
    ) -> Result<(), Failure> {
        call.run(self.inner.set_metadata(&path, &spec.input()?.metadata())).await
    }

    /// Makes every deferred change durable.
    pub async fn flush(&self, call: &Call) -> Result<(), Failure> {
        Ok(self.inner.flush_with(&call.context).await?)
    }

    /// Whether deferred changes wait for a flush.
    #[frb(sync)]
    pub fn needs_flush(&self) -> bool {
        self.inner.needs_flush()
    }

    /// Looks for other writers' commits.
    pub async fn refresh(&self, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.refresh()).await
    }

    /// Changes that are committed together or not at all.
    #[frb(sync)]
    pub fn batch(&self) -> Batch {
        Batch { inner: self.inner.batch() }
    }

    /// The state of the whole vault at this moment.
    pub async fn snapshot(&self, call: &Call) -> Result<Tree, Failure> {
        Ok(Tree::new(call.run(self.inner.snapshot()).await?))
    }

    /// The link of the directory at `path`, or nothing if it is empty.
    pub async fn link(&self, path: String, call: &Call) -> Result<Option<Vec<u8>>, Failure> {
        let link = call.run(self.inner.link(&path)).await?;
        Ok(link.as_ref().map(Link::to_bytes).map(Vec::from))
    }

    /// The figures of the vault.
    #[frb(sync)]
    pub fn stats(&self) -> Stats {
        self.inner.stats().into()
    }

    /// Commits what is pending and refuses further calls.
    pub async fn close(&self, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.close()).await
    }
}
