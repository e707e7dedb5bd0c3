//! The RustCrypto crates: pure Rust, every target.

use aes_gcm::Aes256Gcm;
use aes_gcm::aead::{AeadInOut, KeyInit};
use anyhow::{Result, anyhow};
use chacha20poly1305::ChaCha20Poly1305;

use super::SealPeer;
use super::composed::{Aead, Composed};

/// AES-256-GCM from the crate `aes-gcm`.
pub(super) fn aes_gcm() -> Result<Box<dyn SealPeer>> {
    Composed::<AesGcm>::boxed()
}

/// ChaCha20-Poly1305 from the crate `chacha20poly1305`.
pub(super) fn chacha20_poly1305() -> Result<Box<dyn SealPeer>> {
    Composed::<ChaCha>::boxed()
}

pub(super) struct AesGcm(Aes256Gcm);

impl Aead for AesGcm {
    const NAME: &'static str = "aes-gcm";

    fn with_key(key: &[u8; 32]) -> Result<Self> {
        Ok(AesGcm(Aes256Gcm::new(key.into())))
    }

    fn seal(&self, nonce: [u8; 12], message: &mut [u8]) -> Result<[u8; 16]> {
        let tag = self.0.encrypt_inout_detached(&nonce.into(), b"", message.into());
        tag.map(Into::into).map_err(|_| anyhow!("message too long"))
    }
}

pub(super) struct ChaCha(ChaCha20Poly1305);

impl Aead for ChaCha {
    const NAME: &'static str = "chacha20poly1305";

    fn with_key(key: &[u8; 32]) -> Result<Self> {
        Ok(ChaCha(ChaCha20Poly1305::new(key.into())))
    }

    fn seal(&self, nonce: [u8; 12], message: &mut [u8]) -> Result<[u8; 16]> {
        let tag = self.0.encrypt_inout_detached(&nonce.into(), b"", message.into());
        tag.map(Into::into).map_err(|_| anyhow!("message too long"))
    }
}
