//! What all records of this crate begin with: `F5 53 54` and what it is, and the version of the
//! format.

use crate::error::{Error, Result};

/// A cursor over bytes of one record, named in errors.
pub(crate) type Reader<'a> = sealwood_base::codec::Reader<'a, Error>;

const MAGIC: [u8; 3] = [0xf5, b'S', b'T'];
const VERSION: u8 = 1;

/// Begins a record of a kind.
pub(crate) fn begin(kind: u8) -> Vec<u8> {
    let [f, s, t] = MAGIC;
    vec![f, s, t, kind, VERSION]
}

/// Takes up a record of a kind after its beginning.
pub(crate) fn open<'a>(bytes: &'a [u8], kind: u8, what: &'static str) -> Result<Reader<'a>> {
    let mut reader = Reader::new(bytes, what);
    if reader.array()? != MAGIC || reader.byte()? != kind {
        return Err(reader.malformed());
    }
    match reader.byte()? {
        VERSION => Ok(reader),
        found => Err(Error::UnsupportedVersion { found }),
    }
}

/// The key under which something of a version is stored: they ascend as versions do.
pub(crate) fn version_key(version: u64) -> [u8; 8] {
    version.to_be_bytes()
}

/// The version of such a key, if it is one.
pub(crate) fn version_of(key: &[u8]) -> Option<u64> {
    key.try_into().ok().map(u64::from_be_bytes)
}
