//! Directories as sealed tries, and the commit that makes changes durable.
//!
//! This room owns the tree of entries, the root object with its tail, and every write to the
//! index. It promises:
//!
//! * **One flush, a constant number of requests.** However many operations it carries: packs in
//!   parallel, then one root. Small changes ride in the root's tail and need no pack.
//! * **All or nothing.** A group of operations is committed by one root put under a condition, or
//!   not at all. A failed commit leaves memory and store as they were, but for unreferenced
//!   objects.
//! * **Nothing lost to a race.** After a lost race the root is reloaded, this session's operations
//!   are replayed on it, and the commit repeats with jittered backoff.
//! * **Group commit.** Operations that arrive while a commit is under way share the next one.
//! * **Nobody waits for a call that is not polled.** No lock is held across I/O; a commit is driven
//!   by every call that waits for it.
//! * **A commit counts when its root is there.** On a store that does not confirm what it was sent
//!   the root is read back first, and put again if it arrived damaged.
//! * **What was applied is not done twice.** After a lost answer the root that is found tells what
//!   became of the commit. An unchanged one does not, as the put may come late: the commit is in
//!   doubt until another root is found. Where that cannot tell, the outcome is unknown and nothing
//!   is replayed.
//! * **A full store takes removals.** Room is kept for them.
//! * **A clock reaches its own device's entries alone.** Operations are told apart and ordered by
//!   counts; a time is what the device's clock says or the caller gave, and nobody takes it over.
//! * **Everybody has a turn.** However often one call commits, another that waits to look at the
//!   root does so after the commit under way.
//!
//! Rollback and fork within a session are refused: a root must never be older than one accepted
//! before, nor differ from one with the same number.

mod commit;
mod doubts;
mod draft;
mod edits;
mod entry;
mod gauge;
mod looks;
mod nodes;
mod op;
mod prefetch;
mod reserve;
mod root;
mod rounds;
mod send;
mod sent;
mod session;
mod spill;
mod state;
mod stats;
mod time;
mod tree;

pub use looks::CLOCK_LEAD_MS_MAX;
pub use state::Durability;
pub use stats::WriteStats;
pub use time::TIME_MS_MAX;

pub(crate) use entry::{Attributes, Body, Entry, Origin};
pub(crate) use looks::{get_root, root_header};
pub(crate) use nodes::Nodes;
pub(crate) use op::Op;
pub(crate) use root::Root;
pub(crate) use session::{Forest, Setup};
pub(crate) use time::Time;
pub(crate) use tree::lookup;

#[cfg(feature = "fuzzing")]
pub(crate) use {entry::reencode_node, op::reencode_ops, root::reencode_root};
