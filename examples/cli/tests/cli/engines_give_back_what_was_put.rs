//! Keys and values of any bytes, typed, read from files and shown.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use crate::drive::{Ran, noise};
use crate::engine::Engines;

#[test]
fn text_and_any_bytes_come_back() {
    let engines = Engines::with(&[("text", "a value"), ("", "of the empty key"), ("empty", "")]);
    assert_eq!(engines.ok(&["get", "a", "text"]), "a value");
    assert_eq!(engines.ok(&["get", "a", ""]), "of the empty key");
    assert_eq!(engines.ok(&["get", "a", "empty"]), "");
    engines.ok(&["put", "a", "--hex", "00ff", "DEAD00"]);
    let ran = engines.run(&["get", "a", "--hex", "00ff"]);
    assert_eq!((ran.code, ran.stdout), (Some(0), b"dead00\n".to_vec()));
    let raw = Ran::of(engines.drive.command().args(["engine", "scan", "a", "--prefix", "", "-x"]));
    let shown = "00ff = dead00\n656d707479 = \n74657874 = 612076616c7565\n";
    let first = " = 6f662074686520656d707479206b6579\n";
    assert_eq!(String::from_utf8(raw.stdout).unwrap(), format!("{first}{shown}"));
    let lines = engines.json(&["get", "a", "-x", "00ff"]);
    let line = json!({"namespace": "default", "key_hex": "00ff", "size": 3, "revision": 5,
        "value_hex": "dead00"});
    assert_eq!(lines, [line]);
    let line =
        json!({"namespace": "default", "key": "empty", "size": 0, "revision": 4, "value": ""});
    assert_eq!(engines.json(&["get", "a", "empty"]), [line]);
}

#[cfg(unix)]
#[test]
fn arguments_are_bytes() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let engines = Engines::with(&[("x", "y")]);
    let mut command = engines.drive.command();
    command.args(["engine", "put", "a"]).args([b"k\xff", b"v\xfe"].map(|it| OsStr::from_bytes(it)));
    assert_eq!(Ran::of(&mut command).code, Some(0));
    assert_eq!(engines.ok(&["scan", "a"]), "k\\xff = v\\xfe\nx = y\n");
    assert_eq!(engines.ok(&["get", "a", "-x", "6bff"]), "76fe\n");
    let line = &engines.json(&["scan", "a"])[0];
    assert_eq!((&line["key_hex"], &line["value_hex"]), (&json!("6bff"), &json!("76fe")));
    assert!(line.get("key").is_none() && line.get("value").is_none(), "{line}");
}

