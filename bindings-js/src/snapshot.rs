//! One state of a vault, or of a directory that was handed over.

use js_sys::Promise;
use sealwood::bridge::{self, Pull};
use sealwood::vault::ListOptions;
use wasm_bindgen::prelude::*;

use crate::error::to_js;
use crate::listing::Listing;
use crate::store::Store;
use crate::tree::reading_methods;
use crate::watch::Watch;
use crate::{content, convert, tree};

/// A state to read from.
#[wasm_bindgen]
pub struct Snapshot(pub(crate) sealwood::vault::Snapshot);

reading_methods!(Snapshot);

#[wasm_bindgen]
impl Snapshot {
    /// The directory that the bytes of a link name.
    pub fn shared(store: &Store, link: &[u8]) -> Result<Self, JsValue> {
        bridge::shared_directory(store.0.clone(), link).map(Self).map_err(to_js)
    }
}
