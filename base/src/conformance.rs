//! What the suites of contracts share: checks whose failures say what was tried, and the promise
//! that does not hold.

use std::fmt::{Debug, Display, Formatter};
use std::io;

/// Nothing, or what went wrong.
pub type Outcome<T = ()> = Result<T, String>;

/// The promises of one contract.
pub trait Promises: Debug {
    /// What is held to them, as in "the disk".
    const SUBJECT: &'static str;
}

/// A promise that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation<P> {
    /// The promise.
    pub promise: P,
    /// What was tried, what was expected and what came.
    pub detail: String,
}

impl<P: Promises> Display for Violation<P> {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let Self { promise, detail } = self;
        write!(f, "{} breaks the promise {promise:?}: {detail}", P::SUBJECT)
    }
}

impl<P: Promises> std::error::Error for Violation<P> {}

/// An error of what is tried.
pub trait Refusal: Display {
    /// What tells it from others.
    type Kind: PartialEq + Display;

    /// Which error it is.
    fn which(&self) -> Self::Kind;
}

impl Refusal for io::Error {
    type Kind = io::ErrorKind;

    fn which(&self) -> io::ErrorKind {
        self.kind()
    }
}

/// Fails, and says why, unless `holds`.
pub fn expect(holds: bool, otherwise: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(otherwise()) }
}

/// Fails unless `what` was found to be what it should.
pub fn equal<T: PartialEq + Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    expect(found == expected, || format!("{what} is {found:?}, expected {expected:?}"))
}

/// Fails unless `what` succeeded, and returns what it gave.
pub fn ok<T, E: Refusal>(what: &str, outcome: Result<T, E>) -> Outcome<T> {
    outcome.map_err(|error| format!("{what} failed with {} ({error})", error.which()))
}

/// Fails unless `what` failed with the error `expected`.
pub fn fails<T, E: Refusal>(what: &str, outcome: Result<T, E>, expected: E::Kind) -> Outcome {
    match outcome {
        Ok(_) => Err(format!("{what} succeeded, expected {expected}")),
        Err(error) if error.which() == expected => Ok(()),
        Err(error) => {
            Err(format!("{what} failed with {} ({error}), expected {expected}", error.which()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::ErrorKind::{NotFound, PermissionDenied};

    #[test]
    fn only_the_expected_error_passes() {
        let denied = || Err::<(), _>(io::Error::from(PermissionDenied));
        assert_eq!(fails("a read", denied(), PermissionDenied), Ok(()));
        let other = fails("a read", denied(), NotFound);
        let expected = "a read failed with permission denied (permission denied), \
                        expected entity not found";
        assert_eq!(other, Err(expected.to_owned()));
        let succeeded = fails("a read", io::Result::Ok(()), NotFound);
        assert_eq!(succeeded, Err("a read succeeded, expected entity not found".to_owned()));
        assert_eq!(ok("a read", io::Result::Ok(7)), Ok(7));
        assert!(ok("a read", denied()).is_err());
    }

    #[test]
    fn what_differs_is_told() {
        assert_eq!(equal("a size", &1, &1), Ok(()));
        assert_eq!(equal("a size", &1, &2), Err("a size is 1, expected 2".to_owned()));
    }
}
