//! Seal and address, composed from BLAKE3 and any AEAD.

use anyhow::Result;

use super::{SealPeer, Sealed};

/// An AEAD with 32-byte keys, 12-byte nonces and 16-byte tags.
pub(super) trait Aead: Sized + 'static {
    /// The name in the report.
    const NAME: &'static str;

    /// Schedules a key.
    fn with_key(key: &[u8; 32]) -> Result<Self>;

    /// Encrypts in place and returns the tag.
    fn seal(&self, nonce: [u8; 12], message: &mut [u8]) -> Result<[u8; 16]>;
}

/// The peer made of an [`Aead`].
pub(super) struct Composed<A: Aead> {
    address_key: [u8; 32],
    seal_key: [u8; 32],
    scheduled: A,
}

impl<A: Aead> Composed<A> {
    /// A peer with fixed keys.
    pub(super) fn boxed() -> Result<Box<dyn SealPeer>> {
        Ok(Box::new(Composed::<A> {
            address_key: blake3::derive_key("sealwood benchmark address key", b"seed"),
            seal_key: blake3::derive_key("sealwood benchmark seal key", b"seed"),
            scheduled: A::with_key(&[7; 32])?,
        }))
    }
}

impl<A: Aead> SealPeer for Composed<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn seal(&self, counter: u64, message: &mut [u8]) -> Option<Result<[u8; 16]>> {
        let mut nonce = [0; 12];
        nonce[4..].copy_from_slice(&counter.to_be_bytes());
        Some(self.scheduled.seal(nonce, message))
    }

    fn seal_and_address(&self, message: &mut [u8]) -> Result<Sealed> {
        let address = blake3::keyed_hash(&self.address_key, message);
        let key = blake3::keyed_hash(&self.seal_key, address.as_bytes());
        // Each key seals one message, so the nonce need not vary.
        let tag = A::with_key(key.as_bytes())?.seal([0; 12], message)?;
        Ok(Sealed { address: *address.as_bytes(), tag })
    }
}
