//! How a vault is opened, and by which keys it is read: the keyring, a small immutable object that
//! the root names.
//!
//! A keyring has *slots*, each of which holds the key of the newest epoch for one passphrase, one
//! set of recovery words, one secret of an app or one device; and a sealed part that this key
//! opens: the ring of the keys of older epochs, what the slots are, and what wraps a key for each
//! of them without its secret. So whoever has opened a vault can shut out a slot: it draws the key
//! of a next epoch and wraps it for all the others. Nothing else of the vault is written.
//!
//! This room is pure: bytes and randomness come in, bytes go out. It promises:
//!
//! * **The store does not learn how many slots there are**, nor which of those that are not
//!   passphrases are real: there are 8, 16 and so on up to 256, unused ones hold noise, and all but
//!   their salts change with every keyring.
//! * **A change is made again on another keyring**, and made once: a [`Change`] names slots by
//!   ids, and knows whether it was made.
//! * **Nothing unverified costs much**: at most four slots ask for the work of a passphrase, and
//!   none of them is given more than the ceiling.
//!
//! | file | what it has |
//! |---|---|
//! | `slot`, `record` | a slot as the store sees it, and what the sealed part says of it |
//! | `contents`, `object` | the sealed part, and the object as bytes |
//! | `opener`, `new_slot` | what opens a slot, and one that is to be |
//! | `change` | what can be done to a keyring |

mod change;
mod contents;
mod new_slot;
mod object;
mod opener;
mod record;
mod slot;

pub use record::{SlotId, SlotInfo, SlotKind};

pub(crate) use change::{Change, Which};
pub(crate) use new_slot::{Cost, Drawn, NewSlot};
pub(crate) use object::{KEYRING_BYTES_MAX, Keyring, Locked};
pub(crate) use opener::{Opener, Unlocked};

#[cfg(feature = "fuzzing")]
pub(crate) use {contents::reencode_contents, object::reencode_object};

#[cfg(test)]
mod tests;
