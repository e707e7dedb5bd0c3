//! A get that is killed or meets a full disk leaves the old file whole, and a later one leaves
//! nothing of it behind.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::Path;
use std::thread;

use crate::bucket::{Bucket, Mood};
use crate::drive::{Drive, Ran, files_below, noise};

fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).into_iter().flatten();
    let mut names: Vec<_> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn draft_in(folder: &Path) -> Option<String> {
    names(folder).into_iter().find(|name| name.starts_with(".sealwood-get-"))
}

#[test]
fn what_a_killed_get_left_is_removed_by_a_later_one() {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::Works);
    let command = |arguments: &[&str]| {
        let mut command = drive.command();
        bucket.give_to(&mut command).args(["--secret-file", "secret"]).args(arguments);
        command
    };
    let ok = |arguments: &[&str]| {
        let ran = Ran::of(&mut command(arguments));
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
    };
    drive.write("in/sub/big", noise(1, 3_000_000));
    drive.write("in/small", "small");
    ok(&["init"]);
    ok(&["put", "in", "/tree"]);
    drive.write("out/tree/sub/big", "older");
    let folder = drive.path("out/tree/sub");

    bucket.turn(Mood::HoldsLargeReads);
    let mut killed = command(&["get", "tree", "out"]).spawn().unwrap();
    let draft = loop {
        match draft_in(&folder) {
            Some(draft) => break draft,
            None => assert!(killed.try_wait().unwrap().is_none(), "it does not wait"),
        }
        thread::yield_now();
    };
    ok(&["get", "tree/small", "out/tree/sub/"]);
    assert_eq!(draft_in(&folder).as_ref(), Some(&draft), "the first run still writes to it");

    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(names(&folder), [draft.as_str(), "big", "small"]);
    assert_eq!(drive.read("out/tree/sub/big"), b"older");
    let others = [".sealwood-get-0123", ".sealwood-get-notes.txt", ".sealwood-0123456789abcdef"];
    for name in others {
        fs::write(folder.join(name), "somebody's").unwrap();
    }

    bucket.turn(Mood::Works);
    ok(&["get", "tree", "out"]);
    let mut expected = others.to_vec();
    expected.extend(["big", "small"]);
    expected.sort_unstable();
    assert_eq!(names(&folder), expected);
    assert!(drive.read("out/tree/sub/big") == noise(1, 3_000_000));

    // Where a single file goes, too.
    for destination in ["out/tree/sub/", "out/tree/sub/small"] {
        fs::write(folder.join(&draft), "left").unwrap();
        ok(&["get", "tree/small", destination]);
        assert_eq!(names(&folder), expected, "{destination}");
    }
}

#[test]
fn on_a_full_disk_the_old_file_is_still_there() {
    let drive = Drive::new();
    drive.write("big", noise(1, 3_000_000));
    drive.ok(&["put", "big", "/"]);
    fs::create_dir(drive.path("out")).unwrap();
    fs::create_dir(drive.path("kept")).unwrap();
    let script = r#"
        mount -t tmpfs -o size=1m tmpfs out
        echo older > out/big
        code=0; "$@" || code=$?
        cp -R out/. kept
        exit $code
    "#;
    for destination in ["out", "out/big"] {
        let ran = drive.run_among_mounts(script, &["get", "big", destination]);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains("[local-full]"), "{}", ran.stderr);
        let kept = files_below(&drive.path("kept"));
        assert_eq!(kept, [("big".into(), b"older\n".to_vec())]);
    }
}
