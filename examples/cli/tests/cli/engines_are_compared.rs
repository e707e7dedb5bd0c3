//! Two engines are told to be the same only where they are.

use std::fs;

use sealwood::engine::{Background, Durability, Engine, EngineConfig, PutOptions, Tracking};
use serde_json::{Value, json};

use crate::drive::{Ran, noise};
use crate::engine::{Engines, lines};

/// Two of 1,000 rows and a large one in the namespace `default`, and two in `notes`.
fn two() -> Engines {
    let engines = Engines::with(&[]);
    let engine = Engine::open_directory(engines.drive.path("a"), EngineConfig::default()).unwrap();
    let rows = engine.namespace("default").unwrap();
    let options = PutOptions::new().durability(Durability::None);
    for number in 0..1000 {
        rows.put_with(format!("{number:04}").as_bytes(), number.to_string(), &options).unwrap();
    }
    rows.put(b"large", noise(1, 3_000_000)).unwrap();
    engine.namespace("notes").unwrap().put(b"n", "x").unwrap();
    engine.close().unwrap();
    engines.copy("a", "b");
    engines
}

/// Compares with `--json`: exit code and lines.
fn compare(engines: &Engines, arguments: &[&str]) -> (Option<i32>, Vec<Value>) {
    let ran = engines.run(&[&["--json", "compare"], arguments].concat());
    (ran.code, lines(std::str::from_utf8(&ran.stdout).unwrap()))
}

#[test]
fn equal_engines_are_0_by_hash_or_row_by_row() {
    let engines = two();
    let line = |name, by, rows| {
        json!({"namespace": name, "result": "same", "by": by, "differences": 0,
            "rows_read": rows})
    };
    let (code, told) = compare(&engines, &["a", "b"]);
    assert_eq!(code, Some(0));
    let sums = json!({"same": 2, "differ": 0, "uncompared": 0});
    assert_eq!(told, [line("default", "rows", 2002), line("notes", "rows", 2), sums.clone()]);
    for engine in ["a", "b"] {
        engines.ok(&["track", engine]);
    }
    let (code, told) = compare(&engines, &["a", "b"]);
    assert_eq!(code, Some(0));
    assert_eq!(told, [line("default", "hash", 0), line("notes", "rows", 2), sums]);
    assert_eq!(engines.ok(&["compare", "a", "b"]), "default: same hash\nnotes: same rows\n");
    engines.ok(&["compare", "a", "a"]);
}

#[test]
fn rows_that_differ_are_named_and_are_1() {
    let engines = two();
    engines.ok(&["put", "b", "0500", "501"]);
    engines.ok(&["delete", "b", "0000"]);
    engines.ok(&["put", "b", "-x", "ff", "00"]);
    // Of the same length, and the last piece differs.
    let mut other = noise(1, 3_000_000);
    other[2_999_999] ^= 1;
    engines.drive.write("file", &other);
    engines.ok(&["put", "b", "large", "--file", "file"]);
    let row =
        |key, difference| json!({"namespace": "default", "key": key, "difference": difference});
    let rows = [
        row("0000", "only-first"),
        row("0500", "value"),
        row("large", "value"),
        json!({"namespace": "default", "key_hex": "ff", "difference": "only-second"}),
    ];
    for by in ["rows", "hash"] {
        let (code, told) = compare(&engines, &["a", "b", "-n", "default"]);
        assert_eq!(code, Some(1));
        assert_eq!(told[..4], rows, "{by}");
        assert_eq!((&told[4]["result"], &told[4]["by"]), (&json!("differs"), &json!(by)));
        assert_eq!(told[4]["differences"], 4);
        let read = told[4]["rows_read"].as_u64().unwrap();
        assert!(by == "rows" || read < 100, "{read}");
        assert_eq!(told[5], json!({"same": 0, "differ": 1, "uncompared": 0}));
        for engine in ["a", "b"] {
            engines.ok(&["track", engine]);
        }
    }
    let text = engines.run(&["compare", "b", "a"]);
    assert_eq!(text.code, Some(1));
    let printed = String::from_utf8(text.stdout).unwrap();
    assert!(printed.contains("only in the first: default/\\xff\n"), "{printed}");
    assert!(printed.contains("another value: default/0500\n"), "{printed}");
    assert!(printed.contains("default: differs in 4 keys\n"), "{printed}");
    assert!(printed.contains("notes: same rows\n"), "{printed}");
}

#[test]
fn a_namespace_that_one_alone_has_is_a_difference() {
    let engines = two();
    engines.ok(&["put", "--create", "b", "k", "v", "-n", "more"]);
    for (first, second, result) in [("a", "b", "only-second"), ("b", "a", "only-first")] {
        let (code, told) = compare(&engines, &[first, second]);
        assert_eq!(code, Some(1));
        assert_eq!(told[1], json!({"namespace": "more", "result": result, "keys": 1}));
    }
    assert_eq!(compare(&engines, &["a", "b", "-n", "notes"]).0, Some(0));
}

