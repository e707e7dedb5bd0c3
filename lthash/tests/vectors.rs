//! The golden vectors of `conformance/vectors/lthash.json`, natively and on wasm32: each test
//! computes the outputs anew from the inputs and compares. `cargo xtask vectors` writes them.

#![allow(clippy::unwrap_used)]

#[path = "common/noise.rs"]
mod noise;

use noise::noise;
use sealwood_lthash::{
    Change, Detail, Domain, Error, LtHash, Partition, PartitionedLtHash, Record, State, bucket_of,
};
use serde_json::{Value, json};

const STORED: &str = include_str!("../../conformance/vectors/lthash.json");

/// A test for every platform.
macro_rules! vector {
    ($(#[$doc:meta])* fn $name:ident() $body:block) => {
        $(#[$doc])*
        #[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
        #[cfg_attr(not(target_arch = "wasm32"), test)]
        fn $name() $body
    };
}

vector! {
    fn hashes_and_records_are_as_recorded() {
        let stored: Value = serde_json::from_str(STORED).unwrap();
        let mut computed = stored.clone();
        fill(&mut computed);
        for (section, stored) in stored.as_object().unwrap() {
            let computed = &computed[section];
            let pairs = stored.as_array().into_iter().flatten().zip(computed.as_array().unwrap_or(&Vec::new()).clone());
            for (index, (stored, computed)) in pairs.enumerate() {
                assert_eq!(stored, &computed, "{section}/{index}");
            }
        }
        assert_eq!(STORED, written(&computed), "another layout");
    }
}

vector! {
    /// What was written once is still read, and says what it said.
    fn recorded_partitions_can_be_read() {
        let document: Value = serde_json::from_str(STORED).unwrap();
        let cases = document["partitions"].as_array().unwrap();
        assert!(cases.len() >= 8, "hardly a partition was recorded");
        for case in cases {
            let bytes = hex::decode(case["record"].as_str().unwrap()).unwrap();
            let read = Record::decode(domain(case, "partition"), &bytes).unwrap();
            assert_eq!(read.version, case["version"].as_u64().unwrap());
            assert_eq!(said(&read.partition), case["said"], "{}", case["name"]);
            let partition = walked(case).unwrap();
            assert!(partition.buckets().eq(read.partition.buckets()));
        }
    }
}

/// The vectors are worth most where the kernel is the one that they are to check.
#[cfg(target_arch = "wasm32")]
#[wasm_bindgen_test::wasm_bindgen_test]
fn the_kernel_is_that_of_the_build() {
    let simd = cfg!(target_feature = "simd128");
    let name = sealwood_lthash::Kernel::best().name();
    assert_eq!(name, if simd { "simd128" } else { "portable" });
}

/// Writes the outputs anew.
#[cfg(not(target_arch = "wasm32"))]
#[test]
#[ignore = "changes conformance/vectors: `cargo xtask vectors`"]
fn write_vectors() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../conformance/vectors/lthash.json");
    let mut document = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    fill(&mut document);
    std::fs::write(path, written(&document)).unwrap();
}

fn written(document: &Value) -> String {
    format!("{document:#}\n")
}

fn fill(document: &mut Value) {
    for case in cases(document, "raw") {
        let mut hash = LtHash::identity();
        hash.add_raw(bytes(&case["message"]));
        put(case, &hash);
    }
    for case in cases(document, "elements") {
        let mut hash = LtHash::identity();
        hash.add(&domain(case, "domain"), bytes(&case["key"]), bytes(&case["value"]));
        put(case, &hash);
    }
    for case in cases(document, "sums") {
        let domain = domain(case, "domain");
        let mut hash = LtHash::identity();
        hash.add_batch(&domain, rows(&case["add"]));
        hash.remove_batch(&domain, rows(&case["remove"]));
        put(case, &hash);
    }
    for case in cases(document, "buckets") {
        case["bucket"] = bucket_of(bytes(&case["key"])).into();
    }
    for case in cases(document, "partitions") {
        let partition = walked(case).unwrap();
        case["said"] = said(&partition);
        let version = case["version"].as_u64().unwrap();
        case["record"] = hex::encode(Record { version, partition }.encode()).into();
    }
    for case in cases(document, "steps_refused") {
        case["code"] = walked(case).unwrap_err().code().into();
    }
    for case in cases(document, "reference_records") {
        let record = Record::decode(domain(case, "partition"), &bytes(&case["record"])).unwrap();
        case["version"] = record.version.into();
        case["said"] = said(&record.partition);
    }
    for case in cases(document, "records_refused") {
        let domain = domain(case, "partition");
        let error = Record::decode(domain, &bytes(&case["record"])).unwrap_err();
        case["code"] = error.code().into();
    }
    for length in document["hash_lengths_refused"].as_array().unwrap() {
        let length = length.as_u64().unwrap() as usize;
        let error = LtHash::decode(&vec![0; length]).unwrap_err();
        assert_eq!(error, Error::HashLength { bytes: length });
    }
}

/// The checksum, and the hash where it is to be given whole.
fn put(case: &mut Value, hash: &LtHash) {
    if case.get("hash").is_some() {
        case["hash"] = hex::encode(hash.encode()).into();
    }
    case["checksum"] = hash.checksum().to_string().into();
}

/// What a partition says of itself.
fn said(partition: &Partition) -> Value {
    let state = match partition.state() {
        State::Absent => json!("absent"),
        State::Backfilling { cursor } => json!({ "cursor": cursor.as_ref().map(hex::encode) }),
        State::Valid => json!("valid"),
    };
    let statistics = partition.statistics();
    json!({
        "state": state,
        "rows": statistics.map(|statistics| statistics.rows),
        "bytes": statistics.map(|statistics| statistics.bytes),
        "checksum": partition.hash().ok().map(|hash| hash.checksum().to_string()),
        "buckets": partition.buckets().map(|(bucket, _)| bucket).collect::<Vec<_>>(),
    })
}

/// The partition that the steps of a case come to.
fn walked(case: &Value) -> Result<Partition, Error> {
    let detail = match case["detail"].as_str().unwrap() {
        "whole" => Detail::Whole,
        _ => Detail::Buckets,
    };
    let mut state = match secret(case) {
        Some(secret) => PartitionedLtHash::keyed(&secret),
        None => PartitionedLtHash::new(),
    };
    let name = case.get("partition").map(bytes).unwrap_or_default();
    let partition = state.create(&name, detail)?;
    for step in case["steps"].as_array().unwrap() {
        match step["do"].as_str().unwrap() {
            "forget" => partition.forget(),
            "begin" => partition.begin_backfill(detail),
            "backfill" => {
                let rows = rows(&step["rows"]);
                let rows: Vec<_> = rows.iter().map(|(key, value)| (key, value)).collect();
                partition.backfill(&rows)?;
            }
            "finish" => partition.finish_backfill()?,
            "apply" => apply(partition, &step["changes"])?,
            other => panic!("no step {other}"),
        }
    }
    Ok(state.remove(&name).unwrap())
}

fn apply(partition: &mut Partition, changes: &Value) -> Result<(), Error> {
    let optional = |change: &Value, name: &str| change.get(name).map(bytes);
    let changes: Vec<_> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            (bytes(&change["key"]), optional(change, "before"), optional(change, "after"))
        })
        .collect();
    let changes: Vec<_> = changes
        .iter()
        .map(|(key, before, after)| Change {
            key,
            before: before.as_ref().map(sealwood_lthash::Value::from),
            after: after.as_ref().map(sealwood_lthash::Value::from),
        })
        .collect();
    partition.apply(&changes)
}

