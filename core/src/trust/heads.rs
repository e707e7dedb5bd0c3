//! How far every writer has come.

use super::author::Author;
use super::refusal::{Refusal, RefusalResult};
use super::relation::Relation;
use super::row::{COUNTER_END, Row};
use super::rows::{RowId, Rows};
use super::shared_row::{LaneState, SharedRow};
use super::statement::RootHash;

/// A row none of whose last so many commits in the vault is of its writer may rest: it is kept with
/// the keyring instead of in every root.
pub const IDLE_COMMITS: u64 = 1_000;

/// The rows of all who ever wrote, as they are at one moment of a vault's history.
///
/// They say of themselves that they can be: every commit of a history has a sequence number of its
/// own and advances one row by one, so the counters add up to the number of the last commit, and
/// those of the rows that are not newer than some commit to no more than its number.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heads(Rows);

impl Heads {
    /// Heads of these rows, if they can be.
    pub fn new(rows: Rows) -> RefusalResult<Self> {
        let mut all: Vec<&Row> = rows.all().collect();
        all.sort_by_key(|row| row.sequence);
        let (mut commits, mut newest) = (0, 0);
        for row in all {
            commits += u128::from(row.counter);
            if row.sequence == newest || commits > u128::from(row.sequence) {
                return Err(Refusal::Malformed { what: "heads" });
            }
            newest = row.sequence;
        }
        if commits == u128::from(newest) {
            Ok(Self(rows))
        } else {
            Err(Refusal::Malformed { what: "heads" })
        }
    }

    /// The heads of a root that carries `active` rows, while others rest in its keyring. A row that
    /// rests is carried only once its writer is back.
    pub fn of(active: Rows, resting: &Rows) -> RefusalResult<Self> {
        let is_back = |id| resting.row_relation(&active, id) == Relation::Before;
        if active.ids().all(is_back) {
            Self::new(resting.overridden_by(active))
        } else {
            Err(Refusal::Malformed { what: "heads" })
        }
    }

    /// The rows that a root has to carry, while `resting` ones are in its keyring.
    pub fn active(&self, resting: &Rows) -> Rows {
        self.0.filtered(|id| resting.row_relation(&self.0, id) != Relation::Equal)
    }

    /// The rows that may rest, now that a keyring is written.
    pub fn idle(&self) -> Rows {
        self.idle_for(IDLE_COMMITS)
    }

    pub(super) fn idle_for(&self, idle_commits: u64) -> Rows {
        let commits = self.commits();
        let is_idle = |row: &Row| row.sequence.saturating_add(idle_commits) <= commits;
        self.0.filtered(|id| self.0.last(id).is_some_and(is_idle))
    }

    /// All rows.
    pub fn rows(&self) -> &Rows {
        &self.0
    }

    /// How many commits there were: the sequence number of the last one.
    pub fn commits(&self) -> u64 {
        self.newest().map_or(0, |row| row.sequence)
    }

    /// The hash of the last root, zeros before the first.
    pub fn last_hash(&self) -> RootHash {
        self.newest().map_or(RootHash::from_bytes([0; 32]), |row| row.hash)
    }

    fn newest(&self) -> Option<&Row> {
        self.0.all().max_by_key(|row| row.sequence)
    }

    /// The heads after one more commit.
    ///
    /// Fails where the next sequence number is out of range.
    pub fn advanced(&self, author: Author, hash: RootHash) -> RefusalResult<Self> {
        let sequence = self.commits() + 1;
        if sequence >= COUNTER_END {
            return Err(Refusal::Malformed { what: "heads: the sequence is at its end" });
        }
        let mut rows = self.0.clone();
        match author {
            Author::Device(number) => {
                let counter = rows.devices.get(&number).map_or(0, |row| row.counter);
                rows.devices.insert(number, Row::next(counter, sequence, hash));
            }
            Author::Session { member, lane } => {
                let row = SharedRow::advanced(rows.members.get(&member), lane, sequence, hash);
                rows.members.insert(member, row);
            }
        }
        Ok(Self(rows))
    }

    /// What these heads are to `other`.
    pub fn relation(&self, other: &Self) -> Relation {
        self.0.relation(&other.0)
    }

    /// What they say of an author's last commit: its number among the row's, and the start of its
    /// root's hash.
    pub fn author_state(&self, author: Author) -> LaneState {
        match author {
            Author::Device(number) => self.0.devices.get(&number).map_or(LaneState::Never, |row| {
                let mut tag = [0; 8];
                tag.copy_from_slice(&row.hash.as_bytes()[..8]);
                LaneState::At(row.counter, tag)
            }),
            Author::Session { member, lane } => {
                self.0.members.get(&member).map_or(LaneState::Never, |row| row.lane_state(lane))
            }
        }
    }

    /// The last commit of a row.
    pub fn last(&self, id: RowId) -> Option<&Row> {
        self.0.last(id)
    }

    /// What a statement says of the heads before its root.
    pub(super) fn hash(&self) -> [u8; 32] {
        let mut bytes = Vec::new();
        self.0.put(&mut bytes);
        blake3::derive_key("sealwood v2 heads", &bytes)
    }
}
