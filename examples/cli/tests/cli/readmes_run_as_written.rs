//! The first steps of the documents, as a shell runs them at a terminal.
//!
//! `cargo install` puts the program of this build on the path. Passphrases are typed.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;

use crate::drive::{Drive, files_below, noise};
use crate::terminal::Terminal;

/// What is run in place of cargo: it installs the program, and nothing else is asked of it.
const CARGO: &str = r#"#!/bin/sh
[ "$*" = "install --path examples/cli" ] && mv "${0%/*}/built" "${0%/*}/sealwood"
"#;

/// The fenced blocks of a document in a language.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(document);
    let text = fs::read_to_string(path).unwrap();
    let fence = format!("\n```{language}\n");
    let blocks = text.split(&fence).skip(1);
    blocks.map(|rest| rest.split_once("\n```").unwrap().0.to_owned()).collect()
}

/// Somebody with files at home, and a shell to try the program in.
struct Newcomer {
    drive: Drive,
    terminal: Terminal,
}

impl Newcomer {
    fn new() -> Self {
        let drive = Drive::without_vault();
        drive.write("bin/cargo", CARGO);
        fs::set_permissions(drive.path("bin/cargo"), PermissionsExt::from_mode(0o755)).unwrap();
        symlink(env!("CARGO_BIN_EXE_sealwood"), drive.path("bin/built")).unwrap();
        Self { drive, terminal: Terminal::new() }
    }

    /// Runs the lines, each of which must succeed, and returns what is on the screen.
    fn run(&mut self, lines: &str) -> String {
        let home = self.drive.path(".").canonicalize().unwrap();
        let path = std::env::var("PATH").unwrap();
        let mut shell = Command::new("bash");
        shell.args(["-e", "-o", "pipefail", "-c", &format!("{lines}\necho '[done]'")]);
        shell.current_dir(&home).env("HOME", &home);
        shell.env("PATH", format!("{}:{path}", self.drive.path("bin").display()));
        let mut child = self.terminal.start(&shell);
        let mut screen = String::new();
        loop {
            screen += &self.terminal.wait_for_any(&[
                "New passphrase: ",
                "The same again: ",
                "Passphrase: ",
                "[done]",
                "sealwood: ",
                "not found",
            ]);
            if !screen.ends_with(": ") || screen.ends_with("sealwood: ") {
                break;
            }
            self.terminal.keys("a pass phrase\n");
        }
        assert!(screen.ends_with("[done]"), "{screen}");
        assert!(child.wait().unwrap().success(), "{screen}");
        screen
    }
}

#[test]
fn the_first_steps_of_the_program_run() {
    let mut newcomer = Newcomer::new();
    newcomer.drive.write("photos/2024/one.jpg", noise(1, 300_000));
    newcomer.drive.write("photos/two.jpg", noise(2, 3_000));
    newcomer.drive.write("notes/note.txt", "a note");
    let steps = blocks("examples/cli/README.md", "sh");
    assert_eq!(steps.len(), 1);
    let screen = newcomer.run(&steps[0]);
    assert!(screen.contains("24 words"), "{screen}");
    assert!(screen.contains("└── two.jpg"), "{screen}");
    assert!(screen.contains("ustar"), "the head of an archive: {screen}");
    let restored = files_below(&newcomer.drive.path("restored"));
    assert!(restored == [("2024/one.jpg".into(), noise(1, 300_000))], "{screen}");
}

#[test]
fn the_engine_by_itself_runs() {
    let mut newcomer = Newcomer::new();
    let steps = blocks("examples/cli/README.md", "console");
    assert_eq!(steps.len(), 1);
    let lines: Vec<_> = steps[0].lines().map(|line| line.strip_prefix("$ ").unwrap()).collect();
    let screen = newcomer.run(&format!("ln -s built bin/sealwood\n{}", lines.join("\n")));
    assert!(screen.contains("hello"), "{screen}");
    assert!(screen.contains("default: same hash"), "{screen}");
    assert!(screen.contains("1 row, as they were counted"), "{screen}");
}

#[test]
fn the_drive_of_the_first_page_runs() {
    let mut newcomer = Newcomer::new();
    newcomer.drive.write("Pictures/one.jpg", noise(1, 300_000));
    // The chores of a clone are not run: one of them is this test.
    let chores = |block: &String| block.lines().all(|line| line.starts_with("$ cargo xtask "));
    let mut steps = blocks("README.md", "console");
    steps.retain(|block| !chores(block));
    assert_eq!(steps.len(), 2);
    let lines: Vec<_> = steps.iter().flat_map(|block| block.lines()).collect();
    let lines: Vec<_> = lines.iter().map(|line| line.strip_prefix("$ ").unwrap()).collect();
    let screen = newcomer.run(&lines.join("\n"));
    assert!(screen.contains("24 words"), "{screen}");
    assert!(screen.contains("one.jpg"), "{screen}");
    let back = files_below(&newcomer.drive.path("back"));
    assert!(back == [("one.jpg".into(), noise(1, 300_000))], "{screen}");
}
