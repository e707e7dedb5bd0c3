//! Everything that is printed: text for people or JSON for programs, progress, and problems.

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::io::{self, IsTerminal, StdoutLock, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use indicatif::{ProgressBar, ProgressStyle};
use sealwood::{OnProgress, Progress};
use serde::Serialize;
use serde_json::json;

use crate::arguments::Global;
use crate::failure::{Failure, Result};
use crate::printable::{printable, printable_lines};

/// Where a command's results go.
pub(crate) struct Output {
    is_json: bool,
    is_quiet: bool,
    is_terminal: bool,
    out: RefCell<io::BufWriter<StdoutLock<'static>>>,
    /// The exit code of the first problem.
    problem: Cell<Option<u8>>,
}

impl Output {
    pub(crate) fn new(options: &Global) -> Self {
        let stdout = io::stdout();
        Self {
            is_json: options.json,
            is_quiet: options.quiet,
            is_terminal: stdout.is_terminal(),
            out: RefCell::new(io::BufWriter::with_capacity(64 * 1024, stdout.lock())),
            problem: Cell::new(None),
        }
    }

    /// For a command line that could not be read.
    pub(crate) fn json() -> Self {
        Self {
            is_json: true,
            is_quiet: true,
            is_terminal: false,
            out: RefCell::new(io::BufWriter::new(io::stdout().lock())),
            problem: Cell::new(None),
        }
    }

    /// Hands on the results so far, to whoever waits for them.
    pub(crate) fn flush(&self) -> Result<()> {
        self.write(|out| out.flush())
    }

    /// Prints a result, as text or as a line of JSON.
    pub(crate) fn emit(&self, result: &(impl Serialize + Display)) -> Result<()> {
        if self.is_json { self.record(result) } else { self.text(result) }
    }

    /// Prints a line for people; nothing in JSON.
    pub(crate) fn text(&self, line: impl Display) -> Result<()> {
        if self.is_json {
            return Ok(());
        }
        let line = line.to_string();
        self.write(|out| writeln!(out, "{}", printable_lines(&line)))
    }

    /// Prints a line of JSON; nothing for people.
    pub(crate) fn record(&self, value: &impl Serialize) -> Result<()> {
        if !self.is_json {
            return Ok(());
        }
        self.write(|out| {
            serde_json::to_writer(&mut *out, value)?;
            out.write_all(b"\n")
        })
    }

    /// Writes the content of a file.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<()> {
        self.out.borrow_mut().write_all(bytes).map_err(output_failed)
    }

    /// Tells people something beside the results.
    pub(crate) fn note(&self, text: impl Display) {
        if !self.is_json && !self.is_quiet {
            complain(&printable_lines(&text.to_string()));
        }
    }

    /// Tells people or programs what they must have seen before the work goes on. Fails if it
    /// cannot be told.
    pub(crate) fn hand_out(&self, text: &str, value: &impl Serialize) -> Result<()> {
        let mut err = io::stderr().lock();
        let written = if self.is_json {
            serde_json::to_writer(&mut err, value).map_err(Into::into)
        } else {
            err.write_all(text.as_bytes())
        };
        written
            .and_then(|()| err.write_all(b"\n"))
            .and_then(|()| err.flush())
            .map_err(|error| Failure::local(Path::new("standard error"), error))
    }

    /// Reports a failure. The first one decides the exit code.
    pub(crate) fn problem(&self, failure: &Failure) {
        if self.problem.get().is_none() {
            self.problem.set(Some(failure.exit_code()));
        }
        // The results so far come first where both go to one terminal.
        let _ = self.out.borrow_mut().flush();
        let (code, message) = (failure.code(), failure.to_string());
        let line = match failure.path() {
            path if self.is_json => {
                json!({"error": {"code": code, "message": message, "path": path}}).to_string()
            }
            Some(path) => {
                format!("sealwood: {}: {} [{code}]", printable(&path), printable(&message))
            }
            None => format!("sealwood: {} [{code}]", printable(&message)),
        };
        complain(&line);
    }

    /// Hands on what was printed.
    pub(crate) fn finish(&self) -> Result<()> {
        self.out.borrow_mut().flush().map_err(output_failed)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.problem.get().unwrap_or(0))
    }

    /// Whether somebody looks at progress.
    pub(crate) fn shows_progress(&self) -> bool {
        !self.is_json && !self.is_quiet && io::stderr().is_terminal()
    }

    /// A bar over `total` bytes, shown if somebody looks.
    pub(crate) fn meter(&self, total: u64) -> Meter {
        let bar = if self.shows_progress() {
            ProgressBar::new(total).with_style(bar_style())
        } else {
            ProgressBar::hidden()
        };
        Meter(bar)
    }

    fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let mut out = self.out.borrow_mut();
        write(&mut *out).map_err(output_failed)?;
        if self.is_terminal { out.flush().map_err(output_failed) } else { Ok(()) }
    }
}

/// The progress of a command over all its files.
#[derive(Clone)]
pub(crate) struct Meter(ProgressBar);

impl Meter {
    /// Says which file is at work.
    pub(crate) fn name(&self, name: &str) {
        self.0.set_message(printable(name).into_owned());
    }

    /// Counts what one call on a vault does.
    pub(crate) fn progress(&self) -> Arc<dyn OnProgress> {
        let bar = self.0.clone();
        let seen = AtomicU64::new(0);
        Arc::new(move |progress: Progress| {
            let before = seen.swap(progress.done, Ordering::Relaxed);
            bar.inc(progress.done.saturating_sub(before));
        })
    }

    /// Removes the bar.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

/// A line on standard error. Where that is closed or full the exit code is left to tell.
fn complain(line: &str) {
    drop(writeln!(io::stderr(), "{line}"));
}

fn bar_style() -> ProgressStyle {
    let template = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} {wide_msg}";
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

fn output_failed(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::Local { error, path: "standard output".into() },
    }
}
