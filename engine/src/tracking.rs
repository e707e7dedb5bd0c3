//! Whether a namespace is tracked, and how closely.

use sealwood_lthash::Detail;

use crate::revision::Revision;

/// Whether the engine keeps a hash of the rows of a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Tracking {
    /// It does not.
    #[default]
    Off,
    /// It keeps one hash of all rows: 2 KiB.
    Whole,
    /// It keeps one for each of 256 buckets of keys, of which those with rows take 2 KiB each: so
    /// that a difference can be found by reading one row in 256.
    Buckets,
}

/// What of tracking a namespace was said last, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TrackedSince {
    pub(crate) tracking: Tracking,
    /// The revision of the record that said so; 0 if nothing was ever said.
    pub(crate) since: Revision,
}

impl Tracking {
    /// How closely rows are hashed, if they are.
    pub(crate) fn detail(self) -> Option<Detail> {
        match self {
            Self::Off => None,
            Self::Whole => Some(Detail::Whole),
            Self::Buckets => Some(Detail::Buckets),
        }
    }

    /// The byte it is written as.
    pub(crate) fn to_byte(self) -> u8 {
        match self {
            Self::Off => 0,
            Self::Whole => 1,
            Self::Buckets => 2,
        }
    }

    /// What was written as this byte, if anything is.
    pub(crate) fn from_byte(byte: u8) -> Option<Self> {
        [Self::Off, Self::Whole, Self::Buckets].into_iter().find(|it| it.to_byte() == byte)
    }
}
