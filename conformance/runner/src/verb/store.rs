//! Stores: opening them, and telling those of the runner how to behave.

use std::sync::Arc;

use sealwood::blob::{BlobStore, MemoryStore, Precondition};
use sealwood::bridge::{AppStore, S3Input, StoreHandle, check_store};
use serde_json::Value;

use super::Taken;
use crate::host::{BareStore, HostStore, How, Method};
use crate::outcome::Outcome;
use crate::step::{Step, Stop};
use crate::world::{Store, World};

pub(super) async fn open(world: &World, step: &Step) -> Taken {
    let name = step.need_text("as")?;
    let mut host = None;
    let handle = match step.text("kind")?.unwrap_or("memory") {
        "memory" => StoreHandle::memory(),
        "host" => {
            let store = Arc::new(HostStore::default());
            host = Some(Arc::clone(&store));
            StoreHandle::new(Arc::new(AppStore::new(store)))
        }
        "bare" => {
            let store = Arc::new(HostStore::default());
            host = Some(Arc::clone(&store));
            StoreHandle::new(Arc::new(AppStore::new(BareStore(store))))
        }
        "objects" => StoreHandle::new(Arc::new(filled(step).await?)),
        "local" => StoreHandle::local(step.need_text("path")?.to_owned()).await?,
        "directory" => StoreHandle::directory(step.need_text("path")?.to_owned()).await?,
        "s3" => StoreHandle::new(bucket(step)?.store()?),
        kind => return Err(format!("no kind of store: {kind:?}").into()),
    };
    world.stores.set(Some(name), Store { handle, host });
    Ok(Outcome::Nothing)
}

fn bucket(step: &Step) -> Result<S3Input, String> {
    Ok(S3Input {
        endpoint: Some(step.need_text("endpoint")?.to_owned()),
        region: "us-east-1".into(),
        bucket: step.need_text("bucket")?.to_owned(),
        prefix: step.text("prefix")?.map(str::to_owned),
        path_style: Some(true),
        access_key_id: "test".into(),
        secret_access_key: "test".into(),
        allow_http: true,
        ..S3Input::default()
    })
}

/// A store in memory that holds what the step lists.
async fn filled(step: &Step) -> Result<MemoryStore, Stop> {
    let store = MemoryStore::new();
    for (key, digits) in step.object("objects")?.ok_or_else(|| "no \"objects\"".to_owned())? {
        let bytes = digits.as_str().and_then(|digits| hex::decode(digits).ok());
        let bytes = bytes.ok_or_else(|| format!("object {key:?} is not hexadecimal"))?;
        store.put(key, bytes.into(), Precondition::Absent).await?;
    }
    Ok(store)
}

pub(super) async fn close(world: &World, step: &Step) -> Taken {
    world.stores.get(step.need_text("store")?)?.handle.close().await?;
    Ok(Outcome::Nothing)
}

pub(super) async fn check(world: &World, step: &Step) -> Taken {
    let store = world.stores.get(step.need_text("store")?)?;
    let kept = check_store(store.handle.objects(), step.need_text("prefix")?).await?;
    Ok(Outcome::Value(kept.into()))
}

pub(super) fn misbehave(world: &World, step: &Step) -> Taken {
    let host = host(world, step)?;
    let how = How::parse(step.need_text("how")?, step.text("code")?)?;
    let method = step.text("method")?.map(Method::parse).transpose()?;
    match step.need_number("at")? {
        0 => return Err("calls are counted from 1".to_owned().into()),
        at => host.arm(at, method, how),
    }
    Ok(Outcome::Nothing)
}

pub(super) async fn wait_for_call(world: &World, step: &Step) -> Taken {
    host(world, step)?.wait_for_call().await?;
    Ok(Outcome::Nothing)
}

pub(super) fn calls(world: &World, step: &Step) -> Taken {
    let calls = host(world, step)?.calls();
    world.counts.set(step.text("as")?, calls);
    let since = step.text("since")?.map(|name| world.counts.get(name)).transpose()?;
    Ok(Outcome::Value(Value::from(calls - since.unwrap_or(0))))
}

fn host(world: &World, step: &Step) -> Result<Arc<HostStore>, String> {
    let store = world.stores.get(step.need_text("store")?)?;
    store.host.ok_or_else(|| "only a store that the runner wrote does that".into())
}
