//! A full disk, a reader that is gone or a closed stream behind what the program prints.

#![cfg(unix)]

use std::fs::{self, File};
use std::io::pipe;
use std::process::{Command, Stdio};

use crate::drive::{Drive, Ran};

/// What takes nothing that is written to it.
fn streams() -> Vec<Stdio> {
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let mut streams = vec![writer.into()];
    if cfg!(target_os = "linux") {
        streams.push(File::options().write(true).open("/dev/full").unwrap().into());
    }
    streams
}

/// The program with a stream closed by a shell: `2>&-`.
fn closing(drive: &Drive, closed: &str, arguments: &[&str]) -> Command {
    let program = drive.command();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!(r#"exec "$0" "$@" {closed}"#)]).arg(program.get_program());
    shell.current_dir(program.get_current_dir().unwrap()).env("SEALWOOD_VAULT", "vault");
    shell.args(["--secret-file", "secret"]).args(arguments).stdin(Stdio::null());
    shell
}

fn command(drive: &Drive, arguments: &[&str]) -> Command {
    let mut command = drive.command();
    command.args(["--secret-file", "secret"]).args(arguments);
    command
}

/// 1,500 files, whose lines are more than waits to be printed.
fn many_files(drive: &Drive) {
    for number in 0..1500 {
        drive.write(&format!("in/{number:0100}"), "x");
    }
    drive.ok(&["put", "in", "/"]);
}

#[test]
fn a_standard_error_that_takes_nothing_ends_no_work() {
    let drive = Drive::new();
    drive.write("in/file", "x");
    std::os::unix::fs::symlink("file", drive.path("in/link")).unwrap();
    // Each step says something, and needs the one before it.
    let steps: [(&[&str], i32); 6] = [
        (&["put", "in", "/"], 0),
        (&["mv", "in", "moved"], 0),
        (&["cp", "moved/file", "copied"], 0),
        (&["get", "moved", "got"], 0),
        (&["rm", "-r", "moved", "copied"], 0),
        (&["stat", "moved"], 3),
    ];
    let runs = |step: &[&str]| {
        let mut runs: Vec<Command> = streams()
            .into_iter()
            .map(|stream| {
                let mut command = command(&drive, step);
                command.stderr(stream);
                command
            })
            .collect();
        runs.push(closing(&drive, "2>&-", step));
        runs
    };
    for way in 0..runs(&["ls"]).len() {
        for (step, code) in steps {
            let status = runs(step).swap_remove(way).status().unwrap();
            assert_eq!(status.code(), Some(code), "{step:?}, way {way}");
        }
        assert_eq!(drive.entries(), Vec::<String>::new());
        assert_eq!(drive.read("got/file"), b"x");
        fs::remove_dir_all(drive.path("got")).unwrap();
    }
}

#[test]
fn a_command_that_changes_something_needs_no_reader() {
    let drive = Drive::new();
    many_files(&drive);
    for (stream, code) in streams().into_iter().zip([0, 1]) {
        let ran = Ran::of(command(&drive, &["--json", "get", "in", "out"]).stdout(stream));
        assert_eq!(ran.code, Some(code), "{}", ran.stderr);
        assert_eq!(ran.stderr.contains("standard output"), code == 1, "{}", ran.stderr);
        assert_eq!(fs::read_dir(drive.path("out")).unwrap().count(), 1500);
        fs::remove_dir_all(drive.path("out")).unwrap();
    }
}

#[test]
fn a_reader_that_has_seen_enough_ends_a_listing() {
    let drive = Drive::new();
    many_files(&drive);
    drive.write("big", vec![7; 300_000]);
    drive.ok(&["put", "big", "/"]);
    for arguments in [
        &["ls", "in"][..],
        &["--json", "ls", "in"],
        &["tree"],
        &["cat", "big"],
        &["get", "big", "-"],
    ] {
        for (stream, code) in streams().into_iter().zip([0, 1]) {
            let ran = Ran::of(command(&drive, arguments).stdout(stream));
            assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        }
    }
}

#[test]
fn words_that_nobody_gets_make_no_vault() {
    let drive = Drive::without_vault();
    let arguments = ["init"];
    let mut runs: Vec<Command> = streams()
        .into_iter()
        .chain([Stdio::null()])
        .map(|stream| {
            let mut command = command(&drive, &arguments);
            command.stderr(stream);
            command
        })
        .collect();
    runs.push(closing(&drive, "2>&-", &arguments));
    runs.push(closing(&drive, "1>&- 2>&-", &arguments));
    for mut run in runs {
        assert_eq!(run.status().unwrap().code(), Some(1), "{run:?}");
        let ran = drive.run(&["ls"]);
        assert_eq!(ran.code, Some(3), "{run:?}: {}", ran.stderr);
    }
    // They are kept in a file whatever the streams are, and shown whatever the results go to.
    let kept = closing(&drive, "1>&- 2>&-", &["init", "--phrase-out", "words"]).status();
    assert!(kept.unwrap().success());
    assert_eq!(String::from_utf8(drive.read("words")).unwrap().split(' ').count(), 24);
    let other = Drive::without_vault();
    let shown = Ran::of(&mut closing(&other, "1>&-", &arguments));
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    assert!(shown.stderr.contains("24 words"), "{}", shown.stderr);
    other.ok(&["ls"]);
}

#[test]
fn help_that_nobody_gets_is_a_failure() {
    let drive = Drive::without_vault();
    for (stream, code) in streams().into_iter().zip([0, 1]) {
        assert_eq!(Ran::of(command(&drive, &["--help"]).stdout(stream)).code, Some(code));
    }
    for stream in streams() {
        let status = command(&drive, &["--nonsense"]).stderr(stream).status();
        assert_eq!(status.unwrap().code(), Some(2));
    }
}

#[test]
fn standard_input_that_is_closed_is_no_empty_file() {
    let drive = Drive::new();
    drive.write("precious", "x");
    drive.ok(&["put", "precious", "/"]);
    let status = closing(&drive, "<&-", &["put", "-", "precious"]).status().unwrap();
    assert_eq!(status.code(), Some(1));
    drive.ok(&["get", "precious", "got"]);
    assert_eq!(drive.read("got"), b"x");
}

#[test]
fn no_vault_is_made_whose_words_go_where_nothing_can_be_written() {
    let drive = Drive::without_vault();
    drive.write("readable", "x");
    let status = closing(&drive, "2< readable", &["init"]).status().unwrap();
    assert_eq!(status.code(), Some(1));
    assert!(!drive.path("vault").exists());
}
