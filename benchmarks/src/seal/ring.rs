//! ring: assembly from BoringSSL, needs a C compiler for the target.

use ring::aead::{AES_256_GCM, Aad, Algorithm, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};

use super::SealPeer;
use super::composed::{Aead, Composed};

/// AES-256-GCM.
pub(super) fn aes_gcm() -> Box<dyn SealPeer> {
    Composed::<AesGcm>::boxed()
}

/// ChaCha20-Poly1305.
pub(super) fn chacha20_poly1305() -> Box<dyn SealPeer> {
    Composed::<ChaCha>::boxed()
}

pub(super) struct AesGcm(LessSafeKey);

impl Aead for AesGcm {
    const NAME: &'static str = "ring-aes-256-gcm";

    fn with_key(key: &[u8; 32]) -> Self {
        AesGcm(schedule(&AES_256_GCM, key))
    }

    fn seal(&self, nonce: [u8; 12], message: &mut [u8]) -> [u8; 16] {
        encrypt(&self.0, nonce, message)
    }
}

pub(super) struct ChaCha(LessSafeKey);

impl Aead for ChaCha {
    const NAME: &'static str = "ring-chacha20-poly1305";

    fn with_key(key: &[u8; 32]) -> Self {
        ChaCha(schedule(&CHACHA20_POLY1305, key))
    }

    fn seal(&self, nonce: [u8; 12], message: &mut [u8]) -> [u8; 16] {
        encrypt(&self.0, nonce, message)
    }
}

fn schedule(algorithm: &'static Algorithm, key: &[u8; 32]) -> LessSafeKey {
    match UnboundKey::new(algorithm, key) {
        Ok(key) => LessSafeKey::new(key),
        Err(_) => unreachable!("both algorithms take 32-byte keys"),
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
