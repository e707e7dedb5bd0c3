//! Wrapping the key of an epoch for a slot: HPKE (RFC 9180), mode PSK, with DHKEM(X25519,
//! HKDF-SHA256), HKDF-SHA256 and AES-256-GCM.
//!
//! The key pair of each wrapping comes from 32 bytes of the environment, so that no other source of
//! randomness is asked and a test can repeat it.

use std::convert::Infallible;

use hpke::aead::AesGcm256;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, PskBundle, Serializable};
use zeroize::{Zeroize, Zeroizing};

use super::epoch::EpochKey;
use super::slot_keys::{SlotKeys, SlotLock};
use crate::error::{Error, Result};
use crate::platform::Environment;

const INFO: &[u8] = b"sealwood v2 epoch key";
const PSK_ID: &[u8] = b"sealwood v2 slot";

/// A key of an epoch as a slot holds it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Wrapped {
    pub(crate) enc: [u8; 32],
    pub(crate) sealed: [u8; 48],
}

impl SlotLock {
    /// Wraps `key` for the slot that starts with `head`.
    pub(crate) fn wrap(
        &self,
        key: &EpochKey,
        head: &[u8],
        environment: &Environment,
    ) -> Result<Wrapped> {
        let refused = |_| Error::Malformed { what: "keyring: the public key of a slot" };
        let mut random = Drawn::new(environment)?;
        let to = Deserializable::from_bytes(&self.public).map_err(refused)?;
        let psk = PskBundle::new(&self.psk, PSK_ID).map_err(refused)?;
        let (enc, bytes) =
            hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
                &OpModeS::Psk(psk),
                &to,
                INFO,
                key.expose(),
                head,
                &mut random,
            )
            .map_err(refused)?;
        let mut sealed = [0; 48];
        sealed.copy_from_slice(&bytes);
        Ok(Wrapped { enc: enc.to_bytes().into(), sealed })
    }
}

impl SlotKeys {
    /// The key that was wrapped for the slot that starts with `head`, if these are its keys.
    pub(crate) fn unwrap(&self, wrapped: &Wrapped, head: &[u8]) -> Option<EpochKey> {
        let private = Deserializable::from_bytes(&self.private).ok()?;
        let enc = Deserializable::from_bytes(&wrapped.enc).ok()?;
        let psk = PskBundle::new(&self.psk, PSK_ID).ok()?;
        let opened = hpke::single_shot_open::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeR::Psk(psk),
            &private,
            &enc,
            INFO,
            &wrapped.sealed,
            head,
        );
        let opened = Zeroizing::new(opened.ok()?);
        opened.as_slice().try_into().ok().map(EpochKey::from_bytes)
    }
}

impl Wrapped {
    /// What nobody can open and nobody can tell from what somebody can.
    pub(crate) fn decoy(environment: &Environment) -> Result<Self> {
        let private = Zeroizing::new(environment.random()?);
        Ok(Self { enc: public_key(&private), sealed: environment.random()? })
    }
}

/// The public key of an X25519 private key, which is clamped first.
pub(super) fn public_key(private: &[u8; 32]) -> [u8; 32] {
    // 32 bytes are a private key, whatever they are.
    <X25519HkdfSha256 as Kem>::PrivateKey::from_bytes(private)
        .map(|private| X25519HkdfSha256::sk_to_pk(&private).to_bytes().into())
        .unwrap_or_default()
}

/// 32 random bytes drawn beforehand, spread over what is asked for: each answer is a hash of them
/// and of its number.
struct Drawn {
    key: [u8; 32],
    answers: u64,
}

impl Drawn {
    fn new(environment: &Environment) -> Result<Self> {
        Ok(Self { key: environment.random()?, answers: 0 })
    }
}

impl Drop for Drawn {
    fn drop(&mut self) {
        self.key.zeroize();
    }
}

