//! Damage is named, makes the exit code 5, and costs no more than what it hits.

use std::fs;

use sealwood::engine::lthash::bucket_of;
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use crate::drive::noise;
use crate::engine::{Engines, lines};

/// One with a small value, one in the log, and one in a file of its own.
fn engines() -> Engines {
    let engines = Engines::with(&[("small", "inline"), ("logged", &"x".repeat(5000))]);
    engines.drive.write("file", noise(1, 300_000));
    engines.ok(&["put", "a", "large", "--file", "file"]);
    engines.ok(&["put", "--create", "a", "other", "y", "-n", "notes"]);
    engines
}

/// The errors of a run with `--json`.
fn errors(stderr: &str) -> Vec<Value> {
    lines(stderr).into_iter().map(|line| line["error"].clone()).collect()
}

#[test]
fn a_whole_engine_is_0() {
    let engines = engines();
    let text = engines.ok(&["verify", "a"]);
    assert_eq!(text, "4 keys, 298 KiB: all is whole\n");
    engines.ok(&["track", "a"]);
    let told = engines.json(&["verify", "--state", "a"]);
    let whole = json!({"namespace": "default", "rows": 3, "rows_counted": 3, "state": "same",
        "is_whole": true});
    let sums = json!({"keys": 4, "value_bytes": 305_007, "findings": 0, "tracked": 1, "differ": 0,
        "unchecked": 0, "backfilling": 0});
    assert_eq!(told, [whole, sums]);
    let saved = engines.json(&["salvage", "a", "b"]);
    let line = json!({"target": "b", "keys": 4, "value_bytes": 305_007, "uncertain": 0});
    assert_eq!(saved, [line]);
    engines.ok(&["compare", "a", "b"]);
    engines.fails(2, "usage", &["salvage", "a", "b"]);
    engines.fails(1, "local-own-store", &["salvage", "a", "a/within"]);
}

#[test]
fn a_flipped_byte_of_a_value_is_named_and_the_rest_is_salvaged() {
    for (folder, bytes, key) in
        [("a/values", &noise(1, 300_000)[..1000], "large"), ("a/log", &[b'x'; 1000], "logged")]
    {
        let engines = engines();
        assert_eq!(engines.flip(folder, bytes), 1);
        let ran = engines.run(&["--json", "verify", "a"]);
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        let told = errors(&ran.stderr);
        let path = format!("default/{key}");
        assert_eq!((&told[0]["code"], &told[0]["path"]), (&json!("store-corrupt"), &json!(path)));
        assert!(told[0]["message"].as_str().unwrap().contains(&folder[2..]), "{told:?}");
        let sums = &lines(std::str::from_utf8(&ran.stdout).unwrap())[0];
        assert_eq!(sums["findings"], told.len(), "{sums}");

        engines.fails(5, "store-corrupt", &["get", "a", key]);
        assert_eq!(engines.ok(&["get", "a", "small"]), "inline");
        let scanned = engines.fails(5, "store-corrupt", &["scan", "a"]);
        assert!(scanned.stderr.contains(&path), "{}", scanned.stderr);
        let text = String::from_utf8(scanned.stdout).unwrap();
        assert!(text.contains("small = inline\n") && text.lines().count() == 2, "{text}");

        let saved = engines.run(&["--json", "salvage", "a", "b"]);
        assert_eq!(saved.code, Some(5), "{}", saved.stderr);
        assert!(saved.stderr.contains("store-corrupt"), "{}", saved.stderr);
        let given = lines(std::str::from_utf8(&saved.stdout).unwrap());
        assert_eq!(given.last().unwrap()["keys"], 3, "{given:?}");
        let mut left = vec!["large", "logged", "small"];
        left.retain(|it| *it != key);
        assert_eq!(engines.ok(&["scan", "b", "--keys"]), left.join("\n") + "\n");
        assert_eq!(engines.ok(&["get", "b", "other", "-n", "notes"]), "y");
        engines.ok(&["verify", "b"]);
    }
}

#[test]
fn what_does_not_open_says_so_and_is_salvaged() {
    let engines = engines();
    fs::write(engines.drive.path("a/manifest"), [7; 8192]).unwrap();
    for command in ["verify", "state", "scan", "compact"] {
        let ran = engines.fails(5, "store-corrupt", &[command, "a"]);
        assert!(ran.stderr.contains("damaged manifest"), "{}", ran.stderr);
        assert!(ran.stderr.contains("sealwood engine salvage"), "{}", ran.stderr);
    }
    let ran = engines.fails(5, "store-corrupt", &["compare", "a", "a"]);
    assert!(ran.stdout.is_empty());
    engines.fails(5, "store-corrupt", &["put", "--create", "a", "k", "v"]);
    engines.fails(5, "store-corrupt", &["salvage", "a", "b"]);
    assert_eq!(engines.ok(&["namespaces", "b"]), "default  3 keys\nnotes  1 key\n");
}