#[test]
fn a_hash_that_is_not_of_all_rows_proves_nothing() {
    let engines = Engines::new();
    let config = EngineConfig::default().background(Background::Manual);
    let engine = Engine::open_directory(engines.drive.path("a"), config).unwrap();
    let rows = engine.namespace("default").unwrap();
    let options = PutOptions::new().durability(Durability::None);
    for number in 0..6000 {
        rows.put_with(format!("{number:04}").as_bytes(), "x", &options).unwrap();
    }
    rows.track(Tracking::Whole).unwrap();
    // Counts a piece of the rows, and not all.
    engine.maintain().unwrap();
    engine.close().unwrap();
    let state = engines.json(&["state", "a"]);
    assert_eq!(
        (&state[0]["tracking"], &state[0]["state"]),
        (&json!("whole"), &json!("backfilling"))
    );
    assert_eq!(state[0]["cursor"], "4095");
    assert_eq!((&state[0]["rows"], state[0].get("checksum")), (&json!(4096), None));
    assert_eq!((&state[1]["tracked"], &state[1]["valid"]), (&json!(1), &json!(0)));
    let text = engines.ok(&["state", "a"]);
    assert!(text.contains("backfilling up to 4095"), "{text}");
    let checked = engines.json(&["verify", "--state", "a"]);
    let whole = json!({"namespace": "default", "rows": 4096, "rows_counted": 4096,
        "state": "backfilling", "is_whole": false});
    assert_eq!(checked[0], whole);
    assert_eq!((&checked[1]["tracked"], &checked[1]["backfilling"]), (&json!(1), &json!(1)));
    let text = engines.ok(&["verify", "--state", "a"]);
    assert!(text.contains("1 not counted yet"), "{text}");

    engines.copy("a", "b");
    engines.ok(&["put", "b", "5999", "y"]);
    let (code, told) = compare(&engines, &["a", "b"]);
    assert_eq!(code, Some(1));
    assert_eq!(told[0]["key"], "5999");
    // To track again goes on to the end.
    let tracked = engines.json(&["track", "a", "--detail", "whole"]);
    assert_eq!((&tracked[0]["state"], &tracked[0]["rows"]), (&json!("valid"), &json!(6000)));
    let state = engines.json(&["state", "a"]);
    assert_eq!(state[0]["checksum"], tracked[0]["checksum"]);
    assert_eq!(engines.json(&["verify", "--state", "a"])[0]["is_whole"], true);
}

#[test]
fn what_is_damaged_is_5_and_the_rest_is_compared() {
    let engines = two();
    let value = &engines.files("b/values")[0];
    let mut bytes = fs::read(value).unwrap();
    bytes[100] ^= 1;
    fs::write(value, bytes).unwrap();
    engines.ok(&["put", "b", "n", "another", "-n", "notes"]);
    let ran = engines.run(&["--json", "compare", "a", "b"]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let error = &lines(&ran.stderr)[0]["error"];
    assert_eq!((&error["code"], &error["path"]), (&json!("store-corrupt"), &json!("default")));
    let told = lines(std::str::from_utf8(&ran.stdout).unwrap());
    assert_eq!(told[0]["difference"], "value");
    assert_eq!(told[2], json!({"same": 0, "differ": 1, "uncompared": 1}));
}

#[cfg(unix)]
#[test]
fn a_reader_that_has_seen_enough_changes_no_exit_code() {
    let engines = two();
    engines.ok(&["put", "b", "n", "another", "-n", "notes"]);
    for (second, code) in [("b", 1), ("a", 0)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = engines.drive.command();
        command.args(["engine", "compare", "a", second]).stdout(writer);
        assert_eq!(Ran::of(&mut command).code, Some(code), "{second}");
    }
}

#[test]
fn states_add_up_and_end_with_untrack() {
    let engines = two();
    engines.ok(&["track", "a"]);
    engines.ok(&["track", "a", "-n", "notes", "--detail", "whole"]);
    let state = engines.json(&["state", "a"]);
    let sum = &state[2];
    assert_eq!(
        (&sum["tracked"], &sum["valid"], &sum["rows"]),
        (&json!(2), &json!(2), &json!(1002))
    );
    assert_ne!(sum["checksum"], state[0]["checksum"]);
    let one = engines.json(&["state", "a", "-n", "notes"]);
    assert_eq!((&one[0], &one[1]["checksum"]), (&state[1], &state[1]["checksum"]));
    assert_eq!(
        engines.json(&["untrack", "a"]),
        [json!({"namespace": "default", "tracking": "off"})]
    );
    let state = engines.json(&["state", "a"]);
    assert_eq!(state[0], json!({"namespace": "default", "tracking": "off"}));
    assert_eq!((&state[2]["tracked"], &state[2]["checksum"]), (&json!(1), &state[1]["checksum"]));
    assert!(engines.ok(&["state", "a"]).starts_with("default  tracking off\n"));
}