impl TryRng for Drawn {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, buffer: &mut [u8]) -> Result<(), Infallible> {
        for block in buffer.chunks_mut(blake3::OUT_LEN) {
            let answer = blake3::keyed_hash(&self.key, &self.answers.to_le_bytes());
            block.copy_from_slice(&answer.as_bytes()[..block.len()]);
            self.answers += 1;
        }
        Ok(())
    }
}

impl TryCryptoRng for Drawn {}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::slot_keys::MemberSeed;
    use super::super::slot_secret::SlotSecret;
    use super::*;

    fn slot(fill: u8) -> SlotKeys {
        SlotKeys::of_secret(&SlotSecret::from_bytes([fill; 32]), [fill; 16])
    }

    #[test]
    fn a_key_is_unwrapped_by_the_secret_it_was_wrapped_for_and_by_no_other() {
        let (key, environment) = (EpochKey::from_bytes([5; 32]), Environment::default());
        let wrapped = slot(1).lock().wrap(&key, b"head", &environment).unwrap();
        assert!(slot(1).unwrap(&wrapped, b"head") == Some(key.clone()));
        assert!(slot(2).unwrap(&wrapped, b"head").is_none());
        assert!(slot(1).unwrap(&wrapped, b"heap").is_none());
        // The same secret with the salt of another slot.
        let salted = SlotKeys::of_secret(&SlotSecret::from_bytes([1; 32]), [2; 16]);
        assert!(salted.unwrap(&wrapped, b"head").is_none());
        for bit in 0..(32 + 48) * 8 {
            let mut flipped = wrapped.clone();
            match bit / 8 {
                // X25519 ignores the highest bit of a public key, HPKE binds it all the same.
                at @ 0..32 => flipped.enc[at] ^= 1 << (bit % 8),
                at => flipped.sealed[at - 32] ^= 1 << (bit % 8),
            }
            assert!(slot(1).unwrap(&flipped, b"head").is_none(), "{bit}");
        }
        let decoy = Wrapped::decoy(&environment).unwrap();
        assert!(slot(1).unwrap(&decoy, b"head").is_none());
    }

    /// Who knows the public key and not what all holders share wraps nothing for a slot.
    #[test]
    fn a_key_wrapped_without_the_shared_key_is_not_taken() {
        let key = EpochKey::from_bytes([5; 32]);
        let lock = SlotLock { psk: [0; 32], ..slot(1).lock().clone() };
        let wrapped = lock.wrap(&key, b"head", &Environment::default()).unwrap();
        assert!(slot(1).unwrap(&wrapped, b"head").is_none());
    }

    #[test]
    fn two_wrappings_of_one_key_have_nothing_in_common() {
        let (key, environment) = (EpochKey::from_bytes([5; 32]), Environment::default());
        let [one, other] = [(); 2].map(|()| slot(1).lock().wrap(&key, b"", &environment).unwrap());
        assert!(one.enc != other.enc && one.sealed != other.sealed);
    }

    #[test]
    fn public_keys_that_lead_nowhere_are_refused() {
        let key = EpochKey::from_bytes([5; 32]);
        let lock = SlotLock { public: [0; 32], psk: [1; 32] };
        let refused = lock.wrap(&key, b"", &Environment::default()).unwrap_err();
        assert_eq!(refused.code(), "malformed");
        let wrapped = Wrapped { enc: [0; 32], sealed: [0; 48] };
        assert!(slot(1).unwrap(&wrapped, b"").is_none());
    }

    #[test]
    fn a_seed_opens_by_its_slot_alone() {
        let seed = MemberSeed([9; 32]);
        let sealed = slot(1).seal_seed(b"head", &seed).unwrap();
        assert!(slot(1).open_seed(b"head", &sealed) == Some(seed));
        assert!(slot(2).open_seed(b"head", &sealed).is_none());
        assert!(slot(1).open_seed(b"", &sealed).is_none());
    }
}
