//! One exit code for each kind of failure.

use serde_json::{Value, json};

use crate::bucket::{Bucket, Mood};
use crate::drive::{Drive, Ran};

/// A name of 255 bytes whose composed form, which vaults keep, has 510.
fn name_that_grows() -> String {
    "\u{958}".repeat(85)
}

#[test]
fn what_is_not_there_is_3() {
    let drive = Drive::new();
    for arguments in [
        &["stat", "none"][..],
        &["cat", "none"],
        &["ls", "none"],
        &["get", "none", "out"],
        &["rm", "none"],
        &["mv", "none", "other"],
        &["put", "no-such-local-file", "/"],
    ] {
        let ran = drive.run(arguments);
        assert_eq!(ran.code, Some(3), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains("not-found]"), "{}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
    assert!(!drive.path("out").exists());
}

#[test]
fn no_vault_is_3_and_none_is_made() {
    let drive = Drive::without_vault();
    drive.write("secret", [7; 32]);
    let ran = drive.run(&["ls"]);
    assert_eq!(ran.code, Some(3));
    assert!(ran.stderr.contains("[vault-not-found]"), "{}", ran.stderr);
    assert!(!drive.path("vault").exists());
}

#[test]
fn a_second_vault_in_one_place_is_1() {
    let drive = Drive::new();
    let ran = drive.run(&["init"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("[vault-exists]"), "{}", ran.stderr);
}

#[test]
fn a_wrong_secret_is_4() {
    let drive = Drive::new();
    drive.write("wrong", [7; 32]);
    let ran = Ran::of(drive.command().args(["--secret-file", "wrong", "ls"]));
    assert_eq!(ran.code, Some(4), "{}", ran.stderr);
    assert!(ran.stderr.contains("[wrong-key]"), "{}", ran.stderr);
}

#[test]
fn a_wrong_passphrase_is_4_and_the_words_open_as_well() {
    let drive = Drive::without_vault();
    let with = |passphrase: &str, arguments: &[&str]| {
        Ran::of(drive.command().env("SEALWOOD_PASSPHRASE", passphrase).args(arguments))
    };
    assert_eq!(with("right", &["init", "--phrase-out", "words"]).code, Some(0));
    assert_eq!(with("right", &["mkdir", "d"]).code, Some(0));
    let wrong = with("wrong", &["ls"]);
    assert_eq!(wrong.code, Some(4));
    assert!(wrong.stderr.contains("[wrong-passphrase]"), "{}", wrong.stderr);

    let file = Ran::of(drive.command().args(["--phrase-file", "words", "ls"]));
    assert_eq!(file.stdout, b"d/\n");
    let words = String::from_utf8(drive.read("words")).unwrap();
    assert_eq!(words.split_whitespace().count(), 24);
    let environment = Ran::of(drive.command().env("SEALWOOD_RECOVERY_PHRASE", &words).arg("ls"));
    assert_eq!(environment.stdout, b"d/\n");
    let fewer = words.rsplit_once(' ').unwrap().0;
    let ran = Ran::of(drive.command().env("SEALWOOD_RECOVERY_PHRASE", fewer).arg("ls"));
    assert_eq!(ran.code, Some(4));
    assert!(!ran.stderr.contains(fewer.split(' ').next().unwrap()), "{}", ran.stderr);
}

#[test]
fn a_store_that_cannot_be_reached_is_6() {
    let drive = Drive::new();
    // Nobody listens on a port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("s3://bucket?endpoint=http://127.0.0.1:{port}");
    let ran = Ran::of(
        drive
            .command()
            .env("AWS_ACCESS_KEY_ID", "id")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .args(["--secret-file", "secret", "--vault", &address, "ls"]),
    );
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    assert!(ran.stderr.contains("[store-unavailable]"), "{}", ran.stderr);
}

#[test]
fn what_cannot_be_meant_is_2() {
    let drive = Drive::new();
    for arguments in [
        &["no-such-command"][..],
        &["ls", "a/../b"],
        &["cat", "--range", "5-4", "a"],
        &["--vault", "https://example.com", "ls"],
        &["--vault", "memory:", "ls"],
        &["--phrase-file", "words", "ls"],
        &["put", "-", "directory/"],
        &["mv", "/", "directory"],
    ] {
        let ran = drive.run(arguments);
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
    }
    for (option, wrong) in [("--chunk-bytes", "5"), ("--convergence", "on")] {
        let ran = Drive::without_vault().run(&["init", option, wrong]);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    }
    let nowhere = Ran::of(drive.command().env_remove("SEALWOOD_VAULT").arg("ls"));
    assert_eq!(nowhere.code, Some(2));
    assert!(nowhere.stderr.contains("SEALWOOD_VAULT"), "{}", nowhere.stderr);
}

#[test]
fn of_one_path_the_destination_is_missing() {
    let drive = Drive::new();
    for command in ["put", "get", "mv", "cp"] {
        let ran = drive.run(&[command, "x"]);
        assert_eq!(ran.code, Some(2));
        let missing = ran.stderr.split("Usage").next().unwrap();
        assert!(missing.contains("<DESTINATION>") && !missing.contains("SOURCES"), "{missing}");
        let ran = drive.run(&[command]);
        let missing = ran.stderr.split("Usage").next().unwrap();
        assert!(missing.contains("<SOURCES>..."), "{missing}");
    }
}

#[test]
fn work_that_was_done_in_part_is_7() {
    let drive = Drive::new();
    drive.write("in/good", "x");
    drive.write(&format!("in/{}", name_that_grows()), "x");
    let put = drive.run(&["--json", "put", "in", "/"]);
    assert_eq!(put.code, Some(7), "{}", put.stderr);
    let last: Value =
        serde_json::from_slice(put.stdout.rsplit(|byte| *byte == b'\n').nth(1).unwrap()).unwrap();
    assert_eq!(last, json!({"files": 1, "bytes": 1, "unchanged": 0, "skipped": 0, "failed": 1}));

    drive.write("in/other", "x");
    drive.ok(&["put", "in/other", "in/"]);
    drive.write("out/in/good/in the way", "x");
    let got = drive.run(&["get", "in", "out"]);
    assert_eq!(got.code, Some(7), "{}", got.stderr);
    assert_eq!(drive.read("out/in/other"), b"x");
}

#[test]
fn work_of_which_nothing_was_done_has_the_code_of_its_failure() {
    let drive = Drive::new();
    drive.write(&format!("in/{}", name_that_grows()), "x");
    let ran = drive.run(&["put", "in", "/"]);
    assert_eq!(ran.code, Some(1), "a name that was found is no usage: {}", ran.stderr);
}

#[test]
fn what_ends_a_command_decides_over_what_it_went_on_after() {
    let drive = Drive::without_vault();
    drive.write("in/good", "x");
    drive.write(&format!("in/{}", name_that_grows()), "x");
    let bucket = Bucket::new(Mood::Works);
    let run = |arguments: &[&str]| {
        let mut command = drive.command();
        bucket.give_to(&mut command).args(["--secret-file", "secret"]);
        Ran::of(command.args(arguments))
    };
    assert_eq!(run(&["init"]).code, Some(0));
    bucket.turn(Mood::ReadsOnly);
    let ran = run(&["put", "in", "/"]);
    assert!(ran.stderr.contains("[path-name-too-long]"), "{}", ran.stderr);
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
}
