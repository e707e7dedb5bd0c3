//! Commits of which nobody knows whether they took effect.
//!
//! A put whose answer did not come may have taken effect, or take effect later: the request may
//! still be on its way, or the job of a store whose future was dropped still be at work. So a root
//! that is found unchanged says nothing of it. But all that is sent builds on the root accepted
//! last, under the condition that it is still there: at most one of them ever takes effect, and
//! none of the others does once another root was accepted. Until then all are remembered.
//!
//! The root that is found tells: its heads say which was the last commit of this writer.

use std::sync::Arc;

use super::group::{Group, Ticket};
use super::sent::Sent;
use super::spill::Form;
use super::stored_root::StoredRoot;
use crate::blob::ETag;
use crate::forest::Op;
use crate::trust::{LaneState, RootHash, SignedRoot};

/// The most commits in doubt. At this many the last is sent again, in place of another.
const DOUBTS_MAX: usize = 16;

/// What is remembered of a commit: by what its root is recognised, and whom it concerns.
pub(super) struct Commit {
    pub(super) groups: Vec<Group>,
    pub(super) signed: SignedRoot,
    /// The tag of the root it builds on.
    pub(super) base: ETag,
    pub(super) form: Form,
    pub(super) sent: Sent,
}

impl Commit {
    /// A root names what it put, or may do so.
    pub(super) fn keep(&self) {
        self.ops().for_each(Op::keep);
    }

    pub(super) fn ops(&self) -> impl Iterator<Item = &Op> {
        self.groups.iter().flat_map(|group| group.ops.iter())
    }

    /// What names its root.
    pub(super) fn root_hash(&self) -> RootHash {
        self.signed.hash()
    }

    /// What the root found says of this commit.
    fn fate(&self, found: &StoredRoot) -> Fate {
        if found.signed.sequence() < self.signed.sequence() {
            return Fate::Absent;
        }
        let author = self.signed.statement().author;
        let last = |root: &SignedRoot| root.after().author_state(author);
        match (last(&self.signed), last(&found.signed)) {
            (ours, last) if ours == last => Fate::Committed,
            // The writer has committed since: another session of the same device.
            (LaneState::At(ours, _), LaneState::At(last, _)) if last > ours => Fate::Unknown,
            (LaneState::At(ours, _), LaneState::Unknown(end)) if ours < end => Fate::Unknown,
            _ => Fate::Lost,
        }
    }
}

/// What became of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is part of the vault's history.
    Committed,
    /// The root it builds on is still the newest.
    Absent,
    /// Another root took its place.
    Lost,
    /// So many commits came in between that nothing tells whether it was one of them.
    Unknown,
}

/// What the root found says of all commits in doubt.
pub(super) enum Tidings {
    /// Nothing: the root they build on is still there, and each may follow it.
    Open,
    /// This one took effect, or none did. The others never will.
    Settled(Option<Arc<Commit>>),
    /// Nothing, and nothing ever will: too much came in between.
    Unknown,
}

impl Tidings {
    /// Whether they say that `commit` took effect.
    pub(super) fn name(&self, commit: &Arc<Commit>) -> bool {
        matches!(self, Tidings::Settled(Some(settled)) if Arc::ptr_eq(settled, commit))
    }
}

/// The commits whose roots were sent since a root was accepted last.
#[derive(Default)]
pub(super) struct Doubts(Vec<Doubt>);

struct Doubt {
    commit: Arc<Commit>,
    /// The store said that it changed nothing for this one.
    was_refused: bool,
}

impl Doubts {
    pub(super) fn add(&mut self, commit: Arc<Commit>) {
        self.0.push(Doubt { commit, was_refused: false });
    }

    /// The store said that it changed nothing for `commit`.
    pub(super) fn refuse(&mut self, commit: &Arc<Commit>) {
        let doubt = self.0.iter_mut().find(|doubt| Arc::ptr_eq(&doubt.commit, commit));
        if let Some(doubt) = doubt {
            doubt.was_refused = true;
        }
    }

    /// Those that were refused will not follow the root that was found.
    pub(super) fn forget_refused(&mut self) {
        self.0.retain(|doubt| !doubt.was_refused);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The last commit, if there are so many that there may be no other.
    pub(super) fn last_of_too_many(&self) -> Option<Arc<Commit>> {
        let last = self.0.last()?;
        (self.0.len() >= DOUBTS_MAX).then(|| Arc::clone(&last.commit))
    }

    /// Whether the group of `ticket` may have been committed, or be committed later.
    pub(super) fn hold(&self, ticket: &Ticket) -> bool {
        self.open().any(|commit| commit.groups.iter().any(|group| group.ticket.is(ticket)))
    }

    /// The roots that the store may hold, damaged on their way.
    pub(super) fn sent(&self) -> Vec<Sent> {
        self.0.iter().map(|doubt| doubt.commit.sent.clone()).collect()
    }

    /// What names the roots that were sent.
    pub(super) fn hashes(&self) -> Vec<RootHash> {
        self.0.iter().map(|doubt| doubt.commit.root_hash()).collect()
    }

    /// What the root found says.
    pub(super) fn ask(&self, found: &StoredRoot) -> Tidings {
        let all = || self.0.iter().map(|doubt| &doubt.commit);
        if let Some(committed) = all().find(|commit| commit.fate(found) == Fate::Committed) {
            return Tidings::Settled(Some(Arc::clone(committed)));
        }
        if all().any(|commit| commit.fate(found) == Fate::Absent) {
            return Tidings::Open;
        }
        if self.open().any(|commit| commit.fate(found) == Fate::Unknown) {
            return Tidings::Unknown;
        }
        Tidings::Settled(None)
    }

    /// Those that may be committed, in the order in which they were sent.
    pub(super) fn open(&self) -> impl Iterator<Item = &Arc<Commit>> {
        self.0.iter().filter(|doubt| !doubt.was_refused).map(|doubt| &doubt.commit)
    }
}
