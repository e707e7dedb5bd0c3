//! What a member is given.

use super::refusal::{Reader, RefusalResult};
use super::sign::VerifyingKey;

/// What a member may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Made the vault. There is one, for good: the vault id commits to its key.
    Owner,
    /// Writes, and adds and removes writers and readers.
    Admin,
    /// Writes.
    Writer,
    /// Reads, and has no signing key.
    Reader,
}

/// A role that can be given, with the key it signs with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// [`Role::Admin`].
    Admin(VerifyingKey),
    /// [`Role::Writer`].
    Writer(VerifyingKey),
    /// [`Role::Reader`].
    Reader,
}

impl Grant {
    /// The role.
    pub fn role(&self) -> Role {
        match self {
            Grant::Admin(_) => Role::Admin,
            Grant::Writer(_) => Role::Writer,
            Grant::Reader => Role::Reader,
        }
    }

    /// The key, of who signs.
    pub fn key(&self) -> Option<VerifyingKey> {
        match self {
            Grant::Admin(key) | Grant::Writer(key) => Some(*key),
            Grant::Reader => None,
        }
    }

    /// ```text
    /// 1 admin, 2 writer, 3 reader; the key (32) unless it is a reader
    /// ```
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        out.push(match self {
            Grant::Admin(_) => 1,
            Grant::Writer(_) => 2,
            Grant::Reader => 3,
        });
        if let Some(key) = self.key() {
            out.extend_from_slice(key.as_bytes());
        }
    }

    pub(super) fn read(input: &mut Reader<'_>) -> RefusalResult<Self> {
        Ok(match input.byte()? {
            1 => Grant::Admin(VerifyingKey::from_bytes(input.array()?)?),
            2 => Grant::Writer(VerifyingKey::from_bytes(input.array()?)?),
            3 => Grant::Reader,
            _ => return Err(input.malformed()),
        })
    }
}
