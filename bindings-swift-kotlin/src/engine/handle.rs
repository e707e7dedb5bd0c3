//! An engine that is open.

use std::sync::Arc;

use sealwood::bridge::engine::Engine;

use super::batch::CoreEngineBatch;
use super::compare::CoreComparedEngines;
use super::config::CoreEngineConfig;
use super::health::{CoreEngineStats, CoreVacuum, CoreVerified};
use super::namespace::CoreNamespace;
use super::snapshot::CoreEngineSnapshot;
use super::state::CoreVerifiedStates;
use crate::call::{CoreCall, context, run};
use crate::error::CoreError;

/// An embedded engine: ordered namespaces of keys and values.
#[derive(uniffi::Object)]
pub struct CoreEngine {
    engine: Engine,
}

#[uniffi::export]
impl CoreEngine {
    /// A new engine in memory.
    #[uniffi::constructor]
    pub async fn memory(
        config: CoreEngineConfig,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self { engine: run(call, Engine::memory(config)).await? }))
    }

    /// The engine in a directory, which is made if it is missing.
    #[uniffi::constructor]
    pub async fn open(
        path: String,
        config: CoreEngineConfig,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self { engine: run(call, Engine::open(path, config)).await? }))
    }

    /// The namespace `name`, which is made if there is none.
    pub async fn namespace(
        &self,
        name: String,
        separated_bytes_min: Option<u64>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreNamespace>, CoreError> {
        let namespace = run(call, self.engine.namespace(name, separated_bytes_min)).await?;
        Ok(Arc::new(CoreNamespace { namespace }))
    }

    /// The names of the namespaces, ascending.
    pub async fn namespaces(&self, call: Option<Arc<CoreCall>>) -> Result<Vec<String>, CoreError> {
        run(call, self.engine.namespaces()).await
    }

    /// Drops a namespace with all its keys. Returns whether there was one.
    pub async fn drop_namespace(
        &self,
        name: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<bool, CoreError> {
        run(call, self.engine.drop_namespace(name)).await
    }

    /// A batch of changes of any namespaces.
    pub fn batch(&self) -> Arc<CoreEngineBatch> {
        CoreEngineBatch::new(self.engine.batch())
    }

    /// All namespaces as they are now.
    pub async fn snapshot(
        &self,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreEngineSnapshot>, CoreError> {
        Ok(CoreEngineSnapshot::new(run(call, self.engine.snapshot()).await?))
    }

    /// The revision of the last change.
    pub async fn revision(&self, call: Option<Arc<CoreCall>>) -> Result<u64, CoreError> {
        run(call, self.engine.revision()).await
    }

    /// What the engine holds and has done.
    pub async fn stats(&self, call: Option<Arc<CoreCall>>) -> Result<CoreEngineStats, CoreError> {
        Ok(run(call, self.engine.stats()).await?.into())
    }

    /// Makes everything that was written so far durable.
    pub async fn sync(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.engine.sync()).await
    }

    /// Whether a sync has anything to do.
    pub async fn needs_sync(&self, call: Option<Arc<CoreCall>>) -> Result<bool, CoreError> {
        run(call, self.engine.needs_sync()).await
    }

    /// Writes a checkpoint. Returns whether there was anything to do.
    pub async fn checkpoint(&self, call: Option<Arc<CoreCall>>) -> Result<bool, CoreError> {
        run(call, self.engine.checkpoint()).await
    }

    /// Does a piece of the work of the background. Returns whether there is more.
    pub async fn maintain(&self, call: Option<Arc<CoreCall>>) -> Result<bool, CoreError> {
        run(call, self.engine.maintain()).await
    }

    /// Gives back the space of what is dead in the log. Returns how many bytes were written anew.
    pub async fn compact(&self, call: Option<Arc<CoreCall>>) -> Result<u64, CoreError> {
        run(call, self.engine.compact()).await
    }

    /// Deletes values that no key names.
    pub async fn vacuum(&self, call: Option<Arc<CoreCall>>) -> Result<CoreVacuum, CoreError> {
        Ok(run(call, self.engine.vacuum()).await?.into())
    }

    /// Removes keys that have expired. Returns how many.
    pub async fn purge_expired(&self, call: Option<Arc<CoreCall>>) -> Result<u64, CoreError> {
        run(call, self.engine.purge_expired()).await
    }

    /// Checks everything there is, and gives the first `first_max` of what is wrong.
    pub async fn verify(
        &self,
        first_max: Option<u32>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreVerified, CoreError> {
        Ok(run(call, self.engine.verify(first_max)).await?.into())
    }

    /// Compares what was counted of the rows of all tracked namespaces with the rows. Progress is
    /// rows.
    pub async fn verify_state(
        &self,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreVerifiedStates, CoreError> {
        Ok(self.engine.verify_state(&context(call)).await?)
    }

    /// Compares with another engine, namespace by namespace.
    pub async fn compare(
        &self,
        other: Arc<CoreEngine>,
        first_max: Option<u32>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreComparedEngines, CoreError> {
        run(call, self.engine.compare(&other.engine, first_max)).await
    }

    /// Waits for what is under way, checkpoints, and releases the directory.
    pub async fn shutdown(&self, call: Option<Arc<CoreCall>>) -> Result<(), CoreError> {
        run(call, self.engine.close()).await
    }
}
