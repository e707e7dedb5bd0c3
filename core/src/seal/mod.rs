//! Keys, addresses and sealing.
//!
//! This room owns every secret and every use of a cipher. It promises that no key meets two
//! plaintexts: see `docs/FORMAT.md` section 1 for the derivations and the argument. All sealing is
//! AES-256-GCM with an all-zero nonce under a key that is used once:
//!
//! * a chunk's key comes from its address, which is a hash of its plaintext;
//! * a packed unit's key comes from its address, its random pack id and its offset, and one pack id
//!   is used for one byte string;
//! * a root's key comes from the vault's root key and 24 random bytes drawn for that root.
//!
//! [`Address`], [`RootSecret`] and the keys are secrets: their `Debug` shows nothing.

mod address;
mod aead;
#[cfg(feature = "passphrase")]
mod argon2id;
// Nothing of the library uses it yet.
#[cfg(any(test, feature = "internals"))]
#[cfg_attr(not(feature = "internals"), allow(dead_code, unreachable_pub))]
pub(crate) mod device_secret;
mod key_slot;
// Public names in `keys`, `pack`, `planned` and `sections` are for `internals`.
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod keys;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod pack;
#[cfg(feature = "passphrase")]
mod passphrase;
mod places;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod planned;
mod root;
mod secret;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod sections;
#[cfg(feature = "phrase")]
mod words;

pub use address::{Address, Link, PackId, Place};
pub use key_slot::KdfParams;
pub use pack::PACK_BYTES_MAX;
#[cfg(feature = "passphrase")]
pub use passphrase::Passphrase;
#[cfg(feature = "phrase")]
pub use secret::RecoveryPhrase;
pub use secret::RootSecret;

pub(crate) use aead::TAG_BYTES;
#[cfg(any(test, feature = "internals"))]
pub(crate) use device_secret::{DeviceSecret, RECORD_SEAL_BYTES};
pub(crate) use key_slot::{KeySlot, Unlock};
pub(crate) use keys::{Keys, UnitKind, chunk_name, open_chunk, open_unit, pack_name, seal_chunk};
pub(crate) use pack::{Pack, PackWriter};
pub(crate) use planned::PlannedPlaces;
pub(crate) use root::{RootHeader, salt_offset, seal_root};
pub(crate) use sections::{SectionReader, SectionWriter, addressed_of};

#[cfg(feature = "fuzzing")]
pub(crate) use {key_slot::reencode_slot, root::reencode_header};

#[cfg(test)]
mod tests;
