//! The manifest: which checkpoint is the last.
//!
//! One file of two slots of 4,096 bytes, made of zeros when the engine is created. A checkpoint
//! writes the slot that does not hold the last published one, so a torn write never costs it.
//!
//! ```text
//! offset  size  field
//!      0     8  magic "SWengine"
//!      8     2  format version, 1
//!     10     6  zero
//!     16     8  generation: each attempt to publish has a higher one
//!     24     8  catalog frame: number of its file
//!     32     8  offset in it
//!     40     4  length
//!     44     4  zero
//!     48     8  checksum of the frame
//!     56     8  XXH3-64 of the 56 bytes before
//!     64        zeros
//! ```

use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64;

use super::files::{self, MANIFEST, io_error};
use super::frame::FrameRef;
use crate::disk::{Disk, DiskFile, OpenMode};
use crate::error::{Error, Result};

/// The format version of the whole directory.
pub(crate) const VERSION: u16 = 1;
/// A disk's usual page, so that the slots never share one.
const SLOT_BYTES: usize = 4096;
const FIELDS_BYTES: usize = 56;
const MAGIC: &[u8; 8] = b"SWengine";

/// A published checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Published {
    /// Higher than that of every earlier attempt.
    pub(crate) generation: u64,
    /// The frame with all else.
    pub(crate) catalog: FrameRef,
    /// Which slot holds it, 0 or 1.
    pub(crate) slot: u64,
}

/// What a manifest says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Manifest {
    /// There is no file: nothing was ever stored here.
    Missing,
    /// No checkpoint was published yet: the log has everything.
    Empty,
    /// The last checkpoint.
    Published(Published),
}

const MANIFEST_TEMP: &str = "manifest.tmp";

enum Slot {
    Zero,
    Damaged,
    Published(Published),
}

/// Makes an empty manifest, whole and durable or not at all.
pub(crate) fn create(disk: &dyn Disk) -> Result<()> {
    match disk.remove(MANIFEST_TEMP) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(io_error(error)),
        _ => {}
    }
    let file = disk.open(MANIFEST_TEMP, OpenMode::CreateNew).map_err(io_error)?;
    file.write_at(0, &[0; 2 * SLOT_BYTES]).map_err(io_error)?;
    file.sync().map_err(io_error)?;
    disk.rename(MANIFEST_TEMP, MANIFEST).map_err(io_error)?;
    disk.sync_dir("").map_err(io_error)
}

/// Makes durable what was read: an earlier process may have left it in the cache of the system.
pub(crate) fn settle(disk: &dyn Disk) -> Result<()> {
    let file = disk.open(MANIFEST, OpenMode::Write).map_err(io_error)?;
    file.sync().map_err(io_error)?;
    disk.sync_dir("").map_err(io_error)
}

/// Reads the manifest. A torn slot is passed over: the other one is the last published.
pub(crate) fn read(disk: &dyn Disk) -> Result<Manifest> {
    let file = match disk.open(MANIFEST, OpenMode::Read) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Manifest::Missing),
        Err(error) => return Err(io_error(error)),
    };
    let mut newest = None;
    let mut zeros = 0;
    for slot in 0..2 {
        let mut bytes = [0; SLOT_BYTES];
        let offset = slot * SLOT_BYTES as u64;
        file.read_at(offset, &mut bytes)
            .map_err(|error| files::read_error("manifest", MANIFEST, offset, error))?;
        match decode(&bytes, slot)? {
            Slot::Zero => zeros += 1,
            Slot::Damaged => {}
            Slot::Published(found) => {
                newest = newest
                    .filter(|it: &Published| it.generation > found.generation)
                    .or(Some(found));
            }
        }
    }
    match newest {
        Some(published) => Ok(Manifest::Published(published)),
        None if zeros > 0 => Ok(Manifest::Empty),
        None => Err(Error::StoreCorrupt { what: "manifest", file: MANIFEST.to_owned(), offset: 0 }),
    }
}

/// The manifest's file, to publish in.
pub(crate) fn open(disk: &dyn Disk) -> Result<Arc<dyn DiskFile>> {
    disk.open(MANIFEST, OpenMode::Write).map_err(io_error)
}

/// Makes a slot hold nothing, durably, whatever it held: for one of which nobody knows what it
/// holds.
pub(crate) fn void(file: &dyn DiskFile, slot: u64) -> Result<()> {
    file.write_at(slot * SLOT_BYTES as u64, &[0; SLOT_BYTES]).map_err(io_error)?;
    file.sync().map_err(io_error)
}

/// Writes one slot and makes it durable.
pub(crate) fn publish(file: &dyn DiskFile, published: &Published) -> Result<()> {
    file.write_at(published.slot * SLOT_BYTES as u64, &encode(published)).map_err(io_error)?;
    file.sync().map_err(io_error)
}

