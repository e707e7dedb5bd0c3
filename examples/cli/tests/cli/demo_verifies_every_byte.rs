//! The demo does what it says, and leaves nothing behind.

use std::fs;

use serde_json::Value;

use crate::drive::{Drive, Ran, noise};

fn demo(drive: &Drive, arguments: &[&str]) -> Vec<Value> {
    fs::create_dir_all(drive.path("tmp")).unwrap();
    let mut command = drive.command();
    command.env("TMPDIR", drive.path("tmp")).args(["--json", "demo"]).args(arguments);
    let ran = Ran::of(&mut command);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let text = String::from_utf8(ran.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_folder_is_stored_read_back_and_renamed() {
    let drive = Drive::without_vault();
    for number in 0..40 {
        drive.write(&format!("in/{}/file {number}", number % 3), noise(number, 3_000));
    }
    drive.write("in/large", noise(99, 1_500_000));
    let lines = demo(&drive, &["in"]);
    let phases: Vec<_> = lines.iter().filter(|line| line["phase"].is_string()).collect();
    let files: Vec<_> = phases.iter().map(|phase| phase["files"].as_u64().unwrap()).collect();
    assert_eq!(files, [41, 41, 82, 0, 82]);
    assert!(phases.iter().all(|phase| phase["differing"] == 0));
    assert_eq!(phases[1]["bytes"], 40 * 3_000 + 1_500_000);
    // The chunks of the large file were sent the first time: what is left is one pack and a root.
    assert_eq!(phases[3]["requests"], 1, "a rename is one request");
    assert_eq!(lines.last().unwrap()["demo"], "done");
    assert!(!drive.path("vault").exists(), "the vault of the environment is left alone");
    assert_eq!(fs::read_dir(drive.path("tmp")).unwrap().count(), 0);
}

#[test]
fn the_same_goes_in_memory() {
    let drive = Drive::without_vault();
    drive.write("in/a", "b");
    let lines = demo(&drive, &["in", "--vault", "memory:"]);
    let by_measure = |work: &str, measure: &str| {
        let row = lines.iter().find(|line| {
            line["work"].as_str().is_some_and(|it| it.starts_with(work))
                && line["measure"] == measure
        });
        row.unwrap()["here"].as_u64().unwrap()
    };
    assert!(by_measure("150 files", "index requests") <= 155);
    assert!(by_measure("150 files", "index bytes") <= 250_000);
    assert!(by_measure("150 files", "round trips in a row for a file") <= 2);
    assert!(by_measure("1,000 files", "all requests") <= 3);
}

#[test]
fn a_folder_without_files_is_refused() {
    let drive = Drive::without_vault();
    fs::create_dir(drive.path("in")).unwrap();
    let ran = Ran::of(drive.command().args(["demo", "in"]));
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    let other = Ran::of(drive.command().args(["demo", "in", "--vault", "somewhere"]));
    assert_eq!(other.code, Some(2), "{}", other.stderr);
}
