//! The head of the log: what is the newest version, or that an import is under way.
//!
//! ```text
//! F5 53 54 48   01
//! 1   00 ready, 01 importing
//!     ready: the newest version; the oldest that is kept; up to which partitions may be ahead
//!     importing: the version it will have
//! the number of partitions, and their names ascending
//! ```
//!
//! Numbers are varints, names have their length before them.

use sealwood_base::codec::{put_bytes, put_varint};

use crate::codec::{self, Reader};
use crate::error::Result;

/// The most versions that may be kept to go back to.
pub const KEPT_VERSIONS_MAX: u64 = 10_000;

const KIND: u8 = b'H';

/// Where the log stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) stage: Stage,
    /// Of all partitions, ascending.
    pub(crate) names: Vec<String>,
}

/// What is going on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// There are versions.
    Ready(Versions),
    /// What is in the partitions is a part of a version.
    Importing { version: u64 },
}

/// The versions there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Versions {
    pub(crate) newest: u64,
    /// The first that can be gone back to.
    pub(crate) oldest: u64,
    /// Partitions may be ahead up to this one: after a rollback that they have not heard of.
    pub(crate) ahead_max: u64,
}

impl Versions {
    /// There is only this one.
    pub(crate) fn only(version: u64) -> Self {
        Self { newest: version, oldest: version, ahead_max: version }
    }
}

impl Head {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = codec::begin(KIND);
        match self.stage {
            Stage::Ready(Versions { newest, oldest, ahead_max }) => {
                out.push(0);
                [newest, oldest, ahead_max].iter().for_each(|it| put_varint(&mut out, *it));
            }
            Stage::Importing { version } => {
                out.push(1);
                put_varint(&mut out, version);
            }
        }
        put_varint(&mut out, self.names.len() as u64);
        self.names.iter().for_each(|name| put_bytes(&mut out, name.as_bytes()));
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader: Reader<'_> = codec::open(bytes, KIND, "head of the log of versions")?;
        let stage = match reader.byte()? {
            0 => {
                let [newest, oldest, ahead_max] =
                    [reader.varint()?, reader.varint()?, reader.varint()?];
                // Nobody has more to go through than was ever kept.
                let is_kept =
                    ahead_max.checked_sub(oldest).is_some_and(|it| it <= KEPT_VERSIONS_MAX);
                if oldest > newest || newest > ahead_max || !is_kept {
                    return Err(reader.malformed());
                }
                Stage::Ready(Versions { newest, oldest, ahead_max })
            }
            1 => Stage::Importing { version: reader.varint()? },
            _ => return Err(reader.malformed()),
        };
        let names = (0..reader.count()?).map(|_| reader.text().map(str::to_owned));
        let names = names.collect::<Result<Vec<_>>>()?;
        if !names.is_sorted_by(|one, other| one < other) {
            return Err(reader.malformed());
        }
        reader.finish()?;
        Ok(Self { stage, names })
    }
}
