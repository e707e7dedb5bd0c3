//! Of several sources none takes the place of another.

use crate::drive::Drive;

fn with_two_of_one_name() -> Drive {
    let drive = Drive::new();
    drive.write("one/x", "first");
    drive.write("two/x", "second");
    drive.write("three/y", "third");
    drive
}

/// Runs what must be refused as a mistake in the arguments, naming each of `named`.
fn refused(drive: &Drive, arguments: &[&str], named: &[&str]) {
    let ran = drive.run(arguments);
    assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
    assert!(ran.stderr.contains("[usage]"), "{}", ran.stderr);
    for name in named {
        assert!(ran.stderr.contains(name), "{name}: {}", ran.stderr);
    }
    assert!(ran.stdout.is_empty());
}

#[test]
fn two_of_one_name_are_not_put() {
    let drive = with_two_of_one_name();
    refused(&drive, &["put", "three/y", "one/x", "two/x", "/d"], &["one/x", "two/x", "d/x"]);
    drive.write("one/sub/x", "below one");
    drive.write("two/sub/y", "below two");
    refused(&drive, &["put", "one/sub", "two/sub/", "/d"], &["one/sub", "two/sub", "d/sub"]);
    refused(&drive, &["put", "one/x", "one/x", "/d"], &["one/x"]);
    assert!(drive.entries().is_empty());
    drive.ok(&["put", "one/x", "three/y", "/d"]);
    assert_eq!(drive.entries(), ["d/", "d/x", "d/y"]);
}

#[test]
fn two_of_one_name_are_not_got() {
    let drive = with_two_of_one_name();
    drive.ok(&["put", "one", "two", "/"]);
    refused(&drive, &["get", "one/x", "two/x", "out"], &["one/x", "two/x"]);
    refused(&drive, &["get", "/", "one/x", "out"], &["/ has no name", "one/x"]);
    assert!(!drive.path("out").exists());
}

#[test]
fn two_of_one_name_are_not_moved_or_copied() {
    let drive = with_two_of_one_name();
    drive.ok(&["put", "one", "two", "three", "/"]);
    let before = drive.entries();
    for command in ["mv", "cp"] {
        refused(&drive, &[command, "one/x", "two/x", "/d"], &["one/x", "two/x", "d/x"]);
    }
    assert_eq!(drive.entries(), before);
    assert_eq!(drive.ok(&["cat", "one/x", "two/x"]), "firstsecond");
    drive.ok(&["mv", "one/x", "three/y", "/d"]);
    assert_eq!(drive.entries(), ["d/", "d/x", "d/y", "one/", "three/", "two/", "two/x"]);
}

#[test]
fn names_that_are_one_in_a_vault_are_not_put() {
    let drive = Drive::new();
    drive.write("one/caf\u{e9}", "composed");
    drive.write("two/cafe\u{301}", "decomposed");
    refused(&drive, &["put", "one/caf\u{e9}", "two/cafe\u{301}", "/d"], &["one/caf", "two/caf"]);
    assert!(drive.entries().is_empty());
}

#[cfg(unix)]
#[test]
fn a_source_without_a_name_of_its_own_is_what_it_stands_for() {
    let drive = Drive::new();
    drive.write("home/folder/file", "x");
    let put = |from: &str, source: &str, target: &str| {
        let mut command = drive.command();
        command.current_dir(drive.path(from)).env("SEALWOOD_VAULT", drive.path("vault"));
        command.arg("--secret-file").arg(drive.path("secret"));
        crate::drive::Ran::of(command.args(["put", source, target]))
    };
    for (from, source, target) in [
        ("home/folder", ".", "dot/"),
        ("home/folder", "../folder/", "up/"),
        ("home", "folder/../folder/.", "way/"),
    ] {
        let ran = put(from, source, target);
        assert_eq!(ran.code, Some(0), "{source}: {}", ran.stderr);
    }
    let ran = put("home/folder", "..", "parent/");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(
        drive.entries(),
        [
            "dot/",
            "dot/folder/",
            "dot/folder/file",
            "parent/",
            "parent/home/",
            "parent/home/folder/",
            "parent/home/folder/file",
            "up/",
            "up/folder/",
            "up/folder/file",
            "way/",
            "way/folder/",
            "way/folder/file",
        ]
    );
    // The root of a file system is named as itself, and only alone.
    let ran = drive.run(&["put", "/", "home", "backup/"]);
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("/ has no name of its own"), "{}", ran.stderr);
}
