//! The console of Windows.

use std::io;

use zeroize::Zeroizing;

/// The console that the program was started at.
pub(crate) struct Terminal;

impl Terminal {
    /// Returns the console; whether there is one shows when it is asked.
    pub(crate) fn open() -> io::Result<Self> {
        Ok(Self)
    }

    /// Asks for a line.
    pub(crate) fn ask(&mut self, prompt: &str) -> io::Result<Zeroizing<String>> {
        rpassword::prompt_password(prompt).map(Zeroizing::new)
    }
}
