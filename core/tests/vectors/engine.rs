//! The embedded engine: a script of changes, and every file it leaves on the disk.

use std::sync::Arc;

use sealwood::engine::disk::{Disk, MemoryDisk, OpenMode};
use sealwood::engine::{
    Background, Engine, EngineConfig, Expiry, Namespace, PutOptions, RecoveryMode, Tracking,
};
use serde_json::{Value, json};

use crate::input::*;

/// Files up to this size are recorded whole.
const WHOLE_BYTES_MAX: usize = 16 * 1024;
const DIRECTORIES: [&str; 4] = ["", "frames", "log", "values"];

/// Runs every script and records what came of it.
pub(crate) async fn fill(document: &mut Value) {
    for case in cases(document, "cases") {
        let disk = MemoryDisk::new();
        let config = config(case);
        let mut engine = Engine::open(Arc::new(disk.clone()), config.clone()).unwrap();
        for step in list(case, "steps") {
            if text(step, "do") == "reopen" {
                engine.close().unwrap();
                engine = Engine::open(Arc::new(disk.clone()), config.clone()).unwrap();
            } else {
                take_step(&engine, step);
            }
        }
        case["revision"] = engine.revision().get().into();
        case["content"] = content(&engine);
        case["hashes"] = hashes(&engine);
        case["files"] = files(&disk);
    }
    fill_refused(document);
}

/// Opens engines of which something is missing, and records what is said of each.
fn fill_refused(document: &mut Value) {
    let recorded = document["cases"].clone();
    for refused in cases(document, "refused") {
        refused["error"] = refusal(&recorded, refused);
    }
}

/// What opening says of a recorded engine after it was damaged.
fn refusal(recorded: &Value, refused: &Value) -> Value {
    let of = text(refused, "of");
    let mut all = recorded.as_array().unwrap().iter();
    let case = all.find(|case| text(case, "name") == of).unwrap();
    let disk = disk_of(case);
    let file = text(refused, "file");
    match text(refused, "damage") {
        "remove" => disk.remove(file).unwrap(),
        "cut" => {
            let file = disk.open(file, OpenMode::Write).unwrap();
            file.set_len(number(refused, "size")).unwrap();
        }
        "zero" => {
            let file = disk.open(file, OpenMode::Write).unwrap();
            file.write_at(0, &vec![0; number(refused, "size") as usize]).unwrap();
        }
        other => panic!("no damage {other:?}"),
    }
    let recovery = match text(refused, "recovery") {
        "checkpoint" => RecoveryMode::Checkpoint,
        "rebuild" => RecoveryMode::Rebuild,
        other => panic!("no recovery {other:?}"),
    };
    match Engine::open(Arc::new(disk), config(case).recovery(recovery)) {
        Err(sealwood::engine::Error::StoreCorrupt { what, file, offset }) => {
            json!({"code": "store-corrupt", "what": what, "file": file, "offset": offset})
        }
        other => panic!("{refused}: {other:?}"),
    }
}

fn disk_of(case: &Value) -> MemoryDisk {
    let disk = MemoryDisk::new();
    for directory in DIRECTORIES.iter().filter(|directory| !directory.is_empty()) {
        disk.create_dir(directory).unwrap();
    }
    for file in list(case, "files") {
        let stored = disk.open(text(file, "name"), OpenMode::CreateNew).unwrap();
        stored.write_at(0, &hex::decode(text(file, "hex")).unwrap()).unwrap();
        stored.set_len(number(file, "size")).unwrap();
    }
    disk
}

/// Opens every engine that was recorded whole and compares what is in it. Returns their number.
pub(crate) async fn read(document: &Value) -> usize {
    let mut count = 0;
    for case in list(document, "cases") {
        if list(case, "files").iter().any(|file| file.get("hex").is_none()) {
            continue;
        }
        let engine = Engine::open(Arc::new(disk_of(case)), config(case)).unwrap();
        let name = text(case, "name");
        assert_eq!(engine.revision().get(), number(case, "revision"), "{name}");
        assert_eq!(content(&engine), case["content"], "{name}");
        assert_eq!(hashes(&engine), case["hashes"], "{name}");
        engine.verify(&mut |finding| panic!("{name}: {finding:?}")).unwrap();
        count += 1;
    }
    for refused in list(document, "refused") {
        assert_eq!(refusal(&document["cases"], refused), refused["error"], "{refused}");
    }
    count
}

fn config(case: &Value) -> EngineConfig {
    let environment = environment(&case["clock"]);
    EngineConfig::default()
        .background(Background::Manual)
        .inline_bytes_max(number(case, "inline_bytes_max") as u32)
        .separated_bytes_min(number(case, "separated_bytes_min"))
        .segment_bytes_max(number(case, "segment_bytes_max"))
        .compaction_dead_bytes_min(1)
        .clock(environment.clock)
        .entropy(environment.entropy)
}

