//! Keys, addresses and sealing.
//!
//! This room owns every secret and every use of a cipher. It promises that no key meets two
//! plaintexts: see `docs/FORMAT.md` section 1 for the derivations and the argument. All sealing is
//! AES-256-GCM with an all-zero nonce under a key that is used once:
//!
//! * a chunk's key comes from its address, which is a hash of its plaintext (under a key of its own
//!   where equal contents are kept apart);
//! * a packed unit's key comes from its address, its random pack id and its offset, and one pack id
//!   is used for one byte string;
//! * a root's key comes from the vault's root key and 24 random bytes drawn for that root.
//!
//! [`Address`], [`RootSecret`] and the keys are secrets: their `Debug` shows nothing.

mod address;
mod aead;
#[cfg(feature = "passphrase")]
mod argon2id;
// Public names in `extent`, `keys`, `pack`, `planned`, `salt` and `sections` are for `internals`.
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod extent;
mod key_slot;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod keys;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod pack;
mod padding;
#[cfg(feature = "passphrase")]
mod passphrase;
mod places;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod planned;
mod root;
mod runs;
#[cfg_attr(not(feature = "internals"), allow(unreachable_pub))]
pub(crate) mod salt;
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
pub(crate) use extent::{ChunkLink, ChunkPlace, EXTENT_CHUNKS_MAX, ExtentName, extent_padding};
pub(crate) use key_slot::{KeySlot, Unlock};
pub(crate) use keys::{Keys, UnitKind, open_chunk, open_unit, pack_name, seal_chunk};
pub(crate) use pack::{Pack, PackWriter};
pub(crate) use padding::padded_length;
pub(crate) use planned::{PlannedPlaces, UnitName};
pub(crate) use root::{RootHeader, salt_offset, seal_root};
pub(crate) use salt::Salt;
pub(crate) use sections::{SectionReader, SectionWriter, addressed_of};

#[cfg(feature = "fuzzing")]
pub(crate) use {
    key_slot::reencode_slot, padding::reencode_padded, root::reencode_header, runs::reencode_runs,
};

#[cfg(test)]
mod tests;
