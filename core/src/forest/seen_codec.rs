//! What the callers of operations saw, as bytes.
//!
//! An id is written where it is mentioned first, and as a number after that. Which directory is the
//! top follows from the path, so its id is never written.

use std::collections::{HashMap, HashSet};

use super::directory_id::DirectoryId;
use super::seen::{Sight, Was};
use super::stamp::Stamp;
use crate::codec::{Reader, put_varint};
use crate::error::Result;
use crate::path::VaultPath;

/// The first number of each kind of what was there. From [`MISSING`] on they say how many
/// directories were missing.
const ABSENT: u64 = 0;
const FILE: u64 = 1;
const DIRECTORY: u64 = 2;
const MISSING: u64 = 3;

/// Writes one sight after the other.
#[derive(Default)]
pub(super) struct SightWriter {
    numbers: HashMap<DirectoryId, u64>,
}

impl SightWriter {
    /// ```text
    /// varint: 0 absent, 1 a file, 2 a directory, 2 + n absent with n directories above it
    /// id of the deepest directory that was there, unless it is the top
    /// stamp of what was there; its id if it is a directory
    /// ```
    pub(super) fn put(&mut self, sight: &Sight, out: &mut Vec<u8>) {
        put_varint(
            out,
            match sight.was {
                Was::Absent { missing: 0 } => ABSENT,
                Was::File(_) => FILE,
                Was::Directory(..) => DIRECTORY,
                Was::Absent { missing } => MISSING - 1 + missing as u64,
            },
        );
        if sight.within != DirectoryId::TOP {
            self.id(sight.within, out);
        }
        match sight.was {
            Was::Absent { .. } => {}
            Was::File(stamp) => stamp.encode(out),
            Was::Directory(stamp, id) => {
                stamp.encode(out);
                self.id(id, out);
            }
        }
    }

    fn id(&mut self, id: DirectoryId, out: &mut Vec<u8>) {
        let next = self.numbers.len() as u64 + 1;
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            put_varint(out, 0);
            id.encode(out);
        } else {
            put_varint(out, number);
        }
    }
}

/// Reads what [`SightWriter`] wrote.
#[derive(Default)]
pub(super) struct SightReader {
    ids: Vec<DirectoryId>,
    known: HashSet<DirectoryId>,
}

impl SightReader {
    /// Reads what was at `path`.
    pub(super) fn next(&mut self, path: &VaultPath, addressed: &mut Reader<'_>) -> Result<Sight> {
        let kind = addressed.varint()?;
        let missing = kind.saturating_sub(MISSING - 1);
        let above = path.segments().count() as u64 - 1;
        let above = above.checked_sub(missing).ok_or_else(|| addressed.malformed())?;
        let within = if above == 0 { DirectoryId::TOP } else { self.id(addressed)? };
        let was = match kind {
            ABSENT => Was::Absent { missing: 0 },
            FILE => Was::File(Stamp::decode(addressed)?),
            DIRECTORY => Was::Directory(Stamp::decode(addressed)?, self.id(addressed)?),
            _ => Was::Absent { missing: missing as usize },
        };
        Ok(Sight { within, was })
    }

    fn id(&mut self, addressed: &mut Reader<'_>) -> Result<DirectoryId> {
        let number = addressed.varint()?;
        if number > 0 {
            let index = usize::try_from(number - 1).ok();
            let id = index.and_then(|index| self.ids.get(index));
            return id.copied().ok_or_else(|| addressed.malformed());
        }
        let id = DirectoryId::decode(addressed)?;
        if !self.known.insert(id) {
            return Err(addressed.malformed());
        }
        self.ids.push(id);
        Ok(id)
    }
}
