//! What only reads a vault needs no right to write to it.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::drive::{Drive, Ran, files_below, noise};

fn with_files(address: &'static str) -> Drive {
    let drive = Drive::at(address);
    drive.write("in/large", noise(1, 300_000));
    drive.write("in/small", "small");
    drive.ok(&["put", "in", "/tree"]);
    fs::create_dir(drive.path("out")).unwrap();
    drive
}

/// Every command that reads works by `run`, and what would change something is denied.
fn only_reads(drive: &Drive, run: impl Fn(&[&str]) -> Ran) {
    let before = files_below(&drive.path("vault"));
    for arguments in [
        &["ls", "-R"][..],
        &["tree"],
        &["stat", "tree/small"],
        &["du"],
        &["info"],
        &["cat", "tree/large"],
        &["get", "tree/large", "-"],
        &["get", "tree", "out"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        if arguments[0] == "cat" {
            assert!(ran.stdout == noise(1, 300_000));
        }
    }
    assert_eq!(drive.read("out/tree/small"), b"small");
    for arguments in [&["put", "in/small", "/other"][..], &["rm", "tree/small"], &["mkdir", "d"]] {
        let ran = run(arguments);
        assert_eq!(ran.code, Some(6), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("[store-denied]"), "{arguments:?}: {}", ran.stderr);
    }
    assert!(files_below(&drive.path("vault")) == before);
}

#[test]
fn a_mount_that_is_read_only_is_read() {
    let script = r#"
        mount --bind vault vault
        mount -o remount,bind,ro vault
        if touch vault/new; then exit 99; fi 2> /dev/null
        exec "$@"
    "#;
    for address in ["vault", "dir:vault"] {
        let drive = with_files(address);
        only_reads(&drive, |arguments| drive.run_among_mounts(script, arguments));
        drive.ok(&["put", "in/small", "/later"]);
    }
}

#[test]
fn files_that_may_only_be_read_are_read() {
    for address in ["vault", "dir:vault"] {
        let drive = with_files(address);
        let chmod = |of_folders, of_files| {
            for entry in walkdir::WalkDir::new(drive.path("vault")).contents_first(true) {
                let entry = entry.unwrap();
                let mode = if entry.file_type().is_dir() { of_folders } else { of_files };
                fs::set_permissions(entry.path(), fs::Permissions::from_mode(mode)).unwrap();
            }
        };
        chmod(0o555, 0o444);
        fs::set_permissions(drive.path("out"), fs::Permissions::from_mode(0o777)).unwrap();
        only_reads(&drive, |arguments| drive.run_as_nobody(arguments));
        chmod(0o755, 0o644);
        drive.ok(&["put", "in/small", "/later"]);
    }
}
