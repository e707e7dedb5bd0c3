//! Puts and the commits between them wait for each other in no order that has no end.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::drive::{Drive, Ran, noise};

/// Runs the program and ends it if it has not ended by itself in a time that is more than enough.
fn run_bounded(drive: &Drive, arguments: &[&str]) -> Ran {
    let mut command = drive.command();
    command.args(["--secret-file", "secret", "--json"]).args(arguments);
    command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let child = command.spawn().unwrap();
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output().unwrap()));
    let output = receiver.recv_timeout(Duration::from_secs(300)).unwrap_or_else(|_| {
        drop(std::process::Command::new("kill").args(["-KILL", &id.to_string()]).status());
        panic!("{arguments:?} never ends");
    });
    Ran {
        code: output.status.code(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// The last line, which has the sums.
fn totals(ran: &Ran) -> serde_json::Value {
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let text = std::str::from_utf8(&ran.stdout).unwrap();
    serde_json::from_str(text.lines().last().unwrap()).unwrap()
}

/// Each file in a folder of its own: every put over a put has a node of the vault to load, and
/// some are in the middle of it when a commit is due.
#[test]
fn folders_of_more_than_one_commit_are_put_over_themselves() {
    const FILES: u64 = 700;
    const BYTES: u64 = 100_000;
    for address in ["vault", "dir:vault"] {
        let drive = Drive::at(address);
        for file in 0..FILES {
            drive.write(&format!("in/{file}/f"), noise(file, BYTES as usize));
        }
        for _ in 0..3 {
            let put = totals(&run_bounded(&drive, &["put", "--ignore-times", "in", "/"]));
            assert_eq!((&put["files"], &put["bytes"]), (&FILES.into(), &(FILES * BYTES).into()));
            assert_eq!(put["failed"], 0);
        }
        assert_eq!(drive.entries().len() as u64, 2 * FILES + 1);
        for file in [0, FILES / 2, FILES - 1] {
            let read = drive.run(&["cat", &format!("in/{file}/f")]).stdout;
            assert!(read == noise(file, BYTES as usize), "{file}");
        }
    }
}
