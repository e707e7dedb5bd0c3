//! An open vault.

use std::sync::Arc;

use js_sys::{Function, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::batch::Batch;
use crate::content::{PutArguments, put_input, source};
use crate::convert::{self, figure, moment, nothing, object, promise};
use crate::credential::{ConfigArguments, Credential, config_input};
use crate::error::to_js;
use crate::store::Store;
use crate::tree::Tree;
use crate::watch::Watch;

/// A vault.
#[wasm_bindgen]
pub struct Vault(pub(crate) sealwood::Vault);

#[wasm_bindgen]
impl Vault {
    /// A promise of a new vault.
    pub fn create(
        store: &Store,
        credential: &Credential,
        config: &ConfigArguments,
        watch: &Watch,
    ) -> Promise {
        let (store, credential) = (Arc::clone(&store.0), credential.0.clone());
        let config = config_input(config).config();
        watch.promise(async move {
            sealwood::Vault::create_with(store, &credential, &config?).await.map(Vault)
        })
    }

    /// A promise of the vault in the store.
    pub fn open(
        store: &Store,
        credential: &Credential,
        config: &ConfigArguments,
        watch: &Watch,
    ) -> Promise {
        let (store, credential) = (Arc::clone(&store.0), credential.0.clone());
        let config = config_input(config).config();
        watch.promise(async move {
            sealwood::Vault::open_with(store, &credential, &config?).await.map(Vault)
        })
    }

    /// A promise of the new entry.
    pub fn put(
        &self,
        path: String,
        content: Uint8Array,
        arguments: &PutArguments,
        watch: &Watch,
    ) -> Promise {
        let vault = self.0.clone();
        let (content, options) = (content.to_vec(), put_input(arguments).options(watch.0.clone()));
        promise(async move { Ok(convert::entry(&vault.put_with(&path, content, &options).await?)) })
    }

    /// A promise of the new entry.
    #[wasm_bindgen(js_name = putStream)]
    pub fn put_stream(
        &self,
        path: String,
        next: Function,
        arguments: &PutArguments,
        watch: &Watch,
    ) -> Promise {
        let vault = self.0.clone();
        let options = put_input(arguments).options(watch.0.clone());
        promise(async move {
            Ok(convert::entry(&vault.put_stream_with(&path, source(next), &options).await?))
        })
    }

    /// A promise of nothing.
    pub fn mkdir(&self, path: String, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move { vault.mkdir(&path).await.map(nothing) })
    }

    /// A promise of nothing.
    pub fn remove(&self, path: String, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move { vault.remove(&path).await.map(nothing) })
    }

    /// A promise of nothing.
    #[wasm_bindgen(js_name = removeAll)]
    pub fn remove_all(&self, path: String, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move { vault.remove_all(&path).await.map(nothing) })
    }

    /// A promise of nothing.
    pub fn rename(&self, from: String, to: String, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move { vault.rename(&from, &to).await.map(nothing) })
    }

    /// A promise of nothing.
    pub fn copy(&self, from: String, to: String, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move { vault.copy(&from, &to).await.map(nothing) })
    }

    /// A promise of nothing.
    #[wasm_bindgen(js_name = setMetadata)]
    pub fn set_metadata(&self, path: String, arguments: &PutArguments, watch: &Watch) -> Promise {
        let (vault, metadata) = (self.0.clone(), put_input(arguments).metadata());
        watch.promise(async move { vault.set_metadata(&path, &metadata).await.map(nothing) })
    }

    /// A promise of nothing.
    pub fn flush(&self, watch: &Watch) -> Promise {
        let (vault, watch) = (self.0.clone(), watch.0.clone());
        promise(async move { vault.flush_with(&watch).await.map(nothing) })
    }

    /// Whether deferred changes wait for a flush.
    #[wasm_bindgen(js_name = needsFlush)]
    pub fn needs_flush(&self) -> bool {
        self.0.needs_flush()
    }

    /// A new batch.
    pub fn batch(&self) -> Batch {
        Batch::new(self.0.batch())
    }

    /// What reads this vault: the newest state that this session knows.
    pub fn tree(&self) -> Tree {
        Tree::new(self.0.clone())
    }

    /// A promise of the `Tree` of this moment.
    pub fn snapshot(&self, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move { vault.snapshot().await.map(Tree::new) })
    }

    /// A promise of a link's bytes, or of `undefined`.
    pub fn link(&self, path: String, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move {
            let link = vault.link(&path).await?;
            Ok(link.map_or(JsValue::UNDEFINED, |link| convert::bytes(&link.to_bytes())))
        })
    }

    /// A promise of nothing.
    pub fn refresh(&self, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move { vault.refresh().await.map(nothing) })
    }

    /// How the vault stands.
    pub fn stats(&self) -> JsValue {
        let stats = self.0.stats();
        let written = stats.written;
        object(&[
            ("sequence", figure(stats.sequence)),
            ("tailOperations", figure(stats.tail_operations)),
            ("chunkBytes", figure(stats.chunk_bytes)),
            ("futureCommitMs", stats.future_commit_ms.map_or(JsValue::UNDEFINED, moment)),
            ("indexRequests", figure(written.index_requests)),
            ("indexBytes", figure(written.index_bytes)),
            ("contentRequests", figure(written.content_requests)),
            ("contentBytes", figure(written.content_bytes)),
            ("commits", figure(written.commits)),
            ("spills", figure(written.spills)),
            ("conflicts", figure(written.conflicts)),
        ])
    }

    /// A promise of nothing.
    pub fn close(&self, watch: &Watch) -> Promise {
        let vault = self.0.clone();
        watch.promise(async move { vault.close().await.map(nothing) })
    }
}
