//! The compact binary of stored structures, with the crate's own error.

pub(crate) use sealwood_base::codec::{put_bytes, put_varint, varint_len};

/// A cursor over bytes of one structure, named in errors.
pub(crate) type Reader<'a> = sealwood_base::codec::Reader<'a, crate::error::Error>;
