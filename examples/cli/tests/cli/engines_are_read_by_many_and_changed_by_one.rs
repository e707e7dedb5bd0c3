//! An engine that is in use is said to be; who only looks changes nothing; what is cut off leaves
//! it whole.

#![cfg(unix)]

use std::fs::File;
use std::io::{Write, pipe};
use std::process::{Child, Command, Stdio};

use sealwood::engine::{Access, Engine, EngineConfig};

use crate::drive::{Ran, files_below, noise};
use crate::engine::Engines;

/// A put that has the engine open until its standard input ends.
fn put_under_way(engines: &Engines) -> Child {
    let mut command = engines.drive.command();
    command.args(["engine", "put", "a", "long", "-"]);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // More than a pipe holds: once it is written, the put reads, so the engine is open.
    child.stdin.as_mut().unwrap().write_all(&noise(1, 4 * 1024 * 1024)).unwrap();
    child
}

#[test]
fn an_engine_that_is_in_use_is_6_and_says_so() {
    let engines = Engines::with(&[("k", "v")]);
    engines.copy("a", "b");
    let mut child = put_under_way(&engines);
    for arguments in [
        &["get", "a", "k"][..],
        &["put", "a", "k", "w"],
        &["scan", "a"],
        &["state", "a"],
        &["verify", "a"],
        &["compare", "a", "b"],
        &["compare", "b", "a"],
        &["compact", "a"],
        &["salvage", "a", "c"],
    ] {
        let ran = engines.fails(6, "store-locked", arguments);
        assert!(ran.stderr.contains("a: another program has this engine open"), "{}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(engines.ok(&["scan", "a", "--keys"]), "k\nlong\n");
    // A target that was made before the lock was met is as good as none.
    engines.ok(&["salvage", "a", "c"]);
}

#[test]
fn readers_share_it_and_change_nothing() {
    let engines = Engines::with(&[("k", "v")]);
    engines.ok(&["track", "a"]);
    let before = files_below(&engines.drive.path("a"));
    let config = EngineConfig::default().access(Access::ReadOnly);
    let reader = Engine::open_directory(engines.drive.path("a"), config).unwrap();
    for arguments in [
        &["get", "a", "k"][..],
        &["scan", "a"],
        &["namespaces", "a"],
        &["stats", "a"],
        &["state", "a"],
        &["verify", "a", "--state"],
        &["compare", "a", "a"],
        &["salvage", "a", "b"],
    ] {
        engines.ok(arguments);
    }
    engines.fails(6, "store-locked", &["put", "a", "k", "w"]);
    reader.close().unwrap();
    assert!(files_below(&engines.drive.path("a")) == before);
}

#[test]
fn an_interrupted_put_changes_nothing() {
    let engines = Engines::with(&[("k", "v"), ("long", "before")]);
    let mut child = put_under_way(&engines);
    let stdin = child.stdin.take();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    drop(stdin);
    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("[cancelled]"), "{stderr}");
    assert_eq!(engines.ok(&["get", "a", "long"]), "before");
    engines.ok(&["verify", "a"]);
    engines.ok(&["put", "a", "after", "x"]);
}

#[test]
fn a_reader_that_has_seen_enough_ends_a_scan() {
    let engines = Engines::with(&[("k", "v")]);
    engines.drive.write("file", noise(1, 300_000));
    let engine = Engine::open_directory(engines.drive.path("a"), EngineConfig::default()).unwrap();
    let rows = engine.namespace("default").unwrap();
    let mut batch = engine.batch();
    for number in 0..3000 {
        batch.put(&rows, format!("{number:0100}").as_bytes(), "x");
    }
    batch.commit().unwrap();
    engine.close().unwrap();
    engines.ok(&["put", "a", "large", "--file", "file"]);
    for arguments in [
        &["scan", "a"][..],
        &["--json", "scan", "a"],
        &["get", "a", "large"],
        &["get", "a", "--hex", "6c61726765"],
    ] {
        let (reader, writer) = pipe().unwrap();
        drop(reader);
        let mut streams: Vec<(Stdio, i32)> = vec![(writer.into(), 0)];
        if cfg!(target_os = "linux") {
            streams.push((File::options().write(true).open("/dev/full").unwrap().into(), 1));
        }
        for (stream, code) in streams {
            let mut command = engines.drive.command();
            let ran = Ran::of(command.arg("engine").args(arguments).stdout(stream));
            assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        }
    }
}

#[test]
fn standard_input_that_is_closed_is_no_empty_value() {
    let engines = Engines::with(&[("k", "v")]);
    let program = engines.drive.command();
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"exec "$0" "$@" <&-"#]).arg(program.get_program());
    shell.args(["engine", "put", "a", "k", "-"]).current_dir(program.get_current_dir().unwrap());
    assert_eq!(shell.status().unwrap().code(), Some(1));
    assert_eq!(engines.ok(&["get", "a", "k"]), "v");
}

/// A command that has done its work says so, though there is no room for more.
#[cfg(target_os = "linux")]
#[test]
fn a_deletion_on_a_full_disk_is_done_and_is_0() {
    let engines = Engines::with(&[]);
    let script = r#"
        mkdir small
        mount -t tmpfs -o size=3m tmpfs small
        value=$(head -c 20000 /dev/zero | tr '\0' x)
        number=0
        while "$1" engine put --create small/a key$number "$value" 2>/dev/null; do
            number=$((number+1))
        done
        "$1" engine delete small/a key0 key1 key2 key3
        ! "$1" engine compact small/a 2>/dev/null
        "$@"
        "$1" engine verify small/a >/dev/null
        "$1" engine scan small/a --keys --prefix key1
    "#;
    let keys: Vec<String> = (4..61).map(|number| format!("key{number}")).collect();
    let mut arguments = vec!["engine", "delete", "small/a"];
    arguments.extend(keys.iter().map(String::as_str));
    let ran = engines.drive.run_among_mounts(script, &arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let left: Vec<_> =
        ran.stdout.split(|byte| *byte == b'\n').filter(|key| !key.is_empty()).collect();
    assert!(left.iter().all(|key| key.len() == 6) && left.len() > 10, "{left:?}");
}
