//! One open vault: what it knows, and the commit that makes changes durable.
//!
//! This room owns the root object and every write to the index. It promises:
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
//!
//! | file | what it has |
//! |---|---|
//! | `open`, `access` | how a session begins, and what it opens keyrings with |
//! | `state` | what it knows, and all that can happen to it |
//! | `enqueue`, `group` | what joins the queue of groups, and what is taken out again |
//! | `settle`, `settling`, `prefetch` | bringing the tree up to the root and the queue |
//! | `rounds`, `gauge` | commits and looks, one after the other, and how far they are |
//! | `commit`, `draft`, `spill` | a commit: what it writes, and when it spills |
//! | `memory` | what it leaves on its device |
//! | `signing` | whom it signs for, and the next root |
//! | `send`, `sent`, `doubts` | the put of a root, and what is learned of it |
//! | `refresh`, `stored_root` | looks at the root the store holds |
//! | `slots` | changes of the keyring |
//! | `nodes` | nodes from packs, kept under a budget |
//! | `reserve` | room for removals in a full store |
//! | `stats` | what was written |

mod access;
mod commit;
mod doubts;
mod draft;
mod enqueue;
mod gauge;
mod group;
mod memory;
mod nodes;
mod open;
mod prefetch;
mod refresh;
mod reserve;
mod rounds;
mod send;
mod sent;
mod settle;
mod settling;
mod signing;
mod slots;
mod spill;
mod state;
mod stats;
mod stored_root;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

pub use group::Durability;
pub use refresh::CLOCK_LEAD_MS_MAX;
pub use stats::WriteStats;

pub(crate) use access::{Access, Opened, open_keyring};
pub(crate) use memory::{Memory, seen};
pub(crate) use nodes::Nodes;
pub(crate) use open::Setup;
pub(crate) use stored_root::{get_root, root_header};

use bytes::Bytes;

use crate::blob::BlobStore;
use crate::content::Claims;
use crate::error::{Error, Result};
use crate::forest::{Origin, Root, Stamp, Time, View};
use crate::keyring::{Change, Cost};
use crate::path::VaultPath;
use crate::platform::Environment;
use crate::seal::Ring;
use crate::trust::{Chain, Ground, Record, Seen, VaultId};
use rounds::Rounds;
use signing::Signer;
use state::State;
use stats::Counters;

/// One open vault and its commits. Every method takes `&self` and may run concurrently.
pub(crate) struct Session {
    store: Arc<dyn BlobStore>,
    /// What this session leaves on its device, if it has one.
    memory: Option<Memory>,
    ring: Ring,
    access: Access,
    /// What a new passphrase costs.
    cost: Cost,
    environment: Environment,
    nodes: Arc<Nodes>,
    counters: Counters,
    claims: Arc<Claims>,
    /// The bytes of memory nodes may take.
    budget: usize,
    pack_bytes_max: usize,
    writer: u32,
    state: Mutex<State>,
    rounds: Rounds,
}

impl Session {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where this session has time and randomness from.
    #[cfg(feature = "phrase")]
    pub(crate) fn environment(&self) -> &Environment {
        &self.environment
    }

    /// The keys of the epochs this session knows.
    pub(crate) fn ring(&self) -> &Ring {
        &self.ring
    }

    /// The claims of this session on extents.
    pub(crate) fn claims(&self) -> &Arc<Claims> {
        &self.claims
    }

    pub(crate) fn write_stats(&self) -> WriteStats {
        self.counters.read()
    }

    /// The vault.
    pub(crate) fn vault(&self) -> VaultId {
        self.state().root().keyring.chain().vault()
    }

    /// What the root accepted last rests on.
    pub(crate) fn ground(&self) -> Ground {
        self.state().ground()
    }

    /// The number of the device that this session signs as.
    fn own_device(&self) -> Option<u32> {
        self.state().signer().and_then(Signer::device)
    }

    /// What the next session of this device has to know.
    pub(crate) fn seen(&self) -> Seen {
        let state = self.state();
        Seen { kept: state.root().kept(), sent: state.doubts().hashes() }
    }

    /// The chain of members, as of the root accepted last.
    pub(crate) fn chain(&self) -> Arc<Chain> {
        Arc::clone(self.state().root().keyring.chain())
    }

    /// Adds a record to the chain of members: what `make` makes of the number of the member for
    /// whom this session has the key.
    pub(crate) async fn sign_record(
        self: &Arc<Self>,
        make: impl FnOnce(u32) -> Record,
    ) -> Result<Arc<Chain>> {
        let key = self.access.member_key().ok_or(Error::ReadOnly)?;
        let by = self.chain().members().number_of(&key.verifying()).ok_or(Error::ReadOnly)?;
        self.change(Change::Sign { record: make(by), key }).await?;
        Ok(self.chain())
    }

    /// The proof of the last fork that was refused.
    pub(crate) fn fork_proof(&self) -> Option<Bytes> {
        self.state().fork_proof()
    }

    /// The sequence number of the root accepted last.
    pub(crate) fn sequence(&self) -> u64 {
        self.state().root().signed.sequence()
    }

    /// The root last accepted, as a copy.
    pub(crate) fn root(&self) -> Root {
        self.state().root().root.clone()
    }

    /// Refuses further work, unless something waits in the queue. Tells whether it does.
    pub(crate) fn close(&self) -> bool {
        self.state().left()
    }

    pub(crate) fn check_open(&self) -> Result<()> {
        if self.state().is_closed() { Err(Error::Closed) } else { Ok(()) }
    }

    /// Whether operations wait for a flush.
    pub(crate) fn has_queue(&self) -> bool {
        self.state().has_queue()
    }

    /// The origin of an operation that is made now. Its stamp is above every one this session has
    /// seen, whatever the clock says.
    pub(crate) fn origin(&self) -> Origin {
        let time = Time::now(&*self.environment.clock);
        let count = self.state().counted();
        Origin { stamp: Stamp { count, writer: self.writer }, time }
    }

    /// The time of the last root of others that was read, if it lay in the future then.
    pub(crate) fn future_commit(&self) -> Option<Time> {
        self.state().future_commit()
    }

    /// The tree as of this moment, right for everything at `path` and below.
    pub(crate) async fn view(self: &Arc<Self>, path: &VaultPath) -> Result<View> {
        loop {
            {
                let state = self.state();
                if state.is_closed() {
                    return Err(Error::Closed);
                }
                if let Some(tree) = state.readable(path) {
                    return Ok(View::new(tree, Arc::<Nodes>::clone(&self.nodes)));
                }
            }
            self.clear_up().await?;
            self.settle().await?;
        }
    }

    /// The tree as of the last time that the tail was emptied.
    pub(crate) fn sealed_view(&self) -> View {
        View::new(self.state().root().root.base(), Arc::<Nodes>::clone(&self.nodes))
    }
}
