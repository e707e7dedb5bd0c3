//! Ctrl-C in the middle of a put.

#![cfg(unix)]

use std::io::Write;
use std::process::{Command, Stdio};

use crate::drive::{Drive, noise};

#[test]
fn an_interrupted_put_changes_nothing() {
    let drive = Drive::new();
    drive.write("before", "kept");
    drive.ok(&["put", "before", "/"]);
    drive.ok(&["put", "before", "/big"]);

    let mut child = drive
        .command()
        .args(["--secret-file", "secret", "put", "-", "/big"])
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // More than a pipe holds: once it is written, the put has read most of it and waits for more.
    stdin.write_all(&noise(1, 4 * 1024 * 1024)).unwrap();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    drop(stdin);

    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("[cancelled]"), "{stderr}");
    assert_eq!(drive.entries(), ["before", "big"]);
    assert_eq!(drive.ok(&["cat", "before", "big"]), "keptkept");
    drive.ok(&["put", "before", "/after"]);
}
