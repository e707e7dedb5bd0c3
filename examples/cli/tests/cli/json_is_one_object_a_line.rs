//! Every command speaks JSON when asked to, and says the same as in words.

use serde_json::{Value, json};

use crate::drive::{Drive, noise};

/// Each line as an object.
fn objects(text: &str) -> Vec<Value> {
    let objects: Vec<Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(objects.iter().all(Value::is_object), "{text}");
    objects
}

#[test]
fn results_are_objects() {
    let drive = Drive::without_vault();
    drive.write("in/a.txt", "abc");
    drive.write("in/b.bin", noise(1, 200_000));
    let run = |arguments: &[&str]| objects(&drive.ok(&[&["--json"], arguments].concat()));

    let made = run(&["init", "--phrase-out", "words"]);
    assert_eq!(
        made,
        [json!({"vault": "engine:vault", "chunk_bytes": 1_048_576, "convergence": "vault"})]
    );

    let put = run(&["put", "in", "/in"]);
    assert_eq!(put.len(), 3);
    assert_eq!(
        put[2],
        json!({"files": 2, "bytes": 200_003, "unchanged": 0, "skipped": 0, "failed": 0})
    );
    let mut paths: Vec<_> = put[..2].iter().map(|file| file["path"].as_str().unwrap()).collect();
    paths.sort_unstable();
    assert_eq!(paths, ["in/a.txt", "in/b.bin"]);

    let listed = run(&["ls", "in"]);
    assert_eq!(listed[0]["path"], "in/a.txt");
    assert_eq!(listed[0]["kind"], "file");
    assert_eq!(listed[0]["size"], 3);
    assert_eq!(listed[0]["content_type"], "text/plain");
    assert!(listed[0]["modified_ms"].is_u64());
    assert_eq!(listed[1]["size"], 200_000);
    assert_eq!(run(&["stat", "in/a.txt"])[0], listed[0]);
    assert_eq!(run(&["tree"])[1..], listed);
    assert_eq!(run(&["ls", "-R"])[1..], listed);

    assert_eq!(run(&["mv", "in", "out"]), [json!({"from": "in", "to": "out"})]);
    assert_eq!(run(&["cp", "out/a.txt", "c"]), [json!({"from": "out/a.txt", "to": "c"})]);
    assert_eq!(run(&["rm", "c"]), [json!({"removed": "c"})]);
    assert_eq!(run(&["mkdir", "d"]), [json!({"directory": "d"})]);
    let du = run(&["du", "-d", "0"]);
    assert_eq!(du, [json!({"path": "", "files": 2, "directories": 2, "bytes": 200_003})]);
    let got = run(&["get", "out/a.txt", "got"]);
    assert_eq!(got[0], json!({"path": "out/a.txt", "local": "got", "size": 3}));
    let info = run(&["info"]);
    assert_eq!(info[0]["sequence"], 6);
    assert!(info[0]["objects"].as_u64().unwrap() >= 2);
}

#[test]
fn the_words_are_an_object_of_their_own() {
    let drive = Drive::without_vault();
    let ran = drive.run(&["--json", "init"]);
    let words = &objects(&ran.stderr)[0]["recovery_phrase"];
    assert_eq!(words.as_str().unwrap().split(' ').count(), 24);
}

#[test]
fn errors_are_objects_on_standard_error() {
    let drive = Drive::new();
    let ran = drive.run(&["--json", "stat", "/a/none"]);
    let error = json!({
        "error": {"code": "not-found", "message": "no entry at that path", "path": "a/none"}
    });
    assert_eq!(objects(&ran.stderr), [error]);
    assert!(ran.stdout.is_empty());
    let usage = drive.run(&["stat", "--json", "--nonsense"]);
    assert_eq!(usage.code, Some(2));
    assert_eq!(objects(&usage.stderr)[0]["error"]["code"], "usage");
}

#[test]
fn names_cannot_act_on_a_terminal() {
    let drive = Drive::new();
    drive.ok(&["mkdir", "/a\u{1b}[2Jb\n"]);
    assert_eq!(drive.ok(&["ls"]), "a\\u{1b}[2Jb\\n/\n");
    assert_eq!(objects(&drive.ok(&["--json", "ls"]))[0]["path"], "a\u{1b}[2Jb\n");
}
