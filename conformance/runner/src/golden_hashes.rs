//! Scenarios of the golden hashes: every language computes what `conformance/vectors/lthash.json`
//! recorded, and refuses what is refused there.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::golden::{check_file, list, text, vectors, write_file, written};
use crate::spelled::spell;

/// A scenario: its name and its steps.
type Scenario = (String, Vec<Value>);

/// Where it is, below `conformance`.
const FILE: &str = "engine/golden.json";

/// Writes `conformance/engine/golden.json`.
pub fn write() -> Result<()> {
    write_file(FILE, &document()?)
}

/// Fails unless the file is what [`write`] would write.
pub fn check() -> Result<()> {
    check_file(FILE, &document()?)
}

fn document() -> Result<String> {
    let vectors = vectors("lthash")?;
    let mut scenarios = vec![
        ("golden: messages as they are".to_owned(), each(&vectors, "raw", raw)?),
        ("golden: elements".to_owned(), each(&vectors, "elements", element)?),
        ("golden: sums".to_owned(), each(&vectors, "sums", sum)?),
        ("golden: buckets".to_owned(), each(&vectors, "buckets", bucket)?),
        ("golden: lengths of hashes".to_owned(), each(&vectors, "hash_lengths_refused", length)?),
    ];
    for case in list(&vectors, "partitions") {
        scenarios.push(partition(case)?);
    }
    for case in list(&vectors, "steps_refused") {
        scenarios.push(refused_steps(case)?);
    }
    let records = each(&vectors, "reference_records", reference_record)?;
    scenarios.push(("golden: records of another system".to_owned(), records));
    for case in list(&vectors, "records_refused") {
        let mut steps = restore("p", case)?;
        let last = steps.last_mut().context("no step")?;
        last["error"] = json!({"code": text(case, "code")?});
        scenarios.push((format!("golden: refused record: {}", text(case, "name")?), steps));
    }
    Ok(written(&scenarios))
}

/// The steps of all cases of one kind.
fn each(
    vectors: &Value,
    kind: &str,
    steps: impl Fn(&Value) -> Result<Vec<Value>>,
) -> Result<Vec<Value>> {
    let steps: Vec<_> = list(vectors, kind).iter().map(steps).collect::<Result<_>>()?;
    Ok(steps.into_iter().flatten().collect())
}

fn raw(case: &Value) -> Result<Vec<Value>> {
    let message = spelled(&case["message"])?;
    hashed(case, vec![json!({"do": "hash.addRaw", "hash": "h", "message": message})])
}

fn element(case: &Value) -> Result<Vec<Value>> {
    let mut step = json!({"do": "hash.add", "hash": "h"});
    for name in ["domain", "key", "value"] {
        step[name] = spelled(&case[name])?;
    }
    add_secret(&mut step, case);
    hashed(case, vec![step])
}

fn sum(case: &Value) -> Result<Vec<Value>> {
    let domain = spelled(&case["domain"])?;
    let step = |verb: &str, rows: &Value| -> Result<Value> {
        Ok(json!({"do": verb, "hash": "h", "domain": domain, "rows": pairs(rows)?}))
    };
    let (add, remove) = (&case["add"], &case["remove"]);
    hashed(case, vec![step("hash.addBatch", add)?, step("hash.removeBatch", remove)?])
}

fn bucket(case: &Value) -> Result<Vec<Value>> {
    let key = spelled(&case["key"])?;
    Ok(vec![json!({"do": "hash.bucketOf", "key": key, "expect": case["bucket"]})])
}

fn length(length: &Value) -> Result<Vec<Value>> {
    let content = json!({"seed": 0, "size": length});
    let error = json!({"code": "hash-length"});
    Ok(vec![json!({"do": "hash.decode", "content": content, "as": "h", "error": error})])
}

/// Steps that make a hash, between the making and what is expected of it.
fn hashed(case: &Value, mut steps: Vec<Value>) -> Result<Vec<Value>> {
    steps.insert(0, json!({"do": "hash.identity", "as": "h"}));
    steps.push(json!({"do": "hash.checksum", "hash": "h", "expect": case["checksum"]}));
    if let Some(hash) = case.get("hash") {
        steps.push(json!({"do": "hash.encode", "hash": "h", "expect": {"hex": hash}}));
        steps.push(json!({"do": "hash.decode", "content": {"hex": hash}, "as": "i"}));
        steps.push(json!({"do": "hash.equals", "hash": "h", "other": "i", "expect": true}));
    }
    Ok(steps)
}

fn partition(case: &Value) -> Result<Scenario> {
    let mut steps = walk(case)?;
    let (name, record) = (name(case)?, json!({"hex": text(case, "record")?}));
    let said = said(&case["said"])?;
    let partition = |state: &str| json!({"do": "partitions.partition", "partitions": state, "name": name, "expect": said});
    steps.push(partition("p"));
    steps.push(json!({"do": "partitions.record", "partitions": "p", "name": name,
        "version": case["version"], "expect": record}));
    let mut stored = case.clone();
    stored["record"] = record;
    let mut again = restore("q", &stored)?;
    if let Some(last) = again.last_mut() {
        last["expect"] = case["version"].clone();
    }
    steps.extend(again);
    steps.push(partition("q"));
    Ok((format!("golden: partition: {}", text(case, "name")?), steps))
}

