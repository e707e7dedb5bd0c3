//! The terminal of a Unix process.
//!
//! The terminal edits the line, as it does for every program, and only does not show it. However
//! the program ends meanwhile, the terminal shows what is typed again: a thread hears of the
//! signals that end it, restores the terminal, and lets them. Ctrl-Z is no signal while a prompt
//! waits but ends the line, so that the terminal is restored before the program stops, and it is
//! asked again when it goes on.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use rustix::process::{Signal, getpgrp, kill_current_process_group};
use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetpgrp, tcsetattr,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use zeroize::Zeroizing;

/// The character that no key gives.
const DISABLED: u8 = if cfg!(target_vendor = "apple") { 0xff } else { 0 };
/// More than a terminal gives of a line.
const LINE_BYTES_MAX: usize = 8192;

/// The terminal that the process belongs to, whatever its streams are.
pub(crate) struct Terminal {
    tty: File,
    hidden: Arc<Hidden>,
}

impl Terminal {
    /// Opens the terminal. Fails if there is none.
    pub(crate) fn open() -> io::Result<Self> {
        let tty = File::options().read(true).write(true).open("/dev/tty")?;
        let hidden = Arc::new(Hidden { tty: tty.try_clone()?, before: Mutex::default() });
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM])?;
        let restores = Arc::clone(&hidden);
        thread::Builder::new().name("terminal".into()).spawn(move || {
            for signal in &mut signals {
                restores.end_by(signal);
            }
        })?;
        Ok(Self { tty, hidden })
    }

    /// Asks for a line. Fails with [`ErrorKind::UnexpectedEof`] if the input ends in its place.
    pub(crate) fn ask(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
        loop {
            let suspend = self.hidden.begin()?;
            let line = self.tty.write_all(prompt.as_bytes()).and_then(|()| self.line(suspend));
            self.hidden.end()?;
            match line? {
                Line::Whole(bytes) => {
                    let text = std::str::from_utf8(&bytes).map_err(|_| ErrorKind::InvalidData)?;
                    return Ok(Zeroizing::new(text.to_owned()));
                }
                Line::Suspended => {
                    self.tty.write_all(b"\n")?;
                    // Comes back when the program goes on; at once where nobody could let it.
                    kill_current_process_group(Signal::TSTP)?;
                }
            }
        }
    }

    fn line(&mut self, suspend: u8) -> io::Result<Line> {
        let mut line = Zeroizing::new(Vec::with_capacity(LINE_BYTES_MAX));
        let mut byte = Zeroizing::new([0]);
        loop {
            self.tty.read_exact(&mut *byte)?;
            match byte[0] {
                b'\n' => return Ok(Line::Whole(line)),
                byte if byte == suspend => return Ok(Line::Suspended),
                // Its bytes do not move, which would leave copies of them behind.
                _ if line.len() == LINE_BYTES_MAX => return Err(ErrorKind::FileTooLarge.into()),
                other => line.push(other),
            }
        }
    }
}

enum Line {
    Whole(Zeroizing<Vec<u8>>),
    Suspended,
}

/// A terminal that may not show what is typed.
struct Hidden {
    tty: File,
    /// How it was before, while it does not.
    before: Mutex<Option<Termios>>,
}

impl Hidden {
    /// Hides what is typed. Returns the character that stands for Ctrl-Z at the end of a line.
    fn begin(&self) -> io::Result<u8> {
        let shown = tcgetattr(&self.tty)?;
        // In the background the program stops here until the terminal is its own, and can be
        // ended meanwhile: nothing is locked.
        tcsetattr(&self.tty, OptionalActions::Now, &shown)?;
        let mut hidden = shown.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        // The end of the line is seen to be taken.
        hidden.local_modes.insert(LocalModes::ECHONL | LocalModes::ICANON | LocalModes::ISIG);
        let suspend = shown.special_codes[SpecialCodeIndex::VSUSP];
        hidden.special_codes[SpecialCodeIndex::VSUSP] = DISABLED;
        hidden.special_codes[SpecialCodeIndex::VEOL] = suspend;
        let mut before = self.before();
        tcsetattr(&self.tty, OptionalActions::Now, &hidden)?;
        *before = Some(shown);
        Ok(suspend)
    }

    fn end(&self) -> io::Result<()> {
        match self.before().take() {
            Some(shown) => Ok(tcsetattr(&self.tty, OptionalActions::Now, &shown)?),
            None => Ok(()),
        }
    }

    /// Ends the program as `signal` does, with the terminal as it was.
    fn end_by(&self, signal: i32) {
        let shown = self.before().take();
        let is_ours = tcgetpgrp(&self.tty).is_ok_and(|foreground| foreground == getpgrp());
        if let Some(shown) = shown.filter(|_| is_ours) {
            // The program ends, whether or not the terminal is still there.
            let _ = tcsetattr(&self.tty, OptionalActions::Now, &shown);
            let _ = (&self.tty).write_all(b"\n");
        }
        let _ = emulate_default_handler(signal);
    }

    fn before(&self) -> MutexGuard<'_, Option<Termios>> {
        self.before.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
