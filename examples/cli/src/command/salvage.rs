//! `sealwood salvage`

use std::fmt;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;

use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, EngineStore, Precondition};
use sealwood::engine::disk::DirectoryDisk;
use sealwood::engine::{Certainty, Engine, Finding, Salvaged, SalvagedKey};
use serde::Serialize;

use crate::address::{Address, Purpose};
use crate::bytes_text::{count, size};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::OwnStore;
use crate::place::StoreFolder;

#[derive(clap::Args)]
pub(crate) struct Salvage {
    /// The directory of the damaged local store; nothing in it is changed
    directory: PathBuf,

    /// Where to put what is whole: dir:PATH, or a path; it must hold nothing yet
    target: String,
}

impl Salvage {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        StoreFolder::engine(&self.directory).expect_store()?;
        let disk = DirectoryDisk::open_existing(&self.directory)
            .map_err(|error| Failure::local(&self.directory, error))?;
        let target = Address::parse(&self.target)?;
        if let Some(folder) = target.local_path() {
            OwnStore::of(Some(&self.directory))?.keep_out_of(folder)?;
        }
        target.expect_room()?;
        context.interrupt.listen()?;
        let store = target.store(Purpose::Change).await?;
        let outcome = fill(context, &target, &*store.objects(), disk).await;
        store.close_after(outcome).await
    }
}

async fn fill(
    context: &Context,
    address: &Address,
    target: &dyn BlobStore,
    disk: DirectoryDisk,
) -> Result<()> {
    if !target.list("", None, 1).await?.objects.is_empty() {
        return Err(Failure::Usage("the target holds something already".into()));
    }
    let cancel = context.interrupt.token();
    let mut salvaged = Objects { target: address.to_string(), ..Objects::default() };
    let mut failed = None;
    let outcome = Engine::salvage(Arc::new(disk), &mut |item| {
        let done = match item {
            Salvaged::Key(object) => salvaged.put(context, target, &object),
            Salvaged::Finding(finding) => {
                tell(context, finding);
                Ok(())
            }
        };
        failed = done.err();
        match failed.is_none() && !cancel.is_cancelled() {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    });
    match failed {
        Some(failure) => return Err(failure),
        None => outcome?,
    };
    target.flush().await?;
    context.output.emit(&salvaged)
}

/// Reports damage as the failure that it is; what a crash leaves too is a note.
fn tell(context: &Context, finding: Finding) {
    let Finding { kind, key, error, .. } = finding;
    if !kind.is_damage() {
        return context.output.note(error);
    }
    let path = key.map(|object| String::from_utf8_lossy(&object).into_owned());
    context.output.problem(&Failure::Vault { error: error.into(), path });
}

/// What was put into the target.
#[derive(Default, Serialize)]
struct Objects {
    target: String,
    objects: u64,
    object_bytes: u64,
    /// Objects that may have been changed or removed since.
    uncertain: u64,
    /// Keys that are no objects of a vault.
    passed_over: u64,
}

impl Objects {
    fn put(
        &mut self,
        context: &Context,
        target: &dyn BlobStore,
        object: &SalvagedKey<'_>,
    ) -> Result<()> {
        let is_object = object.namespace().is_none_or(|name| name == EngineStore::NAMESPACE);
        let Some(name) = std::str::from_utf8(object.key()).ok().filter(|_| is_object) else {
            self.passed_over += 1;
            return Ok(());
        };
        let put = target.put(name, object.value()?, Precondition::Absent);
        block_on(put).map_err(|error| Failure::from(error).at(name))?;
        self.objects += 1;
        self.object_bytes += object.value_len();
        if object.certainty() == Certainty::MaybeChanged {
            self.uncertain += 1;
            context.output.emit(&Uncertain { object: name, certainty: "maybe-changed" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Objects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let objects = count(self.objects, "object", "objects");
        write!(f, "{objects}, {} in {}", size(self.object_bytes), self.target)?;
        match self.uncertain {
            0 => Ok(()),
            some => write!(f, "; {some} may have been changed or removed since"),
        }
    }
}

/// An object that may not be in its last state.
#[derive(Serialize)]
struct Uncertain<'a> {
    object: &'a str,
    certainty: &'static str,
}

impl fmt::Display for Uncertain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "may have been changed since: {}", self.object)
    }
}
