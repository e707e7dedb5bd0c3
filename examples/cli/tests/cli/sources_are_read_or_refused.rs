//! What is named as a source is stored, or the exit code tells that it is not.

#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::drive::{Drive, Ran, files_below, noise};

fn make_pipe(drive: &Drive, name: &str) {
    let made = Command::new("mkfifo").arg(drive.path(name)).status().unwrap();
    assert!(made.success());
}

#[test]
fn a_link_to_a_folder_is_that_folder() {
    let drive = Drive::new();
    for name in ["a", "b", "sub/a", "sub/deeper/c"] {
        drive.write(&format!("flat/{name}"), name);
    }
    symlink("flat", drive.path("link")).unwrap();
    symlink("link", drive.path("link-to-link")).unwrap();
    for (source, target) in [("link", "backup"), ("link/", "slash"), ("link-to-link", "twice")] {
        drive.ok(&["put", source, target]);
        drive.ok(&["get", target, target]);
        assert_eq!(files_below(&drive.path(target)), files_below(&drive.path("flat")), "{source}");
    }
    // It is named as it was given, and links in it are left out as ever.
    symlink("sub", drive.path("flat/inner")).unwrap();
    drive.ok(&["put", "link", "/in/"]);
    drive.ok(&["get", "/in/link", "into"]);
    fs::remove_file(drive.path("flat/inner")).unwrap();
    assert_eq!(files_below(&drive.path("into")), files_below(&drive.path("flat")));
}

#[test]
fn a_link_that_leads_nowhere_is_a_failure() {
    let drive = Drive::new();
    symlink("nothing", drive.path("dangling")).unwrap();
    symlink("loop", drive.path("loop")).unwrap();
    for (source, code) in [("dangling", 3), ("loop", 1)] {
        let ran = drive.run(&["put", source, "/d/"]);
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        assert!(ran.stderr.contains(&format!("sealwood: {source}: ")), "{}", ran.stderr);
    }
    assert!(drive.entries().is_empty());
}

#[test]
fn a_pipe_is_read_to_its_end() {
    let drive = Drive::new();
    make_pipe(&drive, "pipe.txt");
    make_pipe(&drive, "empty");
    drive.write("file", "beside them");
    let bytes = noise(1, 2_500_000);
    drive.write("bytes", &bytes);
    // Processes, for nothing ends a thread that waits for a reader.
    let mut writers = ["exec cat bytes > pipe.txt", "exec true > empty"].map(|line| {
        Command::new("sh").args(["-c", line]).current_dir(drive.path("")).spawn().unwrap()
    });
    let ran = drive.run(&["--json", "put", "pipe.txt", "file", "empty", "/d"]);
    for writer in &mut writers {
        drop(writer.kill());
        writer.wait().unwrap();
    }
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let stdout = String::from_utf8(ran.stdout).unwrap();
    let totals: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        totals,
        json!({"files": 3, "bytes": 2_500_011, "unchanged": 0, "skipped": 0, "failed": 0})
    );
    assert_eq!(drive.entries(), ["d/", "d/empty", "d/file", "d/pipe.txt"]);
    assert!(drive.run(&["cat", "d/pipe.txt"]).stdout == bytes);
    assert!(drive.ok(&["stat", "d/pipe.txt"]).contains("text/plain"));
}

#[test]
fn standard_input_by_a_path_is_read() {
    let drive = Drive::new();
    let bytes = noise(2, 1_500_000);
    for (source, target) in [("/dev/stdin", "by-name"), ("/dev/fd/0", "by-number")] {
        let mut child = drive
            .command()
            .args(["--secret-file", "secret", "--quiet", "put", source, target])
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(&bytes).unwrap();
        assert!(child.wait().unwrap().success(), "{source}");
        assert!(drive.run(&["cat", target]).stdout == bytes, "{source}");
    }
}

#[test]
fn what_a_shell_substitutes_is_read() {
    let drive = Drive::new();
    let sealwood = env!("CARGO_BIN_EXE_sealwood");
    let line =
        format!("'{sealwood}' --secret-file secret put <(printf hello; printf ' there') greeting");
    let mut bash = Command::new("bash");
    bash.args(["-c", &line]).current_dir(drive.path("")).env("SEALWOOD_VAULT", "vault");
    let ran = Ran::of(&mut bash);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(drive.ok(&["cat", "greeting"]), "hello there");
}

#[test]
fn a_device_is_read() {
    let drive = Drive::new();
    drive.ok(&["put", "/dev/null", "empty"]);
    assert_eq!(drive.entries(), ["empty"]);
    assert_eq!(drive.ok(&["cat", "empty"]), "");
}

