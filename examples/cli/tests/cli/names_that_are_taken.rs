//! A name of the vault that is a file where a folder is put, or the other way round, costs what
//! would lie there and nothing else.

use std::fs;

use crate::drive::Drive;

#[test]
fn a_folder_that_meets_a_file_is_the_only_one_that_is_not_made() {
    let drive = Drive::new();
    drive.write("file", "in the way");
    drive.ok(&["put", "file", "/d/b"]);
    for folder in ["a", "b/below", "c/d", "e"] {
        fs::create_dir_all(drive.path("d").join(folder)).unwrap();
    }
    drive.write("d/b/file", "has no place");
    drive.write("d/e/file", "has one");

    let ran = drive.run(&["--json", "put", "d", "/"]);
    assert_ne!(ran.code, Some(0), "{}", ran.stderr);
    let lost = ["d/b", "d/b/below", "d/b/file"];
    assert_eq!(ran.stderr.lines().count(), lost.len(), "{}", ran.stderr);
    for path in lost {
        let named = format!(r#""path":"{path}""#);
        assert!(ran.stderr.contains(&named), "{path}: {}", ran.stderr);
    }
    assert_eq!(ran.totals()["failed"], lost.len());
    assert_eq!(drive.entries(), ["d/", "d/a/", "d/b", "d/c/", "d/c/d/", "d/e/", "d/e/file"]);
    assert_eq!(drive.ok(&["cat", "d/b"]), "in the way");
}

#[test]
fn a_file_that_meets_a_directory_is_the_only_one_that_is_not_put() {
    let drive = Drive::new();
    drive.ok(&["mkdir", "/d/b/kept"]);
    for file in ["a", "b", "c"] {
        drive.write(&format!("d/{file}"), file);
    }
    let ran = drive.run(&["--json", "put", "d", "/"]);
    assert_ne!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains(r#""is-a-directory""#), "{}", ran.stderr);
    assert!(ran.stderr.contains(r#""path":"d/b""#), "{}", ran.stderr);
    assert_eq!(drive.entries(), ["d/", "d/a", "d/b/", "d/b/kept/", "d/c"]);
}
