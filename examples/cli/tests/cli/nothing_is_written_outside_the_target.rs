//! A get writes into its target, whatever the names in the vault and the links on disk.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown, symlink};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

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
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(ran.stderr.contains("out/tree/sub"), "{}", ran.stderr);
    assert!(ran.stderr.contains("[local-not-a-folder]"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(drive.path("outside")).unwrap().count(), 0);
    assert_eq!(drive.read("out/tree/other"), b"beside it", "the rest is there");
}

/// Many rounds of another program that puts a link in place of a folder, and the folder back.
fn swap_until(done: &AtomicBool, drive: &Drive, folder: &str) {
    let (path, outside) = (drive.path(folder), drive.path("outside"));
    let mut round = 0;
    while !done.load(Ordering::Relaxed) {
        let away = drive.path(&format!("away-{round}"));
        // Each may fail: the get makes folders at the same time.
        if fs::rename(&path, &away).is_ok() {
            drop(symlink(&outside, &path));
            thread::yield_now();
            drop(fs::remove_file(&path));
            drop(fs::rename(&away, &path));
            round += 1;
        }
    }
}

#[test]
fn a_folder_that_is_swapped_for_a_link_meanwhile_lets_nothing_out() {
    let drive = Drive::new();
    for file in 0..1500 {
        drive.write(&format!("in/sub/{file}"), "from the vault");
    }
    drive.ok(&["put", "in", "/tree"]);
    fs::create_dir(drive.path("outside")).unwrap();
    for round in 0..4 {
        let target = format!("out-{round}");
        fs::create_dir(drive.path(&target)).unwrap();
        let done = AtomicBool::new(false);
        let ran = thread::scope(|scope| {
            scope.spawn(|| swap_until(&done, &drive, &format!("{target}/tree/sub")));
            let ran = drive.run(&["get", "tree", &target]);
            done.store(true, Ordering::Relaxed);
            ran
        });
        assert!(matches!(ran.code, Some(0 | 1 | 3 | 7)), "{}", ran.stderr);
        let out: Vec<_> = fs::read_dir(drive.path("outside")).unwrap().collect();
        assert!(out.is_empty(), "{} got out, {:?}", out.len(), out[0]);
    }
}

#[test]
fn a_link_that_leads_nowhere_is_not_made_a_folder() {
    let drive = with_tree();
    symlink(drive.path("outside/new"), drive.path("target")).unwrap();
    let ran = drive.run(&["get", "tree", "target"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(ran.stderr.contains("target: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("[local-not-a-folder]"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(drive.path("outside")).unwrap().count(), 0);
}

#[test]
fn a_destination_that_is_a_link_is_where_the_user_said() {
    let drive = with_tree();
    symlink(drive.path("out"), drive.path("link")).unwrap();
    drive.ok(&["get", "tree", "link"]);
    assert_eq!(drive.read("out/tree/sub/file"), b"from the vault");
    drive.ok(&["get", "tree/other", "link/a/../b/name"]);
    assert_eq!(drive.read("out/b/name"), b"beside it");
}

#[test]
fn a_link_in_place_of_a_file_is_neither_followed_nor_replaced() {
    let drive = with_tree();
    drive.write("outside/precious", "untouched");
    fs::create_dir(drive.path("out/tree")).unwrap();
    symlink(drive.path("outside/precious"), drive.path("out/tree/other")).unwrap();
    let ran = drive.run(&["get", "tree", "out"]);
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(ran.stderr.contains("[local-not-a-file]"), "{}", ran.stderr);
    assert_eq!(drive.read("outside/precious"), b"untouched");
    assert!(fs::symlink_metadata(drive.path("out/tree/other")).unwrap().is_symlink());
    assert_eq!(drive.read("out/tree/sub/file"), b"from the vault", "the rest is there");
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

#[test]
fn each_file_is_named_that_a_folder_in_the_way_keeps_out() {
    let drive = Drive::new();
    for name in ["in/d/a", "in/d/e/b", "in/c"] {
        drive.write(name, "x");
    }
    drive.ok(&["put", "in", "/"]);
    drive.write("file/in/d", "in the way");
    fs::create_dir_all(drive.path("denied/in/d")).unwrap();
    fs::set_permissions(drive.path("denied/in/d"), fs::Permissions::from_mode(0o000)).unwrap();
    if drive.path("in").metadata().unwrap().uid() == 0 {
        // Nobody, whose all of it is from here on, may do no more than modes say.
        for entry in walkdir::WalkDir::new(drive.path(".")).min_depth(1) {
            chown(entry.unwrap().path(), Some(65534), Some(65534)).unwrap();
        }
    }
    for (target, code) in [("file", "local-not-a-folder"), ("denied", "local-denied")] {
        let ran = drive.run_as_nobody(&["get", "in", target]);
        assert_eq!(ran.code, Some(7), "{target}: {}", ran.stderr);
        for name in ["a", "e/b"] {
            let named = format!("{target}/in/d/{name}: ");
            let line = ran.stderr.lines().find(|line| line.contains(&named));
            assert!(line.is_some_and(|line| line.contains(code)), "{named} {}", ran.stderr);
        }
        assert_eq!(drive.read(&format!("{target}/in/c")), b"x");
    }
}
