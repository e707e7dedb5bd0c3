//! A passphrase asked for at the terminal, which does not show it.

#[cfg(not(unix))]
mod console;
#[cfg(unix)]
mod tty;

#[cfg(not(unix))]
pub(crate) use console::Terminal;
#[cfg(unix)]
pub(crate) use tty::Terminal;
