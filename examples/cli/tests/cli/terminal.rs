//! A terminal to run programs at, with somebody who reads and types.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

/// After so long without a word a program hangs.
const SILENCE_S: i64 = 120;

pub(crate) struct Terminal {
    /// The side of the person.
    person: File,
    /// The side of the programs, open so that the terminal stays as they leave it.
    programs: File,
    screen: String,
}

impl Terminal {
    pub(crate) fn new() -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let name = ptsname(&person, Vec::new()).unwrap();
        let programs = File::options().read(true).write(true).open(name.to_str().unwrap()).unwrap();
        Self { person: person.into(), programs, screen: String::new() }
    }

    /// Starts a command whose terminal this is, with all three streams at it.
    pub(crate) fn start(&self, command: &Command) -> Child {
        let mut session = Command::new("setsid");
        session.args(["--ctty", "--wait"]).arg(command.get_program()).args(command.get_args());
        session.current_dir(command.get_current_dir().unwrap());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => session.env(name, value),
                None => session.env_remove(name),
            };
        }
        let stream = || self.programs.try_clone().unwrap();
        session.stdin(stream()).stdout(stream()).stderr(stream()).spawn().unwrap()
    }

    /// Reads until `text` is on the screen, and takes it away with all before it.
    pub(crate) fn wait_for(&mut self, text: &str) -> String {
        self.wait_for_any(&[text])
    }

    /// The same for the first of several texts.
    pub(crate) fn wait_for_any(&mut self, texts: &[&str]) -> String {
        loop {
            let found = texts.iter().filter_map(|text| Some(self.screen.find(text)? + text.len()));
            if let Some(end) = found.min() {
                return self.screen.drain(..end).collect();
            }
            let timeout = Timespec { tv_sec: SILENCE_S, tv_nsec: 0 };
            let mut ready = [PollFd::new(&self.person, PollFlags::IN)];
            let count = poll(&mut ready, Some(&timeout)).unwrap();
            assert_eq!(count, 1, "none of {texts:?}: {:?}", self.screen);
            let mut bytes = [0; 4096];
            let count = self.person.read(&mut bytes).unwrap();
            self.screen.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }

    /// Types keys; `\x03` is Ctrl-C.
    pub(crate) fn keys(&mut self, keys: &str) {
        self.person.write_all(keys.as_bytes()).unwrap();
    }

    /// Whether what is typed is shown, line by line, as at first.
    pub(crate) fn is_as_it_was(&self) -> bool {
        let modes = tcgetattr(&self.programs).unwrap().local_modes;
        modes.contains(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG)
    }

    pub(crate) fn hides_typing(&self) -> bool {
        !tcgetattr(&self.programs).unwrap().local_modes.contains(LocalModes::ECHO)
    }
}
