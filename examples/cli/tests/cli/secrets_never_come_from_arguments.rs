//! Arguments are seen by every user of a machine, so no secret is taken from them.

use std::fs;

use crate::drive::{Drive, Ran};

#[test]
fn no_option_takes_a_secret() {
    let drive = Drive::new();
    for arguments in [
        &["--passphrase", "hunter2", "ls"][..],
        &["--passphrase=hunter2", "ls"],
        &["--secret=hunter2", "ls"],
        &["--phrase=hunter2", "ls"],
        &["init", "--passphrase=hunter2"],
    ] {
        let ran = Ran::of(drive.command().args(arguments));
        assert_eq!(ran.code, Some(2), "{arguments:?}");
        assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
        assert!(ran.stdout.is_empty());
    }
}

#[test]
fn an_address_with_credentials_is_refused_and_not_repeated() {
    let drive = Drive::new();
    let ran = Ran::of(
        drive
            .command()
            .env("AWS_ACCESS_KEY_ID", "id")
            .env("AWS_SECRET_ACCESS_KEY", "secret")
            .args(["--secret-file", "secret", "--vault", "s3://id:hunter2@bucket", "ls"]),
    );
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(!ran.stderr.contains("hunter2"), "{}", ran.stderr);
}

#[test]
fn two_sources_of_a_secret_are_one_too_many() {
    let drive = Drive::new();
    let both = Ran::of(
        drive
            .command()
            .env("SEALWOOD_PASSPHRASE", "a")
            .env("SEALWOOD_RECOVERY_PHRASE", "b")
            .arg("ls"),
    );
    assert_eq!(both.code, Some(2));
    assert!(both.stderr.contains("both set"), "{}", both.stderr);
}

#[test]
fn the_passphrase_of_a_file_is_its_first_line() {
    let drive = Drive::without_vault();
    drive.write("file", "a pass phrase\nand a note\n");
    let made = Ran::of(drive.command().args(["--passphrase-file", "file", "init"]));
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let listed = Ran::of(drive.command().env("SEALWOOD_PASSPHRASE", "a pass phrase").arg("ls"));
    assert_eq!(listed.code, Some(0), "{}", listed.stderr);
}

#[test]
fn files_of_secrets_are_private_and_never_replaced() {
    let drive = Drive::without_vault();
    drive.write("words", "older words");
    let ran = drive.run(&["init", "--phrase-out", "words"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(drive.read("words"), b"older words");
    assert!(!drive.path("vault").exists());

    drive.ok(&["init", "--phrase-out", "new-words"]);
    #[cfg(unix)]
    for name in ["secret", "new-words"] {
        let mode = fs::metadata(drive.path(name)).unwrap().permissions();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&mode) & 0o777, 0o600, "{name}");
    }
    let refused = drive.run(&["init", "--phrase-out", "unused-words"]);
    assert_eq!(refused.code, Some(1));
    assert!(!fs::exists(drive.path("unused-words")).unwrap());
}

#[test]
fn the_words_are_shown_once_and_not_among_the_results() {
    let drive = Drive::without_vault();
    let ran = drive.run(&["init"]);
    assert!(ran.stderr.contains("24 words"), "{}", ran.stderr);
    assert_eq!(ran.stdout, b"made a vault in engine:vault\n");
}

#[test]
#[cfg(unix)]
fn a_secret_without_end_is_refused() {
    let drive = Drive::new();
    for option in ["--passphrase-file", "--phrase-file", "--secret-file"] {
        let ran = Ran::of(drive.command().args([option, "/dev/zero", "ls"]));
        assert_eq!(ran.code, Some(4), "{option}: {}", ran.stderr);
        assert!(ran.stderr.contains("[secret-refused]"), "{option}: {}", ran.stderr);
    }
}

#[test]
fn two_secrets_are_one_too_many() {
    let drive = Drive::without_vault();
    drive.write("pass", "correct horse");
    for arguments in [
        ["init", "--passphrase-file", "pass", "--secret-file", "new"],
        ["--passphrase-file", "pass", "init", "--secret-file", "new"],
        ["--passphrase-file", "pass", "--secret-file", "new", "init"],
    ] {
        let ran = Ran::of(drive.command().args(arguments));
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
        assert!(!drive.path("vault").exists() && !drive.path("new").exists(), "{arguments:?}");
    }
}
