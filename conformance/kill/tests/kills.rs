//! The program itself: some kills, and what it says of them. The part `kill` of the tests takes a
//! minute for it.
#![cfg(unix)]
#![allow(missing_docs, clippy::unwrap_used)]

use std::process::Command;

#[test]
fn what_was_acknowledged_survives_kills() {
    for mode in ["engine", "vault"] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_sealwood-kill"));
        program.args(["--only", mode, "--kills", "20", "--minutes", "3", "--seed", "1", "--json"]);
        let output = program.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let complaints = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{mode}: {complaints}{said}");
        let said: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert!(said["kills"].as_u64().unwrap() > 0, "{said}");
        assert!(said["acknowledged"].as_u64().unwrap() > 0, "{said}");
        assert_eq!(said["lost"], 0, "{said}");
        assert!(said["tracked_rows"].as_u64().unwrap() > 0, "{said}");
    }
}
