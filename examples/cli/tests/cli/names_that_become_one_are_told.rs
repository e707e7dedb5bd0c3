//! Local names that are one name in a vault: one is stored, each of the others is a failure.

use serde_json::Value;

use crate::drive::Drive;

/// Two spellings that every system of the tests keeps apart, of one name in a vault.
const PAIRS: [[&str; 2]; 5] = [
    ["caf\u{e9}", "cafe\u{301}"],
    ["\u{3a9}", "\u{2126}"],
    ["\u{c5}", "\u{212b}"],
    ["\u{8c48}", "\u{f900}"],
    ["\u{1e69}", "s\u{307}\u{323}"],
];

#[cfg(target_os = "linux")]
#[test]
fn each_file_but_the_first_is_a_failure_and_the_rest_is_stored() {
    let drive = Drive::new();
    for [one, other] in PAIRS {
        drive.write(&format!("in/{one}"), "as a vault spells it");
        drive.write(&format!("in/{other}"), "as it does not");
    }
    drive.write("in/plain", "fine");
    let ran = drive.run(&["--json", "put", "in", "/"]);
    assert_ne!(ran.code, Some(0), "{}", ran.stderr);
    let errors: Vec<Value> =
        ran.stderr.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(errors.len(), PAIRS.len(), "{}", ran.stderr);
    for (error, [one, other]) in errors.iter().zip(sorted(PAIRS)) {
        assert_eq!(error["error"]["code"], "local-name-taken");
        // The names are walked in the order of their bytes.
        assert_eq!(error["error"]["path"], format!("in/{}", one.max(other)));
    }
    let stdout = String::from_utf8(ran.stdout).unwrap();
    let totals: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!((&totals["files"], &totals["failed"]), (&6.into(), &5.into()));
    assert_eq!(drive.entries().len(), 1 + PAIRS.len() + 1);
    for [one, other] in PAIRS {
        let first = if one < other { "as a vault spells it" } else { "as it does not" };
        assert_eq!(drive.ok(&["cat", &format!("in/{one}")]), first);
    }
}

#[cfg(target_os = "linux")]
fn sorted(mut pairs: [[&str; 2]; 5]) -> [[&str; 2]; 5] {
    pairs.sort_by_key(|[one, other]| *one.max(other));
    pairs
}

#[cfg(target_os = "linux")]
#[test]
fn folders_of_one_name_are_not_merged() {
    let drive = Drive::new();
    let [one, other] = PAIRS[0];
    drive.write(&format!("in/{one}/file"), "composed");
    drive.write(&format!("in/{one}/more/file"), "composed");
    drive.write(&format!("in/{other}/file"), "decomposed");
    drive.write(&format!("in/{other}/another"), "decomposed");
    drive.write("in/z/file", "after them");
    let ran = drive.run(&["put", "in", "/"]);
    assert_ne!(ran.code, Some(0), "{}", ran.stderr);
    assert!(ran.stderr.contains(&format!("in/{one}: ")), "{}", ran.stderr);
    assert!(ran.stderr.contains("[local-name-taken]"), "{}", ran.stderr);
    let stored = |name: &str| format!("in/{one}/{name}");
    let expected = [
        "in/".to_owned(),
        stored(""),
        stored("another"),
        stored("file"),
        "in/z/".into(),
        "in/z/file".into(),
    ];
    assert_eq!(drive.entries(), expected);
    assert_eq!(drive.ok(&["cat", &stored("file")]), "decomposed");
}

#[cfg(unix)]
#[test]
fn what_is_left_out_takes_no_name() {
    let drive = Drive::new();
    let [one, other] = PAIRS[0];
    drive.write(&format!("in/{one}"), "a file");
    std::os::unix::fs::symlink("elsewhere", drive.path(&format!("in/{other}"))).unwrap();
    drive.ok(&["put", "in", "/"]);
    assert_eq!(drive.ok(&["cat", &format!("in/{one}")]), "a file");
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_a_vault_cannot_have_names_its_file() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let drive = Drive::new();
    drive.write("in/b/file", "fine");
    // 255 bytes here, 510 in a vault.
    drive.write(&format!("in/a/{}", "\u{958}".repeat(85)), "too long");
    let folder = drive.path("in").join(OsStr::from_bytes(b"bad\xff"));
    std::fs::create_dir(&folder).unwrap();
    std::fs::write(folder.join("child"), "below it").unwrap();
    let ran = drive.run(&["put", "in", "/"]);
    assert!(matches!(ran.code, Some(1 | 7)), "{:?}: {}", ran.code, ran.stderr);
    assert!(ran.stderr.contains("sealwood: in/a/\u{958}\u{958}"), "{}", ran.stderr);
    assert!(ran.stderr.contains("[path-name-too-long]"), "{}", ran.stderr);
    assert!(ran.stderr.contains("sealwood: in/bad\u{fffd}: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("[path-not-utf8]"), "{}", ran.stderr);
    assert_eq!(drive.entries(), ["in/", "in/a/", "in/b/", "in/b/file"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_path_that_a_vault_cannot_have_names_its_file() {
    let drive = Drive::new();
    // Longer in the vault than here: a local path is limited too.
    let name = "n".repeat(250);
    let below: Vec<&str> = std::iter::repeat_n(name.as_str(), 15).collect();
    let top = "t".repeat(240);
    drive.write(&format!("in/{}/{}", below[..14].join("/"), &name), "deep");
    drive.write("in/z", "fine");
    let ran = drive.run(&["put", "in", &format!("/{top}/{top}/{top}")]);
    assert!(matches!(ran.code, Some(1 | 7)), "{:?}: {}", ran.code, ran.stderr);
    assert!(ran.stderr.contains(&format!("sealwood: in/{}", &name)), "{}", ran.stderr);
    assert!(ran.stderr.contains("[path-too-long]"), "{}", ran.stderr);
    assert_eq!(drive.ok(&["cat", &format!("/{top}/{top}/{top}/z")]), "fine");
}
