//! Namespaces as they were.

use js_sys::{Array, JsString, Promise};
use sealwood::bridge::engine as core;
use wasm_bindgen::prelude::*;

use super::config::{ScanArguments, scan_input};
use super::iterations::{Keys, Scan};
use super::values;
use crate::convert::figure;
use crate::watch::Watch;

/// A namespace at one revision.
#[wasm_bindgen]
pub struct Snapshot(pub(super) core::Snapshot);

/// All namespaces at one revision.
#[wasm_bindgen]
pub struct EngineSnapshot(pub(super) sealwood::engine::EngineSnapshot);

#[wasm_bindgen]
impl Snapshot {
    /// The revision of the last change that it sees.
    pub fn revision(&self) -> JsValue {
        figure(self.0.revision())
    }

    /// A promise of `{ bytes, revision, expiresAtMs }`, or of nothing.
    pub fn get(&self, key: Vec<u8>, watch: &Watch) -> Promise {
        let snapshot = self.0.clone();
        watch.promise(async move { values::value(snapshot.get(key).await?.as_ref()) })
    }

    /// A promise of `{ size, revision, expiresAtMs }`, or of nothing.
    pub fn info(&self, key: Vec<u8>, watch: &Watch) -> Promise {
        let snapshot = self.0.clone();
        watch.promise(async move { Ok(snapshot.info(key).await?.as_ref().map(values::key_info)) })
    }

    /// A promise of the pages of a scan.
    pub fn scan(&self, arguments: &ScanArguments, watch: &Watch) -> Promise {
        let (snapshot, cancel, input) = (self.0.clone(), watch.token(), scan_input(arguments));
        watch.promise(async move { snapshot.scan(input, cancel).await.map(Scan::new) })
    }

    /// A promise of the pages of a scan of keys.
    #[wasm_bindgen(js_name = scanKeys)]
    pub fn scan_keys(&self, arguments: &ScanArguments, watch: &Watch) -> Promise {
        let (snapshot, cancel, input) = (self.0.clone(), watch.token(), scan_input(arguments));
        watch.promise(async move { snapshot.scan_keys(input, cancel).await.map(Keys::new) })
    }
}

#[wasm_bindgen]
impl EngineSnapshot {
    /// The revision of the last change that it sees.
    pub fn revision(&self) -> JsValue {
        figure(self.0.revision().get())
    }

    /// The names of the namespaces.
    pub fn namespaces(&self) -> Array {
        self.0.namespaces().map(JsString::from).collect()
    }

    /// A namespace of that time, or nothing.
    pub fn namespace(&self, name: &str) -> Option<Snapshot> {
        self.0.namespace(name).map(|snapshot| Snapshot(snapshot.into()))
    }
}
