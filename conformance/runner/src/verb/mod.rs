//! What can be done: one file for each thing it is done to.

mod batch;
mod engine;
mod hash;
mod library;
mod namespace;
mod object;
mod options;
mod partitions;
mod scan;
mod snapshot;
mod store;
mod vault;
mod watch;

use crate::outcome::Outcome;
use crate::step::{Step, Stop};
use crate::world::World;

/// What came of a step.
pub(crate) type Taken = Result<Outcome, Stop>;

/// Takes a step.
pub(crate) async fn take(world: &World, verb: &str, step: &Step) -> Taken {
    match verb {
        "store" => store::open(world, step).await,
        "closeStore" => store::close(world, step).await,
        "checkStore" => store::check(world, step).await,
        "misbehave" => store::misbehave(world, step),
        "awaitCall" => store::wait_for_call(world, step).await,
        "calls" => store::calls(world, step),
        "progress" => progress(world, step),
        "prepare" => vault::prepare(world, step).await,
        "create" | "open" => vault::open(world, verb, step).await,
        "shared" => snapshot::shared(world, step),
        "phraseOfSecret" | "secretOfPhrase" | "version" => library::take(verb, step),
        _ => {
            if let Some(verb) = verb.strip_prefix("object.") {
                object::take(world, verb, step).await
            } else if let Some(verb) = verb.strip_prefix("engine.") {
                engine::take(world, verb, step).await
            } else if let Some(verb) = verb.strip_prefix("hash.") {
                hash::take(world, verb, step)
            } else if let Some(verb) = verb.strip_prefix("partitions.") {
                partitions::take(world, verb, step)
            } else if let Some(name) = step.text("engineBatch")? {
                engine::take_batch(world, &*world.engine_batches.get(name)?, verb, step).await
            } else if let Some(name) = step.text("engineSnapshot")? {
                engine::take_snapshot(world, &world.engine_snapshots.get(name)?, verb, step)
            } else if let Some(name) = step.text("namespaceSnapshot")? {
                scan::take(world, &world.namespace_snapshots.get(name)?, verb, step).await
            } else if let Some(name) = step.text("scan")? {
                scan::take_open(&*world.scans.get(name)?, verb, step).await
            } else if let Some(name) = step.text("watch")? {
                watch::take(&*world.watches.get(name)?, verb, step).await
            } else if let Some(name) = step.text("namespace")? {
                namespace::take(world, &world.namespaces.get(name)?, verb, step).await
            } else if let Some(name) = step.text("batch")? {
                batch::take(&*world.batches.get(name)?, verb, step).await
            } else if let Some(name) = step.text("snapshot")? {
                snapshot::take(&world.snapshots.get(name)?, verb, step).await
            } else if let Some(name) = step.text("new")? {
                vault::take_new(world, &*world.new_vaults.get(name)?, verb, step)
            } else {
                vault::take(world, &world.vaults.get(step.need_text("vault")?)?, verb, step).await
            }
        }
    }
}

fn progress(world: &World, step: &Step) -> Taken {
    let of = step.need_text("of")?;
    let expect = step.value("expect").cloned().unwrap_or_default();
    let total = match expect.as_object() {
        Some(members) if members.is_empty() => None,
        Some(members) if members.len() == 1 => members.get("total").cloned(),
        _ => return Err(format!("not a progress: {expect}").into()),
    };
    world.check_progress(of, total.as_ref().and_then(serde_json::Value::as_u64))?;
    // Compared already.
    Ok(Outcome::Value(expect))
}

/// The step asks for something nobody does.
fn unknown<T>(verb: &str) -> Result<T, Stop> {
    Err(format!("nothing is called {verb:?} here").into())
}