#[cfg(target_os = "linux")]
#[test]
fn a_stream_that_fails_is_named_and_the_others_go_on() {
    let drive = Drive::new();
    drive.write("file", "fine");
    // In a session of its own a program has no terminal to open.
    let mut command = Command::new("setsid");
    command.args(["--wait", env!("CARGO_BIN_EXE_sealwood"), "--vault", "vault"]);
    command.args(["--secret-file", "secret", "put", "/dev/tty", "file", "/d"]);
    let ran = Ran::of(command.current_dir(drive.path("")).stdin(Stdio::null()));
    assert!(matches!(ran.code, Some(1 | 7)), "{:?}: {}", ran.code, ran.stderr);
    assert!(ran.stderr.contains("sealwood: d/tty: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("[source-failed]"), "{}", ran.stderr);
    assert_eq!(drive.entries(), ["d/", "d/file"]);
}

#[test]
fn a_socket_is_refused() {
    let drive = Drive::new();
    drive.write("file", "fine");
    let _socket = UnixListener::bind(drive.path("socket")).unwrap();
    for arguments in [&["put", "socket", "/s"][..], &["put", "file", "socket", "/d"]] {
        let ran = drive.run(arguments);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains("sealwood: socket: "), "{}", ran.stderr);
        assert!(ran.stderr.contains("[local-not-a-file]"), "{}", ran.stderr);
    }
    assert!(drive.entries().is_empty());
}

#[test]
fn a_working_folder_that_was_removed_is_a_failure() {
    let drive = Drive::new();
    let line = r#"mkdir gone && cd gone && rmdir ../gone && exec "$0" "$@""#;
    for target in ["/exactly", "/into/"] {
        let mut shell = Command::new("sh");
        shell.args(["-c", line, env!("CARGO_BIN_EXE_sealwood")]).current_dir(drive.path(""));
        shell.arg("--vault").arg(drive.path("vault"));
        shell.arg("--secret-file").arg(drive.path("secret"));
        let ran = Ran::of(shell.args(["put", ".", target]));
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        assert!(ran.stderr.contains("sealwood: .: "), "{}", ran.stderr);
        assert!(ran.stderr.contains("[local-not-found]"), "{}", ran.stderr);
    }
    assert!(drive.entries().is_empty());
}

#[test]
fn a_vault_is_not_put_into_itself() {
    for address in ["vault", "dir:vault"] {
        let drive = Drive::at(address);
        drive.write("file", "fine");
        symlink("vault", drive.path("link")).unwrap();
        let inside = fs::read_dir(drive.path("vault"))
            .unwrap()
            .map(|entry| entry.unwrap())
            .find(|entry| entry.file_type().unwrap().is_file())
            .unwrap();
        let inside = format!("vault/{}", inside.file_name().to_str().unwrap());
        for source in ["vault", "vault/", "link", "./vault/.", &inside] {
            let ran = drive.run(&["put", source, "/v"]);
            assert_eq!(ran.code, Some(1), "{source}: {}", ran.stderr);
            assert!(ran.stderr.contains(source), "{}", ran.stderr);
            assert!(ran.stderr.contains("[local-own-store]"), "{}", ran.stderr);
            let ran = drive.run(&["put", "file", source, "/d"]);
            assert_eq!(ran.code, Some(1), "{source}: {}", ran.stderr);
        }
        assert!(drive.entries().is_empty());
    }
}

#[test]
fn what_a_tree_has_besides_files_is_listed() {
    let drive = Drive::new();
    drive.write("in/file", "x");
    make_pipe(&drive, "in/pipe");
    symlink("file", drive.path("in/link")).unwrap();
    let _socket = UnixListener::bind(drive.path("in/socket")).unwrap();
    let ran = drive.run(&["--json", "put", "in", "/"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let stdout = String::from_utf8(ran.stdout).unwrap();
    let lines: Vec<Value> =
        stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for left_out in [
        json!({"skipped": "in/pipe", "kind": "pipe"}),
        json!({"skipped": "in/link", "kind": "link"}),
        json!({"skipped": "in/socket", "kind": "socket"}),
    ] {
        assert!(lines.contains(&left_out), "{left_out}: {stdout}");
    }
    assert_eq!(
        lines.last().unwrap(),
        &json!({"files": 1, "bytes": 1, "unchanged": 0, "skipped": 3, "failed": 0})
    );

    let ran = drive.run(&["put", "in", "/"]);
    assert!(ran.stderr.contains("left out, not a file: in/pipe\n"), "{}", ran.stderr);
    assert!(ran.stderr.contains("3 left out"), "{}", ran.stderr);
    assert_eq!(drive.run(&["--quiet", "put", "in", "/"]).stderr, "");
    let ran = drive.run(&["put", ".", "/all"]);
    assert!(ran.stderr.contains("left out, the vault's own store: ./vault\n"), "{}", ran.stderr);
}

#[test]
#[cfg(target_os = "linux")]
fn a_time_that_no_vault_keeps_is_the_failure_of_one_file() {
    let drive = Drive::new();
    // A file system in memory keeps such a time.
    let folder = tempfile::tempdir_in("/dev/shm").unwrap();
    for name in ["a", "over", "z"] {
        fs::write(folder.path().join(name), name).unwrap();
    }
    let touch = ["-d", "@8640000000001"];
    let touched = Command::new("touch").args(touch).arg(folder.path().join("over")).status();
    assert!(touched.unwrap().success());
    let ran = drive.run(&["put", folder.path().to_str().unwrap(), "/t"]);
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(ran.stderr.contains("over: ") && ran.stderr.contains("[local-time]"), "{}", ran.stderr);
    drive.ok(&["get", "t", "out"]);
    let got: Vec<_> = files_below(&drive.path("out")).into_iter().map(|(path, _)| path).collect();
    assert_eq!(got, [Path::new("a"), Path::new("z")]);
}
