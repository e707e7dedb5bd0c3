//! A namespace of an engine.

use js_sys::{Promise, Uint8Array};
use sealwood::bridge::engine as core;
use wasm_bindgen::prelude::*;

use super::config::{
    ScanArguments, WriteArguments, delete_options, put_options, scan_input, tracking, whole,
};
use super::iterations::{Changes, Keys, Scan};
use super::large::taken;
use super::partition::tracked_state;
use super::snapshot::Snapshot;
use super::values;
use crate::convert::{figure, nothing, size};
use crate::watch::Watch;

/// A namespace.
#[wasm_bindgen]
pub struct Namespace(pub(super) core::Namespace);

#[wasm_bindgen]
impl Namespace {
    /// A promise of `{ bytes, revision, expiresAtMs }`, or of nothing.
    pub fn get(&self, key: Vec<u8>, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { values::value(namespace.get(key).await?.as_ref()) })
    }

    /// A promise of the same, of a part of the value.
    #[wasm_bindgen(js_name = getRange)]
    pub fn get_range(&self, key: Vec<u8>, offset: f64, length: f64, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move {
            let found = namespace.get_range(key, whole(offset), whole(length)).await?;
            values::value(found.as_ref())
        })
    }

    /// A promise of `{ size, revision, expiresAtMs }`, or of nothing.
    pub fn info(&self, key: Vec<u8>, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { Ok(namespace.info(key).await?.as_ref().map(values::key_info)) })
    }

    /// A promise of the revision it made.
    pub fn put(
        &self,
        key: Vec<u8>,
        value: &Uint8Array,
        arguments: &WriteArguments,
        watch: &Watch,
    ) -> Promise {
        let namespace = self.0.clone();
        let (value, options) = (taken(value), put_options(arguments));
        watch.promise(async move { namespace.put(key, value?, options).await.map(figure) })
    }

    /// A promise of whether there was one.
    pub fn delete(&self, key: Vec<u8>, arguments: &WriteArguments, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        let options = delete_options(arguments);
        watch.promise(async move { namespace.delete(key, options).await })
    }

    /// A promise of whether there is such a key.
    #[wasm_bindgen(js_name = expireAt)]
    pub fn expire_at(&self, key: Vec<u8>, ms: f64, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { namespace.expire_at(key, whole(ms)).await })
    }

    /// A promise of whether there is such a key.
    pub fn persist(&self, key: Vec<u8>, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { namespace.persist(key).await })
    }

    /// A promise of whether there was any.
    #[wasm_bindgen(js_name = renamePrefix)]
    pub fn rename_prefix(&self, from: Vec<u8>, to: Vec<u8>, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { namespace.rename_prefix(from, to).await })
    }

    /// A promise of a length, or of nothing.
    #[wasm_bindgen(js_name = longestPrefix)]
    pub fn longest_prefix(&self, key: Vec<u8>, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { Ok(namespace.longest_prefix(key).await?.map(size)) })
    }

    /// A promise of how many keys there are.
    pub fn length(&self, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { namespace.length().await.map(figure) })
    }

    /// A promise of the pages of a scan.
    pub fn scan(&self, arguments: &ScanArguments, watch: &Watch) -> Promise {
        let (namespace, cancel, input) = (self.0.clone(), watch.token(), scan_input(arguments));
        watch.promise(async move { namespace.scan(input, cancel).await.map(Scan::new) })
    }

    /// A promise of the pages of a scan of keys.
    #[wasm_bindgen(js_name = scanKeys)]
    pub fn scan_keys(&self, arguments: &ScanArguments, watch: &Watch) -> Promise {
        let (namespace, cancel, input) = (self.0.clone(), watch.token(), scan_input(arguments));
        watch.promise(async move { namespace.scan_keys(input, cancel).await.map(Keys::new) })
    }

    /// A promise of the namespace as it is now.
    pub fn snapshot(&self, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { namespace.snapshot().await.map(Snapshot) })
    }

    /// A promise of the changes to come.
    pub fn watch(&self, prefix: Uint8Array, since: Option<f64>, watch: &Watch) -> Promise {
        let (namespace, cancel) = (self.0.clone(), watch.token());
        let prefix = prefix.to_vec();
        watch.promise(async move {
            namespace.watch(prefix, since.map(whole), cancel).await.map(Changes::new)
        })
    }

    /// A promise of whether that is a change.
    pub fn track(&self, name: &str, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        let tracking = tracking(name);
        watch.promise(async move { namespace.track(tracking).await })
    }

    /// A promise of `{ revision, partition }`, or of nothing.
    #[wasm_bindgen(js_name = trackedState)]
    pub fn tracked_state(&self, watch: &Watch) -> Promise {
        let namespace = self.0.clone();
        watch.promise(async move { Ok(namespace.tracked_state().await?.map(tracked_state)) })
    }

    /// A promise of nothing.
    pub fn backfill(&self, watch: &Watch) -> Promise {
        let (namespace, context) = (self.0.clone(), watch.0.clone());
        watch.promise(async move { namespace.backfill(&context).await.map(nothing) })
    }

    /// A promise of `{ revision, rows, difference }`.
    #[wasm_bindgen(js_name = verifyState)]
    pub fn verify_state(&self, watch: &Watch) -> Promise {
        let (namespace, context) = (self.0.clone(), watch.0.clone());
        watch.promise(async move {
            Ok(values::verified_state(&namespace.verify_state(&context).await?))
        })
    }

    /// A promise of `{ differences, rowsRead, first }`.
    pub fn compare(&self, other: &Namespace, first_max: Option<u32>, watch: &Watch) -> Promise {
        let (one, other) = (self.0.clone(), other.0.clone());
        watch.promise(async move { Ok(values::compared(&one.compare(&other, first_max).await?)) })
    }
}
