//! Room for removals in a store that is full.
//!
//! A removal writes a root, and now and then nodes, before anything can be given back. So a local
//! store is given an object of noise beside a new vault. A commit that removes something and finds
//! no room takes that away, and is made again in its place; its root says that the reserve is
//! spent. The next commit that removes nothing has to put it back first, so that what adds to a
//! vault never takes the last room. A store that is not local gets its reserve so, after it was
//! full once.

use bytes::Bytes;

use super::Session;
use super::draft::Basis;
use crate::blob::{BlobStore, Precondition};
use crate::error::{Error, Result};
use crate::forest::{Op, Reserve};

/// The key of the reserve.
const RESERVE_KEY: &str = "reserve";
/// Its size: a root with the longest tail, twice, and the nodes of a spill.
const RESERVE_BYTES: usize = 256 * 1024;

impl Session {
    /// `basis` with what is known of the reserve, which is put back where nothing is removed.
    pub(super) async fn with_reserve(&self, mut basis: Basis) -> Result<Basis> {
        if self.state().reserve() == Reserve::Spent {
            basis.reserve = Reserve::Spent;
        }
        if basis.reserve == Reserve::Spent && !removes(basis.ops()) {
            store_reserve(&*self.store, basis.last.hash().as_bytes()).await?;
            self.state().reserve_is(Reserve::Kept);
            basis.reserve = Reserve::Kept;
        }
        Ok(basis)
    }

    /// Makes room for a commit of `ops` that found none. Returns whether it may be made again.
    pub(super) async fn spend_reserve<'a>(&self, ops: impl Iterator<Item = &'a Op>) -> bool {
        if !removes(ops) || self.store.delete(RESERVE_KEY).await.is_err() {
            return false;
        }
        log::info!("the store is full: a removal takes the room that is kept for it");
        self.state().reserve_is(Reserve::Spent);
        true
    }
}

/// Gives a store its reserve, of noise that follows from `seed`: what repeats may take no room.
pub(super) async fn store_reserve(store: &dyn BlobStore, seed: &[u8; 32]) -> Result<()> {
    let key = blake3::derive_key("sealwood reserve", seed);
    let mut noise = vec![0; RESERVE_BYTES];
    // Block by block: the code for outputs of any length would be a hundredth of the module for
    // the web.
    for (block, number) in noise.chunks_exact_mut(blake3::OUT_LEN).zip(0_u32..) {
        block.copy_from_slice(blake3::keyed_hash(&key, &number.to_le_bytes()).as_bytes());
    }
    match store.put(RESERVE_KEY, Bytes::from(noise), Precondition::Absent).await {
        Ok(_) | Err(Error::PreconditionFailed) => Ok(()),
        Err(error) => Err(error),
    }
}

fn removes<'a>(mut ops: impl Iterator<Item = &'a Op>) -> bool {
    ops.any(|op| matches!(op, Op::Remove { .. } | Op::RemoveAll { .. }))
}
