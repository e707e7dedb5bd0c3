//! Who may write to a vault, what they signed, and which root follows which.
//!
//! This room owns the vault's identity, the chain of its members and devices, the heads that every
//! root carries, and the rule by which a device accepts a root. All of it is plain functions over
//! bytes: it knows no store, no clock and no content.
//!
//! * A [`VaultId`] commits to the owner's key. The [`Chain`] of members begins with that key, and
//!   everything in it is signed by somebody whom it gave the right before.
//! * A root is signed as a [`Statement`]. Its hash, the [`RootHash`], names it in every later one.
//! * The [`Heads`] of a root say how far each writer had come before it. So a root follows another
//!   if and only if its heads are at least those after the other ([`Standing`]).
//! * A device keeps the root it accepted last, and [`View::judge`] gives it the next one or a
//!   [`Refusal`]. Two roots neither of which follows the other are a [`ForkProof`].
//!
//! What it promises, and what it rests on: `docs/FORMAT.md` sections 13 to 16 have the bytes and
//! the argument, `docs/decisions/0010-heads.md` the reasons.

mod acceptance;
mod author;
mod carried;
mod chain;
mod fork_proof;
mod grant;
mod heads;
mod label;
mod members;
mod record;
mod refusal;
mod relation;
mod row;
mod rows;
mod shared_row;
mod sign;
mod signed_root;
mod standing;
mod statement;
mod vault_id;

pub use acceptance::{Accepted, Ground, Kept, Own, Seen, View, frozen};
pub use author::{Author, Lane};
pub use carried::Carried;
pub use chain::{CHAIN_BYTES_MAX, Chain, ChainMark, RECORDS_MAX};
pub use fork_proof::{FORK_PROOF_BYTES_MAX, Fork, ForkProof};
pub use grant::{Grant, Role};
pub use heads::{Heads, IDLE_COMMITS};
pub use label::{LABEL_BYTES_MAX, Label};
pub use members::{DEVICES_MAX, Device, MEMBERS_MAX, Member, Members, Presence};
pub use record::Record;
pub use refusal::{Refusal, RefusalResult};
pub use relation::Relation;
pub use row::Row;
pub use rows::{RowId, Rows};
pub use shared_row::{LANES_MAX, LaneState, SharedRow};
pub use sign::{Signature, SigningKey, VerifyingKey};
pub use signed_root::SignedRoot;
pub use standing::Standing;
pub use statement::{ChainHash, ContentHash, RootHash, Statement};
pub use vault_id::VaultId;

#[cfg(feature = "fuzzing")]
pub(crate) use {
    acceptance::reencode_kept, carried::reencode_carried, chain::reencode_chain,
    fork_proof::reencode_fork_proof, rows::reencode_rows,
};

#[cfg(test)]
mod tests;
