//! Storing chunks side by side in extents.
//!
//! The chunks of a content are taken in blocks of as many as an extent has. A block becomes one
//! extent, unless the content that is replaced has most of its chunks already: those stay where
//! they are, after a look at them, and the others become an extent of their own.

use std::sync::Arc;

use bytes::Bytes;

use super::chunk_size::ChunkSize;
use super::claims::Claim;
use super::known::KnownExtents;
use super::read::ContentReader;
use super::reads::Layout;
use super::table_walk::Row;
use crate::blob::{BlobStore, Guess, Stored, store_immutable};
use crate::error::{Error, Result};
use crate::seal::{
    Address, ChunkLink, ChunkPlace, ExtentName, TAG_BYTES, extent_padding, padded_length,
    seal_chunk,
};

/// A block is stored anew where its chunks would lie in more pieces than this: each is a request
/// for whoever reads them. Three changes of one block, each at another time, stay below it.
const PIECES_MAX: usize = 8;

/// Chunks that one extent takes.
pub(super) struct Block {
    /// Which chunk of the content is its first.
    pub(super) first: u64,
    pub(super) chunk: ChunkSize,
    pub(super) chunks: Vec<NewChunk>,
}

/// A chunk to be stored.
pub(super) struct NewChunk {
    pub(super) address: Address,
    pub(super) bytes: Bytes,
    /// The same chunk in the same place of the content that is replaced.
    pub(super) former: Option<Row>,
}

/// A block that is stored.
pub(super) struct Uploaded {
    pub(super) first: u64,
    pub(super) chunks: Vec<ChunkLink>,
    /// Its length without seals and padding.
    pub(super) length: u64,
    /// How its extent came to be there, unless that says nothing of those that follow.
    pub(super) stored: Option<Stored>,
}

/// Stores the extents of one put.
pub(super) struct Extents {
    pub(super) store: Arc<dyn BlobStore>,
    pub(super) known: Arc<KnownExtents>,
    pub(super) claim: Option<Arc<Claim>>,
}

impl Block {
    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub(super) fn bytes(&self) -> u64 {
        self.chunks.iter().map(|chunk| chunk.bytes.len() as u64).sum()
    }

    /// Whether the former content has these very chunks in an extent of their own.
    fn is_unchanged(&self) -> bool {
        let extent = ExtentName::of(self.chunks.iter().map(|chunk| &chunk.address));
        self.chunks.iter().zip(0..).all(|(chunk, index)| {
            chunk.former.is_some_and(|row| row.chunk.place == ChunkPlace { extent, index })
        })
    }

    /// The chunks that may stay where the former content has them: none where less than half of the
    /// block could, or where what came of it would lie in too many pieces.
    fn candidates(&self) -> Vec<Row> {
        let rows: Vec<Row> = self.chunks.iter().filter_map(|chunk| chunk.former).collect();
        let pieces = rows.chunk_by(|one, next| next.chunk.place.follows(&one.chunk.place)).count();
        let has_others = rows.len() < self.chunks.len();
        let is_worth_it =
            rows.len() * 2 >= self.chunks.len() && pieces + usize::from(has_others) <= PIECES_MAX;
        if is_worth_it { rows } else { Vec::new() }
    }

    /// How its chunks lie, as those of a content that ends with it.
    fn layout(&self) -> Layout {
        Layout { chunk: self.chunk, size: self.first * self.chunk.bytes() + self.bytes() }
    }
}

