//! Running many scenarios and saying how they went.

use std::io::{self, Write};

use crate::file::Scenario;
use crate::run::run;

/// How many scenarios did what they say.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Report {
    /// Those that did.
    pub passed: u64,
    /// Those that did not.
    pub failed: u64,
}

impl Report {
    /// Runs a scenario and writes a line if it fails.
    pub fn add(&mut self, scenario: &Scenario, out: &mut impl Write) -> io::Result<()> {
        match run(scenario) {
            Ok(()) => self.passed += 1,
            Err(failure) => {
                self.failed += 1;
                writeln!(out, "failed: {}: {failure}", scenario.name)?;
            }
        }
        Ok(())
    }

    /// Writes the counts.
    pub fn finish(self, out: &mut impl Write) -> io::Result<()> {
        let word = if self.failed == 0 { "ok" } else { "FAILED" };
        let Self { passed, failed } = self;
        writeln!(out, "test result: {word}. {passed} passed; {failed} failed; 0 ignored")
    }
}