fn cases<'a>(document: &'a mut Value, name: &str) -> &'a mut Vec<Value> {
    document[name].as_array_mut().unwrap()
}

fn rows(list: &Value) -> Vec<(Vec<u8>, Vec<u8>)> {
    list.as_array().unwrap().iter().map(|row| (bytes(&row[0]), bytes(&row[1]))).collect()
}

fn domain(case: &Value, name: &str) -> Domain {
    let name = bytes(&case[name]);
    match secret(case) {
        Some(secret) => Domain::keyed(&secret, name).unwrap(),
        None => Domain::new(name).unwrap(),
    }
}

fn secret(case: &Value) -> Option<[u8; 32]> {
    Some(hex::decode(case.get("secret")?.as_str().unwrap()).unwrap().try_into().unwrap())
}

/// `{"text"}`, `{"hex"}` or `{"noise", "length"}`, any of them `"times"` over.
fn bytes(input: &Value) -> Vec<u8> {
    let once = if let Some(text) = input["text"].as_str() {
        text.as_bytes().to_vec()
    } else if let Some(seed) = input["noise"].as_u64() {
        noise(seed, input["length"].as_u64().unwrap() as usize)
    } else {
        hex::decode(input["hex"].as_str().unwrap()).unwrap()
    };
    once.repeat(input["times"].as_u64().unwrap_or(1) as usize)
}
