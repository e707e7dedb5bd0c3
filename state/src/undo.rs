//! What was there before a version, kept by each partition for itself.
//!
//! ```text
//! F5 53 54 55   01
//! the version, and as changes what its keys had before
//! ```

use sealwood_base::codec::put_varint;

use crate::change_set::ChangeSet;
use crate::codec::{self, Reader};
use crate::error::Result;

const KIND: u8 = b'U';

/// What brings a partition back to before a version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undo {
    pub(crate) version: u64,
    pub(crate) before: ChangeSet,
}

impl Undo {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = codec::begin(KIND);
        put_varint(&mut out, self.version);
        self.before.encode(&mut out);
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader: Reader<'_> = codec::open(bytes, KIND, "undo of a version")?;
        let version = reader.varint()?;
        let before = ChangeSet::decode(&mut reader)?;
        reader.finish()?;
        Ok(Self { version, before })
    }
}
