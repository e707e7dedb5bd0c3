//! The contract of stores as a suite, for the tests of apps.

use std::sync::Arc;

use js_sys::Promise;
use sealwood::blob::BlobStore;
use sealwood::bridge::{self, AppStore};
use wasm_bindgen::prelude::*;

use crate::foreign_store::{Author, ForeignStore, HostStore};
use crate::watch::Watch;

/// Runs the conformance suite; a promise of the number of promises kept.
#[wasm_bindgen(js_name = checkStore)]
pub fn check_store(host: HostStore, prefix: String, watch: &Watch) -> Promise {
    let store: Arc<dyn BlobStore> = Arc::new(AppStore::new(ForeignStore::new(host, Author::App)));
    watch.promise(async move {
        let kept = bridge::check_store(&store, &prefix).await?;
        Ok(JsValue::from_f64(kept as f64))
    })
}
