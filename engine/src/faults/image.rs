//! A file of the simulated disk: what reads see, what is durable, and what lies between.

use std::io;
use std::sync::Arc;

use super::random::Random;
use crate::disk::content;

/// What a disk writes whole or not at all, in bytes.
pub(super) const SECTOR_BYTES: u64 = 512;

/// A file. Its bytes are shared with the clones of the disk until one of them writes.
#[derive(Debug, Clone, Default)]
pub(super) struct Image {
    /// What reads see.
    pub(super) cached: Arc<Vec<u8>>,
    /// What a power cut can't take.
    pub(super) durable: Arc<Vec<u8>>,
    /// What a sync will make durable, oldest first.
    pub(super) unsynced: Vec<ContentChange>,
    /// How many handles are open.
    pub(super) handles: usize,
}

/// A change of a file's bytes that is not durable yet.
#[derive(Debug, Clone)]
pub(super) struct ContentChange {
    /// The number of the call that made it.
    pub(super) number: u64,
    /// The name the file was opened by.
    pub(super) name: Arc<str>,
    pub(super) kind: ContentChangeKind,
}

#[derive(Debug, Clone)]
pub(super) enum ContentChangeKind {
    Write { offset: u64, bytes: Arc<[u8]> },
    SetLen(u64),
}

/// What a power cut makes of one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fate {
    Kept,
    Lost,
    /// A write of which only the first bytes are there.
    Prefix(u64),
    /// A write of which each sector is there or not, as a seed says; the file is as long as if all
    /// were.
    Sectors(u64),
    /// A write of which no byte is there, but the file is as long as if all were.
    Length,
}

impl Image {
    /// A file at rest: all it has is durable.
    pub(super) fn at_rest(durable: Arc<Vec<u8>>) -> Self {
        Self { cached: durable.clone(), durable, unsynced: Vec::new(), handles: 0 }
    }

    pub(super) fn change(&mut self, change: ContentChange) -> io::Result<()> {
        change.apply(Arc::make_mut(&mut self.cached), Fate::Kept)?;
        self.unsynced.push(change);
        Ok(())
    }

    /// Makes durable what is not, but for what a failed sync forgot.
    pub(super) fn sync(&mut self) -> io::Result<()> {
        if !self.unsynced.is_empty() {
            let durable = Arc::make_mut(&mut self.durable);
            self.unsynced.drain(..).try_for_each(|change| change.apply(durable, Fate::Kept))?;
        }
        Ok(())
    }

    /// The bytes after a power cut that deals with the unsynced changes as `fates` says.
    pub(super) fn after_cut(&self, fates: &[Fate]) -> io::Result<Vec<u8>> {
        let mut bytes = self.durable.to_vec();
        for (change, fate) in self.unsynced.iter().zip(fates) {
            change.apply(&mut bytes, *fate)?;
        }
        Ok(bytes)
    }
}

impl ContentChange {
    /// The offsets inside a write at which it can tear: the bounds of sectors, counted from the
    /// start of the write.
    pub(super) fn sector_bounds(&self) -> Vec<u64> {
        let ContentChangeKind::Write { offset, bytes } = &self.kind else { return Vec::new() };
        let first = SECTOR_BYTES - offset % SECTOR_BYTES;
        (first..bytes.len() as u64).step_by(SECTOR_BYTES as usize).collect()
    }

    fn apply(&self, content: &mut Vec<u8>, fate: Fate) -> io::Result<()> {
        let (offset, bytes) = match (&self.kind, fate) {
            (_, Fate::Lost) => return Ok(()),
            (ContentChangeKind::SetLen(len), _) => return content::resize(content, *len),
            (ContentChangeKind::Write { offset, bytes }, _) => (*offset, bytes),
        };
        let end = content::end_of(offset, bytes.len())?;
        let lengthen =
            |content: &mut Vec<u8>| content::resize(content, end.max(content.len() as u64));
        match fate {
            Fate::Kept => content::write(content, offset, bytes),
            Fate::Lost => Ok(()),
            Fate::Prefix(landed) => {
                let landed = bytes.len().min(landed as usize);
                content::write(content, offset, &bytes[..landed])
            }
            Fate::Length => lengthen(content),
            Fate::Sectors(seed) => {
                lengthen(content)?;
                let mut random = Random::new(seed);
                let mut bounds = self.sector_bounds();
                bounds.push(bytes.len() as u64);
                let mut start = 0;
                for bound in bounds {
                    if random.chance(50) {
                        let sector = &bytes[start as usize..bound as usize];
                        content::write(content, offset + start, sector)?;
                    }
                    start = bound;
                }
                Ok(())
            }
        }
    }
}

impl std::fmt::Display for ContentChange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { number, name, kind } = self;
        match kind {
            ContentChangeKind::Write { offset, bytes } => {
                write!(
                    formatter,
                    "call {number}: write of {name} at {offset}, {} bytes",
                    bytes.len()
                )
            }
            ContentChangeKind::SetLen(len) => {
                write!(formatter, "call {number}: {name} set to {len} bytes")
            }
        }
    }
}
