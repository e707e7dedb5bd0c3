//! An engine that is open.

use std::sync::Arc;

use super::compare::{self, ComparedEngines};
use super::input::ConfigInput;
use super::state::{self, VerifiedStates};
use super::steps::in_steps;
use super::verify::{self, Verified};
use super::{Batch, Namespace};
use crate::engine::disk::{Disk, MemoryDisk};
use crate::engine::{
    self, Compaction, EngineConfig, EngineSnapshot, EngineStats, NamespaceOptions, Vacuum,
};
use crate::error::Result;
use crate::platform::{MaybeSend, run_blocking};
use crate::task::CallContext;

/// An open engine. Cheap to clone; see [`engine::Engine`], whose calls these are.
#[derive(Debug, Clone)]
pub struct Engine(engine::Engine);

impl Engine {
    /// A new engine in memory, which goes with its last handle.
    pub async fn memory(config: ConfigInput) -> Result<Self> {
        Self::open_disk(Arc::new(MemoryDisk::new()), config).await
    }

    /// The engine in the directory `path`, which is made if it is missing; see
    /// [`engine::Engine::open_directory`].
    pub async fn open(path: String, config: ConfigInput) -> Result<Self> {
        let config = EngineConfig::from(config);
        Ok(Self(run_blocking(move || engine::Engine::open_directory(path, config)).await?))
    }

    /// The engine on a disk of the host's; see [`engine::Engine::open`].
    pub async fn open_disk(disk: Arc<dyn Disk>, config: ConfigInput) -> Result<Self> {
        let config = EngineConfig::from(config);
        Ok(Self(run_blocking(move || engine::Engine::open(disk, config)).await?))
    }

    /// The namespace `name`, which is made if there is none: with this threshold of values that
    /// have files of their own, or that of the engine.
    pub async fn namespace(
        &self,
        name: String,
        separated_bytes_min: Option<u64>,
    ) -> Result<Namespace> {
        let mut options = NamespaceOptions::default();
        options.separated_bytes_min = separated_bytes_min;
        let namespace = self.run(move |engine| engine.namespace_with(&name, &options)).await?;
        Ok(Namespace::new(namespace))
    }

    /// The names of the namespaces, ascending.
    pub async fn namespaces(&self) -> Result<Vec<String>> {
        self.run(|engine| engine.namespaces()).await
    }

    /// Drops a namespace with all its keys, durably. Returns whether there was one.
    pub async fn drop_namespace(&self, name: String) -> Result<bool> {
        self.run(move |engine| engine.drop_namespace(&name)).await
    }

    /// A batch of changes of any namespaces.
    pub fn batch(&self) -> Batch {
        Batch::new(self.0.batch())
    }

    /// All namespaces as they are now.
    pub async fn snapshot(&self) -> Result<EngineSnapshot> {
        self.run(|engine| engine.snapshot()).await
    }

    /// The revision of the last change.
    pub async fn revision(&self) -> Result<u64> {
        self.tell(|engine| engine.revision().get()).await
    }

    /// What the engine holds and has done.
    pub async fn stats(&self) -> Result<EngineStats> {
        self.tell(engine::Engine::stats).await
    }

    /// Makes everything that was written so far durable.
    pub async fn sync(&self) -> Result<()> {
        self.run(|engine| engine.sync()).await
    }

    /// Whether [`sync`](Self::sync) has anything to do.
    pub async fn needs_sync(&self) -> Result<bool> {
        self.tell(engine::Engine::needs_sync).await
    }

    /// Writes a checkpoint. Returns whether there was anything to do.
    pub async fn checkpoint(&self) -> Result<bool> {
        self.run(|engine| engine.checkpoint()).await
    }

    /// Does a piece of the work of the background. Returns whether there is more.
    pub async fn maintain(&self) -> Result<bool> {
        self.run(|engine| engine.maintain()).await
    }

    /// Gives back the space of what is dead in the log. Returns how many bytes were written anew.
    /// Dropped, it ends after its present step; what is done stays done.
    pub async fn compact(&self) -> Result<u64> {
        let compaction = self.run(|engine| engine.begin_compact()).await?;
        Ok(in_steps(compaction, Compaction::step).await?.written())
    }

    /// Deletes values that no key names, as a crash may leave them.
    pub async fn vacuum(&self) -> Result<Vacuum> {
        self.run(|engine| engine.vacuum(engine::VacuumMode::Delete)).await
    }

    /// Removes keys that have expired. Returns how many.
    pub async fn purge_expired(&self) -> Result<u64> {
        self.run(|engine| engine.purge_expired()).await
    }

    /// Checks everything there is, and gives the first `first_max` of what is wrong: 1,000 if
    /// `None`, at most 10,000. Dropped, it ends after its present step.
    pub async fn verify(&self, first_max: Option<u32>) -> Result<Verified> {
        verify::verify(self.0.clone(), super::first_max(first_max)?).await
    }

    /// Compares what was counted of the rows of all tracked namespaces with the rows, all of which
    /// are read. Progress is rows. It ends where it is cancelled or dropped.
    pub async fn verify_state(&self, context: &CallContext) -> Result<VerifiedStates> {
        context.cancel.run(state::verify_all(&self.0, context)).await
    }

    /// Compares two engines, namespace by namespace. Gives the first `first_max` differences: 1,000
    /// if `None`, at most 10,000, and no further ones once their keys have 8 MiB. Dropped, it ends
    /// after its present step.
    pub async fn compare(&self, other: &Self, first_max: Option<u32>) -> Result<ComparedEngines> {
        let first_max = super::first_max(first_max)?;
        compare::compare_engines(self.0.clone(), other.0.clone(), first_max).await
    }

    /// Waits for what is under way, checkpoints, and releases the directory. Closing again does
    /// nothing.
    pub async fn close(&self) -> Result<()> {
        self.run(|engine| engine.close()).await
    }

    /// Tells what a closed engine would still know; here it is refused like everything else.
    async fn tell<T: MaybeSend + 'static>(
        &self,
        look: impl FnOnce(&engine::Engine) -> T + MaybeSend + 'static,
    ) -> Result<T> {
        self.run(
            |engine| if engine.is_closed() { Err(engine::Error::Closed) } else { Ok(look(engine)) },
        )
        .await
    }

    async fn run<T: MaybeSend + 'static>(
        &self,
        work: impl FnOnce(&engine::Engine) -> engine::Result<T> + MaybeSend + 'static,
    ) -> Result<T> {
        let engine = self.0.clone();
        Ok(run_blocking(move || work(&engine)).await?)
    }
}
