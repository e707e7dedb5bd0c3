//! A vault is not made with a passphrase that only an accident gives again.

use crate::drive::{Drive, Ran};

const UNTYPABLE: [(&str, &str); 5] = [
    ("\u{feff}a pass phrase", "begins with a byte-order mark"),
    ("a pass phrase\n", "ends with a line break"),
    ("a pass phrase\r\n", "ends with a line break"),
    ("a\tpass phrase", "has a control character"),
    ("a pass\u{fffd}phrase", "could not be decoded"),
];

#[test]
fn what_nobody_can_type_makes_no_vault() {
    let drive = Drive::without_vault();
    for (text, told) in UNTYPABLE {
        let ran = Ran::of(drive.command().env("SEALWOOD_PASSPHRASE", text).arg("init"));
        assert_eq!(ran.code, Some(4), "{text:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert!(ran.stderr.contains("SEALWOOD_PASSPHRASE"), "{}", ran.stderr);
        assert!(!ran.stderr.contains("phrase "), "{}", ran.stderr);
        assert!(!drive.path("vault").exists());
    }
}

#[test]
fn files_that_editors_wrote_are_told_apart() {
    let drive = Drive::without_vault();
    let utf_16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    drive.write("mark", "\u{feff}a pass phrase\r\n");
    drive.write("utf-16", utf_16("\u{feff}a pass phrase"));
    drive.write("utf-16 without a mark", utf_16("a pass phrase"));
    drive.write("latin", b"caf\xe9\n");
    drive.write("empty", "\n");
    for (file, told) in [
        ("mark", "begins with a byte-order mark"),
        ("utf-16", "is UTF-16"),
        ("utf-16 without a mark", "has zero bytes"),
        ("latin", "is not UTF-8"),
        ("empty", "has 0 bytes"),
    ] {
        let ran = Ran::of(drive.command().args(["--passphrase-file", file, "init"]));
        assert_eq!(ran.code, Some(4), "{file}: {}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
        assert!(!drive.path("vault").exists());
    }
    for text in ["a pass phrase\n", "a pass phrase\r\n", " a  pass phrase "] {
        drive.write("typed", text);
        let ran = Ran::of(drive.command().args(["--passphrase-file", "typed", "init"]));
        assert_eq!(ran.code, Some(0), "{text:?}: {}", ran.stderr);
        std::fs::remove_dir_all(drive.path("vault")).unwrap();
    }
}

#[test]
fn a_passphrase_that_does_not_open_tells_what_it_has() {
    let drive = Drive::without_vault();
    let with = |text: &str, argument: &str| {
        Ran::of(drive.command().env("SEALWOOD_PASSPHRASE", text).arg(argument))
    };
    assert_eq!(with("a pass phrase", "init").code, Some(0));
    for (text, told) in UNTYPABLE {
        let ran = with(text, "ls");
        assert_eq!(ran.code, Some(4));
        assert!(ran.stderr.contains("[wrong-passphrase]"), "{}", ran.stderr);
        assert!(ran.stderr.contains(told), "{}", ran.stderr);
    }
    let ran = with("another", "ls");
    assert!(!ran.stderr.contains("SEALWOOD_PASSPHRASE"), "{}", ran.stderr);
}

#[test]
fn words_open_with_the_mark_of_an_editor() {
    let drive = Drive::without_vault();
    drive.ok(&["init", "--phrase-out", "words"]);
    let words = String::from_utf8(drive.read("words")).unwrap();
    drive.write("edited", format!("\u{feff}{words}\r\n"));
    let ran = Ran::of(drive.command().args(["--phrase-file", "edited", "ls"]));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
}
