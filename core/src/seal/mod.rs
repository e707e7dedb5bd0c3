//! Keys, addresses and sealing.
//!
//! This room owns every secret and every use of a cipher. It promises that no key meets two
//! plaintexts: see `docs/FORMAT.md` section 1 for the derivations and the argument. All sealing is
//! AES-256-GCM with an all-zero nonce under a key that is used once:
//!
//! * a chunk's key comes from its address, which is a hash of its plaintext;
//! * a packed unit's key comes from its address, its random pack id and its offset, and one pack id
//!   is used for one byte string;
//! * a root's key comes from the epoch's root key and 24 random bytes drawn for that root, and a
//!   keyring's from the epoch's key in the same way;
//! * a wrapped epoch key's comes from HPKE (RFC 9180), which draws a key pair for each.
//!
//! [`Address`], [`SlotSecret`], [`EpochKey`] and the keys are secrets: their `Debug` shows nothing.

mod address;
mod aead;
#[cfg(feature = "passphrase")]
mod argon2id;
mod device_secret;
// Public names in `epoch`, `extent`, `keys`, `pack`, `planned` and `sections` are for `internals`.
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod epoch;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod extent;
mod kdf_params;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod keys;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod pack;
#[cfg(feature = "passphrase")]
mod passphrase;
mod places;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod planned;
mod ring;
mod root;
mod runs;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod sections;
mod slot_keys;
mod slot_secret;
#[cfg(feature = "phrase")]
mod words;
mod wrap;

pub use address::{Address, Link, PackId, Place};
pub use device_secret::DeviceSecret;
pub use kdf_params::KdfParams;
pub use pack::PACK_BYTES_MAX;
#[cfg(feature = "passphrase")]
pub use passphrase::Passphrase;
#[cfg(feature = "phrase")]
pub use slot_secret::RecoveryPhrase;
pub use slot_secret::SlotSecret;

pub(crate) use aead::TAG_BYTES;
pub(crate) use device_secret::RECORD_SEAL_BYTES;
pub(crate) use epoch::{Epoch, EpochKey};
pub(crate) use extent::{
    ChunkLink, ChunkPlace, EXTENT_CHUNKS_MAX, ExtentName, extent_padding, padded_length,
};
pub(crate) use keys::{
    Keys, UnitKind, keyring_name, open_chunk, open_keyring, open_unit, pack_name, seal_chunk,
    seal_keyring,
};
pub(crate) use pack::{Pack, PackWriter};
pub(crate) use planned::PlannedPlaces;
pub(crate) use ring::{Epochs, LastMatch, Ring};
pub(crate) use root::{RootHeader, SALT_OFFSET, seal_root};
pub(crate) use sections::{SectionReader, SectionWriter, addressed_of};
pub(crate) use slot_keys::{MemberSeed, SlotKeys, SlotLock};
pub(crate) use wrap::Wrapped;

#[cfg(feature = "fuzzing")]
pub(crate) use {root::reencode_header, runs::reencode_runs};

#[cfg(test)]
mod tests;
