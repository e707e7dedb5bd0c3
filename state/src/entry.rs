//! An entry of the log: what a version has changed, and what all partitions were after it.
//!
//! ```text
//! F5 53 54 4C   01
//! 1   00 the store begins with this version: made or imported, 01 changes are known
//! the version, the number of partitions
//! for each, in the order of the head: 32 bytes, the checksum of its hash
//! for each, if changes are known: these
//! ```

use sealwood_base::codec::put_varint;

use crate::change_set::ChangeSet;
use crate::codec::{self, Reader};
use crate::error::Result;

const KIND: u8 = b'L';

/// What stands for the hash of a partition.
pub(crate) type Checksum = [u8; 32];

/// What there is of one version. Partitions are in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) version: u64,
    /// Of each partition, after the version.
    pub(crate) checksums: Vec<Checksum>,
    /// What became of the rows of each; none where the store begins with this version.
    pub(crate) changes: Option<Vec<ChangeSet>>,
}

impl Entry {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = codec::begin(KIND);
        out.push(u8::from(self.changes.is_some()));
        put_varint(&mut out, self.version);
        put_varint(&mut out, self.checksums.len() as u64);
        self.checksums.iter().for_each(|checksum| out.extend(checksum));
        self.changes.iter().flatten().for_each(|changes| changes.encode(&mut out));
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader: Reader<'_> = codec::open(bytes, KIND, "entry of the log of versions")?;
        let is_known = match reader.byte()? {
            0 => false,
            1 => true,
            _ => return Err(reader.malformed()),
        };
        let version = reader.varint()?;
        let count = reader.count()?;
        let checksums = (0..count).map(|_| reader.array()).collect::<Result<_>>()?;
        let changes = (0..count).map(|_| ChangeSet::decode(&mut reader));
        let changes = is_known.then(|| changes.collect::<Result<_>>()).transpose()?;
        reader.finish()?;
        Ok(Self { version, checksums, changes })
    }
}
