//! What the program keeps for itself is its owner's alone; what it gives the user is as the user's
//! other files.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::drive::{Drive, noise};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777
}

/// Runs the program under a umask.
fn under(umask: &str, drive: &Drive, arguments: &[&str]) {
    let shell = ["sh", "-ec", r#"umask "$1"; shift; exec "$@""#, "sh", umask];
    let ran = drive.run_by(&shell, arguments);
    assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
}

#[test]
fn vaults_are_their_owners_alone_under_any_umask() {
    for address in ["vault", "dir:vault"] {
        let drive = Drive::without_vault();
        drive.write("in/large", noise(1, 300_000));
        drive.write("in/small", "x");
        let run = |arguments: &[&str]| {
            under("000", &drive, &[&["--vault", address], arguments].concat());
        };
        run(&["init", "--phrase-out", "words"]);
        run(&["put", "in", "/"]);
        for entry in walkdir::WalkDir::new(drive.path("vault")) {
            let entry = entry.unwrap();
            let expected = if entry.file_type().is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode(entry.path()), expected, "{}", entry.path().display());
        }
        assert_eq!([mode(&drive.path("words")), mode(&drive.path("secret"))], [0o600; 2]);
    }
}

#[test]
fn what_a_get_writes_follows_the_umask() {
    let drive = Drive::new();
    drive.write("in/d/file", "x");
    drive.ok(&["put", "in", "/"]);
    for (umask, file, folder) in
        [("022", 0o644, 0o755), ("027", 0o640, 0o750), ("077", 0o600, 0o700)]
    {
        under(umask, &drive, &["get", "in", umask]);
        assert_eq!(mode(&drive.path(umask).join("d/file")), file);
        assert_eq!(mode(&drive.path(umask).join("d")), folder);
        assert_eq!(mode(&drive.path(umask)), folder);
    }
}
