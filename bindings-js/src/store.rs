//! Stores as handles.

use std::sync::Arc;

use js_sys::{Array, Promise, Uint8Array};
use sealwood::blob::{BlobStore, ETag, MemoryStore, Precondition};
use sealwood::bridge::{AppStore, S3Input};
use wasm_bindgen::prelude::*;

use crate::access::HostAccess;
use crate::convert::{bytes, nothing, object};
use crate::error::to_js;
use crate::foreign_store::{
    Author, ForeignStore, HostStore, meta_to_js, not_deleted_to_js, page_to_js,
};
use crate::watch::Watch;

/// Where a vault lives.
#[wasm_bindgen]
pub struct Store(pub(crate) Arc<dyn BlobStore>);

#[wasm_bindgen]
impl Store {
    /// An empty store in memory.
    pub fn memory() -> Self {
        Self(Arc::new(MemoryStore::new()))
    }

    /// A bucket. The `texts` are the endpoint, the region, the bucket, the prefix, the access key,
    /// its secret and the session's token; an empty one counts as missing. The `numbers`, each of
    /// which may be missing, are the idle timeout, the least rate of an upload, the most requests,
    /// the most attempts, the longest wait a server may ask for, and how long attempts go on.
    /// `host`, if there is one, stands in for the key: `keys()` answers with keys, `sign(request)`
    /// signs.
    pub fn s3(
        texts: Vec<String>,
        numbers: Vec<JsValue>,
        path_style: Option<bool>,
        allow_http: bool,
        signed_urls: bool,
        host: Option<HostAccess>,
    ) -> Result<Self, JsValue> {
        let mut numbers = numbers.into_iter();
        let mut number = || numbers.next().and_then(|number| number.as_f64()).map(|n| n as u32);
        let mut texts = texts.into_iter();
        let mut optional = || texts.next().filter(|text| !text.is_empty());
        let input = S3Input {
            endpoint: optional(),
            region: optional().unwrap_or_default(),
            bucket: optional().unwrap_or_default(),
            prefix: optional(),
            path_style,
            access_key_id: optional().unwrap_or_default(),
            secret_access_key: optional().unwrap_or_default(),
            session_token: optional(),
            allow_http,
            signed_urls,
            idle_timeout_ms: number(),
            upload_rate_min: number(),
            requests_max: number(),
            attempts_max: number(),
            retry_after_max_ms: number(),
            give_up_after_ms: number(),
            ca_bundle: None,
        };
        let store = match host {
            Some(host) => input.store_with(host.into_access()),
            None => input.store(),
        };
        store.map(Self).map_err(to_js)
    }

    /// A store written in JavaScript.
    pub fn custom(host: HostStore) -> Self {
        Self(Arc::new(AppStore::new(ForeignStore::new(host, Author::App))))
    }

    /// A local store of this package's, written in JavaScript.
    pub fn library(host: HostStore) -> Self {
        Self(Arc::new(AppStore::new(ForeignStore::new(host, Author::Library))))
    }

    /// A promise of `{ bytes, etag }`.
    pub fn get(&self, key: String, watch: &Watch) -> Promise {
        let store = Arc::clone(&self.0);
        watch.promise(async move {
            let found = store.get(&key).await?;
            Ok(object(&[("bytes", bytes(&found.bytes)), ("etag", found.etag.0.into())]))
        })
    }

    /// A promise of bytes.
    #[wasm_bindgen(js_name = getRange)]
    pub fn get_range(&self, key: String, offset: f64, length: f64, watch: &Watch) -> Promise {
        let store = Arc::clone(&self.0);
        watch.promise(async move {
            let found = store.get_range(&key, offset as u64, length as u64).await?;
            Ok(bytes(&found))
        })
    }

    /// A promise of the tag of what was written.
    pub fn put(
        &self,
        key: String,
        content: Uint8Array,
        absent: bool,
        matches: Option<String>,
        watch: &Watch,
    ) -> Promise {
        let store = Arc::clone(&self.0);
        let content = content.to_vec().into();
        let precondition = match matches {
            Some(etag) => Precondition::Matches(ETag(etag)),
            None if absent => Precondition::Absent,
            None => Precondition::None,
        };
        watch.promise(async move { Ok(store.put(&key, content, precondition).await?.0) })
    }

    /// A promise of nothing.
    pub fn delete(&self, key: String, watch: &Watch) -> Promise {
        let store = Arc::clone(&self.0);
        watch.promise(async move { store.delete(&key).await.map(nothing) })
    }

    /// A promise of `{ objects, next }`.
    pub fn list(
        &self,
        prefix: String,
        start_after: Option<String>,
        limit: u32,
        watch: &Watch,
    ) -> Promise {
        let store = Arc::clone(&self.0);
        watch.promise(async move {
            let page = store.list(&prefix, start_after.as_deref(), limit as usize).await?;
            Ok(page_to_js(&page))
        })
    }

    /// A promise of `{ key, error }[]`, the objects that were not deleted.
    #[wasm_bindgen(js_name = deleteMany)]
    pub fn delete_many(&self, keys: Vec<String>, watch: &Watch) -> Promise {
        let store = Arc::clone(&self.0);
        watch.promise(async move {
            let left = store.delete_many(&keys).await;
            Ok(left.into_iter().map(not_deleted_to_js).collect::<Array>())
        })
    }

    /// A promise of `{ key, size, modifiedMs, etag }`, of which the last two may be missing, or of
    /// `undefined`.
    pub fn head(&self, key: String, watch: &Watch) -> Promise {
        let store = Arc::clone(&self.0);
        watch.promise(async move {
            let meta = store.head(&key).await?;
            Ok(meta.map_or(JsValue::UNDEFINED, |meta| meta_to_js(&meta)))
        })
    }

    /// A promise of nothing.
    pub fn flush(&self, watch: &Watch) -> Promise {
        let store = Arc::clone(&self.0);
        watch.promise(async move { store.flush().await.map(nothing) })
    }

    /// Whether a flush would have anything to do.
    #[wasm_bindgen(js_name = needsFlush)]
    pub fn needs_flush(&self) -> bool {
        self.0.needs_flush()
    }
}
