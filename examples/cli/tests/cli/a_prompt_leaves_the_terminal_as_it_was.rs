//! A passphrase is typed at a terminal that does not show it, and shows again what follows.

use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command};

use crate::drive::Drive;
use crate::terminal::Terminal;

/// A drive whose passphrase is "a pass phrase".
fn drive() -> Drive {
    let drive = Drive::without_vault();
    let made = drive.command().env("SEALWOOD_PASSPHRASE", "a pass phrase").arg("init").output();
    assert!(made.unwrap().status.success());
    drive
}

/// The signal that a child ended by, also where `setsid` had to wait for it.
fn signal_of(child: &mut Child) -> Option<i32> {
    let status = child.wait().unwrap();
    status.signal().or(status.code().map(|code| code - 128))
}

fn with(mut command: Command, arguments: &[&str]) -> Command {
    command.args(arguments);
    command
}

#[test]
fn a_passphrase_is_typed_and_not_shown() {
    let drive = drive();
    let mut terminal = Terminal::new();
    let mut child = terminal.start(&with(drive.command(), &["mkdir", "d"]));
    terminal.wait_for("Passphrase: ");
    assert!(terminal.hides_typing());
    // With a character too many, taken back.
    terminal.keys("a pass phrasex\x7f\n");
    assert!(child.wait().unwrap().success());
    assert!(terminal.is_as_it_was());
    terminal.keys("shown\n");
    assert!(!terminal.wait_for("shown").contains("phrase"));
}

#[test]
fn a_new_passphrase_is_asked_for_twice() {
    let drive = Drive::without_vault();
    let mut terminal = Terminal::new();
    for (again, code, told) in [("b", 4, "[secret-refused]"), ("a", 0, "24 words")] {
        let mut child = terminal.start(&with(drive.command(), &["init"]));
        terminal.wait_for("New passphrase: ");
        terminal.keys("a\n");
        terminal.wait_for("The same again: ");
        terminal.keys(&format!("{again}\n"));
        terminal.wait_for(told);
        assert_eq!(child.wait().unwrap().code(), Some(code));
        assert!(terminal.is_as_it_was());
    }
}

#[test]
fn what_ends_the_program_restores_the_terminal() {
    let drive = drive();
    for (key, signal) in [("\x03", 2), ("\x1c", 3)] {
        let mut terminal = Terminal::new();
        let mut child = terminal.start(&with(drive.command(), &["ls"]));
        terminal.wait_for("Passphrase: ");
        terminal.keys(&format!("half{key}"));
        assert_eq!(signal_of(&mut child), Some(signal));
        assert!(terminal.is_as_it_was(), "{key:?}");
    }
    for (name, signal) in [("-HUP", 1), ("-TERM", 15)] {
        let mut terminal = Terminal::new();
        let mut child = terminal.start(&with(drive.command(), &["ls"]));
        terminal.wait_for("Passphrase: ");
        let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
        assert_eq!(signal_of(&mut child), Some(signal));
        assert!(terminal.is_as_it_was(), "{name}");
    }
}

#[test]
fn ctrl_d_gives_no_passphrase() {
    let drive = drive();
    for keys in ["\x04", "half\x04\x04"] {
        let mut terminal = Terminal::new();
        let mut child = terminal.start(&with(drive.command(), &["ls"]));
        terminal.wait_for("Passphrase: ");
        terminal.keys(keys);
        terminal.wait_for("no passphrase was given [secret-refused]");
        assert_eq!(child.wait().unwrap().code(), Some(4));
        assert!(terminal.is_as_it_was());
    }
}

/// With a shell that has jobs, as there is none to go on with otherwise.
#[test]
fn ctrl_z_gives_the_terminal_back_until_the_program_goes_on() {
    let drive = drive();
    let mut terminal = Terminal::new();
    let script = r#""$0" mkdir d; echo "[stopped $?]"; read key; fg; echo "[ended $?]""#;
    let mut shell = Command::new("bash");
    let program = drive.command();
    shell.args(["-m", "-c", script]).arg(program.get_program());
    shell.current_dir(program.get_current_dir().unwrap());
    for (name, value) in program.get_envs() {
        if let Some(value) = value {
            shell.env(name, value);
        }
    }
    let mut child = terminal.start(&shell);
    terminal.wait_for("Passphrase: ");
    terminal.keys("half\x1a");
    terminal.wait_for("[stopped 148]");
    assert!(terminal.is_as_it_was());
    terminal.keys("\n");
    terminal.wait_for("Passphrase: ");
    assert!(terminal.hides_typing());
    terminal.keys("a pass phrase\n");
    terminal.wait_for("[ended 0]");
    assert!(child.wait().unwrap().success());
    assert!(terminal.is_as_it_was());
    assert_eq!(drive_entries(&drive), b"d/\n");
}

fn drive_entries(drive: &Drive) -> Vec<u8> {
    let listed = drive.command().env("SEALWOOD_PASSPHRASE", "a pass phrase").arg("ls").output();
    listed.unwrap().stdout
}

#[test]
fn progress_without_an_end_claims_none() {
    let drive = Drive::new();
    drive.write("file", vec![7; 3 << 20]);
    let mut terminal = Terminal::new();
    let script = r#"cat file | "$0" --secret-file secret put - file; echo "[ended $?]""#;
    let mut shell = Command::new("sh");
    let program = drive.command();
    shell.args(["-c", script]).arg(program.get_program());
    shell.current_dir(program.get_current_dir().unwrap()).env("SEALWOOD_VAULT", "vault");
    let mut child = terminal.start(&shell);
    let screen = terminal.wait_for("[ended 0]");
    assert!(child.wait().unwrap().success());
    assert!(screen.contains(" MiB "), "{screen:?}");
    assert!(!screen.contains("/0 B"), "{screen:?}");
}