impl Extents {
    /// Makes sure that the chunks of a block are stored. `guess` tells whether an extent of them
    /// is, where nothing else does; `former` reads the chunks of the content that is replaced.
    pub(super) async fn store_block(
        self,
        block: Block,
        former: Option<ContentReader>,
        guess: Guess,
    ) -> Result<Uploaded> {
        let (first, length) = (block.first, block.bytes());
        let is_unchanged = block.is_unchanged();
        let kept = match former {
            Some(former) if !is_unchanged => self.kept(&block, &former).await?,
            _ => Vec::new(),
        };
        let kept_at = |index: u64| kept.iter().find(|row| row.index == index);
        let (mut chunks, mut new) = (Vec::new(), Vec::new());
        for (chunk, index) in block.chunks.into_iter().zip(first..) {
            chunks.push((chunk.address, kept_at(index).map(|row| row.chunk.place)));
            if kept_at(index).is_none() {
                new.push(chunk);
            }
        }
        let extent = ExtentName::of(new.iter().map(|chunk| &chunk.address));
        let guess = match (is_unchanged, kept.is_empty()) {
            (true, _) => Guess::Present,
            (false, true) => guess,
            (false, false) => Guess::Absent,
        };
        let mut stored = None;
        if !new.is_empty() {
            self.count(extent);
            stored = self.store(extent, new, guess).await?;
            if let (Some(claim), Some(Stored::Created), false) = (&self.claim, stored, is_unchanged)
            {
                claim.note_stored(extent);
            }
        }
        let mut index = 0;
        let mut place = |kept: Option<ChunkPlace>| {
            kept.unwrap_or_else(|| {
                index += 1;
                ChunkPlace { extent, index: index - 1 }
            })
        };
        let chunks =
            chunks.into_iter().map(|(address, kept)| ChunkLink { address, place: place(kept) });
        let chunks = chunks.collect();
        // What was expected says nothing about what follows.
        let stored = stored.filter(|_| !is_unchanged && kept.is_empty());
        Ok(Uploaded { first, chunks, length, stored })
    }

    /// Which chunks of the block stay where the former content has them. They are looked at: a root
    /// that names them does not tell that they are still there, and whole.
    async fn kept(&self, block: &Block, former: &ContentReader) -> Result<Vec<Row>> {
        let rows = block.candidates();
        rows.iter().for_each(|row| self.count(row.chunk.place.extent));
        let intact = former.are_intact(rows.clone(), block.layout()).await?;
        let kept = rows.into_iter().zip(intact).filter(|(_, is_intact)| *is_intact);
        Ok(kept.map(|(row, _)| row).collect())
    }

    /// Makes sure that the extent of these chunks is stored. Returns how it came to be there,
    /// unless this session knew it to be.
    async fn store(
        &self,
        name: ExtentName,
        chunks: Vec<NewChunk>,
        guess: Guess,
    ) -> Result<Option<Stored>> {
        let count = chunks.len();
        if self.known.are_right(name, count) {
            return Ok(None);
        }
        let guess = if self.known.is_damaged(name) { Guess::Damaged } else { guess };
        let sealed = seal(chunks).await?;
        if self.claim.as_deref().is_some_and(Claim::is_given_up) {
            return Err(Error::Cancelled);
        }
        let stored = store_immutable(&*self.store, &name.object(), sealed, guess).await?;
        self.known.insert(name, count);
        Ok(Some(stored))
    }

    fn count(&self, extent: ExtentName) {
        if let Some(claim) = &self.claim {
            claim.count(extent);
        }
    }
}

/// The bytes of the extent that holds these chunks.
async fn seal(chunks: Vec<NewChunk>) -> Result<Bytes> {
    let addresses: Vec<_> = chunks.iter().map(|chunk| chunk.address).collect();
    let bytes = chunks.iter().map(|chunk| chunk.bytes.len() as u64).sum();
    let length = (padded_length(bytes) + (TAG_BYTES * chunks.len()) as u64) as usize;
    let mut extent = Vec::with_capacity(length);
    for NewChunk { address, bytes, .. } in chunks {
        // The bytes of a chunk are let go once they are sealed.
        seal_chunk(&address, &bytes, &mut extent).await?;
    }
    let padding = extent.len();
    extent.resize(length, 0);
    extent_padding(&addresses, &mut extent[padding..]);
    Ok(extent.into())
}
