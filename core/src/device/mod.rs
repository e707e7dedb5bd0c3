//! What a device remembers of the vaults it has opened, and how it hands one to another device.
//!
//! A [`DeviceRecord`] holds the root that was accepted last, so that an older root or another
//! history is noticed, also after a restart; what opens the vault; and who this device is in it.
//! [`DeviceState`] keeps it as one object in a store of the device, sealed under the device's
//! secret, which the app keeps elsewhere, in the system's keychain.
//!
//! **What holds.**
//!
//! * An update that returned is durable. A crash at any point leaves the record as it was or as it
//!   was to be: it is one object, put under a precondition.
//! * Several processes may update one record at once. Each merges its news into what it finds and
//!   puts that under the tag it found, so none takes back what another has remembered: roots only
//!   move forward.
//! * Damage is told as damage, and not taken for a first contact.
//! * The record opens for this device and this vault alone.
//!
//! **What does not.** Whoever puts an old copy of the store in its place, as a restored backup of
//! the device does, takes the device back to what it knew then. What was newer is not missed until
//! a root shows it: this device's own commits since then are (the root has commits of this device
//! that it does not know of). Whoever removes the record makes the next contact the first one.
//!
//! A [`Pairing`] is what one device tells another one: the vault, where it is, a slot that opens
//! it, and enough of the heads that the first root the other sees is no older than what the first
//! has seen.

mod codec;
mod merge;
mod pairing;
mod record;
mod state;

pub use merge::News;
pub use pairing::{PAIRING_CHARS_MAX, Pairing, Witness};
pub use record::{
    DeviceRecord, KEYRING_BYTES_MAX, Position, SENT_MAX, SETTING_BYTES_MAX, SETTING_NAME_BYTES_MAX,
    SETTINGS_MAX, STORE_BYTES_MAX, STORES_MAX, Sent, StoreNote,
};
pub use state::DeviceState;

#[cfg(feature = "fuzzing")]
pub(crate) use codec::reencode_record;