fn encode(published: &Published) -> [u8; SLOT_BYTES] {
    let mut bytes = [0; SLOT_BYTES];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..10].copy_from_slice(&VERSION.to_le_bytes());
    bytes[16..24].copy_from_slice(&published.generation.to_le_bytes());
    bytes[24..32].copy_from_slice(&published.catalog.file.to_le_bytes());
    bytes[32..40].copy_from_slice(&published.catalog.offset.to_le_bytes());
    bytes[40..44].copy_from_slice(&published.catalog.len.to_le_bytes());
    bytes[48..56].copy_from_slice(&published.catalog.checksum.to_le_bytes());
    seal(&mut bytes);
    bytes
}

/// Puts the checksum of a slot behind its fields.
fn seal(slot: &mut [u8; SLOT_BYTES]) {
    let checksum = xxh3_64(&slot[..FIELDS_BYTES]);
    slot[FIELDS_BYTES..FIELDS_BYTES + 8].copy_from_slice(&checksum.to_le_bytes());
}

fn decode(bytes: &[u8; SLOT_BYTES], slot: u64) -> Result<Slot> {
    if bytes.iter().all(|byte| *byte == 0) {
        return Ok(Slot::Zero);
    }
    let u64_at = |at: usize| {
        let mut field = [0; 8];
        field.copy_from_slice(&bytes[at..at + 8]);
        u64::from_le_bytes(field)
    };
    if &bytes[..8] != MAGIC || u64_at(FIELDS_BYTES) != xxh3_64(&bytes[..FIELDS_BYTES]) {
        return Ok(Slot::Damaged);
    }
    let version = u16::from_le_bytes([bytes[8], bytes[9]]);
    if version != VERSION {
        return Err(Error::UnsupportedVersion { found: version });
    }
    let catalog = FrameRef {
        file: u64_at(24),
        offset: u64_at(32),
        len: u64_at(40) as u32,
        checksum: u64_at(48),
    };
    let published = Published { generation: u64_at(16), catalog, slot };
    // One spelling: what is said to be zero is.
    if encode(&published) == *bytes { Ok(Slot::Published(published)) } else { Ok(Slot::Damaged) }
}

/// Reads a slot with these fields behind a right checksum; returns the fields it is written with.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode(fields: &[u8]) -> Result<Vec<u8>> {
    let malformed = Error::Malformed { what: "manifest" };
    let mut slot = [0; SLOT_BYTES];
    let place = slot.get_mut(..fields.len()).filter(|_| fields.len() <= FIELDS_BYTES);
    place.ok_or_else(|| malformed.clone())?.copy_from_slice(fields);
    seal(&mut slot);
    match decode(&slot, 0)? {
        Slot::Published(published) => Ok(encode(&published)[..fields.len()].to_vec()),
        Slot::Zero | Slot::Damaged => Err(malformed),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::disk::MemoryDisk;

    fn published(generation: u64, slot: u64) -> Published {
        let catalog = FrameRef { file: 3, offset: 4096, len: u32::MAX, checksum: u64::MAX - 5 };
        Published { generation, catalog, slot }
    }

    fn damage(disk: &MemoryDisk, offset: u64) {
        let file = disk.open(MANIFEST, OpenMode::Write).unwrap();
        let mut byte = [0];
        file.read_at(offset, &mut byte).unwrap();
        file.write_at(offset, &[byte[0] ^ 4]).unwrap();
    }

    #[test]
    fn the_newest_whole_slot_counts() {
        let disk = MemoryDisk::new();
        assert_eq!(read(&disk).unwrap(), Manifest::Missing);
        create(&disk).unwrap();
        assert_eq!(read(&disk).unwrap(), Manifest::Empty);
        for (generation, slot) in [(4, 0), (6, 1), (7, 0)] {
            publish(&*open(&disk).unwrap(), &published(generation, slot)).unwrap();
            assert_eq!(read(&disk).unwrap(), Manifest::Published(published(generation, slot)));
        }
        damage(&disk, 20);
        assert_eq!(read(&disk).unwrap(), Manifest::Published(published(6, 1)));
        damage(&disk, SLOT_BYTES as u64);
        assert!(matches!(read(&disk), Err(Error::StoreCorrupt { what: "manifest", .. })));
    }

    #[test]
    fn every_flipped_bit_of_a_slot_is_damage() {
        let whole = encode(&published(9, 0));
        assert!(matches!(decode(&whole, 0).unwrap(), Slot::Published(it) if it == published(9, 0)));
        for bit in 0..SLOT_BYTES * 8 {
            let mut slot = whole;
            slot[bit / 8] ^= 1 << (bit % 8);
            assert!(matches!(decode(&slot, 0).unwrap(), Slot::Damaged), "bit {bit}");
        }
    }

    #[test]
    fn another_version_is_told_from_damage() {
        let mut slot = encode(&published(9, 0));
        slot[8] = 2;
        assert!(matches!(decode(&slot, 0).unwrap(), Slot::Damaged));
        seal(&mut slot);
        assert!(matches!(decode(&slot, 0), Err(Error::UnsupportedVersion { found: 2 })));
    }
}
