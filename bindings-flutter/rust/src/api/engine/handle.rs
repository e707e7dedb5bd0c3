//! An engine that is open.

use flutter_rust_bridge::frb;
use sealwood::bridge::engine as core;

use crate::api::call::{Call, clamp};
use crate::api::engine::batch::EngineBatch;
use crate::api::engine::config::EngineSpec;
use crate::api::engine::found::{EngineFigures, VacuumRecord, VerifiedRecord};
use crate::api::engine::namespace::Namespace;
use crate::api::engine::snapshot::EngineSnapshot;
use crate::api::engine::state::{ComparedEnginesRecord, VerifiedStatesRecord};
use crate::api::error::Failure;
use crate::api::input::number;

/// An open engine.
#[frb(opaque)]
pub struct Engine {
    inner: core::Engine,
}

impl Engine {
    /// A new engine in memory.
    pub async fn memory(spec: EngineSpec, call: &Call) -> Result<Engine, Failure> {
        Ok(Self { inner: call.run(core::Engine::memory(spec.input()?)).await? })
    }

    /// The engine in the directory `path`.
    pub async fn open(path: String, spec: EngineSpec, call: &Call) -> Result<Engine, Failure> {
        Ok(Self { inner: call.run(core::Engine::open(path, spec.input()?)).await? })
    }

    /// The namespace of a name, which is made if there is none.
    pub async fn namespace(
        &self,
        name: String,
        separated_bytes_min: Option<i64>,
        call: &Call,
    ) -> Result<Namespace, Failure> {
        let namespace = self.inner.namespace(name, number(separated_bytes_min)?);
        Ok(Namespace { inner: call.run(namespace).await? })
    }

    /// The names of the namespaces.
    pub async fn namespaces(&self, call: &Call) -> Result<Vec<String>, Failure> {
        call.run(self.inner.namespaces()).await
    }

    /// Drops a namespace and returns whether there was one.
    pub async fn drop_namespace(&self, name: String, call: &Call) -> Result<bool, Failure> {
        call.run(self.inner.drop_namespace(name)).await
    }

    /// A batch of changes.
    #[frb(sync)]
    pub fn batch(&self) -> EngineBatch {
        EngineBatch { inner: self.inner.batch() }
    }

    /// All namespaces as they are now.
    pub async fn snapshot(&self, call: &Call) -> Result<EngineSnapshot, Failure> {
        Ok(EngineSnapshot { inner: call.run(self.inner.snapshot()).await? })
    }

    /// The revision of the last change.
    pub async fn revision(&self, call: &Call) -> Result<i64, Failure> {
        Ok(clamp(call.run(self.inner.revision()).await?))
    }

    /// The figures of the engine.
    pub async fn stats(&self, call: &Call) -> Result<EngineFigures, Failure> {
        Ok(call.run(self.inner.stats()).await?.into())
    }

    /// Makes everything that was written durable.
    pub async fn sync(&self, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.sync()).await
    }

    /// Whether a sync has anything to do.
    pub async fn needs_sync(&self, call: &Call) -> Result<bool, Failure> {
        call.run(self.inner.needs_sync()).await
    }

    /// Writes a checkpoint and returns whether there was anything to do.
    pub async fn checkpoint(&self, call: &Call) -> Result<bool, Failure> {
        call.run(self.inner.checkpoint()).await
    }

    /// Does a piece of the work of the background and returns whether there is more.
    pub async fn maintain(&self, call: &Call) -> Result<bool, Failure> {
        call.run(self.inner.maintain()).await
    }

    /// Gives back dead space and returns how many bytes were written anew.
    pub async fn compact(&self, call: &Call) -> Result<i64, Failure> {
        Ok(clamp(call.run(self.inner.compact()).await?))
    }

    /// Deletes values that no key names.
    pub async fn vacuum(&self, call: &Call) -> Result<VacuumRecord, Failure> {
        Ok(call.run(self.inner.vacuum()).await?.into())
    }

    /// Removes keys that have expired and returns how many.
    pub async fn purge_expired(&self, call: &Call) -> Result<i64, Failure> {
        Ok(clamp(call.run(self.inner.purge_expired()).await?))
    }

    /// Checks everything there is.
    pub async fn verify(
        &self,
        first_max: Option<i64>,
        call: &Call,
    ) -> Result<VerifiedRecord, Failure> {
        Ok(call.run(self.inner.verify(number(first_max)?)).await?.into())
    }

    /// Compares the rows of the tracked namespaces with what was counted of them.
    pub async fn verify_state(&self, call: &Call) -> Result<VerifiedStatesRecord, Failure> {
        Ok(self.inner.verify_state(&call.context).await?.into())
    }

    /// Compares with another engine.
    pub async fn compare(
        &self,
        other: &Engine,
        first_max: Option<i64>,
        call: &Call,
    ) -> Result<ComparedEnginesRecord, Failure> {
        Ok(call.run(self.inner.compare(&other.inner, number(first_max)?)).await?.into())
    }

    /// Checkpoints, closes all files and releases the directory.
    pub async fn close(&self, call: &Call) -> Result<(), Failure> {
        call.run(self.inner.close()).await
    }
}
