//! What is put is what is got.

use std::fs;
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, UNIX_EPOCH};

use crate::drive::{Drive, files_below, noise};

fn with_folder() -> Drive {
    let drive = Drive::new();
    drive.write("in/empty", []);
    drive.write("in/inline.txt", "a few bytes");
    drive.write("in/a/packed.bin", noise(1, 50_000));
    drive.write("in/a/b/chunked.bin", noise(2, 3 * 1024 * 1024 + 17));
    drive.write("in/a/caf\u{e9} \u{1f332}", "a name");
    drive
}

#[test]
fn a_folder_comes_back_whole() {
    let drive = with_folder();
    drive.ok(&["put", "in", "/"]);
    drive.ok(&["get", "/in", "out"]);
    let files = files_below(&drive.path("in"));
    assert_eq!(files.len(), 5);
    assert!(files == files_below(&drive.path("out")));
}

#[test]
fn a_folder_of_more_than_one_flush_is_put_over_itself() {
    // More than 32 MiB of small contents: a flush happens while other puts are under way, and
    // those meet directories that are not in memory.
    let drive = Drive::new();
    let content = noise(3, 125_000);
    for number in 0..272_u32 {
        let mut content = content.clone();
        content[..4].copy_from_slice(&number.to_le_bytes());
        drive.write(&format!("in/{number}"), content);
    }
    for _ in 0..2 {
        drive.ok(&["put", "--ignore-times", "in", "/"]);
    }
    drive.ok(&["get", "/in", "out"]);
    assert!(files_below(&drive.path("in")) == files_below(&drive.path("out")));
}

#[test]
fn folders_without_files_are_kept() {
    let drive = Drive::new();
    fs::create_dir_all(drive.path("in/a/b")).unwrap();
    drive.ok(&["put", "in", "kept"]);
    drive.ok(&["get", "kept", "out"]);
    assert!(drive.path("out/a/b").is_dir());
}

#[test]
fn sources_go_into_a_directory_and_a_single_one_takes_a_new_path() {
    let drive = with_folder();
    drive.ok(&["put", "in/inline.txt", "/new/name.txt"]);
    drive.ok(&["put", "in/inline.txt", "/new"]);
    drive.ok(&["put", "in/inline.txt", "/other/"]);
    drive.ok(&["put", "in/a/b", "in/empty", "/both"]);
    let entries = drive.entries();
    let expected = [
        "both/",
        "both/b/",
        "both/b/chunked.bin",
        "both/empty",
        "new/",
        "new/inline.txt",
        "new/name.txt",
        "other/",
        "other/inline.txt",
    ];
    assert_eq!(entries, expected);

    drive.ok(&["get", "new/name.txt", "renamed.txt"]);
    assert_eq!(drive.read("renamed.txt"), b"a few bytes");
    drive.ok(&["get", "both", "new", "here"]);
    assert_eq!(drive.read("here/new/inline.txt"), b"a few bytes");
    assert!(drive.path("here/both/empty").is_file());
    fs::create_dir(drive.path("there")).unwrap();
    drive.ok(&["get", "both/empty", "there"]);
    assert!(drive.path("there/empty").is_file());
    drive.ok(&["get", "/", "all"]);
    assert!(drive.path("all/other/inline.txt").is_file());
}

#[test]
fn modification_times_are_kept() {
    let drive = Drive::new();
    drive.write("file", "x");
    let time = UNIX_EPOCH + Duration::from_millis(1_234_567_890_123);
    fs::File::options().write(true).open(drive.path("file")).unwrap().set_modified(time).unwrap();
    drive.ok(&["put", "file", "/"]);
    drive.ok(&["get", "file", "out"]);
    assert_eq!(fs::metadata(drive.path("out")).unwrap().modified().unwrap(), time);
    assert!(drive.ok(&["ls", "-l"]).contains("2009-02-13T23:31:30Z"));
}

#[test]
fn a_file_is_replaced_by_a_put_and_by_a_get() {
    let drive = Drive::new();
    drive.write("file", "old");
    drive.ok(&["put", "file", "/"]);
    drive.write("file", "new");
    drive.ok(&["put", "file", "/"]);
    drive.write("file", "older still, and longer");
    drive.ok(&["get", "file", "file"]);
    assert_eq!(drive.read("file"), b"new");
}

#[test]
fn streams_go_in_and_out() {
    let drive = Drive::new();
    let bytes = noise(3, 2_500_000);
    let mut child = drive
        .command()
        .args(["--secret-file", "secret", "--quiet", "put", "-", "piped.bin"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&bytes).unwrap();
    assert!(child.wait().unwrap().success());

    assert!(drive.run(&["get", "piped.bin", "-"]).stdout == bytes);
    assert!(drive.run(&["cat", "piped.bin"]).stdout == bytes);
    let range = drive.run(&["cat", "--range", "1048570-1048580", "piped.bin"]);
    assert!(range.stdout == bytes[1_048_570..=1_048_580]);
    let rest = drive.run(&["cat", "--range", "2499990-", "piped.bin"]);
    assert!(rest.stdout == bytes[2_499_990..]);
    let more = drive.run(&["cat", "--range", "2499990-2600000", "piped.bin"]);
    assert!(more.stdout == bytes[2_499_990..], "as much as there is");
    let past = drive.run(&["cat", "--range", "2500001-2500002", "piped.bin"]);
    assert_eq!(past.code, Some(1));
    assert!(past.stderr.contains("[range-past-end]"), "{}", past.stderr);
}

#[test]
fn a_vault_leaves_itself_out() {
    let drive = Drive::new();
    drive.write("file", "x");
    drive.ok(&["put", ".", "/home"]);
    let entries = drive.entries();
    assert!(entries.contains(&"home/file".to_owned()), "{entries:?}");
    assert!(!entries.iter().any(|entry| entry.starts_with("home/vault")), "{entries:?}");
}

#[test]
fn one_file_that_cannot_be_stored_does_not_stop_the_others() {
    let drive = Drive::new();
    drive.write("first/a", "file");
    drive.ok(&["put", "first", "/d"]);
    drive.write("second/a/x", "below what is a file in the vault");
    drive.write("second/b", "fine");
    let ran = drive.run(&["put", "second/a", "second/b", "/d"]);
    assert_eq!(ran.code, Some(7));
    assert!(ran.stderr.contains("[not-a-directory]"), "{}", ran.stderr);
    assert_eq!(drive.entries(), ["d/", "d/a", "d/b"]);
}
