//! What of a value is hashed: the same wherever it lies.

use bytes::Bytes;
use sealwood_lthash::Value;

use super::Reader;
use crate::error::Result;
use crate::source::Source;
use crate::value_ref::ValueRef;

/// From this length on, in bytes, a value's name is hashed in place of its bytes: the one under
/// which it has, or would have, a file of its own. So a separated value need not be read.
pub(crate) const NAMED_BYTES_MIN: u64 = 1024;

/// A value as it is hashed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hashed {
    Bytes(Bytes),
    Named(ValueRef),
}

impl Hashed {
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

    pub(crate) fn value(&self) -> Value<'_> {
        match self {
            Self::Bytes(bytes) => Value::Bytes(bytes),
            Self::Named(ValueRef { hash, len }) => Value::Named { bytes: *len, name: hash },
        }
    }
}
