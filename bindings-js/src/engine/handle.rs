//! An engine that is open.

use std::sync::Arc;

use js_sys::{Array, JsString, Promise};
use sealwood::bridge::engine as core;
use wasm_bindgen::prelude::*;

use super::batch::Batch;
use super::config::{EngineArguments, config_input, whole};
use super::namespace::Namespace;
use super::snapshot::EngineSnapshot;
use super::values;
use crate::convert::{figure, nothing};
use crate::foreign_disk::{ForeignDisk, HostDisk};
use crate::watch::Watch;

/// An engine.
#[wasm_bindgen]
pub struct Engine(core::Engine);

#[wasm_bindgen]
impl Engine {
    /// A promise of a new engine in memory.
    pub fn memory(config: &EngineArguments, watch: &Watch) -> Promise {
        let config = config_input(config);
        watch.promise(async move { core::Engine::memory(config).await.map(Self) })
    }

    /// A promise of the engine on a disk of the host's.
    #[wasm_bindgen(js_name = openDisk)]
    pub fn open_disk(disk: HostDisk, config: &EngineArguments, watch: &Watch) -> Promise {
        let config = config_input(config);
        let disk = Arc::new(ForeignDisk(disk));
        watch.promise(async move { core::Engine::open_disk(disk, config).await.map(Self) })
    }

    /// A promise of a namespace.
    pub fn namespace(
        &self,
        name: String,
        separated_bytes_min: Option<f64>,
        watch: &Watch,
    ) -> Promise {
        let engine = self.0.clone();
        let separated_bytes_min = separated_bytes_min.map(whole);
        watch.promise(
            async move { engine.namespace(name, separated_bytes_min).await.map(Namespace) },
        )
    }

    /// A promise of the names of the namespaces.
    pub fn namespaces(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { Ok(names(engine.namespaces().await?.iter())) })
    }

    /// A promise of whether there was one.
    #[wasm_bindgen(js_name = dropNamespace)]
    pub fn drop_namespace(&self, name: String, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.drop_namespace(name).await })
    }

    /// A batch.
    pub fn batch(&self) -> Batch {
        Batch(self.0.batch().into())
    }

    /// A promise of all namespaces as they are now.
    pub fn snapshot(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.snapshot().await.map(EngineSnapshot) })
    }

    /// A promise of the revision of the last change.
    pub fn revision(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.revision().await.map(figure) })
    }

    /// A promise of what the engine holds and has done.
    pub fn stats(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { Ok(values::stats(&engine.stats().await?)) })
    }

    /// A promise of nothing.
    pub fn sync(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.sync().await.map(nothing) })
    }

    /// A promise of whether a sync has anything to do.
    #[wasm_bindgen(js_name = needsSync)]
    pub fn needs_sync(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.needs_sync().await })
    }

    /// A promise of whether there was anything to do.
    pub fn checkpoint(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.checkpoint().await })
    }

    /// A promise of whether there is more to be done.
    pub fn maintain(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.maintain().await })
    }

    /// A promise of how many bytes were written anew.
    pub fn compact(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.compact().await.map(figure) })
    }

    /// A promise of `{ values, valueBytes }`.
    pub fn vacuum(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { Ok(values::vacuum(&engine.vacuum().await?)) })
    }

    /// A promise of how many keys were removed.
    #[wasm_bindgen(js_name = purgeExpired)]
    pub fn purge_expired(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.purge_expired().await.map(figure) })
    }

    /// A promise of `{ keys, valueBytes, findings, first }`.
    pub fn verify(&self, first_max: Option<u32>, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.verify(first_max).await.map(values::verified) })
    }

    /// A promise of `{ rows, differing, backfilling, namespaces }`.
    #[wasm_bindgen(js_name = verifyState)]
    pub fn verify_state(&self, watch: &Watch) -> Promise {
        let (engine, context) = (self.0.clone(), watch.0.clone());
        watch.promise(
            async move { Ok(values::verified_states(&engine.verify_state(&context).await?)) },
        )
    }

    /// A promise of what was found, with `first`.
    pub fn compare(&self, other: &Engine, first_max: Option<u32>, watch: &Watch) -> Promise {
        let (one, other) = (self.0.clone(), other.0.clone());
        watch.promise(async move {
            Ok(values::compared_engines(&one.compare(&other, first_max).await?))
        })
    }

    /// A promise of nothing.
    pub fn close(&self, watch: &Watch) -> Promise {
        let engine = self.0.clone();
        watch.promise(async move { engine.close().await.map(nothing) })
    }
}

/// An array of names.
pub(super) fn names<'a>(names: impl Iterator<Item = &'a String>) -> Array {
    names.map(|name| JsString::from(name.as_str())).collect()
}
