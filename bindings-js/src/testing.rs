//! The contracts of stores and of disks as suites.

use std::sync::Arc;

use js_sys::Promise;
use sealwood::Error;
use sealwood::blob::BlobStore;
use sealwood::bridge::{self, AppStore};
use sealwood::engine::disk::conformance::{Promise as Kept, check};
use wasm_bindgen::prelude::*;

use crate::error::to_js;
use crate::foreign_disk::{ForeignDisk, HostDisk};
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

/// Runs the conformance suite of disks; the number of promises kept.
#[wasm_bindgen(js_name = checkDisk)]
pub fn check_disk(host: HostDisk) -> Result<usize, JsValue> {
    let violation = match check(&ForeignDisk(host)) {
        Ok(()) => return Ok(Kept::ALL.len()),
        Err(violation) => violation.to_string(),
    };
    Err(to_js(Error::StoreFailed { reason: violation, source: None }))
}
