//! What is not a file is not replaced by a get, and a file that is keeps its mode.

#![cfg(unix)]

use std::fs::{self, File};
use std::io::Read;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, chown, symlink};
use std::process::{Command, Stdio};

use crate::drive::{Drive, files_below, noise};

/// A vault with /tree/one, /tree/two and /big.
fn with_files() -> Drive {
    let drive = Drive::new();
    drive.write("in/one", "one of the vault");
    drive.write("in/two", "two of the vault");
    drive.write("big", noise(1, 3_000_000));
    drive.ok(&["put", "in", "/tree"]);
    drive.ok(&["put", "big", "/big"]);
    fs::create_dir_all(drive.path("out/tree")).unwrap();
    drive
}

fn make_pipe(drive: &Drive, name: &str) {
    assert!(Command::new("mkfifo").arg(drive.path(name)).status().unwrap().success());
}

fn is_pipe(drive: &Drive, name: &str) -> bool {
    fs::symlink_metadata(drive.path(name)).unwrap().file_type().is_fifo()
}

#[test]
fn a_pipe_that_is_named_takes_the_content() {
    let drive = with_files();
    make_pipe(&drive, "pipe");
    symlink("pipe", drive.path("link")).unwrap();
    for name in ["pipe", "link"] {
        let mut command = drive.command();
        command.args(["--secret-file", "secret", "get", "big", name]);
        let mut child = command.spawn().unwrap();
        let mut content = Vec::new();
        File::open(drive.path("pipe")).unwrap().read_to_end(&mut content).unwrap();
        assert!(child.wait().unwrap().success());
        assert!(content == noise(1, 3_000_000));
        assert!(is_pipe(&drive, "pipe"));
        assert!(fs::symlink_metadata(drive.path("link")).unwrap().is_symlink());
    }
}

