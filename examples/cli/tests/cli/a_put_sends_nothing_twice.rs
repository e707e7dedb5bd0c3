//! What a put has finished is in the vault, and the same put sends it no more.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::MetadataExt;

use serde_json::Value;

use crate::drive::{Drive, let_settle, noise};

fn put(drive: &Drive, arguments: &[&str]) -> Value {
    let ran = drive.run(&[&["--json", "put"], arguments].concat());
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.totals()
}

fn info(drive: &Drive) -> Value {
    serde_json::from_str(&drive.ok(&["--json", "info"])).unwrap()
}

/// The objects of a vault in a directory: their paths, and when they were written.
fn objects(drive: &Drive) -> Vec<(String, u64, i64, i64)> {
    let entries = walkdir::WalkDir::new(drive.path("vault")).sort_by_file_name().into_iter();
    let files = entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
    files
        .map(|entry| {
            let known = entry.metadata().unwrap();
            let path = entry.path().to_string_lossy().into_owned();
            (path, known.ino(), known.mtime(), known.mtime_nsec())
        })
        .collect()
}

#[test]
fn an_unchanged_folder_is_no_commit() {
    for address in ["vault", "dir:vault"] {
        let drive = Drive::at(address);
        for file in 0..2_000 {
            drive.write(&format!("in/{}/{file}", file % 7), noise(file, 3_000));
        }
        fs::create_dir(drive.path("in/empty")).unwrap();
        drive.write("in/large", noise(1, 3_000_000));
        let_settle(&drive.path("in"));
        let first = put(&drive, &["in", "/"]);
        assert_eq!((&first["files"], &first["unchanged"]), (&2_001.into(), &0.into()));
        let (before, written) = (info(&drive), objects(&drive));
        for _ in 0..4 {
            let again = put(&drive, &["in", "/"]);
            assert_eq!((&again["files"], &again["unchanged"]), (&0.into(), &2_001.into()));
            assert_eq!(again["bytes"], 0);
        }
        assert_eq!(info(&drive), before);
        if address.starts_with("dir:") {
            assert_eq!(objects(&drive), written);
        }
    }
}

/// Unless the vault was made so that nothing tells what is in it already.
#[test]
fn without_convergence_a_file_that_is_put_again_is_sent_again() {
    for (convergence, sent, said) in [("vault", 1, "stored once"), ("off", 3, "stored apart")] {
        let drive = Drive::without_vault();
        drive.ok(&["init", "--phrase-out", "words", "--convergence", convergence]);
        let before = info(&drive)["objects"].as_u64().unwrap();
        drive.write("film", noise(1, 300_000));
        for target in ["/a", "/b", "/a"] {
            put(&drive, &["-I", "film", target]);
        }
        let after = info(&drive);
        assert_eq!(after["objects"].as_u64().unwrap() - before, sent, "{after}");
        assert_eq!(after["convergence"], convergence);
        assert!(drive.ok(&["info"]).contains(said));
        drive.ok(&["get", "/b", "again"]);
        assert!(fs::read(drive.path("again")).unwrap() == noise(1, 300_000));
    }
}

#[test]
fn a_change_that_leaves_size_and_time_as_they_were_is_put() {
    let drive = Drive::new();
    drive.write("in/a", "before");
    drive.write("in/b", "stays");
    let_settle(&drive.path("in"));
    put(&drive, &["in", "/"]);
    let file = fs::File::options().write(true).open(drive.path("in/a")).unwrap();
    let modified = file.metadata().unwrap().modified().unwrap();
    drive.write("in/a", "after!");
    file.set_modified(modified).unwrap();
    let again = put(&drive, &["in", "/"]);
    assert_eq!((&again["files"], &again["unchanged"]), (&1.into(), &1.into()));
    assert_eq!(drive.ok(&["cat", "in/a", "in/b"]), "after!stays");

    // Another file of that size and time takes the name.
    drive.write("in/other", "third.");
    let other = fs::File::options().write(true).open(drive.path("in/other")).unwrap();
    other.set_modified(modified).unwrap();
    fs::rename(drive.path("in/other"), drive.path("in/a")).unwrap();
    put(&drive, &["in", "/"]);
    assert_eq!(drive.ok(&["cat", "in/a"]), "third.");
}

#[test]
fn what_was_changed_just_before_it_was_put_is_read_again() {
    let drive = Drive::new();
    drive.write("in/a", "fresh");
    put(&drive, &["in", "/"]);
    let again = put(&drive, &["in", "/"]);
    assert_eq!((&again["files"], &again["unchanged"]), (&1.into(), &0.into()));
}

#[test]
fn what_another_put_in_its_place_is_put_again() {
    let drive = Drive::new();
    drive.write("in/a", "mine");
    drive.write("a", "your");
    let_settle(&drive.path("in"));
    put(&drive, &["in", "/"]);
    drive.ok(&["put", "a", "/in/a"]);
    assert_eq!(put(&drive, &["in", "/"])["files"], 1);
    drive.ok(&["rm", "-r", "/in"]);
    assert_eq!(put(&drive, &["in", "/"])["files"], 1);
    assert_eq!(drive.ok(&["cat", "in/a"]), "mine");
}

#[test]
fn all_is_put_again_where_that_is_asked_for() {
    let drive = Drive::new();
    drive.write("in/a", "a");
    let_settle(&drive.path("in"));
    put(&drive, &["in", "/"]);
    assert_eq!(put(&drive, &["in", "/"])["unchanged"], 1);
    let again = put(&drive, &["--ignore-times", "in", "/"]);
    assert_eq!((&again["files"], &again["unchanged"]), (&1.into(), &0.into()));
}

#[test]
fn large_files_are_committed_as_they_are_finished() {
    let drive = Drive::at("dir:vault");
    let sequence = |drive: &Drive| info(drive)["sequence"].as_u64().unwrap();
    for file in 0..40 {
        drive.write(&format!("in/{file}"), noise(file, 2 * 1024 * 1024 + 1));
    }
    let before = sequence(&drive);
    put(&drive, &["in", "/"]);
    // 80 MiB are two times 32 and a rest.
    assert!(sequence(&drive) - before >= 3, "{}", sequence(&drive) - before);
}