fn take_step(engine: &Engine, step: &Value) {
    let namespace = |step: &Value| engine.namespace(text(step, "namespace")).unwrap();
    match text(step, "do") {
        "put" => put(&namespace(step), step),
        "delete" => assert!(namespace(step).delete(&bytes(&step["key"])).unwrap()),
        "expire" => {
            let at = number(step, "expires_at_ms");
            assert!(namespace(step).expire_at(&bytes(&step["key"]), Expiry::at_ms(at)).unwrap());
        }
        "batch" => {
            let mut batch = engine.batch();
            for part in list(step, "changes") {
                let key = bytes(&part["key"]);
                match text(part, "do") {
                    "put" => batch.put(&namespace(part), &key, bytes(&part["value"])),
                    "delete" => batch.delete(&namespace(part), &key),
                    other => panic!("no change {other:?} of a batch"),
                };
            }
            batch.commit().unwrap();
        }
        "rename" => {
            let (from, to) = (bytes(&step["from"]), bytes(&step["to"]));
            assert!(namespace(step).rename_prefix(&from, &to).unwrap());
        }
        "track" => {
            let tracking = match text(step, "tracking") {
                "off" => Tracking::Off,
                "whole" => Tracking::Whole,
                "buckets" => Tracking::Buckets,
                other => panic!("no tracking {other:?}"),
            };
            assert!(namespace(step).track(tracking).unwrap());
        }
        "backfill" => namespace(step).backfill().unwrap(),
        "drop" => assert!(engine.drop_namespace(text(step, "namespace")).unwrap()),
        "checkpoint" => assert!(engine.checkpoint().unwrap()),
        "compact" => assert!(engine.compact().unwrap() > 0),
        other => panic!("no step {other:?}"),
    }
}

/// One put, or `count` of them with a number behind the key.
fn put(namespace: &Namespace, step: &Value) {
    let mut options = PutOptions::new();
    options.expires_at = step["expires_at_ms"].as_u64().map(Expiry::at_ms);
    let (key, value) = (bytes(&step["key"]), bytes(&step["value"]));
    match step["count"].as_u64() {
        None => drop(namespace.put_with(&key, value, &options).unwrap()),
        Some(count) => {
            for number in 0..count {
                let key = [&key[..], number.to_string().as_bytes()].concat();
                namespace.put_with(&key, value.clone(), &options).unwrap();
            }
        }
    }
}

/// Every key of every namespace.
fn content(engine: &Engine) -> Value {
    let mut namespaces = serde_json::Map::new();
    for name in engine.namespaces().unwrap() {
        let namespace = engine.namespace(&name).unwrap();
        let mut entries = Vec::new();
        for key in namespace.scan().unwrap().keys().unwrap() {
            let value = namespace.get(&key).unwrap().unwrap();
            entries.push(json!({
                "key": hex::encode(&key),
                "revision": value.revision.get(),
                "expires_at_ms": value.expires_at.map(Expiry::as_ms),
                "size": value.bytes.len(),
                "blake3": hash(&value.bytes),
            }));
        }
        namespaces.insert(name, entries.into());
    }
    namespaces.into()
}

/// What is counted of every namespace that is tracked.
fn hashes(engine: &Engine) -> Value {
    let mut hashes = serde_json::Map::new();
    for name in engine.namespaces().unwrap() {
        let namespace = engine.namespace(&name).unwrap();
        let Some(state) = namespace.tracked_state().unwrap() else { continue };
        let hash = state.partition.hash().ok();
        let statistics = state.partition.statistics().unwrap();
        let counted = json!({
            "checksum": hash.map(|hash| hash.checksum().to_string()),
            "rows": statistics.rows,
            "bytes": statistics.bytes,
        });
        hashes.insert(name, counted);
    }
    hashes.into()
}

/// Every file; the small ones whole but for the zeros at their end.
fn files(disk: &MemoryDisk) -> Value {
    let mut found = Vec::new();
    for directory in DIRECTORIES {
        for info in disk.list(directory).unwrap() {
            let slash = if directory.is_empty() { "" } else { "/" };
            let name = format!("{directory}{slash}{}", info.name);
            let mut bytes = vec![0; info.len as usize];
            disk.open(&name, OpenMode::Read).unwrap().read_at(0, &mut bytes).unwrap();
            let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
            let mut file = json!({"name": name, "size": bytes.len(), "blake3": hash(&bytes)});
            if end <= WHOLE_BYTES_MAX {
                file["hex"] = hex::encode(&bytes[..end]).into();
            }
            found.push(file);
        }
    }
    found.into()
}
