//! The keyring as an object.
//!
//! ```text
//! 0  4   "SWKR"
//! 4  2   le16 format version: 2
//! 6  1   k, from 3 to 8: there are 2^k slots
//! 7  n   slots, 158 bytes each
//!    24  salt, random for each keyring
//!        sealed part, to the end; everything before it is associated data
//! ```

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;

use super::contents::{Contents, PASSPHRASES_MAX};
use super::record::{SlotId, SlotInfo};
use super::slot::{SLOT_BYTES, Slot};
use crate::codec::Reader;
use crate::error::{Error, Result};
use crate::platform::Environment;
use crate::seal::{EpochKey, Epochs, SlotKeys, keyring_name, open_keyring, seal_keyring};
use crate::trust::{Chain, Rows};

/// The most bytes of a keyring. A reader refuses more.
pub(crate) const KEYRING_BYTES_MAX: u64 = 1024 * 1024;

const MAGIC: &[u8; 4] = b"SWKR";
const VERSION: u16 = 2;
/// What errors call it.
const WHAT: &str = "keyring";

/// The binary logarithms of the numbers of slots.
pub(super) const LOG_SLOTS_MIN: u32 = 3;
pub(super) const LOG_SLOTS_MAX: u32 = 8;

/// A keyring that was read and not opened.
pub(crate) struct Locked {
    bytes: Bytes,
    pub(super) slots: Vec<Slot>,
    salt: [u8; 24],
    /// Where the sealed part starts.
    sealed: usize,
}

impl Locked {
    /// Reads the part that needs no key.
    pub(crate) fn decode(bytes: Bytes) -> Result<Self> {
        let mut reader = Reader::new(&bytes, WHAT);
        if bytes.len() < MAGIC.len() + 2 {
            return Err(Error::ObjectTruncated);
        }
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(reader.malformed());
        }
        let version = u16::from_le_bytes(reader.array()?);
        if version != VERSION {
            return Err(Error::UnsupportedVersion { found: version });
        }
        let log = u32::from(reader.byte().map_err(|_| Error::ObjectTruncated)?);
        if !(LOG_SLOTS_MIN..=LOG_SLOTS_MAX).contains(&log) {
            return Err(reader.malformed());
        }
        if reader.remaining() < SLOT_BYTES << log {
            return Err(Error::ObjectTruncated);
        }
        let slots: Vec<Slot> =
            (0..1 << log).map(|_| Slot::decode(&mut reader)).collect::<Result<_>>()?;
        if slots.iter().filter(|slot| slot.head.stretch.is_some()).count() > PASSPHRASES_MAX {
            return Err(reader.malformed());
        }
        let salt = reader.array().map_err(|_| Error::ObjectTruncated)?;
        let sealed = bytes.len() - reader.remaining();
        Ok(Self { bytes, slots, salt, sealed })
    }

    /// Opens the sealed part with the key of the newest epoch.
    pub(crate) fn open(&self, key: &EpochKey) -> Result<Keyring> {
        let (head, sealed) = self.bytes.split_at(self.sealed);
        let plaintext = open_keyring(key, &self.salt, head, sealed)?;
        let contents = Contents::decode(&plaintext, &self.slots)?;
        if contents.keys.last() != Some(key) {
            return Err(Error::Malformed { what: WHAT });
        }
        Keyring::new(self.bytes.clone(), self.slots.clone(), contents)
    }

    fn encode(slots: &[Slot], salt: &[u8; 24]) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.push(slots.len().ilog2() as u8);
        slots.iter().for_each(|slot| slot.encode(&mut out));
        out.extend_from_slice(salt);
        out
    }
}

/// A keyring that was opened or made.
pub(crate) struct Keyring {
    hash: [u8; 32],
    bytes: Bytes,
    epochs: Arc<Epochs>,
    chain: Arc<Chain>,
    resting: Rows,
    pub(super) slots: Vec<Slot>,
    pub(super) contents: Contents,
}

