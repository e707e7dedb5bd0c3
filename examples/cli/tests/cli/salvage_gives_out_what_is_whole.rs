//! A damaged local store gives out what is whole, to a place that the program opens.

use std::fs;
use std::path::PathBuf;

use crate::drive::{Drive, noise};

fn files_of(drive: &Drive, directory: &str) -> Vec<PathBuf> {
    let mut files: Vec<_> =
        fs::read_dir(drive.path(directory)).unwrap().map(|it| it.unwrap().path()).collect();
    files.sort();
    files
}

fn with_two_files() -> Drive {
    let drive = Drive::new();
    drive.write("in/large", noise(1, 300_000));
    drive.write("in/small", noise(2, 20_000));
    drive.ok(&["put", "in", "/"]);
    drive
}

#[test]
fn a_store_without_its_checkpoints_is_salvaged_whole() {
    let drive = with_two_files();
    fs::write(drive.path("vault/manifest"), [7; 8192]).unwrap();
    for frames in files_of(&drive, "vault/frames") {
        fs::remove_file(frames).unwrap();
    }
    assert_eq!(drive.run(&["ls"]).code, Some(5));
    for target in ["dir:saved", "saved-engine"] {
        let ran = drive.run(&["salvage", "vault", target]);
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        assert!(ran.stderr.contains("damaged manifest"), "{}", ran.stderr);
        let out = format!("out-{}", target.len());
        drive.ok(&["--vault", target, "get", "in", &out]);
        assert!(drive.read(&format!("{out}/large")) == noise(1, 300_000));
        assert!(drive.read(&format!("{out}/small")) == noise(2, 20_000));
    }
}

#[test]
fn a_damaged_value_is_told_and_the_rest_is_salvaged() {
    let drive = with_two_files();
    let value = &files_of(&drive, "vault/values")[0];
    let mut bytes = fs::read(value).unwrap();
    bytes[100_000] ^= 1;
    fs::write(value, bytes).unwrap();
    let ran = drive.run(&["--json", "salvage", "vault", "dir:saved"]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    let errors: Vec<serde_json::Value> =
        ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(errors.len(), 1, "{errors:?}");
    assert_eq!(errors[0]["error"]["code"], "store-corrupt");
    assert!(errors[0]["error"]["path"].is_string(), "{errors:?}");
    let stdout = String::from_utf8(ran.stdout).unwrap();
    let given: serde_json::Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!((&given["uncertain"], &given["passed_over"]), (&0.into(), &0.into()));
    assert!(given["objects"].as_u64().unwrap() >= 2, "{given}");
    drive.ok(&["--vault", "dir:saved", "get", "in/small", "small"]);
    assert!(drive.read("small") == noise(2, 20_000));
}

#[test]
fn a_whole_store_is_0_and_a_target_that_holds_something_is_refused() {
    let drive = with_two_files();
    drive.ok(&["salvage", "vault", "dir:saved"]);
    let ran = drive.run(&["salvage", "vault", "dir:saved"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert_eq!(drive.run(&["salvage", "nowhere", "dir:other"]).code, Some(3));
    drive.ok(&["--vault", "dir:saved", "get", "in", "out"]);
    assert!(drive.read("out/large") == noise(1, 300_000));
}

#[test]
fn what_was_no_local_store_is_not_salvaged() {
    let drive = Drive::at("dir:vault");
    drive.write("other/notes", "x");
    fs::create_dir(drive.path("empty")).unwrap();
    for folder in ["empty", "other", "vault", "missing"] {
        let ran = drive.run(&["salvage", folder, "saved"]);
        assert_eq!(ran.code, Some(3), "{folder}: {}", ran.stderr);
        assert!(!drive.path("saved").exists(), "{folder}");
    }
}

#[test]
fn nothing_is_salvaged_into_the_damaged_store() {
    let drive = with_two_files();
    for target in ["vault", "vault/x", "dir:vault/log/y", "in/../vault/z"] {
        let ran = drive.run(&["salvage", "vault", target]);
        assert_eq!(ran.code, Some(1), "{target}: {}", ran.stderr);
    }
    for made in ["vault/x", "vault/log/y", "vault/z"] {
        assert!(!drive.path(made).exists(), "{made}");
    }
}