#[test]
fn values_come_from_files_and_streams_of_any_length() {
    let engines = Engines::with(&[("x", "y")]);
    let large = noise(1, 3_000_000);
    engines.drive.write("file", &large);
    let put = engines.json(&["put", "a", "large", "--file", "file"]);
    assert_eq!(put[0]["size"], 3_000_000);
    let got = engines.run(&["get", "a", "large"]);
    assert!(got.code == Some(0) && got.stdout == large);
    let part = engines.run(&["get", "a", "large", "--range", "1048570-2100000"]);
    assert!(part.stdout == large[1_048_570..=2_100_000]);

    let mut command = engines.drive.command();
    command.args(["engine", "put", "a", "piped", "-"]).stdin(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"from a pipe\n").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(engines.ok(&["get", "a", "piped"]), "from a pipe\n");

    let whole = engines.run(&["get", "a", "large", "--json"]);
    assert_eq!((whole.code, whole.stdout.len()), (Some(2), 0), "{}", whole.stderr);
    assert!(whole.stderr.contains(r#""code":"usage""#), "{}", whole.stderr);
    let digits = format!("{:02x}{:02x}", large[0], large[1]);
    let part = engines.json(&["get", "a", "-x", "6c61726765", "--range", "0-1"]);
    assert_eq!((&part[0]["size"], &part[0]["value_hex"]), (&json!(3_000_000), &json!(digits)));
    engines.fails(1, "range-past-end", &["get", "a", "large", "--range", "3000001-"]);
    // A line of a scan has no more of a value than was asked for.
    let scanned = engines.run(&["scan", "a"]);
    let text = String::from_utf8(scanned.stdout).unwrap();
    assert_eq!(text, "large = (2.86 MiB)\npiped = from a pipe\\n\nx = y\n");
    assert!(scanned.stderr.contains("1 value is longer"), "{}", scanned.stderr);
    let line = &engines.json(&["scan", "a", "--value-max", "10"])[1];
    assert_eq!((&line["size"], line.get("value")), (&json!(12), None), "{line}");
    engines.fails(3, "local-not-found", &["put", "a", "k", "--file", "none"]);
    engines.fails(3, "key-not-found", &["get", "a", "k"]);
}

#[test]
fn what_is_not_there_is_3_and_nothing_is_made() {
    let engines = Engines::new();
    for arguments in [
        &["get", "a", "k"][..],
        &["put", "a", "k", "v"],
        &["delete", "a", "k"],
        &["scan", "a"],
        &["namespaces", "a"],
        &["stats", "a"],
        &["track", "a"],
        &["untrack", "a"],
        &["state", "a"],
        &["verify", "a"],
        &["compare", "a", "b"],
        &["compact", "a"],
        &["salvage", "a", "b"],
    ] {
        let ran = engines.fails(3, "engine-not-found", arguments);
        assert!(ran.stdout.is_empty());
        assert!(!engines.drive.path("a").exists() && !engines.drive.path("b").exists());
    }
    let engines = Engines::with(&[("k", "v")]);
    engines.drive.write("other/notes", "x");
    engines.fails(3, "engine-not-found", &["scan", "other"]);
    engines.fails(1, "local-not-empty", &["put", "--create", "other", "k", "v"]);
    engines.fails(1, "local-not-a-folder", &["scan", "other/notes"]);
    assert_eq!(engines.files("other").len(), 1);
    for arguments in [
        &["get", "a", "k", "-n", "notes"][..],
        &["put", "a", "k", "v", "-n", "notes"],
        &["scan", "a", "-n", "notes"],
        &["state", "a", "-n", "notes"],
        &["verify", "a", "--state", "-n", "notes"],
        &["compare", "a", "a", "-n", "notes"],
    ] {
        let ran = engines.fails(3, "namespace-not-found", arguments);
        assert!(ran.stderr.contains("there are: default"), "{}", ran.stderr);
    }
    engines.fails(3, "key-not-found", &["get", "a", "none"]);
    let ran = engines.run(&["get", "a", "-x", "00", "--json"]);
    let error = json!({"error": {"code": "key-not-found", "message": "no such key",
        "path": "default/00"}});
    assert_eq!(crate::engine::lines(&ran.stderr), [error]);
    assert_eq!(engines.ok(&["namespaces", "a"]), "default  1 key\n");
}

#[test]
fn what_cannot_be_meant_is_2() {
    let engines = Engines::with(&[("k", "v")]);
    let long = "k".repeat(65_537);
    for arguments in [
        &["put", "a", "k"][..],
        &["put", "a", "k", "v", "--file", "file"],
        &["put", "a", "k", "v", "--if-absent", "--if-revision", "1"],
        &["put", "a", "-x", "0", "00"],
        &["put", "a", "-x", "00", "zz"],
        &["put", "a", &long, "v"],
        &["put", "--create", "a", "k", "v", "-n", "no/name"],
        &["get", "a", "k", "--range", "2-1"],
        &["scan", "a", "--delimiter", "ab"],
        &["verify", "a", "-n", "default"],
        &["delete", "a"],
        &["no-such-command"],
    ] {
        let ran = engines.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
    }
    assert_eq!(engines.ok(&["scan", "a"]), "k = v\n");
}

#[test]
fn puts_may_have_a_condition_and_an_end() {
    let engines = Engines::with(&[("k", "1")]);
    engines.fails(1, "precondition-failed", &["put", "a", "k", "2", "--if-absent"]);
    engines.fails(1, "precondition-failed", &["put", "a", "k", "2", "--if-revision", "1"]);
    let revision = engines.json(&["get", "a", "k"])[0]["revision"].to_string();
    let put = engines.json(&["put", "a", "k", "3", "--if-revision", &revision]);
    assert_eq!(put[0]["key"], "k");
    assert_eq!(engines.ok(&["get", "a", "k"]), "3");
    engines.ok(&["put", "a", "past", "x", "--expires-in", "0"]);
    engines.fails(3, "key-not-found", &["get", "a", "past"]);
    engines.ok(&["put", "a", "later", "x", "--if-absent", "--expires-in", "3600"]);
    assert!(engines.json(&["get", "a", "later"])[0]["expires_at_ms"].is_u64());
    assert!(engines.json(&["get", "a", "k"])[0].get("expires_at_ms").is_none());
}

#[test]
fn deletions_are_all_or_none() {
    let engines = Engines::with(&[("a", "1"), ("b", "2"), ("c", "3")]);
    let ran = engines.fails(3, "key-not-found", &["delete", "a", "a", "none", "b"]);
    assert!(ran.stderr.contains("default/none"), "{}", ran.stderr);
    assert_eq!(engines.ok(&["scan", "a", "--keys"]), "a\nb\nc\n");
    let done = engines.json(&["delete", "a", "--force", "a", "none", "b"]);
    let line = |key| json!({"namespace": "default", "key": key, "deleted": true});
    assert_eq!(done, [line("a"), line("b")]);
    assert_eq!(engines.ok(&["scan", "a", "--keys"]), "c\n");
}

#[test]
fn scans_take_a_part_in_either_order() {
    let engines = Engines::with(&[("a/1", "x"), ("a/2", "y"), ("b", "z"), ("c/1", "")]);
    let keys = |options: &[&str]| {
        let printed = engines.ok(&[&["scan", "a", "--keys"], options].concat());
        printed.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(keys(&[]), ["a/1", "a/2", "b", "c/1"]);
    assert_eq!(keys(&["--prefix", "a/"]), ["a/1", "a/2"]);
    assert_eq!(keys(&["--from", "a/2", "--to", "c/1"]), ["a/2", "b"]);
    assert_eq!(keys(&["--reverse", "--limit", "2"]), ["c/1", "b"]);
    assert_eq!(keys(&["--delimiter", "/"]), ["a/", "b", "c/"]);
    assert_eq!(keys(&["--from", "a0", "--prefix", "a"]), [""; 0]);
    let lines = engines.json(&["scan", "a", "--delimiter", "/", "--limit", "1"]);
    assert_eq!(lines, [json!({"namespace": "default", "prefix": "a/"})]);
    let line = json!({"namespace": "default", "key": "b", "size": 1, "revision": 4});
    assert_eq!(engines.json(&["scan", "a", "--keys", "--prefix", "b"]), [line]);
}

#[test]
fn a_namespace_is_made_when_asked_for_and_figures_add_up() {
    let engines = Engines::with(&[("k", "v"), ("l", "w")]);
    engines.ok(&["put", "--create", "a", "k", "other", "--namespace", "notes"]);
    assert_eq!(engines.ok(&["get", "a", "k", "-n", "notes"]), "other");
    let lines = engines.json(&["namespaces", "a"]);
    let line = |name, keys| json!({"namespace": name, "keys": keys});
    assert_eq!(lines, [line("default", 2), line("notes", 1)]);
    let stats = &engines.json(&["stats", "a"])[0];
    assert_eq!(
        (&stats["engine"], &stats["keys"], &stats["namespaces"]),
        (&json!("a"), &json!(3), &json!(2))
    );
    assert!(stats["log_disk_bytes"].as_u64().unwrap() > 0, "{stats}");
}

#[test]
fn the_local_store_of_a_vault_is_an_engine() {
    let drive = crate::drive::Drive::new();
    drive.write("in/file", noise(1, 300_000));
    drive.ok(&["put", "in", "/"]);
    let engines = Engines { drive };
    assert!(engines.ok(&["namespaces", "vault"]).starts_with("objects  "));
    let keys = engines.ok(&["scan", "vault", "-n", "objects", "--keys"]);
    assert!(keys.lines().any(|key| key == "root"), "{keys}");
    assert!(!engines.run(&["get", "vault", "root", "-n", "objects"]).stdout.is_empty());
    engines.ok(&["verify", "vault"]);
    assert_eq!(engines.drive.entries(), ["in/", "in/file"]);
}

#[test]
fn a_compaction_gives_back_what_is_dead() {
    let engines = Engines::with(&[("k", "kept")]);
    // Values of the log, all but the last of them dead, and more than a compaction begins for.
    engines.drive.write("file", noise(1, 100_000));
    for _ in 0..8 {
        engines.ok(&["put", "a", "again", "--file", "file"]);
    }
    let done = &engines.json(&["compact", "a"])[0];
    let bytes = |name: &str| done[name].as_u64().unwrap();
    assert!(bytes("before_bytes") > 800_000 && bytes("after_bytes") < 200_000, "{done}");
    assert_eq!(engines.ok(&["get", "a", "k"]), "kept");
    assert!(engines.run(&["get", "a", "again"]).stdout == noise(1, 100_000));
    engines.ok(&["verify", "a"]);
}
