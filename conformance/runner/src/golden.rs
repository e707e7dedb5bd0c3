//! Scenarios of the golden vaults: every language opens what `conformance/vectors` recorded and
//! finds each entry and each byte.
//!
//! A vault is taken if its objects are recorded whole. What is expected is what the core reads from
//! it, which its own tests compare with the vectors. Vaults that break a rule of the format are
//! refused in every language with the code that was recorded.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use futures_lite::StreamExt;
use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore, Precondition};
use sealwood::bridge::CredentialInput;
use sealwood::seal::Link;
use sealwood::vault::{EntryInfo, EntryKind, Snapshot};
use serde_json::{Map, Value, json};

/// Writes `conformance/scenarios/golden.json`.
pub fn write() -> Result<()> {
    write_file(FILE, &document()?)
}

/// Fails unless the file is what [`write`] would write.
pub fn check() -> Result<()> {
    check_file(FILE, &document()?)
}

/// Where it is, below `conformance`.
const FILE: &str = "scenarios/golden.json";

pub(crate) fn write_file(file: &str, text: &str) -> Result<()> {
    let path = directory().join(file);
    std::fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
}

pub(crate) fn check_file(file: &str, text: &str) -> Result<()> {
    let path = directory().join(file);
    let stored = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    anyhow::ensure!(
        stored == text,
        "{} is stale: run `cargo run -p sealwood-conformance -- golden`",
        path.display()
    );
    Ok(())
}

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

