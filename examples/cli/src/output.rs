//! Everything that is printed: text for people or JSON for programs, progress, and problems.
//!
//! Either stream can be full, or closed by whoever read it. No note and no problem that cannot be
//! told ends the work: the exit code is left to tell. What becomes of results that nobody takes
//! depends on the command ([`Results`]).

use std::cell::{Cell, RefCell};
use std::fmt::Display;
use std::io::{self, IsTerminal, StdoutLock, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
#[cfg(unix)]
use rustix::fs::OFlags;
use sealwood::{OnProgress, Progress};
use serde::Serialize;
use serde_json::json;

use crate::failure::{DAMAGED, DIFFERS, Failure, PARTLY_DONE, Result};
use crate::global::Global;
use crate::printable::{printable, printable_lines};
use crate::record::Totals;

/// What the results it prints are to a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Results {
    /// All it is for: it ends when they cannot be printed.
    Purpose,
    /// An account of the changes it makes: those go on, and that it is not whole is told at the
    /// end.
    Account,
}

/// Where a command's results go.
pub(crate) struct Output {
    is_json: bool,
    is_quiet: bool,
    is_terminal: bool,
    results: Results,
    out: RefCell<io::BufWriter<StdoutLock<'static>>>,
    /// Why results are not printed any more.
    unprinted: RefCell<Option<Failure>>,
    /// The exit code of the problems so far.
    problem: Cell<Option<u8>>,
    /// What is drawn where notes and problems go.
    bar: RefCell<ProgressBar>,
}

impl Output {
    pub(crate) fn new(options: &Global, results: Results) -> Self {
        let stdout = io::stdout();
        Self {
            is_json: options.json,
            is_quiet: options.quiet,
            is_terminal: stdout.is_terminal(),
            results,
            out: RefCell::new(io::BufWriter::with_capacity(64 * 1024, stdout.lock())),
            unprinted: RefCell::new(None),
            problem: Cell::new(None),
            bar: RefCell::new(ProgressBar::hidden()),
        }
    }

    /// For a command line that could not be read.
    pub(crate) fn json() -> Self {
        Self {
            is_json: true,
            is_quiet: true,
            is_terminal: false,
            results: Results::Purpose,
            out: RefCell::new(io::BufWriter::new(io::stdout().lock())),
            unprinted: RefCell::new(None),
            problem: Cell::new(None),
            bar: RefCell::new(ProgressBar::hidden()),
        }
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
        self.write(|out| out.write_all(bytes))
    }

    /// Prints what was done in all. If that is a part, the exit code says so, or that stored data
    /// is damaged.
    pub(crate) fn sum_up(&self, totals: &Totals) -> Result<()> {
        if totals.is_part() && self.problem.get() != Some(DAMAGED) {
            self.problem.set(Some(PARTLY_DONE));
        }
        self.record(totals)?;
        self.note(totals);
        Ok(())
    }

    /// Tells people something beside the results.
    pub(crate) fn note(&self, text: impl Display) {
        if !self.is_json && !self.is_quiet {
            self.complain(&printable_lines(&text.to_string()));
        }
    }

