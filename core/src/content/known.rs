//! What a session knows of the chunks that are stored.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::seal::{ChunkPlace, EXTENT_CHUNKS_MAX, ExtentName};

/// Extents of which this session stored chunks or found them right, until a read finds one damaged;
/// and those, until they are put right.
#[derive(Debug, Default)]
pub(crate) struct KnownExtents(Mutex<HashMap<ExtentName, Known>>);

/// What is known of one extent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// Its chunks whose bits are set need not be sent again.
    Right(u64),
    /// What the store itself tells of it may be of what it once was.
    Damaged,
}

const _: () = assert!(EXTENT_CHUNKS_MAX == u64::BITS as usize);

impl KnownExtents {
    /// The most extents kept. Of more all is forgotten: the right ones only save uploads, and of
    /// the damaged ones the next read tells again.
    const MAX: usize = 64 * 1024;

    /// Whether the first `chunks` chunks of the extent are right.
    pub(super) fn are_right(&self, extent: ExtentName, chunks: usize) -> bool {
        let all = first(chunks);
        matches!(self.extents().get(&extent), Some(Known::Right(bits)) if bits & all == all)
    }

    /// Whether the chunk is right.
    pub(super) fn is_right(&self, place: ChunkPlace) -> bool {
        let bit = 1u64 << place.index;
        matches!(self.extents().get(&place.extent), Some(Known::Right(bits)) if bits & bit != 0)
    }

    pub(super) fn is_damaged(&self, extent: ExtentName) -> bool {
        self.extents().get(&extent) == Some(&Known::Damaged)
    }

    /// The extent of `chunks` chunks was stored or found right.
    pub(super) fn insert(&self, extent: ExtentName, chunks: usize) {
        add(&mut self.extents(), extent, Known::Right(first(chunks)));
    }

    /// The chunk was read and found right.
    pub(super) fn insert_chunk(&self, place: ChunkPlace) {
        let mut extents = self.extents();
        let bit = 1u64 << place.index;
        match extents.get_mut(&place.extent) {
            Some(Known::Right(bits)) => *bits |= bit,
            Some(Known::Damaged) => {}
            None => add(&mut extents, place.extent, Known::Right(bit)),
        }
    }

    /// A chunk of the extent was read and is missing or damaged: the next put looks at what is
    /// there.
    pub(super) fn distrust(&self, extent: ExtentName) {
        add(&mut self.extents(), extent, Known::Damaged);
    }

    /// Nobody is bound to leave the extent in its place.
    pub(super) fn forget(&self, extent: ExtentName) {
        let mut extents = self.extents();
        if matches!(extents.get(&extent), Some(Known::Right(_))) {
            extents.remove(&extent);
        }
    }

    fn extents(&self) -> MutexGuard<'_, HashMap<ExtentName, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The bits of the first `chunks` chunks.
fn first(chunks: usize) -> u64 {
    u64::MAX.checked_shr(u64::BITS - chunks as u32).unwrap_or(0)
}

fn add(extents: &mut HashMap<ExtentName, Known>, extent: ExtentName, known: Known) {
    if extents.len() >= KnownExtents::MAX {
        extents.clear();
    }
    extents.insert(extent, known);
}
