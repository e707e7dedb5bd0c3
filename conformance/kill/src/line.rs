//! What a victim says, a line each, before it does something and after.

use std::fmt;
use std::io::{self, Write};
use std::str::FromStr;

/// What became of an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It was done, and acknowledged as durably as it was asked for.
    Done,
    /// It was refused and has changed nothing.
    Nothing,
    /// Nobody can say: a session lost its store while it committed. It was done whole, or not at
    /// all.
    Unknown,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Line {
    /// A thread begins its operation of this number, at a time in milliseconds since 1970.
    Begin { thread: usize, number: u64, now_ms: u64 },
    /// It has ended.
    End { thread: usize, number: u64, answer: Answer },
    /// Something that must not happen has happened.
    Problem(String),
}

/// Says a line. A victim whose conductor is gone has nobody to work for.
pub(crate) fn say(line: &Line) {
    let text = format!("{line}\n");
    let mut out = io::stdout().lock();
    if out.write_all(text.as_bytes()).and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Line::Begin { thread, number, now_ms } => write!(f, "begin {thread} {number} {now_ms}"),
            Line::End { thread, number, answer: Answer::Done } => {
                write!(f, "done {thread} {number}")
            }
            Line::End { thread, number, answer: Answer::Nothing } => {
                write!(f, "nothing {thread} {number}")
            }
            Line::End { thread, number, answer: Answer::Unknown } => {
                write!(f, "unknown {thread} {number}")
            }
            Line::Problem(text) => write!(f, "problem {}", text.replace('\n', " ")),
        }
    }
}

impl FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("no line of a victim: {text:?}");
        let (word, rest) = text.split_once(' ').ok_or_else(wrong)?;
        if word == "problem" {
            return Ok(Line::Problem(rest.to_owned()));
        }
        let numbers: Result<Vec<u64>, _> = rest.split(' ').map(str::parse).collect();
        let end =
            |thread: u64, number, answer| Line::End { thread: thread as usize, number, answer };
        match (word, &numbers.map_err(|_| wrong())?[..]) {
            ("begin", &[thread, number, now_ms]) => {
                Ok(Line::Begin { thread: thread as usize, number, now_ms })
            }
            ("done", &[thread, number]) => Ok(end(thread, number, Answer::Done)),
            ("nothing", &[thread, number]) => Ok(end(thread, number, Answer::Nothing)),
            ("unknown", &[thread, number]) => Ok(end(thread, number, Answer::Unknown)),
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_as_it_was_said() {
        for line in [
            Line::Begin { thread: 1, number: 2, now_ms: 3 },
            Line::End { thread: 1, number: 2, answer: Answer::Done },
            Line::End { thread: 1, number: 2, answer: Answer::Nothing },
            Line::End { thread: 1, number: 2, answer: Answer::Unknown },
            Line::Problem("it is gone".to_owned()),
        ] {
            assert_eq!(line.to_string().parse(), Ok(line));
        }
        assert!("begin 1".parse::<Line>().is_err());
    }
}
