//! Changes that happen together.

use std::rc::Rc;

use js_sys::{Function, Promise, Uint8Array};
use sealwood::Result;
use wasm_bindgen::prelude::*;

use crate::content::{PutArguments, put_input, source};
use crate::convert::{nothing, promise};
use crate::error::to_js;
use crate::watch::Watch;

/// A batch.
#[wasm_bindgen]
pub struct Batch(Rc<sealwood::vault::Batch>);

#[wasm_bindgen]
impl Batch {
    /// A promise of nothing.
    pub fn put(
        &self,
        path: String,
        content: Uint8Array,
        arguments: &PutArguments,
        watch: &Watch,
    ) -> Promise {
        let batch = Rc::clone(&self.0);
        let (content, options) = (content.to_vec(), put_input(arguments).options(watch.0.clone()));
        promise(async move { batch.put_with(&path, content, &options).await.map(nothing) })
    }

    /// A promise of nothing.
    #[wasm_bindgen(js_name = putStream)]
    pub fn put_stream(
        &self,
        path: String,
        next: Function,
        arguments: &PutArguments,
        watch: &Watch,
    ) -> Promise {
        let batch = Rc::clone(&self.0);
        let options = put_input(arguments).options(watch.0.clone());
        promise(
            async move { batch.put_stream_with(&path, source(next), &options).await.map(nothing) },
        )
    }

    /// Makes a directory.
    pub fn mkdir(&self, path: &str) -> Result<(), JsValue> {
        self.0.mkdir(path).map_err(to_js)
    }

    /// Removes a file or an empty directory.
    pub fn remove(&self, path: &str) -> Result<(), JsValue> {
        self.0.remove(path).map_err(to_js)
    }

    /// Removes an entry with all below it.
    #[wasm_bindgen(js_name = removeAll)]
    pub fn remove_all(&self, path: &str) -> Result<(), JsValue> {
        self.0.remove_all(path).map_err(to_js)
    }

    /// Moves an entry.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), JsValue> {
        self.0.rename(from, to).map_err(to_js)
    }

    /// Copies an entry.
    pub fn copy(&self, from: &str, to: &str) -> Result<(), JsValue> {
        self.0.copy(from, to).map_err(to_js)
    }

    /// Replaces the metadata of an entry.
    #[wasm_bindgen(js_name = setMetadata)]
    pub fn set_metadata(&self, path: &str, arguments: &PutArguments) -> Result<(), JsValue> {
        self.0.set_metadata(path, &put_input(arguments).metadata()).map_err(to_js)
    }

    /// How many changes the batch holds.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> usize {
        self.0.len()
    }

    /// What was added until now, as a batch of its own; this one is closed.
    pub fn take(&self) -> Result<Self, JsValue> {
        self.0.take().map(Self::new).map_err(to_js)
    }

    /// A promise of nothing.
    pub fn commit(&self, watch: &Watch) -> Promise {
        let (batch, watch) = (Rc::clone(&self.0), watch.0.clone());
        promise(async move { batch.commit_with(&watch).await.map(nothing) })
    }

    /// Drops the changes.
    pub fn discard(&self) {
        self.0.discard();
    }
}

impl Batch {
    pub(crate) fn new(batch: sealwood::vault::Batch) -> Self {
        Self(Rc::new(batch))
    }
}
