//! There is never a vault whose words nobody was shown.

use std::fs;

use crate::bucket::{Bucket, Mood};
use crate::drive::{Drive, Ran};

/// The 24 words among other lines.
fn words_in(text: &str) -> String {
    let is_words = |line: &&str| line.split_whitespace().count() == 24;
    text.lines().find(is_words).unwrap_or_else(|| panic!("no words: {text}")).trim().to_owned()
}

#[test]
fn words_of_a_vault_whose_answer_was_lost_open_it() {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::DiesOfTheRoot);
    let with = |arguments: &[&str], variable: (&str, &str)| {
        let mut command = drive.command();
        Ran::of(bucket.give_to(&mut command).env(variable.0, variable.1).args(arguments))
    };
    let ran = with(&["init"], ("SEALWOOD_PASSPHRASE", "only here"));
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    assert!(ran.stderr.contains("may already open a vault"), "{}", ran.stderr);
    bucket.turn(Mood::Works);
    let listed = with(&["ls"], ("SEALWOOD_RECOVERY_PHRASE", &words_in(&ran.stderr)));
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
}

#[test]
fn words_in_a_file_are_kept_when_an_answer_was_lost() {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::DiesOfTheRoot);
    let mut command = drive.command();
    bucket.give_to(&mut command).args(["--secret-file", "secret", "--json"]);
    let ran = Ran::of(command.args(["init", "--phrase-out", "words"]));
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    let error: serde_json::Value = serde_json::from_str(&ran.stderr).unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("the words in the file may already open a vault"), "{message}");
    bucket.turn(Mood::Works);
    let mut command = drive.command();
    let listed = Ran::of(bucket.give_to(&mut command).args(["--phrase-file", "words", "ls"]));
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
}

#[test]
fn words_that_open_nothing_are_called_so_and_not_left_in_a_file() {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::ReadsOnly);
    for (arguments, told) in [
        (&["init"][..], "no vault was made, and the words above open nothing"),
        (&["init", "--phrase-out", "words"], "no vault was made"),
    ] {
        let mut command = drive.command();
        bucket.give_to(&mut command).args(["--secret-file", "secret"]).args(arguments);
        let ran = Ran::of(&mut command);
        assert_eq!(ran.code, Some(6), "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    assert!(!fs::exists(drive.path("words")).unwrap());
}

/// A refusal does not say that an earlier try of the same put was refused as well.
#[test]
fn words_are_kept_where_nobody_can_look_for_the_vault() {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::Refuses { status: 403, code: "AccessDenied" });
    let mut command = drive.command();
    bucket.give_to(&mut command).args(["--secret-file", "secret", "init"]);
    let ran = Ran::of(command.args(["--phrase-out", "words"]));
    assert_eq!(ran.code, Some(6), "{}", ran.stderr);
    assert!(ran.stderr.contains("may already open a vault"), "{}", ran.stderr);
    assert!(fs::exists(drive.path("words")).unwrap());
}

/// Standard error is a disk that is full.
#[cfg(target_os = "linux")]
#[test]
fn words_that_cannot_be_shown_make_no_vault() {
    for json in [&[][..], &["--json"]] {
        let drive = Drive::without_vault();
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let mut command = drive.command();
        let status = command.args(["--secret-file", "secret", "init"]).args(json).stderr(full);
        assert_eq!(status.status().unwrap().code(), Some(1));
        let ran = drive.run(&["ls"]);
        assert!(ran.stderr.contains("[vault-not-found]"), "{}", ran.stderr);
        drive.ok(&["init"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_note_that_cannot_be_shown_stops_nothing() {
    let drive = Drive::new();
    drive.write("in/file", "x");
    std::os::unix::fs::symlink("file", drive.path("in/link")).unwrap();
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let mut command = drive.command();
    let status = command.args(["--secret-file", "secret", "put", "in", "/"]).stderr(full).status();
    assert_eq!(status.unwrap().code(), Some(0));
    assert_eq!(drive.entries(), ["in/", "in/file"]);
}
