//! Ed25519, of 32-byte hashes only.
//!
//! What is signed is always a hash that `derive_key` made under a context of its own, so that a
//! signature of one thing is never one of another, whichever key made both.

use std::fmt;

use ed25519_dalek::{Signer as _, VerifyingKey as DalekKey};
use zeroize::Zeroizing;

use super::refusal::{Refusal, RefusalResult};
use crate::error::Result;
use crate::platform::Environment;

/// What signs for a member or a device. Its seed is wiped when it is dropped.
#[derive(Clone)]
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Draws a new key.
    pub fn generate(environment: &Environment) -> Result<Self> {
        Ok(Self::from_seed(&Zeroizing::new(environment.random()?)))
    }

    /// The key of a seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The seed, to be kept sealed.
    pub fn seed(&self) -> Zeroizing<[u8; 32]> {
        Zeroizing::new(self.0.to_bytes())
    }

    /// What its signatures are checked with.
    pub fn verifying(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key().to_bytes())
    }

    pub(super) fn sign(&self, hash: &[u8; 32]) -> Signature {
        Signature(self.0.sign(hash).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey([redacted])")
    }
}

/// What checks the signatures of a member or a device: 32 bytes, no secret. There is none whose
/// signatures could hold for more than one message.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VerifyingKey([u8; 32]);

impl VerifyingKey {
    /// The length of a key.
    pub const BYTES: usize = 32;

    /// Reads a key: a point in its one spelling, and not of small order.
    pub fn from_bytes(bytes: [u8; 32]) -> RefusalResult<Self> {
        let refused = Refusal::Malformed { what: "signing key" };
        let point = DalekKey::from_bytes(&bytes).map_err(|_| refused.clone())?;
        let is_canonical = point.to_edwards().compress().to_bytes() == bytes;
        if point.is_weak() || !is_canonical { Err(refused) } else { Ok(Self(bytes)) }
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Fails with [`Refusal::Tampered`] unless the holder of the key signed `hash`.
    pub(super) fn verify(
        &self,
        hash: &[u8; 32],
        signature: &Signature,
        what: &'static str,
    ) -> RefusalResult<()> {
        let key = DalekKey::from_bytes(&self.0).map_err(|_| Refusal::Tampered { what })?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(hash, &signature).map_err(|_| Refusal::Tampered { what })
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({})", hex::encode(self.0))
    }
}

/// An Ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Signature([u8; 64]);

impl Signature {
    /// The length of a signature.
    pub const BYTES: usize = 64;

    /// One that was written down.
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// The 64 bytes.
    pub fn as_bytes(&self) -> &[u8; 64] {
        &self.0
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signature({})", hex::encode(self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_shows_a_seed() {
        let shown = format!("{:?}", SigningKey::from_seed(&[7; 32]));
        assert_eq!(shown, "SigningKey([redacted])");
    }

    #[test]
    fn a_signature_is_of_one_hash_by_one_key() {
        let key = SigningKey::from_seed(&[1; 32]);
        let signature = key.sign(&[5; 32]);
        let code = |key: &SigningKey, hash, signature: &Signature| {
            key.verifying().verify(hash, signature, "test").map_err(|refusal| refusal.code())
        };
        assert_eq!(code(&key, &[5; 32], &signature), Ok(()));
        assert_eq!(code(&key, &[6; 32], &signature), Err("tampered"));
        let other = SigningKey::from_seed(&[2; 32]);
        assert_eq!(code(&other, &[5; 32], &signature), Err("tampered"));
        for bit in 0..512 {
            let mut flipped = *signature.as_bytes();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let flipped = Signature::from_bytes(flipped);
            assert_eq!(code(&key, &[5; 32], &flipped), Err("tampered"), "bit {bit}");
        }
    }

    #[test]
    fn weak_keys_and_other_spellings_of_keys_are_refused() {
        let code = |bytes| VerifyingKey::from_bytes(bytes).map_err(|refusal| refusal.code());
        let good = SigningKey::from_seed(&[1; 32]).verifying();
        assert_eq!(code(*good.as_bytes()), Ok(good));
        // The neutral point, and a point of order four.
        let mut one = [0; 32];
        one[0] = 1;
        assert_eq!(code(one), Err("malformed"));
        assert_eq!(code([0; 32]), Err("malformed"));
        // p + 3 for 3, which is a point of full order: y = 3, written with p added.
        let mut three = [0; 32];
        three[0] = 3;
        assert!(code(three).is_ok());
        let mut spelled = [0xff; 32];
        spelled[0] = 0xed + 3;
        spelled[31] = 0x7f;
        assert_eq!(code(spelled), Err("malformed"));
        // No point has this height.
        let mut none = [0; 32];
        none[0] = 2;
        assert_eq!(code(none), Err("malformed"));
    }
}
