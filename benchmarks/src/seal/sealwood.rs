//! Sealwood's own chunks: what a vault does to each, copy of the message included.

use anyhow::{Context, Result};
use futures_lite::future::block_on;
use sealwood::internals::{Epoch, EpochKey, Keys, UnitKind, seal_chunk};

use super::{SealPeer, Sealed};

/// A vault's keys.
pub(super) fn chunks() -> Result<Box<dyn SealPeer>> {
    Ok(Box::new(Chunks { keys: Keys::derive(Epoch::FIRST, &EpochKey::from_bytes([7; 32])) }))
}

struct Chunks {
    keys: Keys,
}

impl SealPeer for Chunks {
    fn name(&self) -> &'static str {
        "sealwood"
    }

    /// A vault never seals under a key it keeps.
    fn seal(&self, _: u64, _: &mut [u8]) -> Option<Result<[u8; 16]>> {
        None
    }

    fn seal_and_address(&self, message: &mut [u8]) -> Result<Sealed> {
        let address = self.keys.address(UnitKind::Content, message);
        let mut sealed = Vec::with_capacity(message.len() + 16);
        block_on(seal_chunk(&address, message, &mut sealed))?;
        let (_, tag) = sealed.split_last_chunk().context("a sealed chunk ends with its tag")?;
        Ok(Sealed { address: *address.expose(), tag: *tag })
    }
}
