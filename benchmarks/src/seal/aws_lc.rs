//! aws-lc-rs: assembly and C from AWS-LC, needs a C compiler for the target.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};

use super::SealPeer;
use super::composed::{Aead, Composed};

/// AES-256-GCM.
pub(super) fn aes_gcm() -> Box<dyn SealPeer> {
    Composed::<AesGcm>::boxed()
}

pub(super) struct AesGcm(LessSafeKey);

impl Aead for AesGcm {
    const NAME: &'static str = "aws-lc-rs-aes-256-gcm";

    fn with_key(key: &[u8; 32]) -> Self {
        AesGcm(schedule(key))
    }

    fn seal(&self, nonce: [u8; 12], message: &mut [u8]) -> [u8; 16] {
        encrypt(&self.0, nonce, message)
    }
}

fn schedule(key: &[u8; 32]) -> LessSafeKey {
    match UnboundKey::new(&AES_256_GCM, key) {
        Ok(key) => LessSafeKey::new(key),
        Err(_) => unreachable!("AES-256 takes 32-byte keys"),
    }
}

fn encrypt(key: &LessSafeKey, nonce: [u8; 12], message: &mut [u8]) -> [u8; 16] {
    let nonce = Nonce::assume_unique_for_key(nonce);
    let tag = key.seal_in_place_separate_tag(nonce, Aad::empty(), message);
    match tag.map(|tag| tag.as_ref().try_into()) {
        Ok(Ok(tag)) => tag,
        _ => unreachable!("messages are far below the limit and tags have 16 bytes"),
    }
}
