//! Changes within the vault.

use crate::drive::Drive;

fn with_files() -> Drive {
    let drive = Drive::new();
    drive.write("in/a", "a");
    drive.write("in/b", "b");
    drive.write("in/sub/c", "c");
    drive.ok(&["put", "in", "/in"]);
    drive
}

#[test]
fn a_folder_is_renamed_in_one_commit() {
    let drive = with_files();
    let commits = |drive: &Drive| {
        let info: serde_json::Value = serde_json::from_str(&drive.ok(&["--json", "info"])).unwrap();
        info["sequence"].as_u64().unwrap()
    };
    let before = commits(&drive);
    drive.ok(&["mv", "/in", "/out"]);
    assert_eq!(commits(&drive), before + 1);
    assert_eq!(drive.entries(), ["out/", "out/a", "out/b", "out/sub/", "out/sub/c"]);
    assert_eq!(drive.ok(&["cat", "out/sub/c", "out/a"]), "ca");
}

#[test]
fn several_things_move_together_or_not_at_all() {
    let drive = with_files();
    let ran = drive.run(&["mv", "in/a", "in/none", "/d"]);
    assert_eq!(ran.code, Some(3));
    assert_eq!(drive.entries(), ["in/", "in/a", "in/b", "in/sub/", "in/sub/c"]);
    drive.ok(&["mv", "in/a", "in/sub", "/d"]);
    assert_eq!(drive.entries(), ["d/", "d/a", "d/sub/", "d/sub/c", "in/", "in/b"]);
}

#[test]
fn a_copy_is_there_twice() {
    let drive = with_files();
    drive.ok(&["cp", "in", "copy"]);
    drive.ok(&["cp", "in/a", "copy/sub"]);
    drive.ok(&["rm", "-r", "in"]);
    let expected = ["copy/", "copy/a", "copy/b", "copy/sub/", "copy/sub/a", "copy/sub/c"];
    assert_eq!(drive.entries(), expected);
    let into_itself = drive.run(&["cp", "copy", "copy/sub"]);
    assert!(into_itself.stderr.contains("[into-itself]"), "{}", into_itself.stderr);
}

#[test]
fn what_holds_something_is_removed_only_if_asked_for() {
    let drive = with_files();
    let ran = drive.run(&["rm", "in/sub"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("in/sub: directory is not empty"), "{}", ran.stderr);
    drive.ok(&["rm", "in/sub/c", "in/b"]);
    drive.ok(&["rm", "in/sub"]);
    assert_eq!(drive.entries(), ["in/", "in/a"]);
    drive.ok(&["rm", "--recursive", "in"]);
    assert!(drive.entries().is_empty());
}

#[test]
fn directories_are_made_with_those_above() {
    let drive = Drive::new();
    drive.ok(&["mkdir", "/a/b/c", "/d/"]);
    drive.ok(&["mkdir", "/a/b"]);
    assert_eq!(drive.entries(), ["a/", "a/b/", "a/b/c/", "d/"]);
}

#[test]
fn trees_and_sums_show_all_of_it() {
    let drive = with_files();
    let tree = "/in\n├── a\n├── b\n└── sub/\n    └── c\n1 directory, 3 files, 3 B\n";
    assert_eq!(drive.ok(&["tree", "in"]), tree);
    let sums: Vec<_> = drive.ok(&["--json", "du"]).lines().map(str::to_owned).collect();
    assert_eq!(
        sums,
        [
            r#"{"path":"in/sub","files":1,"directories":0,"bytes":1}"#,
            r#"{"path":"in","files":3,"directories":1,"bytes":3}"#,
            r#"{"path":"","files":3,"directories":2,"bytes":3}"#,
        ]
    );
    let stat = drive.ok(&["stat", "in/a"]);
    assert!(stat.contains("kind      file\nsize      1\n"), "{stat}");
}

#[test]
fn what_is_not_there_is_removed_if_forced() {
    let drive = with_files();
    drive.ok(&["rm", "-f", "in/none", "none"]);
    assert_eq!(drive.ok(&["--json", "rm", "-rf", "in/sub", "none"]), "{\"removed\":\"in/sub\"}\n");
    assert_eq!(drive.entries(), ["in/", "in/a", "in/b"]);
    assert_eq!(drive.run(&["rm", "-f", "in"]).code, Some(1), "it holds something");
}

/// Options that other programs have for what is so here in any case.
#[test]
fn habits_are_taken() {
    let drive = Drive::new();
    drive.write("in/a", "a");
    drive.ok(&["put", "-r", "in", "/in"]);
    drive.ok(&["cp", "-r", "in", "copy"]);
    drive.ok(&["mkdir", "-p", "copy/b/c"]);
    assert_eq!(drive.ok(&["ls", "-1a", "copy"]), "a\nb/\n");
    assert_eq!(drive.ok(&["du", "-s", "copy"]), drive.ok(&["du", "-d", "0", "copy"]));
    drive.ok(&["get", "-r", "copy", "out"]);
    assert_eq!(drive.read("out/a"), b"a");
}

#[test]
fn a_tree_of_no_directory_draws_nothing() {
    let drive = with_files();
    for (path, code) in [("in/a", "[not-a-directory]"), ("none", "[not-found]")] {
        let ran = drive.run(&["tree", path]);
        assert!(ran.stderr.contains(code), "{}", ran.stderr);
        assert_eq!(ran.stdout, b"", "{path}");
    }
}
