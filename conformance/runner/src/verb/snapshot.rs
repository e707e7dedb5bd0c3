//! Reading: a snapshot's calls.

use bytes::{Bytes, BytesMut};
use futures_lite::StreamExt;
use sealwood::seal::Link;
use sealwood::vault::{ContentStream, EntryInfo, EntryStream, ListPage, Snapshot};
use sealwood::{Error, Result};
use serde_json::json;

use super::{Taken, options, unknown};
use crate::outcome::Outcome;
use crate::step::Step;
use crate::world::World;

pub(super) async fn take(snapshot: &Snapshot, verb: &str, step: &Step) -> Taken {
    let (path, cancel) = (step.need_text("path")?, &step.context.cancel);
    Ok(match verb {
        "stat" => cancel.run(snapshot.stat(path)).await?.into(),
        "exists" => cancel.run(snapshot.exists(path)).await?.into(),
        "get" | "getRange" => snapshot.get_with(path, &options::read(step)?).await?.into(),
        "getStream" => {
            let (options, take) = (options::read(step)?, step.number("take")?);
            let (_, parts) = snapshot.get_stream_with(path, &options).await?;
            step.context.cancel.run(pieces(parts, take)).await?.into()
        }
        "list" => page(cancel.run(snapshot.list_with(path, &options::list(step)?)).await?),
        "entries" => paths(cancel.run(snapshot.list_stream(path, None)).await?).await?,
        "entriesRecursive" => paths(cancel.run(snapshot.list_recursive(path)).await?).await?,
        _ => return unknown(verb),
    })
}

/// Opens a link.
pub(super) fn shared(world: &World, step: &Step) -> Taken {
    let (store, name) = (world.stores.get(step.need_text("store")?)?, step.text("as")?);
    let spelled = step.need_text("link")?;
    let link = match world.links.find(spelled) {
        Some(link) => link.ok_or_else(|| "the directory was empty".to_owned())?,
        None => {
            let bytes = hex::decode(spelled).map_err(|_| format!("no link {spelled:?}"))?;
            let bytes = bytes.as_slice().try_into();
            // Other languages have no type for it.
            Link::from_bytes(
                bytes.map_err(|_| Error::InvalidArgument { what: "a link: 56 bytes" })?,
            )
        }
    };
    world.snapshots.set(name, Snapshot::shared(store.blobs(), &link));
    Ok(Outcome::Nothing)
}

/// The pieces of a content joined, or the first of them; the stream is dropped then.
pub(super) async fn pieces(mut parts: ContentStream, take: Option<u64>) -> Result<Bytes> {
    let mut joined = BytesMut::new();
    let mut left = take.unwrap_or(u64::MAX);
    while left > 0
        && let Some(part) = parts.try_next().await?
    {
        joined.extend_from_slice(&part);
        left -= 1;
    }
    Ok(joined.freeze())
}

pub(super) fn page(page: ListPage) -> Outcome {
    let names: Vec<_> = page.entries.iter().map(EntryInfo::name).collect();
    Outcome::Value(json!({"names": names, "next": page.next}))
}

pub(super) async fn paths(entries: EntryStream) -> Result<Outcome> {
    let paths = entries.map(|entry| -> Result<String> { Ok(entry?.path.as_str().to_owned()) });
    Ok(Outcome::Paths(paths.try_collect::<String, _, Vec<_>>().await?))
}
