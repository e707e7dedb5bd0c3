//! The calls of a state of partitions.

use std::rc::Rc;

use sealwood::bridge::engine::{PartitionedLtHash, RowChange, record};
use sealwood::lthash::{Detail, Difference, Partition, Place, State};
use serde_json::{Value, json};

use super::{Taken, unknown};
use crate::outcome::Outcome;
use crate::spelled::{self, spell};
use crate::step::Step;
use crate::world::World;

pub(super) fn take(world: &World, verb: &str, step: &Step) -> Taken {
    if verb == "new" {
        let (name, secret) = (step.need_text("as")?, step.secret("secret")?);
        world.partitions.set(Some(name), Rc::new(PartitionedLtHash::new(secret)?));
        return Ok(Outcome::Nothing);
    }
    let partitions = world.partitions.get(step.need_text("partitions")?)?;
    let name = || step.need_bytes("name");
    match verb {
        "create" => partitions.create(&name()?, detail(step)?)?,
        "restore" => {
            let record = step.content("record")?;
            return Ok(Outcome::Value(partitions.restore(&name()?, &record)?.into()));
        }
        "remove" => return Ok(partitions.remove(&name()?).into()),
        "names" => {
            let names = partitions.names();
            return Ok(Outcome::Value(names.iter().map(|name| spell(name)).collect()));
        }
        "partition" => {
            let partition = partitions.partition(&name()?);
            return Ok(Outcome::Value(partition.map_or(Value::Null, |it| said(&it))));
        }
        "record" => {
            let version = step.need_number("version")?;
            let partition = partitions.partition(&name()?);
            let partition = partition.ok_or_else(|| "no such partition".to_owned())?;
            return Ok(Outcome::Content(record(&partition, version).into()));
        }
        "apply" => partitions.apply(&name()?, &changes(step)?)?,
        "beginBackfill" => partitions.begin_backfill(&name()?, detail(step)?)?,
        "backfill" => partitions.backfill(&name()?, &step.need_rows("rows")?)?,
        "finishBackfill" => partitions.finish_backfill(&name()?)?,
        "forget" => partitions.forget(&name()?)?,
        "hash" => {
            let name = step.need_text("as")?;
            world.hashes.set(Some(name), Rc::new(partitions.hash()?));
        }
        "checksum" => return Ok(hex::encode(partitions.checksum()?).as_str().into()),
        "differences" => {
            let other = world.partitions.get(step.need_text("other")?)?;
            let differences = partitions.differences(&other)?;
            return Ok(Outcome::Value(differences.iter().map(difference).collect()));
        }
        _ => return unknown(verb),
    }
    Ok(Outcome::Nothing)
}

/// The members of a partition.
pub(super) fn said(partition: &Partition) -> Value {
    let (state, cursor) = match partition.state() {
        State::Absent => ("absent", None),
        State::Backfilling { cursor } => ("backfilling", cursor.as_ref()),
        State::Valid => ("valid", None),
    };
    let detail = match partition.detail() {
        Detail::Whole => "whole",
        Detail::Buckets => "buckets",
    };
    let statistics = partition.statistics();
    let checksum = partition.hash().ok().map(|hash| hash.checksum().to_string());
    json!({
        "name": spell(partition.domain().name()),
        "state": state,
        "cursor": cursor.map(|cursor| spell(cursor)),
        "detail": detail,
        "rows": statistics.map(|statistics| statistics.rows),
        "bytes": statistics.map(|statistics| statistics.bytes),
        "checksum": checksum,
        "buckets": partition.buckets().map(|(bucket, _)| bucket).collect::<Vec<_>>(),
    })
}

fn difference(difference: &Difference) -> Value {
    let partition = spell(&difference.partition);
    let place = match &difference.place {
        Place::OnlyFirst => "onlyFirst",
        Place::OnlySecond => "onlySecond",
        Place::Somewhere => "somewhere",
        Place::Buckets(buckets) => {
            return json!({"partition": partition, "place": "buckets", "buckets": buckets});
        }
    };
    json!({"partition": partition, "place": place})
}

fn detail(step: &Step) -> Result<Detail, String> {
    match step.need_text("detail")? {
        "whole" => Ok(Detail::Whole),
        "buckets" => Ok(Detail::Buckets),
        other => Err(format!("no detail: {other:?}")),
    }
}

fn changes(step: &Step) -> Result<Vec<RowChange>, String> {
    let given = step.value("changes").ok_or("no \"changes\"")?;
    let wrong = || format!("no changes: {given}");
    let change = |change: &Value| {
        let members = change.as_object().ok_or_else(wrong)?;
        if !members.keys().all(|name| ["key", "before", "after"].contains(&name.as_str())) {
            return Err(wrong());
        }
        let bytes = |name| members.get(name).map(spelled::bytes).transpose();
        let key = bytes("key")?.ok_or_else(wrong)?;
        Ok(RowChange { key, before: bytes("before")?, after: bytes("after")? })
    };
    given.as_array().ok_or_else(wrong)?.iter().map(change).collect()
}