#[test]
fn a_pipe_that_nobody_reads_any_more_can_be_given_up() {
    let drive = with_files();
    make_pipe(&drive, "pipe");
    let mut command = drive.command();
    command.args(["--secret-file", "secret", "get", "big", "pipe"]).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    let mut pipe = File::open(drive.path("pipe")).unwrap();
    // Now the rest, more than a pipe holds, is on its way.
    pipe.read_exact(&mut [0]).unwrap();
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let output = child.wait_with_output().unwrap();
    drop(pipe);
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The device is one that a rename cannot replace, whatever the program tries.
#[cfg(target_os = "linux")]
#[test]
fn a_device_that_is_named_takes_the_content() {
    let drive = with_files();
    drive.write("device", "");
    let script = r#"mount --bind /dev/null device; "$@"; test -c device"#;
    let ran = drive.run_among_mounts(script, &["get", "big", "device"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_link_to_standard_output_is_standard_output() {
    let drive = with_files();
    symlink("/dev/stdout", drive.path("link")).unwrap();
    let ran = drive.run(&["--quiet", "get", "tree/one", "link"]);
    assert_eq!((ran.code, &*ran.stdout), (Some(0), &b"one of the vault"[..]), "{}", ran.stderr);
}

#[test]
fn what_is_in_the_way_in_a_folder_is_named_and_left_alone() {
    let drive = with_files();
    drive.write("outside", "untouched");
    let one = drive.path("out/tree/one");
    let cases: [(&str, &dyn Fn()); 6] = [
        ("a pipe", &|| make_pipe(&drive, "out/tree/one")),
        ("a socket", &|| drop(std::os::unix::net::UnixListener::bind(&one).unwrap())),
        ("a link", &|| symlink("two", &one).unwrap()),
        ("a link", &|| symlink(drive.path("outside"), &one).unwrap()),
        ("a link", &|| symlink("nowhere", &one).unwrap()),
        ("a folder", &|| fs::create_dir(&one).unwrap()),
    ];
    for (what, make) in cases {
        make();
        let before = fs::symlink_metadata(&one).unwrap();
        drop(fs::remove_file(drive.path("out/tree/two")));
        let ran = drive.run(&["get", "tree", "out"]);
        assert_eq!(ran.code, Some(7), "{what}: {}", ran.stderr);
        assert!(ran.stderr.contains("out/tree/one: "), "{}", ran.stderr);
        assert!(ran.stderr.contains(what), "{what}: {}", ran.stderr);
        assert!(ran.stderr.contains("[local-not-a-file]"), "{}", ran.stderr);
        let after = fs::symlink_metadata(&one).unwrap();
        assert_eq!((before.ino(), before.file_type()), (after.ino(), after.file_type()));
        assert_eq!(drive.read("out/tree/two"), b"two of the vault", "the rest is there");
        assert!(!drive.path("out/tree/nowhere").exists());
        let _ = fs::remove_file(&one).or_else(|_| fs::remove_dir(&one));
    }
    assert_eq!(drive.read("outside"), b"untouched");
}

#[test]
fn a_link_to_a_file_that_is_named_is_refused() {
    let drive = with_files();
    drive.write("outside", "untouched");
    for (link, target) in [("link", "outside"), ("dangling", "nowhere")] {
        symlink(target, drive.path(link)).unwrap();
        let ran = drive.run(&["get", "tree/one", link]);
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        assert!(ran.stderr.contains("[local-not-a-file]"), "{}", ran.stderr);
        assert!(fs::symlink_metadata(drive.path(link)).unwrap().is_symlink());
    }
    assert_eq!(drive.read("outside"), b"untouched");
    assert!(!drive.path("nowhere").exists());
}

#[test]
fn a_file_that_is_replaced_leaves_its_mode_and_its_owner() {
    let drive = with_files();
    let path = drive.path("out/tree/one");
    let is_root = drive.path("out").metadata().unwrap().uid() == 0;
    for mode in [0o600, 0o640, 0o755, 0o444] {
        drop(fs::remove_file(&path));
        drive.write("out/tree/one", "older");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        if is_root {
            chown(&path, Some(65534), Some(65534)).unwrap();
        }
        drive.ok(&["get", "tree", "out"]);
        assert_eq!(drive.read("out/tree/one"), b"one of the vault");
        let found = path.metadata().unwrap();
        assert_eq!(found.permissions().mode() & 0o7777, mode);
        if is_root {
            assert_eq!((found.uid(), found.gid()), (65534, 65534));
        }
    }
}

#[test]
fn another_name_of_a_replaced_file_keeps_the_old_content() {
    let drive = with_files();
    drive.write("outside", "older");
    fs::hard_link(drive.path("outside"), drive.path("out/tree/one")).unwrap();
    drive.ok(&["get", "tree", "out"]);
    assert_eq!(drive.read("out/tree/one"), b"one of the vault");
    assert_eq!(drive.read("outside"), b"older");
}

#[test]
fn what_is_there_is_kept_and_named_where_that_was_asked_for() {
    let drive = with_files();
    drive.write("out/tree/one", "mine");
    symlink("nowhere", drive.path("out/tree/two")).unwrap();
    drive.write("in/three", "three of the vault");
    drive.ok(&["put", "in/three", "/tree/"]);

    let ran = drive.run(&["get", "--no-clobber", "tree", "out"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    for name in ["one", "two"] {
        assert!(ran.stderr.contains(&format!("there already: out/tree/{name}")), "{}", ran.stderr);
    }
    assert!(ran.stderr.contains("1 file, 18 B, 2 left out"), "{}", ran.stderr);
    assert_eq!(drive.read("out/tree/one"), b"mine");
    assert!(fs::symlink_metadata(drive.path("out/tree/two")).unwrap().is_symlink());
    assert_eq!(drive.read("out/tree/three"), b"three of the vault");

    let printed = drive.ok(&["--json", "get", "-n", "tree/one", "out/tree"]);
    assert!(printed.contains(r#""local":"out/tree/one","skipped":"exists""#), "{printed}");
    assert!(printed.contains(r#""files":0,"bytes":0,"unchanged":0,"skipped":1"#), "{printed}");
    assert_eq!(drive.read("out/tree/one"), b"mine");
    assert_eq!(fs::read_dir(drive.path("out/tree")).unwrap().count(), 3);
}

/// What the other one has just made is no other name of the same file.
#[test]
fn two_gets_into_one_new_place_both_write_all() {
    let drive = Drive::at("dir:vault");
    for number in 0..400 {
        drive.write(&format!("in/{}/{number}", number % 7), number.to_string());
    }
    drive.ok(&["put", "in", "/"]);
    fs::create_dir(drive.path("out")).unwrap();
    let get = || {
        let mut command = drive.command();
        command.args(["--secret-file", "secret", "-q", "get", "in", "out"]).spawn().unwrap()
    };
    let gets = [get(), get()];
    for mut get in gets {
        assert_eq!(get.wait().unwrap().code(), Some(0));
    }
    assert!(files_below(&drive.path("out/in")) == files_below(&drive.path("in")));
}
