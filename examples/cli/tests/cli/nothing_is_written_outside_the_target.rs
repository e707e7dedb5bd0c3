//! A get writes into its target, whatever the names in the vault and the links on disk.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::symlink;

use crate::drive::Drive;

fn with_tree() -> Drive {
    let drive = Drive::new();
    drive.write("in/sub/file", "from the vault");
    drive.write("in/other", "beside it");
    drive.ok(&["put", "in", "/tree"]);
    fs::create_dir_all(drive.path("outside")).unwrap();
    fs::create_dir_all(drive.path("out")).unwrap();
    drive
}

#[test]
fn a_link_to_a_folder_is_not_followed() {
    let drive = with_tree();
    symlink(drive.path("outside"), drive.path("out/sub")).unwrap();
    fs::create_dir(drive.path("out/tree")).unwrap();
    symlink(drive.path("outside"), drive.path("out/tree/sub")).unwrap();
    let ran = drive.run(&["get", "tree", "out"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("out/tree/sub"), "{}", ran.stderr);
    assert!(ran.stderr.contains("[local-not-a-folder]"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(drive.path("outside")).unwrap().count(), 0);
    assert_eq!(drive.read("out/tree/other"), b"beside it", "the rest is there");
}

#[test]
fn a_link_in_place_of_a_file_is_replaced() {
    let drive = with_tree();
    drive.write("outside/precious", "untouched");
    fs::create_dir(drive.path("out/tree")).unwrap();
    symlink(drive.path("outside/precious"), drive.path("out/tree/other")).unwrap();
    drive.ok(&["get", "tree", "out"]);
    assert_eq!(drive.read("outside/precious"), b"untouched");
    assert!(fs::symlink_metadata(drive.path("out/tree/other")).unwrap().is_file());
    assert_eq!(drive.read("out/tree/other"), b"beside it");
}

#[test]
fn names_from_elsewhere_stay_single_names() {
    let drive = Drive::new();
    drive.ok(&["mkdir", r"/t/..\up", "/t/C:", "/t/..."]);
    drive.ok(&["get", "t", "out"]);
    let mut names: Vec<_> = fs::read_dir(drive.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["...", r"..\up", "C:"]);
}

#[test]
fn links_are_not_stored_unless_they_are_named() {
    let drive = Drive::new();
    drive.write("in/file", "x");
    drive.write("outside/secret", "y");
    symlink(drive.path("outside"), drive.path("in/folder")).unwrap();
    symlink(drive.path("outside/secret"), drive.path("in/link")).unwrap();
    let ran = drive.run(&["put", "in", "/"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains("left out, not a file: in/link"), "{}", ran.stderr);
    assert_eq!(drive.entries(), ["in/", "in/file"]);
    drive.ok(&["put", "in/link", "/in/"]);
    assert_eq!(drive.ok(&["cat", "in/link"]), "y");
}
