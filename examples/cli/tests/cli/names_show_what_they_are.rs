//! A name on a terminal neither acts, nor turns what follows, nor hides a part of itself.

use serde_json::Value;

use crate::drive::Drive;

/// Names as they are, and as they are shown.
const NAMES: [(&str, &str); 8] = [
    ("gpj\u{202e}exe.a", r"gpj\u{202e}exe.a"),
    ("\u{2066}b\u{2069}", r"\u{2066}b\u{2069}"),
    ("\u{61c}\u{200e}\u{200f}c", r"\u{61c}\u{200e}\u{200f}c"),
    ("d\u{200b}\u{200d}\u{feff}\u{ad}", r"d\u{200b}\u{200d}\u{feff}\u{ad}"),
    ("e\u{2028}\u{2029}\u{85}\u{1b}[2J\n", r"e\u{2028}\u{2029}\u{85}\u{1b}[2J\n"),
    ("f\u{3164}\u{fe0f}\u{e0041}", r"f\u{3164}\u{fe0f}\u{e0041}"),
    ("g\u{e000}", r"g\u{e000}"),
    ("caf\u{e9} \u{1f332} \u{5e9}\u{5dc}", "caf\u{e9} \u{1f332} \u{5e9}\u{5dc}"),
];

#[test]
fn every_command_shows_escapes_and_json_the_name() {
    let drive = Drive::new();
    for (name, shown) in NAMES {
        drive.write("empty", []);
        let target = format!("/{name}/{name}");
        drive.ok(&["put", "empty", &target]);
        let path = format!("{shown}/{shown}");
        for arguments in [
            &["ls"][..],
            &["ls", "-l", "-R"],
            &["ls", &target],
            &["tree"],
            &["stat", &target],
            &["du"],
        ] {
            let text = drive.ok(arguments);
            assert!(text.contains(shown), "{arguments:?}: {text}");
            if name != shown {
                assert!(!text.contains(name), "{arguments:?}: {text}");
            }
        }
        let listed = drive.ok(&["--json", "ls", &target]);
        let listed: Value = serde_json::from_str(&listed).unwrap();
        assert_eq!(listed["path"], format!("{name}/{name}"));

        let missing = drive.run(&["stat", &format!("{target}/none")]);
        assert!(missing.stderr.contains(&format!("{path}/none: ")), "{}", missing.stderr);
        let json = drive.run(&["--json", "stat", &format!("{target}/none")]);
        let error: Value = serde_json::from_str(&json.stderr).unwrap();
        assert_eq!(error["error"]["path"], format!("{name}/{name}/none"));
        let moved = drive.run(&["mv", &target, &format!("/{name}/x")]);
        assert!(moved.stderr.contains(&format!("{path} -> {shown}/x")), "{}", moved.stderr);
        drive.ok(&["rm", "-r", &format!("/{name}")]);
    }
}

#[test]
fn messages_that_quote_an_argument_show_it_the_same_way() {
    let drive = Drive::new();
    for arguments in [
        &["ls", "--a\u{202e}b"][..],
        &["ls", "a", "b\u{1b}[2J\u{202e}"],
        &["get", "none\u{202e}", "out"],
        &["put", "none\u{202e}", "/"],
        &["--vault", "s3://a\u{202e}b?endpoint=\u{202e}", "ls"],
    ] {
        let ran = drive.run(arguments);
        assert_ne!(ran.code, Some(0), "{arguments:?}");
        assert!(!ran.stderr.contains(['\u{202e}', '\u{1b}']), "{arguments:?}: {}", ran.stderr);
    }
}
