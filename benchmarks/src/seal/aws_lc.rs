//! aws-lc-rs: assembly and C from AWS-LC, needs a C compiler for the target.

use anyhow::{Result, anyhow};
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::SealPeer;
use super::composed::{Aead, Composed};

/// AES-256-GCM.
pub(super) fn aes_gcm() -> Result<Box<dyn SealPeer>> {
    Composed::<AesGcm>::boxed()
}

pub(super) struct AesGcm(LessSafeKey);

impl Aead for AesGcm {
    const NAME: &'static str = "aws-lc-rs-aes-256-gcm";

    fn with_key(key: &[u8; 32]) -> Result<Self> {
        Ok(AesGcm(schedule(key)?))
    }

    fn seal(&self, nonce: [u8; 12], message: &mut [u8]) -> Result<[u8; 16]> {
        encrypt(&self.0, nonce, message)
    }
}

fn schedule(key: &[u8; 32]) -> Result<LessSafeKey> {
    let key = UnboundKey::new(&AES_256_GCM, key).map_err(|_| anyhow!("wrong key length"))?;
    Ok(LessSafeKey::new(key))
}

fn encrypt(key: &LessSafeKey, nonce: [u8; 12], message: &mut [u8]) -> Result<[u8; 16]> {
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::empty(), message)
        .map_err(|_| anyhow!("message too long"))?;
    Ok(tag.as_ref().try_into()?)
}
