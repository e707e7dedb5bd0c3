//! One signal ends the program, whatever it waits for.

#![cfg(unix)]

use std::fs::{self, File};
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::bucket::{Bucket, Mood};
use crate::drive::{Drive, Ran, noise};

/// `O_NONBLOCK`: opening a pipe to write fails while nobody opens it to read.
const NONBLOCK: i32 = if cfg!(target_os = "linux") { 0o4000 } else { 4 };

#[test]
fn a_file_that_is_never_answered_for_is_given_up() {
    for signal in ["-TERM", "-INT"] {
        let drive = Drive::without_vault();
        let bucket = Bucket::new(Mood::Works);
        let made =
            Ran::of(bucket.give_to(&mut drive.command()).args(["--secret-file", "secret", "init"]));
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        // The first files wait for the bucket, and what comes after them is not open yet.
        for file in 0..8 {
            drive.write(&format!("in/{file}"), noise(file, 200_000));
        }
        drive.write("in/z", "a file when it is found");
        let (pipe, place) = (drive.path("pipe"), drive.path("in/z"));
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let waiting = pipe.clone();
        bucket.on_put(move |_| {
            // The first one only: then it is there.
            drop(fs::rename(&waiting, &place));
        });
        let mut command = drive.command();
        bucket.give_to(&mut command).args(["--secret-file", "secret", "put", "in", "/"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        // It waits for a pipe that nobody writes to, and then for bytes that nobody writes.
        let _writer = loop {
            let opened =
                File::options().write(true).custom_flags(NONBLOCK).open(drive.path("in/z"));
            match opened {
                // Before the pipe took the place, this was the file.
                Ok(file) if is_pipe(&file) => break file,
                _ => thread::yield_now(),
            }
        };
        let id = child.id().to_string();
        let send = |signal: &str| Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(send(signal).success());
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(child.wait_with_output().unwrap()));
        let output = receiver.recv_timeout(Duration::from_secs(120)).unwrap_or_else(|_| {
            send("-KILL");
            panic!("{signal} does not end it");
        });
        assert_eq!(output.status.code(), Some(130));
        assert!(String::from_utf8(output.stderr).unwrap().contains("[cancelled]"));
    }
}

fn is_pipe(file: &File) -> bool {
    use std::os::unix::fs::FileTypeExt;
    file.metadata().unwrap().file_type().is_fifo()
}