fn refused_steps(case: &Value) -> Result<Scenario> {
    let mut steps = walk(case)?;
    let last = steps.last_mut().context("no step")?;
    last["error"] = json!({"code": text(case, "code")?});
    Ok((format!("golden: refused: {}", text(case, "name")?), steps))
}

fn reference_record(case: &Value) -> Result<Vec<Value>> {
    let mut steps = restore("p", case)?;
    if let Some(last) = steps.last_mut() {
        last["expect"] = case["version"].clone();
    }
    let (name, said) = (name(case)?, said(&case["said"])?);
    steps.push(json!({"do": "partitions.partition", "partitions": "p", "name": name,
        "expect": said}));
    Ok(steps)
}

/// The steps of a case on a partition that is made for it.
fn walk(case: &Value) -> Result<Vec<Value>> {
    let (name, detail) = (name(case)?, &case["detail"]);
    let mut new = json!({"do": "partitions.new", "as": "p"});
    add_secret(&mut new, case);
    let create =
        json!({"do": "partitions.create", "partitions": "p", "name": name, "detail": detail});
    let mut steps = vec![new, create];
    for given in list(case, "steps") {
        let mut step = json!({"do": "", "partitions": "p", "name": name});
        step["do"] = match text(given, "do")? {
            "apply" => {
                let changes = list(given, "changes").iter().map(change);
                step["changes"] = changes.collect::<Result<_>>()?;
                "partitions.apply"
            }
            "begin" => {
                step["detail"] = detail.clone();
                "partitions.beginBackfill"
            }
            "backfill" => {
                step["rows"] = pairs(&given["rows"])?;
                "partitions.backfill"
            }
            "finish" => "partitions.finishBackfill",
            "forget" => "partitions.forget",
            other => anyhow::bail!("no step of partitions: {other:?}"),
        }
        .into();
        steps.push(step);
    }
    Ok(steps)
}

fn restore(state: &str, case: &Value) -> Result<Vec<Value>> {
    let mut new = json!({"do": "partitions.new", "as": state});
    add_secret(&mut new, case);
    let record = json!({"hex": hex::encode(bytes(&case["record"])?)});
    let restore = json!({"do": "partitions.restore", "partitions": state, "name": name(case)?,
        "record": record});
    Ok(vec![new, restore])
}

/// The members of a partition, as steps have them.
fn said(said: &Value) -> Result<Value> {
    let mut members = said.clone();
    members["cursor"] = match said["state"].get("cursor") {
        Some(Value::String(digits)) => spell(&hex::decode(digits)?),
        _ => Value::Null,
    };
    if said["state"].is_object() {
        members["state"] = "backfilling".into();
    }
    Ok(members)
}

fn name(case: &Value) -> Result<Value> {
    match case.get("partition") {
        Some(name) => spelled(name),
        None => Ok("rows".into()),
    }
}

fn add_secret(step: &mut Value, case: &Value) {
    if let Some(secret) = case.get("secret") {
        step["secret"] = secret.clone();
    }
}

fn change(given: &Value) -> Result<Value> {
    let members = given.as_object().context("a change is an object")?;
    let members = members.iter().map(|(name, value)| Ok((name.clone(), spelled(value)?)));
    Ok(Value::Object(members.collect::<Result<_>>()?))
}

fn pairs(rows: &Value) -> Result<Value> {
    let row = |row: &Value| Ok(json!([spelled(&row[0])?, spelled(&row[1])?]));
    rows.as_array().context("no rows")?.iter().map(row).collect()
}

/// Bytes of the vectors, as steps have them.
fn spelled(value: &Value) -> Result<Value> {
    Ok(spell(&bytes(value)?))
}

/// Bytes of the vectors.
fn bytes(value: &Value) -> Result<Vec<u8>> {
    let once = if let Some(text) = value.get("text").and_then(Value::as_str) {
        text.as_bytes().to_vec()
    } else if let Some(digits) = value.get("hex").and_then(Value::as_str) {
        hex::decode(digits)?
    } else {
        let number = value["noise"].as_u64().with_context(|| format!("not bytes: {value}"))?;
        let length = value["length"].as_u64().with_context(|| format!("no length: {value}"))?;
        let mut bytes = vec![0; usize::try_from(length)?];
        blake3::Hasher::new().update(&number.to_le_bytes()).finalize_xof().fill(&mut bytes);
        bytes
    };
    let times = value.get("times").and_then(Value::as_u64).unwrap_or(1);
    Ok(once.repeat(usize::try_from(times)?))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_scenarios_of_the_golden_hashes_are_fresh() -> anyhow::Result<()> {
        super::check()
    }
}