pub(crate) fn vectors(file: &str) -> Result<Value> {
    let path = directory().join("vectors").join(file).with_extension("json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

fn document() -> Result<String> {
    let mut scenarios = Vec::new();
    for file in ["roots", "contents"] {
        let vectors = vectors(file)?;
        for case in list(&vectors, "cases") {
            if list(case, "objects").iter().all(|object| object.get("hex").is_some()) {
                // Only the cases of one file have a secret of their own.
                let secret = case.get("secret").or(vectors.get("secret"));
                scenarios.push(block_on(scenario(case, secret))?);
            }
        }
    }
    let vectors = vectors("negative")?;
    for case in list(&vectors, "cases") {
        scenarios.push(refusal(case, &vectors["secret"])?);
    }
    Ok(written(&scenarios))
}

/// Scenarios as a file has them: one line a step.
pub(crate) fn written(scenarios: &[(String, Vec<Value>)]) -> String {
    let mut text = String::from("[\n");
    for (index, (name, steps)) in scenarios.iter().enumerate() {
        text += &format!("  {{\n    \"name\": {},\n    \"steps\": [\n", json!(name));
        for (index, step) in steps.iter().enumerate() {
            let comma = if index + 1 < steps.len() { "," } else { "" };
            text += &format!("      {step}{comma}\n");
        }
        let comma = if index + 1 < scenarios.len() { "," } else { "" };
        text += &format!("    ]\n  }}{comma}\n");
    }
    text + "]\n"
}

async fn scenario(case: &Value, secret: Option<&Value>) -> Result<(String, Vec<Value>)> {
    let mut objects = Map::new();
    let store = Arc::new(MemoryStore::new());
    for object in list(case, "objects") {
        let (name, digits) = (text(object, "name")?, text(object, "hex")?);
        objects.insert(name.to_owned(), digits.into());
        store.put(name, hex::decode(digits)?.into(), Precondition::Absent).await?;
    }
    let mut open = json!({"do": "open", "store": "s", "as": "v"});
    let credential = match case.get("passphrase").and_then(Value::as_str) {
        Some(passphrase) => {
            open["passphrase"] = passphrase.into();
            CredentialInput::Passphrase(passphrase.to_owned())
        }
        None => {
            let digits = secret.and_then(Value::as_str).context("no secret")?;
            open["secret"] = digits.into();
            CredentialInput::Secret(hex::decode(digits)?)
        }
    };
    let vault = Vault::open(store.clone(), &credential.credential()?).await?;
    let mut steps =
        vec![json!({"do": "store", "as": "s", "kind": "objects", "objects": objects}), open];
    let stats = vault.stats();
    steps.push(json!({"do": "stats", "vault": "v", "expect": {
        "sequence": stats.sequence,
        "tailOperations": stats.tail_operations,
        "chunkBytes": stats.chunk_bytes,
        "futureCommitMs": stats.future_commit_ms,
    }}));
    read(&vault.snapshot().await?, ("vault", "v"), &mut steps).await?;
    for (number, step) in links(case).enumerate() {
        let name = format!("l{number}");
        let digits = text(step, "link")?;
        steps.push(json!({"do": "shared", "store": "s", "link": digits, "as": name}));
        let bytes = hex::decode(digits)?;
        let link = Link::from_bytes(bytes.as_slice().try_into()?);
        let shared = Snapshot::shared(store.clone(), &link);
        read(&shared, ("snapshot", &name), &mut steps).await?;
    }
    if stats.future_commit_ms.is_some() {
        // A commit by a clock that is right ends it.
        let open = json!({"do": "open", "store": "s", "as": "w", "secret": steps[1]["secret"]});
        steps.push(json!({"do": "mkdir", "vault": "v", "path": "by a clock that is right"}));
        steps.push(open);
        let expect = json!({"sequence": stats.sequence + 1, "futureCommitMs": null});
        steps.push(json!({"do": "stats", "vault": "w", "expect": expect}));
    }
    Ok((format!("golden: {}", text(case, "name")?), steps))
}

/// A vault that breaks a rule, and the step that tells.
fn refusal(case: &Value, secret: &Value) -> Result<(String, Vec<Value>)> {
    let mut objects = Map::new();
    for object in list(case, "objects") {
        objects.insert(text(object, "name")?.to_owned(), object["hex"].clone());
    }
    let mut open = json!({"do": "open", "store": "s", "as": "v"});
    match case.get("passphrase") {
        Some(passphrase) => open["passphrase"] = passphrase.clone(),
        None => open["secret"] = secret.clone(),
    }
    let mut steps =
        vec![json!({"do": "store", "as": "s", "kind": "objects", "objects": objects}), open];
    if text(case, "do")? != "open" {
        let path = case.get("path").cloned().unwrap_or_else(|| "".into());
        steps.push(json!({"do": text(case, "do")?, "vault": "v", "path": path}));
    }
    let code = text(case, "code")?;
    if code != "ok"
        && let Some(last) = steps.last_mut()
    {
        last["error"] = json!({"code": code});
    }
    Ok((format!("refused: {}", text(case, "name")?), steps))
}

/// The steps that made a link.
fn links(case: &Value) -> impl Iterator<Item = &Value> {
    list(case, "steps").iter().filter(|step| step["do"] == "link")
}

/// Steps that find everything there is, in order of the paths.
async fn read(snapshot: &Snapshot, on: (&str, &str), steps: &mut Vec<Value>) -> Result<()> {
    let (kind, name) = on;
    let mut entries: Vec<EntryInfo> = snapshot.list_recursive("").await?.try_collect().await?;
    entries.sort_by(|a, b| a.path.cmp(&b.path));
    let paths: Vec<_> = entries.iter().map(|entry| entry.path.as_str()).collect();
    steps.push(
        json!({"do": "entriesRecursive", kind: name, "path": "", "expect": {"paths": paths}}),
    );
    for entry in &entries {
        let path = entry.path.as_str();
        let is_file = entry.kind == EntryKind::File;
        let expect = json!({
            "kind": if is_file { "file" } else { "directory" },
            "size": entry.size,
            "modifiedMs": entry.modified_ms,
            "contentType": entry.content_type,
            "metadata": entry.metadata,
        });
        steps.push(json!({"do": "stat", kind: name, "path": path, "expect": expect}));
        if is_file {
            let content = snapshot.get(path).await?;
            let expect = match std::str::from_utf8(&content) {
                Ok(text) if text.chars().all(|one| one >= ' ') => json!({"text": text}),
                _ => json!({"hex": hex::encode(&content)}),
            };
            steps.push(json!({"do": "get", kind: name, "path": path, "expect": expect}));
        }
    }
    Ok(())
}

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> Result<&'a str> {
    value.get(name).and_then(Value::as_str).with_context(|| format!("no {name:?}"))
}

pub(crate) fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_scenarios_of_the_golden_vaults_are_fresh() -> anyhow::Result<()> {
        super::check()
    }
}
