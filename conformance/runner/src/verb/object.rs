//! Steps on the objects of a store, beneath any vault.

use bytes::{Bytes, BytesMut};
use sealwood::blob::{BlobStore, ObjectMeta, Precondition};
use serde_json::{Value, json};

use super::{Taken, unknown};
use crate::outcome::Outcome;
use crate::step::{Step, Stop};
use crate::world::World;

pub(super) async fn take(world: &World, verb: &str, step: &Step) -> Taken {
    let store = world.stores.get(step.need_text("store")?)?.blobs();
    match verb {
        "list" => return list(world, &*store, step).await,
        "copy" => {
            let (from, to) = (step.need_text("from")?, step.need_text("to")?);
            let object = store.get(from).await?;
            store.put(to, object.bytes, Precondition::None).await?;
            return Ok(Outcome::Nothing);
        }
        "deleteMany" => {
            let keys = keys(world, step)?;
            let delete = async { Ok(store.delete_many(&keys).await) };
            let left = step.context.cancel.run(delete).await?.into_iter();
            let left = left.map(|left| json!({"key": left.key, "code": left.error.code()}));
            return Ok(Outcome::Value(left.collect()));
        }
        _ => {}
    }
    let key = &key(world, step)?;
    match verb {
        "get" => {
            let name = step.text("as")?;
            let object = store.get(key).await?;
            world.etags.set(name, object.etag);
            Ok(object.bytes.into())
        }
        "getRange" => {
            let (offset, length) = (step.need_number("offset")?, step.need_number("length")?);
            Ok(store.get_range(key, offset, length).await?.into())
        }
        "put" => {
            let (content, name) = (step.content("content")?, step.text("as")?);
            let etag = store.put(key, content.into(), precondition(world, step)?).await?;
            world.etags.set(name, etag);
            Ok(Outcome::Nothing)
        }
        "delete" => Ok(store.delete(key).await.map(|()| Outcome::Nothing)?),
        "head" => {
            let (name, meta) = (step.text("as")?, store.head(key).await?);
            if let Some(etag) = meta.as_ref().and_then(|meta| meta.etag.clone()) {
                world.etags.set(name, etag);
            }
            let members =
                |meta: ObjectMeta| json!({"size": meta.size, "modifiedMs": meta.modified_ms});
            Ok(Outcome::Value(meta.map(members).into()))
        }
        "corrupt" => {
            let bytes = store.get(key).await?.bytes;
            store.put(key, corrupted(bytes, step)?, Precondition::None).await?;
            Ok(Outcome::Nothing)
        }
        _ => unknown(verb),
    }
}

fn key(world: &World, step: &Step) -> Result<String, String> {
    if let Some(key) = step.text("key")? {
        return Ok(key.to_owned());
    }
    let keys = world.keys.get(step.need_text("keys")?)?;
    let index = step.need_number("index")? as usize;
    keys.get(index).cloned().ok_or_else(|| format!("there are {} keys", keys.len()))
}

/// The keys that a step lists, or that have a name.
fn keys(world: &World, step: &Step) -> Result<Vec<String>, String> {
    match step.value("keys") {
        Some(Value::String(name)) => world.keys.get(name),
        Some(keys) => serde_json::from_value(keys.clone()).map_err(|_| format!("no keys: {keys}")),
        None => Err("no \"keys\"".into()),
    }
}

fn precondition(world: &World, step: &Step) -> Result<Precondition, String> {
    match (step.flag("absent")?, step.text("matches")?) {
        (false, None) => Ok(Precondition::None),
        (true, None) => Ok(Precondition::Absent),
        (false, Some(name)) => Ok(Precondition::Matches(world.etags.get(name)?)),
        _ => Err("either \"absent\" or \"matches\"".into()),
    }
}

async fn list(world: &World, store: &dyn BlobStore, step: &Step) -> Taken {
    const ALL: u64 = 1_000;
    let (prefix, after) = (step.need_text("prefix")?, step.text("startAfter")?);
    let (limit, name) = (step.number("limit")?.unwrap_or(ALL), step.text("as")?);
    let mut page = store.list(prefix, after, limit as usize).await?;
    if let Some(known) = step.text("without")? {
        let known = world.keys.get(known)?;
        page.objects.retain(|object| !known.contains(&object.key));
    }
    let keys = page.objects.iter().map(|object| object.key.clone()).collect();
    world.keys.set(name, keys);
    Ok((&page).into())
}

/// The object with one bit flipped, or its first bytes alone.
fn corrupted(bytes: Bytes, step: &Step) -> Result<Bytes, Stop> {
    let (bit, kept) = (step.number("bit")?, step.number("truncate")?);
    match (bit, kept) {
        (Some(bit), None) => {
            let mut bytes = BytesMut::from(&bytes[..]);
            let byte = bytes.get_mut(bit as usize / 8).ok_or_else(|| "no such bit".to_owned())?;
            *byte ^= 1 << (bit % 8);
            Ok(bytes.freeze())
        }
        (None, Some(kept)) if kept < bytes.len() as u64 => Ok(bytes.slice(..kept as usize)),
        _ => Err("either \"bit\" or \"truncate\", within the object".to_owned().into()),
    }
}
