//! What a test command says of the tests that failed, kept for the closing summary: of a log that
//! was cut, the end is left.

/// Lines kept of one failure.
const LINES_MAX: usize = 16;

/// Collects, out of the lines that a test command writes, those that tell of failures.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    told: Vec<String>,
    is_open: bool,
    lines: usize,
}

impl Failures {
    /// Takes the next line.
    pub(crate) fn line(&mut self, line: &str) {
        if tells_of_a_failure(line) {
            self.told.push(line.to_owned());
            (self.is_open, self.lines) = (true, 1);
        } else if ends_a_failure(line) || self.lines == LINES_MAX {
            self.is_open = false;
        } else if self.is_open
            && let Some(last) = self.told.last_mut()
        {
            self.lines += 1;
            *last += "\n";
            *last += line;
        }
    }

    /// A text per failure, in the order in which they were told.
    pub(crate) fn into_texts(self) -> Vec<String> {
        self.told
    }
}

/// How the runners of all languages begin: ours, Rust's with what the test printed, XCTest's,
/// Maven's, Flutter's.
fn tells_of_a_failure(line: &str) -> bool {
    line.starts_with("failed: ")
        || (line.starts_with("---- ") && line.ends_with(" stdout ----"))
        || (line.contains(".swift:") && line.contains(": error: "))
        || (line.starts_with("[ERROR]") && line.contains("<<< "))
        || line.ends_with(" [E]")
}

fn ends_a_failure(line: &str) -> bool {
    let starts = ["ok: ", "test ", "failures:", "-- ", "Test Case ", "[INFO]"];
    starts.iter().any(|start| line.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(output: &str) -> Vec<String> {
        let mut failures = Failures::default();
        output.lines().for_each(|line| failures.line(line));
        failures.into_texts()
    }

    #[test]
    fn what_follows_a_failure_is_kept_up_to_the_next_test() {
        let output = "ok: one (3 ms)\nfailed: two: Error: no\n    at a\n    at b\nok: three (1 ms)\n  x\n\
                      failed: four: why\nfailed: five: why\ntest result: FAILED. 2 passed; 3 failed";
        let expected = [
            "failed: two: Error: no\n    at a\n    at b",
            "failed: four: why",
            "failed: five: why",
        ];
        assert_eq!(told(output), expected);
    }

    #[test]
    fn what_a_test_in_rust_printed_is_kept() {
        let output = "test a ... FAILED\n\nfailures:\n\n---- a stdout ----\npanicked at x\nleft: 1\n\nfailures:\n    a";
        assert_eq!(told(output), ["---- a stdout ----\npanicked at x\nleft: 1\n"]);
    }

    #[test]
    fn failures_of_xctest_maven_and_flutter_are_told() {
        let swift =
            "/x/ATests.swift:12: error: ATests.testB : XCTAssertEqual failed\nTest Case 'x' failed";
        assert_eq!(told(swift).len(), 1);
        let maven = "[ERROR] sealwood.ATest.b -- Time elapsed: 0.1 s <<< FAILURE!\njava.lang.AssertionError\n[INFO] x";
        assert_eq!(told(maven).len(), 1);
        assert_eq!(told("00:02 +1 -1: a picture is opened [E]\n  Expected: 1").len(), 1);
    }

    #[test]
    fn a_failure_that_prints_without_end_is_cut() {
        let output = format!("failed: a: b\n{}", "more\n".repeat(1_000));
        assert_eq!(told(&output)[0].lines().count(), LINES_MAX);
    }
}
