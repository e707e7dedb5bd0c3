//! Whole vaults: a script of changes, and every object it leaves in the store.

use std::sync::Arc;

use futures_util::TryStreamExt;
use sealwood::blob::{BlobStore, MemoryStore, Precondition};
use sealwood::seal::{KdfParams, Link, Passphrase};
use sealwood::vault::{
    Batch, Credential, Durability, EntryKind, Metadata, PutOptions, Snapshot, VaultConfig,
};
use sealwood::{Result, Vault};
use serde_json::{Value, json};

use crate::input::*;

/// Runs every script and records what came of it.
pub(crate) async fn fill(document: &mut Value) {
    for case in cases(document, "cases") {
        let config = config(case);
        let store = Arc::new(MemoryStore::new());
        let mut vault =
            Vault::create_with(store.clone(), &credential(case), &config).await.unwrap();
        let credential = credential(case);
        for step in cases(case, "steps") {
            if text(step, "do") == "reopen" {
                vault = Vault::open_with(store.clone(), &credential, &config).await.unwrap();
            } else {
                take_step(&vault, step).await;
            }
            if step.get("root").is_some() {
                step["root"] = hex::encode(store.get("root").await.unwrap().bytes).into();
            }
        }
        case["sequence"] = vault.stats().sequence.into();
        // As whoever opens it with a clock that is right is told.
        let opened = Vault::open(store.clone(), &credential).await.unwrap();
        case["future_commit_ms"] = opened.stats().future_commit_ms.into();
        case["tail_operations"] = vault.stats().tail_operations.into();
        case["tree"] = tree(&vault.snapshot().await.unwrap()).await;
        case["objects"] = objects(&store).await;
    }
}

/// Opens every vault that was recorded whole and compares what is in it. Returns their number.
pub(crate) async fn read(document: &Value) -> usize {
    let mut count = 0;
    for case in list(document, "cases") {
        let whole = list(case, "objects").iter().all(|object| object.get("hex").is_some());
        if !whole {
            continue;
        }
        let store = Arc::new(MemoryStore::new());
        for object in list(case, "objects") {
            let bytes = hex::decode(text(object, "hex")).unwrap();
            store.put(text(object, "name"), bytes.into(), Precondition::Absent).await.unwrap();
        }
        let (credential, config) = (credential(case), VaultConfig::default());
        let vault = Vault::open_with(store.clone(), &credential, &config).await.unwrap();
        let name = text(case, "name");
        assert_eq!(tree(&vault.snapshot().await.unwrap()).await, case["tree"], "{name}");
        assert_eq!(vault.stats().sequence, number(case, "sequence"), "{name}");
        let future = case["future_commit_ms"].as_i64();
        assert_eq!(vault.stats().future_commit_ms, future, "{name}");
        for step in list(case, "steps").iter().filter(|step| text(step, "do") == "link") {
            let link = Link::from_bytes(&array(step, "link"));
            let shared = Snapshot::shared(store.clone(), &link);
            assert_eq!(tree(&shared).await, step["tree"], "{name}");
        }
        count += 1;
    }
    count
}

fn credential(case: &Value) -> Credential {
    match case["passphrase"].as_str() {
        Some(passphrase) => Credential::Passphrase(Passphrase::new(passphrase).unwrap()),
        None => Credential::Secret(secret(case)),
    }
}

fn config(case: &Value) -> VaultConfig {
    VaultConfig::new()
        .chunk_bytes(number(case, "chunk_bytes") as u32)
        .convergence(convergence(case))
        .kdf(KdfParams { memory_kib: 19_456, passes: 2, lanes: 1 })
        .environment(environment(&case["clock"]))
}

