//! A local store is one program's at a time; plain files are everybody's.

use std::io::Write;
use std::process::{Child, Stdio};

use crate::drive::{Drive, noise};

/// A put that has the vault open until its standard input ends.
fn put_under_way(drive: &Drive) -> Child {
    let mut child = drive
        .command()
        .args(["--secret-file", "secret", "--quiet", "put", "-", "/long"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    // More than a pipe holds: once it is written, the put reads, so the vault is open.
    child.stdin.as_mut().unwrap().write_all(&noise(1, 4 * 1024 * 1024)).unwrap();
    child
}

#[test]
fn a_vault_that_is_in_use_is_6_and_says_so() {
    let drive = Drive::new();
    let mut child = put_under_way(&drive);
    let ran = drive.run(&["ls"]);
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    assert!(ran.stderr.contains("another program has this vault open"), "{}", ran.stderr);
    assert!(ran.stderr.contains("[store-locked]"), "{}", ran.stderr);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(drive.entries(), ["long"]);
}

#[test]
fn plain_files_are_for_several_programs() {
    let drive = Drive::at("dir:vault");
    let mut child = put_under_way(&drive);
    drive.ok(&["mkdir", "d"]);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    assert_eq!(drive.entries(), ["d/", "long"]);
    let local = drive.run(&["--vault", "vault", "ls"]);
    assert_eq!(local.code, Some(3), "{}", local.stderr);
    assert!(!drive.path("vault/manifest").exists(), "looking for a vault makes nothing");
}
