//! `sealwood`: an end-to-end encrypted drive on the command line.
//!
//! Each command is a file of `command`; what they share lies beside it. Everything a command does
//! to a vault goes through the calls any app has.

// Those panic where a stream is full or closed; `output` does not.
#![deny(clippy::print_stderr, clippy::print_stdout)]

mod address;
mod arguments;
mod bytes_text;
mod clock_note;
mod command;
mod context;
mod failure;
mod gate;
mod global;
mod interrupt;
mod local;
mod output;
mod place;
mod placement;
mod printable;
mod probe_memory;
mod prompt;
mod record;
mod secrets;
mod state_folder;
mod stream;
mod untypable;
mod upload;
mod vault_argument;
mod walk;

use std::borrow::Cow;
use std::io::{ErrorKind, Write};
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::Output;
use crate::printable::printable_lines;

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(error) => return refused_arguments(&error),
    };
    let context = Context::new(arguments.global, arguments.command.results());
    let outcome = futures_lite::future::block_on(arguments.command.run(&context));
    match outcome.and_then(|()| context.output.finish()) {
        // Whoever read our output has seen enough, as in `sealwood ls | head`.
        Ok(()) | Err(Failure::ReaderGone) => {}
        Err(failure) => context.output.end(&failure),
    }
    context.output.exit_code()
}

/// Help and version are no failures; anything else is reported in the way the user asked for.
fn refused_arguments(error: &clap::Error) -> ExitCode {
    if error.use_stderr() && std::env::args_os().any(|argument| argument == "--json") {
        let text = error.to_string();
        let first = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let output = Output::json();
        output.end(&Failure::Usage(first.to_owned()));
        return output.exit_code();
    }
    // It may quote an argument, which a shell may have made of a file's name.
    let text = error.to_string();
    let printed = match printable_lines(&text) {
        Cow::Borrowed(_) => error.print(),
        Cow::Owned(escaped) => std::io::stderr().write_all(escaped.as_bytes()),
    };
    match printed {
        // Help that nobody could get; whoever closed a pipe has seen enough.
        Err(failed) if !error.use_stderr() && failed.kind() != ErrorKind::BrokenPipe => {
            ExitCode::FAILURE
        }
        _ => ExitCode::from(error.exit_code().try_into().unwrap_or(2)),
    }
}
