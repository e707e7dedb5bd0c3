//! What of a value is hashed: the same wherever it lies.

use bytes::Bytes;
use sealwood_lthash::Value;

use super::Reader;
use super::rows::Held;
use crate::error::Result;
use crate::source::Source;
use crate::value_ref::ValueRef;

/// From this length on, in bytes, a value's name is hashed in place of its bytes: the one under
/// which it has, or would have, a file of its own. So a separated value need not be read.
pub(crate) const NAMED_BYTES_MIN: u64 = 1024;

/// A value as it is hashed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hashed<'a> {
    Here(&'a [u8]),
    Bytes(Bytes),
    Named(ValueRef),
}

impl<'a> Hashed<'a> {
    /// Reads of a value what is hashed of it.
    pub(crate) fn of<R: Reader>(reader: &R, source: &Source) -> Result<Self> {
        if let Source::Separated(value) = source
            && value.len >= NAMED_BYTES_MIN
        {
            return Ok(Self::Named(*value));
        }
        let bytes = reader.read(source)?;
        if bytes.len() as u64 >= NAMED_BYTES_MIN {
            return Ok(Self::Named(reader.name(&bytes)));
        }
        Ok(Self::Bytes(bytes))
    }

    /// The same of a value of which something was kept.
    pub(super) fn of_held<R: Reader>(reader: &R, held: &Held<'a>) -> Result<Self> {
        match held.elsewhere() {
            Ok(source) => Self::of(reader, &source),
            Err(bytes) if bytes.len() as u64 >= NAMED_BYTES_MIN => {
                Ok(Self::Named(reader.name(bytes)))
            }
            Err(bytes) => Ok(Self::Here(bytes)),
        }
    }

    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Here(bytes) => Value::Bytes(bytes),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Named(ValueRef { hash, len }) => Value::Named { bytes: *len, name: hash },
        }
    }
}
