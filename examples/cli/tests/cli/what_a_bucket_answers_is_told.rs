//! Failures of a bucket are told as what they are, and its environment is read as others read it.

use crate::bucket::{Bucket, Mood};
use crate::drive::{Drive, Ran};

fn run(bucket: &Bucket, drive: &Drive, variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut command = drive.command();
    bucket.give_to(&mut command).args(["--secret-file", "secret"]).args(arguments);
    Ran::of(command.envs(variables.iter().copied()))
}

#[test]
fn init_tells_what_happened_and_not_that_conditions_are_ignored() {
    for (status, code, told) in [
        (400, "InvalidBucketName", "[store-failed]"),
        (403, "SignatureDoesNotMatch", "[store-denied]"),
    ] {
        let drive = Drive::without_vault();
        let bucket = Bucket::new(Mood::Refuses { status, code });
        let ran = run(&bucket, &drive, &[], &["init"]);
        assert_eq!(ran.code, Some(6), "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert!(!ran.stderr.contains("conditional"), "{}", ran.stderr);
        assert!(bucket.keys().is_empty());
    }
}

#[test]
fn a_vault_can_be_in_a_bucket() {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::Works);
    let made = run(&bucket, &drive, &[], &["init"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert_eq!(run(&bucket, &drive, &[], &["mkdir", "d"]).code, Some(0));
    assert_eq!(run(&bucket, &drive, &[], &["ls"]).stdout, b"d/\n");
    let again = run(&bucket, &drive, &[], &["init"]);
    assert_eq!(again.code, Some(1), "{}", again.stderr);
    assert!(again.stderr.contains("[vault-exists]"), "{}", again.stderr);
    assert!(!again.stderr.contains("words"), "none are shown that open nothing: {}", again.stderr);
}

#[test]
fn an_empty_variable_is_none() {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::Works);
    let made = run(
        &bucket,
        &drive,
        &[("AWS_SESSION_TOKEN", ""), ("AWS_CA_BUNDLE", ""), ("SSL_CERT_FILE", "")],
        &["init"],
    );
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let seen = bucket.seen();
    assert!(!seen.is_empty());
    assert!(!seen.iter().any(|request| request.contains("security-token")), "{seen:?}");

    for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
        let ran = run(&bucket, &drive, &[(name, "")], &["ls"]);
        assert_eq!(ran.code, Some(2), "{}", ran.stderr);
        assert!(ran.stderr.contains(name), "{}", ran.stderr);
    }
}

#[test]
fn a_bundle_of_certificates_that_is_not_there_is_an_error() {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::Works);
    for name in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
        let ran = run(&bucket, &drive, &[(name, "no-such-bundle.pem")], &["init"]);
        assert_eq!(ran.code, Some(3), "{}", ran.stderr);
        assert!(ran.stderr.contains("no-such-bundle.pem"), "{}", ran.stderr);
        assert!(bucket.seen().is_empty());
    }
}
