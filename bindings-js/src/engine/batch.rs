//! Changes that happen together.

use std::rc::Rc;

use js_sys::{Promise, Uint8Array};
use sealwood::bridge::engine as core;
use wasm_bindgen::prelude::*;

use super::config::{WriteArguments, delete_options, durability, put_options};
use super::large::taken;
use super::namespace::Namespace;
use crate::convert::figure;
use crate::error::to_js;
use crate::watch::Watch;

/// A batch.
#[wasm_bindgen]
pub struct Batch(pub(super) Rc<core::Batch>);

#[wasm_bindgen]
impl Batch {
    /// Adds a put.
    pub fn put(
        &self,
        namespace: &Namespace,
        key: &[u8],
        value: &Uint8Array,
        arguments: &WriteArguments,
    ) -> Result<(), JsValue> {
        let value = taken(value).map_err(to_js)?;
        self.0.put(&namespace.0, key, value, &put_options(arguments)).map_err(to_js)
    }

    /// Adds a delete.
    pub fn delete(
        &self,
        namespace: &Namespace,
        key: &[u8],
        arguments: &WriteArguments,
    ) -> Result<(), JsValue> {
        self.0.delete(&namespace.0, key, &delete_options(arguments)).map_err(to_js)
    }

    /// How many changes were added.
    #[wasm_bindgen(getter)]
    pub fn length(&self) -> JsValue {
        figure(self.0.length())
    }

    /// What was added until now, as a batch of its own; this one is closed.
    pub fn take(&self) -> Result<Self, JsValue> {
        self.0.take().map(|taken| Self(taken.into())).map_err(to_js)
    }

    /// A promise of the revision of the last change.
    pub fn commit(&self, name: Option<String>, watch: &Watch) -> Promise {
        let (batch, durability) = (Rc::clone(&self.0), durability(name.as_deref()));
        watch.promise(async move { batch.commit(durability).await.map(figure) })
    }

    /// Drops the changes.
    pub fn discard(&self) {
        self.0.discard();
    }
}
