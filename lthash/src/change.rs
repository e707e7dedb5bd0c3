//! What happens to one row.

/// A row before and after a change, and which row it is. What was there before must be exactly what
/// was counted: the hash cannot tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change<'a> {
    /// The key of the row.
    pub key: &'a [u8],
    /// Its value until now, `None` if there was no such row.
    pub before: Option<&'a [u8]>,
    /// Its value from now on, `None` if there is no such row any more.
    pub after: Option<&'a [u8]>,
}

impl<'a> Change<'a> {
    /// Returns the change that makes a row.
    pub fn added(key: &'a [u8], value: &'a [u8]) -> Self {
        Self { key, before: None, after: Some(value) }
    }

    /// Returns the change that gives a row another value.
    pub fn replaced(key: &'a [u8], before: &'a [u8], after: &'a [u8]) -> Self {
        Self { key, before: Some(before), after: Some(after) }
    }

    /// Returns the change that ends a row.
    pub fn removed(key: &'a [u8], value: &'a [u8]) -> Self {
        Self { key, before: Some(value), after: None }
    }
}
