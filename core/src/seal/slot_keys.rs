//! The keys of a slot: what its secret gives, and what suffices to wrap a key for it.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::aead;
#[cfg(feature = "passphrase")]
use super::kdf_params::KdfParams;
use super::keys::domain;
#[cfg(feature = "passphrase")]
use super::passphrase::{Passphrase, stretch};
use super::slot_secret::SlotSecret;
use super::wrap::public_key;
use crate::error::Result;

/// What the secret of a slot and its salt give.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct SlotKeys {
    pub(super) private: [u8; 32],
    pub(super) psk: [u8; 32],
    seed_key: [u8; 32],
    /// With another salt the secret is that of another slot.
    pub(crate) salt: [u8; 16],
}

/// What wraps a key for a slot without its secret. Who has it opens nothing by it.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct SlotLock {
    pub(crate) public: [u8; 32],
    /// Shared by all who have opened the vault: one who breaks the curve and has not still lacks
    /// it.
    pub(crate) psk: [u8; 32],
}

/// The seed of a member's signing key, which lies in each of the member's slots.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub(crate) struct MemberSeed(pub(crate) [u8; 32]);

impl SlotKeys {
    /// Those of a slot that opens by 32 bytes as they are.
    pub(crate) fn of_secret(secret: &SlotSecret, salt: [u8; 16]) -> Self {
        Self::derive(secret.expose(), salt)
    }

    /// Those of a slot that opens by a passphrase, at the cost of `params`.
    #[cfg(feature = "passphrase")]
    pub(crate) async fn of_passphrase(
        passphrase: &Passphrase,
        params: KdfParams,
        salt: [u8; 16],
    ) -> Result<Self> {
        let secret = Zeroizing::new(stretch(passphrase, params, salt).await?);
        Ok(Self::derive(&secret, salt))
    }

    fn derive(secret: &[u8; 32], salt: [u8; 16]) -> Self {
        let mut material = Zeroizing::new([0; 48]);
        material[..32].copy_from_slice(secret);
        material[32..].copy_from_slice(&salt);
        let domain = domain("sealwood v2 slot");
        let slot = Zeroizing::new(*blake3::keyed_hash(&domain, &material[..]).as_bytes());
        let derive = |purpose| blake3::derive_key(purpose, &slot[..]);
        Self {
            private: derive("sealwood v2 slot private key"),
            psk: derive("sealwood v2 slot psk"),
            seed_key: derive("sealwood v2 slot seed"),
            salt,
        }
    }

    /// What others wrap keys for the slot with.
    pub(crate) fn lock(&self) -> SlotLock {
        SlotLock { public: public_key(&self.private), psk: self.psk }
    }

    /// Seals a seed into the slot that starts with `head`, whose salt is fresh: its keys seal one.
    pub(crate) fn seal_seed(&self, head: &[u8], seed: &MemberSeed) -> Result<[u8; 48]> {
        // As long as it will be: growing would leave a copy behind.
        let mut buffer = Vec::with_capacity(48);
        buffer.extend_from_slice(&seed.0);
        aead::seal(&self.seed_key, head, &mut buffer, 0)?;
        let mut sealed = [0; 48];
        sealed.copy_from_slice(&buffer);
        Ok(sealed)
    }

    /// The seed in the slot that starts with `head`, if it has one.
    pub(crate) fn open_seed(&self, head: &[u8], sealed: &[u8; 48]) -> Option<MemberSeed> {
        let opened = Zeroizing::new(aead::open(&self.seed_key, head, sealed).ok()?);
        Some(MemberSeed(opened.as_slice().try_into().ok()?))
    }
}

impl fmt::Debug for SlotKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlotKeys([redacted])")
    }
}

impl fmt::Debug for SlotLock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlotLock([redacted])")
    }
}

impl fmt::Debug for MemberSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MemberSeed([redacted])")
    }
}