#[test]
fn a_hash_that_is_not_that_of_the_rows_is_named_with_its_bucket() {
    for detail in ["buckets", "whole"] {
        let engines = Engines::with(&[("k", "v")]);
        engines.ok(&["track", "a", "--detail", detail]);
        engines.ok(&["put", "--create", "a", "k", "v", "-n", "notes"]);
        engines.ok(&["track", "a", "-n", "notes"]);
        // The hash of the first is changed, and all checksums are made to agree.
        skew(&engines, "a");
        engines.ok(&["verify", "a"]);
        engines.ok(&["verify", "a", "--state", "-n", "notes"]);
        let ran = engines.run(&["--json", "verify", "a", "--state"]);
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        let mut told = lines(std::str::from_utf8(&ran.stdout).unwrap());
        let candidate = json!({"namespace": "default", "key": "k", "candidate": true});
        let candidates = if told[0] == candidate { Some(told.remove(0)) } else { None };
        assert_eq!(candidates.is_some(), detail == "buckets", "{told:?}");
        let (place, words) = match detail {
            "buckets" => (json!([bucket_of("k")]), format!("in bucket {}", bucket_of("k"))),
            _ => (Value::Null, "somewhere".to_owned()),
        };
        let mut differs = json!({"namespace": "default", "rows": 1, "rows_counted": 1,
            "state": "differs", "buckets": place, "is_whole": true});
        if candidates.is_some() {
            differs["candidates"] = json!(1);
        }
        assert_eq!(told[0], differs);
        assert_eq!((&told[1]["state"], &told[2]["differ"]), (&json!("same"), &json!(1)));
        let error = &errors(&ran.stderr)[0];
        assert_eq!((&error["code"], &error["path"]), (&json!("state-differs"), &json!("default")));
        assert!(error["message"].as_str().unwrap().ends_with(&words), "{error}");
    }
}

#[test]
fn no_more_candidates_are_named_than_asked_for() {
    let number = |number: u32| number.to_string();
    let keys: Vec<_> = (0..).map(number).filter(|key| bucket_of(key) == 7).take(4).collect();
    let engines = Engines::with(&keys.iter().map(|key| (&**key, "v")).collect::<Vec<_>>());
    engines.ok(&["track", "a"]);
    skew(&engines, "a");
    let mut sorted = keys.clone();
    sorted.sort();
    for (asked, named) in [(&[][..], 4), (&["--candidates", "3"], 3), (&["--candidates", "0"], 0)] {
        let ran = engines.run(&[&["--json", "verify", "a", "--state"], asked].concat());
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        let told = lines(std::str::from_utf8(&ran.stdout).unwrap());
        let all =
            told.iter().filter_map(|line| line["candidate"].as_bool().and(line["key"].as_str()));
        assert_eq!(all.collect::<Vec<_>>(), sorted[..named]);
        let line = &told[named];
        assert_eq!((&line["candidates"], &line["rows_counted"]), (&json!(4), &json!(4)), "{line}");
    }
    let ran = engines.run(&["verify", "a", "--state", "--candidates", "1"]);
    let text = String::from_utf8(ran.stdout).unwrap();
    let first = format!("may be another than was counted: default/{}\n", sorted[0]);
    let line =
        "default: 4 rows, others than the 4 rows that were counted in bucket 7, among 4 keys";
    assert!(text.starts_with(&format!("{first}{line}\n")), "{text}");
}

#[test]
fn a_tracked_namespace_that_cannot_be_read_is_told_and_the_others_are_checked() {
    let engines = engines();
    engines.ok(&["track", "a"]);
    engines.ok(&["track", "a", "-n", "notes"]);
    assert_eq!(engines.flip("a/log", &[b'x'; 1000]), 1);
    let ran = engines.run(&["--json", "verify", "--state", "a"]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let told = lines(std::str::from_utf8(&ran.stdout).unwrap());
    assert_eq!((&told[0]["namespace"], &told[0]["state"]), (&json!("notes"), &json!("same")));
    assert_eq!((&told[1]["tracked"], &told[1]["unchecked"]), (&json!(2), &json!(1)));
}

/// Changes the first stored hash of a namespace that the last checkpoint names, and every checksum
/// on the way to it.
fn skew(engines: &Engines, engine: &str) {
    let manifest_path = engines.drive.path(engine).join("manifest");
    let mut manifest = fs::read(&manifest_path).unwrap();
    let number =
        |bytes: &[u8], at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let slot = if number(&manifest, 16) > number(&manifest, 4096 + 16) { 0 } else { 4096 };
    let at = usize::try_from(number(&manifest, slot + 32)).unwrap();
    let len = number(&manifest, slot + 40) as u32 as usize;
    let path_of = |number: u64| engines.drive.path(&format!("{engine}/frames/{number:016x}"));
    let catalog_path = path_of(number(&manifest, slot + 24));
    let mut file = fs::read(&catalog_path).unwrap();
    assert_eq!(number(&manifest, slot + 48), xxh3_64(&file[at..at + len]), "the catalog");

    // All frames of the few checkpoints there were are in one file. Hashes are of kind 4.
    let (mut frame, mut changed) = (0, None);
    while frame < at && changed.is_none() {
        let body = u32::from_le_bytes(file[frame + 32..frame + 36].try_into().unwrap());
        let end = frame + 36 + body as usize;
        let before = xxh3_64(&file[frame..end]).to_le_bytes();
        let named = file[at..at + len].windows(8).position(|window| window == before);
        if let Some(named) = named.filter(|_| file[frame + 4] == 4) {
            file[end - 1] ^= 1;
            let after = xxh3_64(&file[frame..end]).to_le_bytes();
            file[at + named..at + named + 8].copy_from_slice(&after);
            changed = Some(());
        }
        frame = end;
    }
    changed.unwrap();
    let catalog = xxh3_64(&file[at..at + len]).to_le_bytes();
    manifest[slot + 48..slot + 56].copy_from_slice(&catalog);
    let whole = xxh3_64(&manifest[slot..slot + 56]).to_le_bytes();
    manifest[slot + 56..slot + 64].copy_from_slice(&whole);
    fs::write(catalog_path, file).unwrap();
    fs::write(manifest_path, manifest).unwrap();
}
