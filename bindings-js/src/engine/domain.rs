//! Where rows belong.

use sealwood::bridge::engine as core;
use wasm_bindgen::prelude::*;

use crate::convert::bytes;
use crate::error::to_js;

/// A domain.
#[wasm_bindgen]
pub struct Domain(pub(super) sealwood::lthash::Domain);

#[wasm_bindgen]
impl Domain {
    /// The domain of a name, with a secret or without one.
    #[wasm_bindgen(constructor)]
    pub fn new(name: &[u8], secret: Option<Vec<u8>>) -> Result<Self, JsValue> {
        core::domain(name, secret).map(Self).map_err(to_js)
    }

    /// The name.
    pub fn name(&self) -> JsValue {
        bytes(self.0.name())
    }

    /// Whether there is a secret.
    #[wasm_bindgen(js_name = isKeyed)]
    pub fn is_keyed(&self) -> bool {
        self.0.is_keyed()
    }
}

/// The bucket of a key.
#[wasm_bindgen(js_name = bucketOf)]
pub fn bucket_of(key: &[u8]) -> u8 {
    sealwood::lthash::bucket_of(key)
}
