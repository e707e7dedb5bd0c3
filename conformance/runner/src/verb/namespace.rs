//! A namespace's calls.

use std::rc::Rc;

use sealwood::bridge::engine::{
    Compared, DifferenceKind, Namespace, RowDifference, StateDifference, VerifiedState,
};
use sealwood::engine::{
    DeleteOptions, Durability, Expiry, KeyInfo, Precondition, PutOptions, Revision, Tracking, Value,
};
use serde_json::json;

use super::engine::small;
use super::{Taken, partitions, scan, unknown};
use crate::outcome::Outcome;
use crate::spelled::spell;
use crate::step::Step;
use crate::world::World;

pub(super) async fn take(world: &World, namespace: &Namespace, verb: &str, step: &Step) -> Taken {
    let cancel = &step.context.cancel;
    let key = || step.need_bytes("key");
    let number = |number: u64| Outcome::Value(number.into());
    Ok(match verb {
        "get" => value(cancel.run(namespace.get(key()?)).await?),
        "getRange" => {
            let (offset, length) = (step.need_number("offset")?, step.need_number("length")?);
            value(cancel.run(namespace.get_range(key()?, offset, length)).await?)
        }
        "info" => info(cancel.run(namespace.info(key()?)).await?),
        "put" => {
            let (value, options) = (step.need_bytes("value")?, put_options(world, step)?);
            let name = step.text("as")?;
            let revision = cancel.run(namespace.put(key()?, value, options)).await?;
            world.revisions.set(name, revision);
            Outcome::Nothing
        }
        "delete" => {
            let options = delete_options(world, step)?;
            cancel.run(namespace.delete(key()?, options)).await?.into()
        }
        "expireAt" => {
            let ms = step.need_number("ms")?;
            cancel.run(namespace.expire_at(key()?, ms)).await?.into()
        }
        "persist" => cancel.run(namespace.persist(key()?)).await?.into(),
        "renamePrefix" => {
            let (from, to) = (step.need_bytes("from")?, step.need_bytes("to")?);
            cancel.run(namespace.rename_prefix(from, to)).await?.into()
        }
        "longestPrefix" => {
            Outcome::Value(cancel.run(namespace.longest_prefix(key()?)).await?.into())
        }
        "length" => number(cancel.run(namespace.length()).await?),
        "snapshot" => {
            let name = step.text("as")?;
            world.namespace_snapshots.set(name, cancel.run(namespace.snapshot()).await?);
            Outcome::Nothing
        }
        "watch" => {
            let (name, since) = (step.need_text("as")?, since(world, step)?);
            let prefix = step.bytes("prefix")?.unwrap_or_default();
            // The step is not what cancels the watch.
            let watch = namespace.watch(prefix, since, sealwood::CancelToken::new());
            world.watches.set(Some(name), Rc::new(cancel.run(watch).await?));
            Outcome::Nothing
        }
        "track" => cancel.run(namespace.track(tracking(step)?)).await?.into(),
        "trackedState" => Outcome::Value(match cancel.run(namespace.tracked_state()).await? {
            None => serde_json::Value::Null,
            Some(state) => {
                let mut members = partitions::said(&state.partition);
                members["revision"] = state.revision.get().into();
                members
            }
        }),
        "backfill" => {
            namespace.backfill(&step.context).await?;
            Outcome::Nothing
        }
        "verifyState" => {
            let verified = namespace.verify_state(&step.context).await?;
            let revision = verified.revision;
            let mut said = state_said(verified);
            said["revision"] = revision.into();
            Outcome::Value(said)
        }
        "compare" => {
            let other = world.namespaces.get(step.need_text("other")?)?;
            let first_max = small(step, "firstMax")?;
            compared(cancel.run(namespace.compare(&other, first_max)).await?)
        }
        "scan" | "scanKeys" | "openScan" => return scan::scan(world, namespace, verb, step).await,
        _ => return unknown(verb),
    })
}

pub(super) fn value(value: Option<Value>) -> Outcome {
    value.map_or(Outcome::Value(serde_json::Value::Null), |value| value.bytes.into())
}

pub(super) fn info(info: Option<KeyInfo>) -> Outcome {
    let members = info.map(|info| {
        let expires_at_ms = info.expires_at.map(Expiry::as_ms);
        json!({"size": info.len, "revision": info.revision.get(), "expiresAtMs": expires_at_ms})
    });
    Outcome::Value(members.into())
}

/// What was found of a namespace, but for its revision.
pub(super) fn state_said(state: VerifiedState) -> serde_json::Value {
    let VerifiedState { rows, is_backfilling, difference, .. } = state;
    let difference = difference.map(|StateDifference { buckets }| json!({"buckets": buckets}));
    json!({"rows": rows, "isBackfilling": is_backfilling, "difference": difference})
}

/// A row that differs.
pub(super) fn row_said(difference: &RowDifference) -> serde_json::Value {
    let kind = match difference.kind {
        DifferenceKind::OnlyFirst => "onlyFirst",
        DifferenceKind::OnlySecond => "onlySecond",
        DifferenceKind::Value => "value",
    };
    json!({"kind": kind, "key": spell(&difference.key)})
}

fn compared(compared: Compared) -> Outcome {
    Outcome::Value(json!({
        "differences": compared.differences,
        "rowsRead": compared.rows_read,
        "first": compared.first.iter().map(row_said).collect::<Vec<_>>(),
    }))
}

fn since(world: &World, step: &Step) -> Result<Option<u64>, String> {
    match step.value("since") {
        None => Ok(None),
        Some(serde_json::Value::String(name)) => world.revisions.get(name).map(Some),
        Some(number) => match number.as_u64() {
            Some(number) => Ok(Some(number)),
            None => Err(format!("not a revision: {number}")),
        },
    }
}

fn tracking(step: &Step) -> Result<Tracking, String> {
    match step.need_text("tracking")? {
        "off" => Ok(Tracking::Off),
        "whole" => Ok(Tracking::Whole),
        "buckets" => Ok(Tracking::Buckets),
        other => Err(format!("no tracking: {other:?}")),
    }
}

pub(super) fn put_options(world: &World, step: &Step) -> Result<PutOptions, String> {
    let options =
        PutOptions::new().precondition(precondition(world, step)?).durability(durability(step)?);
    Ok(match step.number("expiresAtMs")? {
        Some(ms) => options.expires_at(Expiry::at_ms(ms)),
        None => options,
    })
}

pub(super) fn delete_options(world: &World, step: &Step) -> Result<DeleteOptions, String> {
    let (precondition, durability) = (precondition(world, step)?, durability(step)?);
    Ok(DeleteOptions::new().precondition(precondition).durability(durability))
}

pub(super) fn durability(step: &Step) -> Result<Durability, String> {
    match step.text("durability")? {
        None | Some("group") => Ok(Durability::Group),
        Some("none") => Ok(Durability::None),
        Some("sync") => Ok(Durability::Sync),
        Some(other) => Err(format!("no durability: {other:?}")),
    }
}

fn precondition(world: &World, step: &Step) -> Result<Precondition, String> {
    Ok(match step.text("precondition")? {
        None => Precondition::None,
        Some("absent") => Precondition::Absent,
        Some("present") => Precondition::Present,
        Some(name) => Precondition::Revision(Revision::new(world.revisions.get(name)?)),
    })
}
