//! What happens to one row.

/// What a row has for a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Value<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// A value that a name stands for, such as the hash under which it is stored apart. It makes
    /// another element than its bytes do, and than the bytes of its name.
    Named {
        /// The length of the value itself, below 2^63.
        bytes: u64,
        /// Its name.
        name: &'a [u8],
    },
}

/// A row before and after a change, and which row it is. What was there before must be exactly what
/// was counted: the hash cannot tell.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Change<'a> {
    /// The key of the row.
    pub key: &'a [u8],
    /// Its value until now, `None` if there was no such row.
    pub before: Option<Value<'a>>,
    /// Its value from now on, `None` if there is no such row any more.
    pub after: Option<Value<'a>>,
}

impl<'a> Change<'a> {
    /// Returns the change that makes a row.
    pub fn added(key: &'a [u8], value: impl Into<Value<'a>>) -> Self {
        Self { key, before: None, after: Some(value.into()) }
    }

    /// Returns the change that gives a row another value.
    pub fn replaced(
        key: &'a [u8],
        before: impl Into<Value<'a>>,
        after: impl Into<Value<'a>>,
    ) -> Self {
        Self { key, before: Some(before.into()), after: Some(after.into()) }
    }

    /// Returns the change that ends a row.
    pub fn removed(key: &'a [u8], value: impl Into<Value<'a>>) -> Self {
        Self { key, before: Some(value.into()), after: None }
    }
}

impl Value<'_> {
    /// Returns the length of the value itself, in bytes.
    pub fn length(&self) -> u64 {
        match *self {
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Named { bytes, .. } => bytes,
        }
    }
}

impl<'a, T: AsRef<[u8]> + ?Sized> From<&'a T> for Value<'a> {
    fn from(bytes: &'a T) -> Self {
        Self::Bytes(bytes.as_ref())
    }
}
