//! An engine's calls, and those of its batches and snapshots.

use std::rc::Rc;

use sealwood::bridge::engine::{
    Batch, ComparedEngines, ConfigInput, Engine, NamespaceDifferenceKind, Verified,
    VerifiedNamespace, VerifiedStates,
};
use sealwood::engine::{Access, Background, EngineSnapshot, EngineStats, RecoveryMode};
use serde_json::{Value, json};

use super::namespace::{delete_options, durability, put_options, row_said, state_said};
use super::{Taken, unknown};
use crate::outcome::Outcome;
use crate::step::{Step, Stop};
use crate::world::World;

pub(super) async fn take(world: &World, verb: &str, step: &Step) -> Taken {
    let cancel = &step.context.cancel;
    match verb {
        "memory" | "open" => {
            let (name, config) = (step.need_text("as")?, config(step)?);
            let engine = match verb {
                "memory" => cancel.run(Engine::memory(config)).await?,
                _ => cancel.run(Engine::open(step.need_text("path")?.to_owned(), config)).await?,
            };
            world.engines.set(Some(name), engine);
            return Ok(Outcome::Nothing);
        }
        _ => {}
    }
    let engine = world.engines.get(step.need_text("engine")?)?;
    let name = || step.need_text("name").map(str::to_owned);
    let number = |number: u64| Outcome::Value(number.into());
    Ok(match verb {
        "namespace" => {
            let (name, separated, r#as) =
                (name()?, step.number("separatedBytesMin")?, step.text("as")?);
            let namespace = cancel.run(engine.namespace(name, separated)).await?;
            world.namespaces.set(r#as, namespace);
            Outcome::Nothing
        }
        "namespaces" => Outcome::Value(cancel.run(engine.namespaces()).await?.into()),
        "dropNamespace" => cancel.run(engine.drop_namespace(name()?)).await?.into(),
        "batch" => {
            world.engine_batches.set(step.text("as")?, Rc::new(engine.batch()));
            Outcome::Nothing
        }
        "snapshot" => {
            let name = step.text("as")?;
            world.engine_snapshots.set(name, cancel.run(engine.snapshot()).await?);
            Outcome::Nothing
        }
        "revision" => {
            let name = step.text("as")?;
            world.revisions.set(name, cancel.run(engine.revision()).await?);
            Outcome::Nothing
        }
        "needsSync" => cancel.run(engine.needs_sync()).await?.into(),
        "checkpoint" => cancel.run(engine.checkpoint()).await?.into(),
        "maintain" => cancel.run(engine.maintain()).await?.into(),
        "compact" => number(cancel.run(engine.compact()).await?),
        "purgeExpired" => number(cancel.run(engine.purge_expired()).await?),
        "vacuum" => {
            let found = cancel.run(engine.vacuum()).await?;
            Outcome::Value(json!({"values": found.values, "valueBytes": found.value_bytes}))
        }
        "stats" => stats(cancel.run(engine.stats()).await?),
        "verify" => {
            let first_max = small(step, "firstMax")?;
            let verified = cancel.run(engine.verify(first_max)).await?;
            let Verified { keys, value_bytes, findings, .. } = verified;
            Outcome::Value(json!({"keys": keys, "valueBytes": value_bytes, "findings": findings}))
        }
        "verifyState" => states_said(engine.verify_state(&step.context).await?),
        "compare" => {
            let other = world.engines.get(step.need_text("other")?)?;
            let first_max = small(step, "firstMax")?;
            compared(cancel.run(engine.compare(&other, first_max)).await?)
        }
        "sync" | "close" => {
            match verb {
                "sync" => cancel.run(engine.sync()).await?,
                _ => cancel.run(engine.close()).await?,
            }
            Outcome::Nothing
        }
        _ => return unknown(verb),
    })
}

pub(super) async fn take_batch(world: &World, batch: &Batch, verb: &str, step: &Step) -> Taken {
    let namespace = || world.namespaces.get(step.need_text("in")?);
    let key = || step.need_bytes("key");
    match verb {
        "put" => {
            let (namespace, value) = (namespace()?, step.need_bytes("value")?);
            batch.put(&namespace, &key()?, value, &put_options(world, step)?)?;
        }
        "delete" => batch.delete(&namespace()?, &key()?, &delete_options(world, step)?)?,
        "length" => return Ok(Outcome::Value(batch.length().into())),
        "commit" => {
            let (durability, name) = (durability(step)?, step.text("as")?);
            let revision = step.context.cancel.run(batch.commit(durability)).await?;
            world.revisions.set(name, revision);
        }
        "close" => batch.discard(),
        _ => return unknown(verb),
    }
    Ok(Outcome::Nothing)
}

pub(super) fn take_snapshot(
    world: &World,
    snapshot: &EngineSnapshot,
    verb: &str,
    step: &Step,
) -> Taken {
    match verb {
        "namespaces" => Ok(Outcome::Value(snapshot.namespaces().collect())),
        "namespace" => {
            let (name, r#as) = (step.need_text("name")?, step.text("as")?);
            let namespace = snapshot.namespace(name);
            let is_there = namespace.is_some();
            if let Some(namespace) = namespace {
                world.namespace_snapshots.set(r#as, namespace.into());
            }
            Ok(is_there.into())
        }
        _ => unknown(verb),
    }
}

fn config(step: &Step) -> Result<ConfigInput, Stop> {
    let access = match step.text("access")? {
        None | Some("readWrite") => Access::ReadWrite,
        Some("readOnly") => Access::ReadOnly,
        Some(other) => return Err(format!("no access: {other:?}").into()),
    };
    let recovery = match step.text("recovery")? {
        None | Some("checkpoint") => RecoveryMode::Checkpoint,
        Some("rebuild") => RecoveryMode::Rebuild,
        Some("passOver") => RecoveryMode::PassOver,
        Some(other) => return Err(format!("no recovery: {other:?}").into()),
    };
    let background = match step.text("backgroundWork")? {
        None | Some("automatic") => Background::Automatic,
        Some("manual") => Background::Manual,
        Some(other) => return Err(format!("no background: {other:?}").into()),
    };
    Ok(ConfigInput {
        access,
        recovery,
        background,
        separated_bytes_min: step.number("separatedBytesMin")?,
        memory_bytes_max: step.number("memoryBytesMax")?,
        namespaces_max: small(step, "namespacesMax")?,
        checkpoint_idle_ms: small(step, "checkpointIdleMs")?,
        watch_events_max: small(step, "watchEventsMax")?,
        watch_bytes_max: step.number("watchBytesMax")?,
    })
}

pub(super) fn small(step: &Step, name: &str) -> Result<Option<u32>, String> {
    let number = step.number(name)?.map(u32::try_from).transpose();
    number.map_err(|_| format!("{name:?} is too large"))
}

fn states_said(states: VerifiedStates) -> Outcome {
    let namespaces = states.namespaces.into_iter().map(|VerifiedNamespace { name, state }| {
        let mut said = state_said(state);
        said["name"] = name.into();
        said
    });
    Outcome::Value(json!({
        "rows": states.rows,
        "differing": states.differing,
        "backfilling": states.backfilling,
        "namespaces": namespaces.collect::<Vec<_>>(),
    }))
}

fn compared(compared: ComparedEngines) -> Outcome {
    let first = compared.first.iter().map(|difference| {
        let kind = match difference.kind {
            NamespaceDifferenceKind::OnlyFirst => "onlyFirst",
            NamespaceDifferenceKind::OnlySecond => "onlySecond",
            NamespaceDifferenceKind::NotCounted => "notCounted",
            NamespaceDifferenceKind::Row => "row",
        };
        let row = difference.row.as_ref().map(row_said);
        json!({"kind": kind, "namespace": difference.namespace, "row": row})
    });
    Outcome::Value(json!({
        "namespaces": compared.namespaces,
        "missing": compared.missing,
        "notCounted": compared.not_counted,
        "differences": compared.differences,
        "rowsRead": compared.rows_read,
        "first": first.collect::<Vec<_>>(),
    }))
}

fn stats(stats: EngineStats) -> Outcome {
    let members: Value = json!({
        "keys": stats.keys,
        "namespaces": stats.namespaces,
        "segments": stats.segments,
        "leases": stats.leases,
        "checkpointsPublished": stats.checkpoints_published,
        "revision": stats.revision.get(),
        "durableRevision": stats.durable_revision.get(),
        "logDiskBytes": stats.log_disk_bytes,
        "logLiveBytes": stats.log_live_bytes,
        "indexBytes": stats.index_bytes,
        "dirtyBytes": stats.dirty_bytes,
        "logSinceCheckpoint": stats.log_since_checkpoint,
        "logBytesWritten": stats.log_bytes_written,
        "valueBytesWritten": stats.value_bytes_written,
        "relocatedBytes": stats.relocated_bytes,
        "logSyncs": stats.log_syncs,
    });
    Outcome::Value(members)
}