impl Keyring {
    fn new(bytes: Bytes, slots: Vec<Slot>, contents: Contents) -> Result<Self> {
        let epochs = Epochs::new(contents.first, &contents.keys);
        let epochs = Arc::new(epochs.ok_or(Error::Malformed { what: WHAT })?);
        let chain = Arc::new(Chain::read(&contents.chain, None)?);
        let resting = Rows::decode(&contents.resting)?;
        let hash = *blake3::hash(&bytes).as_bytes();
        Ok(Self { hash, bytes, epochs, chain, resting, slots, contents })
    }

    /// Seals a keyring of these slots, of which there is a power of two.
    pub(super) fn seal(
        slots: Vec<Slot>,
        contents: Contents,
        environment: &Environment,
    ) -> Result<Self> {
        let over = Error::InvalidArgument { what: "a keyring has at most 1 MiB" };
        let key = contents.keys.last().ok_or_else(|| over.clone())?;
        let salt = environment.random()?;
        let mut bytes = Locked::encode(&slots, &salt);
        let head = bytes.len();
        let plaintext = contents.encode();
        // What is copied is sealed in place, so it must not move.
        bytes.reserve_exact(plaintext.len() + 16);
        bytes.extend_from_slice(&plaintext);
        seal_keyring(key, &salt, &mut bytes, head)?;
        if bytes.len() as u64 > KEYRING_BYTES_MAX {
            return Err(over);
        }
        Self::new(bytes.into(), slots, contents)
    }

    /// The BLAKE3 hash of the object, by which a root names it.
    pub(crate) fn hash(&self) -> &[u8; 32] {
        &self.hash
    }

    /// The object.
    pub(crate) fn bytes(&self) -> &Bytes {
        &self.bytes
    }

    /// The name of the object.
    pub(crate) fn name(&self) -> String {
        keyring_name(&self.hash)
    }

    /// The keys of its epochs.
    pub(crate) fn epochs(&self) -> &Arc<Epochs> {
        &self.epochs
    }

    /// The chain of members.
    pub(crate) fn chain(&self) -> &Arc<Chain> {
        &self.chain
    }

    /// The rows of heads at rest.
    pub(crate) fn resting(&self) -> &Rows {
        &self.resting
    }

    /// The number of the newest epoch.
    pub(crate) fn epoch(&self) -> u32 {
        u32::from(self.epochs.newest().epoch().number())
    }

    /// The key of the newest epoch.
    pub(crate) fn newest_key(&self) -> Option<&EpochKey> {
        self.contents.keys.last()
    }

    /// The slots, in the order in which they were added.
    pub(crate) fn slots(&self) -> Vec<SlotInfo> {
        let mut slots: Vec<_> = self.contents.records.iter().map(|record| record.info()).collect();
        slots.sort_by_key(|slot| (slot.created_ms, slot.id));
        slots
    }

    /// The slot that opens by `keys`, if it is here.
    pub(crate) fn slot_of(&self, keys: &SlotKeys) -> Option<SlotId> {
        let lock = keys.lock();
        self.contents.records.iter().find(|record| record.lock == lock).map(|record| record.id)
    }

    /// Whether `later` can come after this one: its epoch is no older, and its ring has the same
    /// keys.
    pub(crate) fn may_be_followed_by(&self, later: &Self) -> bool {
        let (Some(ours), Some(theirs)) = (self.contents.numbers(), later.contents.numbers()) else {
            return false;
        };
        let key = |contents: &Contents, epoch: u16| {
            contents.keys.get(usize::from(epoch - contents.first.number())).cloned()
        };
        let mut common = ours.start.max(theirs.start)..ours.end.min(theirs.end);
        theirs.end >= ours.end
            && common.all(|epoch| key(&self.contents, epoch) == key(&later.contents, epoch))
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keyring([redacted])")
    }
}

/// Reads the readable part of a keyring and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_object(bytes: &[u8]) -> Result<Vec<u8>> {
    let locked = Locked::decode(Bytes::copy_from_slice(bytes))?;
    Ok(Locked::encode(&locked.slots, &locked.salt))
}