    /// Fails if [`hand_out`](Self::hand_out) would succeed in vain: where standard error is the
    /// null device, which takes the place of one that was closed, or was opened to be read only,
    /// of which the standard library says that all was written.
    pub(crate) fn expect_kept(&self) -> Result<()> {
        #[cfg(unix)]
        if is_null_device(&io::stderr()) || !can(&io::stderr(), OFlags::WRONLY) {
            return Err(Failure::LocalRefused {
                code: "local-closed",
                reason: "the recovery words would be lost here: --phrase-out FILE keeps them",
                path: "standard error".into(),
            });
        }
        Ok(())
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

    /// Reports the failure that ends the command, and decides its exit code.
    pub(crate) fn end(&self, failure: &Failure) {
        self.problem.set(Some(failure.exit_code()));
        self.tell(failure);
    }

    /// Reports a failure that the command goes on after. The first one decides the exit code if
    /// nothing was done, but for damage, which does wherever it is met.
    pub(crate) fn problem(&self, failure: &Failure) {
        let code = failure.exit_code();
        if self.problem.get().is_none() || code == DAMAGED {
            self.problem.set(Some(code));
        }
        self.tell(failure);
    }

    /// Has the exit code say that what was compared differs, unless something failed.
    pub(crate) fn differs(&self) {
        if self.problem.get().is_none() {
            self.problem.set(Some(DIFFERS));
        }
    }

    fn tell(&self, failure: &Failure) {
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
        self.complain(&line);
    }

    /// A line on standard error, above a bar. Where that is closed or full the exit code is left to
    /// tell.
    fn complain(&self, line: &str) {
        self.bar.borrow().suspend(|| drop(writeln!(io::stderr(), "{line}")));
    }

    /// Hands on what was printed. Fails if not all of it could be.
    pub(crate) fn finish(&self) -> Result<()> {
        self.write(|out| out.flush())?;
        self.unprinted.take().map_or(Ok(()), Err)
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
        self.shown(|| ProgressBar::new(total).with_style(style(BAR)))
    }

    /// A count of bytes of which nobody knows how many there will be.
    pub(crate) fn counter(&self) -> Meter {
        self.shown(|| ProgressBar::no_length().with_style(style(COUNTER)))
    }

    /// The same for [`bytes`](Self::bytes); not where those go to the terminal themselves.
    pub(crate) fn counter_beside_bytes(&self) -> Meter {
        if self.is_terminal { Meter(ProgressBar::hidden()) } else { self.counter() }
    }

    /// A sign that work goes on of which nobody knows how much there is.
    pub(crate) fn working(&self, at: &'static str) -> Meter {
        let meter = self.shown(|| ProgressBar::no_length().with_style(style(WORKING)));
        meter.0.set_message(at);
        meter.0.enable_steady_tick(TICK);
        meter
    }

    fn shown(&self, bar: impl FnOnce() -> ProgressBar) -> Meter {
        let bar = if self.shows_progress() { bar() } else { ProgressBar::hidden() };
        let bar = bar.with_finish(ProgressFinish::AndClear);
        self.bar.replace(bar.clone());
        Meter(bar)
    }

    fn write(&self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        if self.unprinted.borrow().is_some() {
            return Ok(());
        }
        let mut out = self.out.borrow_mut();
        // Whoever reads an account as it is given knows by it what is done.
        let is_awaited = self.is_terminal || self.results == Results::Account;
        let print = || {
            write(&mut *out)?;
            if is_awaited { out.flush() } else { Ok(()) }
        };
        // A bar is in the way where both go to one terminal.
        let written = if self.is_terminal { self.bar.borrow().suspend(print) } else { print() };
        match (written.map_err(output_failed), self.results) {
            (Err(failure), Results::Account) => {
                *self.unprinted.borrow_mut() = Some(failure);
                Ok(())
            }
            (written, _) => written,
        }
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
    pub(crate) fn progress(&self) -> impl OnProgress + use<> {
        let bar = self.0.clone();
        let seen = AtomicU64::new(0);
        move |progress: Progress| {
            let before = seen.swap(progress.done, Ordering::Relaxed);
            bar.inc(progress.done.saturating_sub(before));
        }
    }

    /// Counts so many bytes.
    pub(crate) fn add(&self, bytes: u64) {
        self.0.inc(bytes);
    }

    /// Removes the bar.
    pub(crate) fn clear(&self) {
        self.0.finish_and_clear();
    }
}

const BAR: &str = "{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta} {wide_msg}";
const COUNTER: &str = "{spinner} {bytes} {bytes_per_sec} {wide_msg}";
const WORKING: &str = "{spinner} {elapsed} {wide_msg}";

/// How often a sign of work moves.
const TICK: Duration = Duration::from_millis(100);

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Fails if standard input was closed: it is the null device then, open for both ways, and would
/// pass for a source that is empty.
pub(crate) fn expect_input() -> Result<()> {
    #[cfg(unix)]
    if is_null_device(&io::stdin()) && can(&io::stdin(), OFlags::WRONLY) {
        return Err(Failure::LocalRefused {
            code: "local-closed",
            reason: "it is closed",
            path: "standard input".into(),
        });
    }
    Ok(())
}

/// Whether `stream` was opened for `way`, or for both.
#[cfg(unix)]
fn can(stream: &impl std::os::fd::AsFd, way: OFlags) -> bool {
    rustix::fs::fcntl_getfl(stream)
        .is_ok_and(|flags| [way, OFlags::RDWR].contains(&(flags & OFlags::RWMODE)))
}

#[cfg(unix)]
fn is_null_device(stream: &impl std::os::fd::AsFd) -> bool {
    use std::os::unix::fs::{FileTypeExt, MetadataExt};

    let Ok(stream) = stream.as_fd().try_clone_to_owned() else { return false };
    let device = |known: io::Result<std::fs::Metadata>| {
        known.ok().filter(|known| known.file_type().is_char_device()).map(|known| known.rdev())
    };
    let stream = device(std::fs::File::from(stream).metadata());
    stream.is_some() && stream == device(std::fs::metadata("/dev/null"))
}

fn output_failed(error: io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::BrokenPipe => Failure::ReaderGone,
        _ => Failure::Local { error, path: "standard output".into() },
    }
}