/// Takes a step, and records its error if it was refused.
async fn take_step(vault: &Vault, step: &mut Value) {
    let outcome = match text(step, "do") {
        "link" => link(vault, step).await,
        "put" if step.get("count").is_some() => put_many(vault, step).await,
        "put" => put(vault, step).await,
        "mkdir" => vault.mkdir(text(step, "path")).await,
        "remove" => vault.remove(text(step, "path")).await,
        "remove_all" => vault.remove_all(text(step, "path")).await,
        "rename" => vault.rename(text(step, "from"), text(step, "to")).await,
        "copy" => vault.copy(text(step, "from"), text(step, "to")).await,
        "set_metadata" => vault.set_metadata(text(step, "path"), &metadata(step)).await,
        "flush" => vault.flush().await,
        "batch" => batch(vault, step).await,
        other => panic!("no step {other:?}"),
    };
    match outcome {
        Ok(()) => drop(step.as_object_mut().unwrap().remove("error")),
        Err(error) => step["error"] = error.code().into(),
    }
}

async fn link(vault: &Vault, step: &mut Value) -> Result<()> {
    let link = vault.link(text(step, "path")).await?.unwrap();
    step["link"] = hex::encode(link.to_bytes()).into();
    let shared = Snapshot::shared(vault.store().clone(), &link);
    step["tree"] = tree(&shared).await;
    Ok(())
}

async fn put(vault: &Vault, step: &Value) -> Result<()> {
    vault.put_with(text(step, "path"), bytes(&step["content"]), &options(step)).await.map(drop)
}

/// `count` files whose names end in their number, and whose content follows from it.
async fn put_many(vault: &Vault, step: &Value) -> Result<()> {
    for n in 0..number(step, "count") {
        let content = noise(n, number(step, "content_bytes") as usize);
        vault.put_with(&format!("{}{n}", text(step, "path")), content, &options(step)).await?;
    }
    Ok(())
}

async fn batch(vault: &Vault, step: &Value) -> Result<()> {
    let batch = vault.batch();
    for change in list(step, "changes") {
        add(&batch, change).await?;
    }
    batch.commit().await
}

async fn add(batch: &Batch, change: &Value) -> Result<()> {
    match text(change, "do") {
        "put" => {
            batch.put_with(text(change, "path"), bytes(&change["content"]), &options(change)).await
        }
        "mkdir" => batch.mkdir(text(change, "path")),
        "remove" => batch.remove(text(change, "path")),
        "remove_all" => batch.remove_all(text(change, "path")),
        "rename" => batch.rename(text(change, "from"), text(change, "to")),
        "copy" => batch.copy(text(change, "from"), text(change, "to")),
        "set_metadata" => batch.set_metadata(text(change, "path"), &metadata(change)),
        other => panic!("no change {other:?}"),
    }
}

fn options(step: &Value) -> PutOptions {
    let durability = match step["deferred"].as_bool() {
        Some(true) => Durability::Deferred,
        _ => Durability::OnReturn,
    };
    PutOptions::new().metadata(metadata(step)).durability(durability)
}

fn metadata(step: &Value) -> Metadata {
    let mut metadata = Metadata::new();
    for (key, value) in step["metadata"].as_object().into_iter().flatten() {
        metadata = metadata.pair(key, value.as_str().unwrap());
    }
    metadata.content_type = step["content_type"].as_str().map(Into::into);
    metadata.modified_ms = step["modified_ms"].as_i64();
    metadata
}

/// Every entry below a snapshot's top, by path.
async fn tree(snapshot: &Snapshot) -> Value {
    let mut entries: Vec<_> =
        snapshot.list_recursive("").await.unwrap().try_collect().await.unwrap();
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let mut tree = Vec::new();
    for entry in entries {
        let path = entry.path.as_str();
        let mut known = json!({"path": path, "modified_ms": entry.modified_ms});
        if entry.kind == EntryKind::File {
            let content = snapshot.get(path).await.unwrap();
            assert_eq!(content.len() as u64, entry.size);
            known["size"] = entry.size.into();
            known["blake3"] = hash(&content).into();
        }
        if let Some(id) = entry.directory_id {
            known["directory_id"] = id.to_string().into();
        }
        if let Some(content_type) = entry.content_type {
            known["content_type"] = content_type.into();
        }
        if !entry.metadata.is_empty() {
            known["metadata"] = json!(entry.metadata);
        }
        tree.push(known);
    }
    tree.into()
}
