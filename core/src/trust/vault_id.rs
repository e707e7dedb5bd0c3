//! What a vault is known by.

use std::fmt;

use super::sign::VerifyingKey;

/// The name of a vault: a hash of its owner's key and a nonce. Nobody else's chain of members gives
/// the same, so a vault that was swapped, or made anew, has another one. It is no secret.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VaultId([u8; 32]);

impl VaultId {
    /// The id of the vault that the holder of `owner` made with `nonce`.
    pub fn of(owner: &VerifyingKey, nonce: &[u8; 16]) -> Self {
        let material = [owner.as_bytes().as_slice(), nonce].concat();
        Self(blake3::derive_key("sealwood v2 vault id", &material))
    }

    /// An id that was written down.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for VaultId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultId({self})")
    }
}
