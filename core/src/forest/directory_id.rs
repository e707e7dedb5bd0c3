//! Ids of directories: what one keeps for life, however it is renamed.
//!
//! An id follows from the operation that made the directory, so that replaying a tail gives the
//! same ids on every device, and no operation has to carry them. What is below a copy is shared
//! with what was copied, ids and all: only the top of a copy is new.

use std::fmt;
use std::sync::LazyLock;

use super::stamp::Stamp;
use crate::codec::Reader;
use crate::error::Result;

/// What a directory keeps for life, however it is renamed or moved. Directories below a copy have
/// the ids of those they were copied from.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DirectoryId([u8; Self::BYTES]);

impl DirectoryId {
    pub(super) const BYTES: usize = 16;

    /// The id of the top directory, which no other has.
    pub(crate) const TOP: Self = Self([0; Self::BYTES]);

    /// The id of a directory that an operation makes. `behind` is how many names of the operation's
    /// path come after the directory's own: it stays if the operation is moved with a directory
    /// above.
    pub(crate) fn made(by: Stamp, behind: usize) -> Self {
        static DOMAIN: LazyLock<[u8; 32]> =
            LazyLock::new(|| blake3::derive_key("sealwood v2 directory id", &[]));
        // A path of an operation has far fewer names.
        let behind = (behind as u16).to_le_bytes();
        let input = [&by.count.to_le_bytes()[..], &by.writer.to_le_bytes(), &behind].concat();
        let hash = blake3::keyed_hash(&DOMAIN, &input);
        let (id, _) = hash.as_bytes().split_at(Self::BYTES);
        let mut made = Self::TOP;
        made.0.copy_from_slice(id);
        made
    }

    /// The id as bytes.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    pub(super) fn encode(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    /// Reads the id of a directory that is not the top.
    pub(super) fn decode(addressed: &mut Reader<'_>) -> Result<Self> {
        let id = Self(addressed.array()?);
        if id == Self::TOP { Err(addressed.malformed()) } else { Ok(id) }
    }
}

impl fmt::Debug for DirectoryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for DirectoryId {
    /// As 32 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}
