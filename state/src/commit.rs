//! Making a version.
//!
//! One durable batch in the engine of the log has the entry, the head, and rows, hash and version
//! of every partition that lives there. That makes the version. Partitions in other engines follow,
//! in a batch each, which is not waited for: until it is durable, the log has what it changes. So a
//! commit takes one sync, however many engines there are.
//!
//! Only what all partitions have durably is forgotten by the log. So once in as many versions as
//! are kept, a commit syncs the other engines first.

use sealwood_lthash::LtHash;

use crate::entry::Entry;
use crate::error::{Error, Result};
use crate::head::Versions;
use crate::part::checksum;
use crate::store::{StateStore, Unsettled};

/// How many versions a commit forgets at most, if fewer are to be kept from now on.
const FORGOTTEN_MAX: u64 = 16;

impl StateStore {
    /// Makes a version of all changes so far, also of none: data, hash and version become durable
    /// together. Returns the hash of all rows.
    ///
    /// After an error the same commit can be made again: it ends what is not done yet, and does
    /// nothing twice. If an engine takes no more writes after one that failed, engines and store
    /// are opened again first; [`version`](Self::version) then tells whether it was made.
    ///
    /// # Errors
    ///
    /// [`Error::NotNext`] unless the version is that after the newest, [`Error::OtherWriter`], and
    /// those of the engines.
    pub fn commit(&mut self, version: u64) -> Result<LtHash> {
        let is_again = self.unsettled == Some(Unsettled::Commit);
        self.settle()?;
        if is_again && self.version() == version {
            return self.hash();
        }
        let versions = self.versions();
        let next = versions.newest.checked_add(1);
        let next = next.ok_or(Error::InvalidArgument { what: "there is no later version" })?;
        if version != next {
            return Err(Error::NotNext { next, given: version });
        }
        let oldest = version
            .saturating_sub(self.kept_versions)
            .clamp(versions.oldest, versions.oldest.saturating_add(FORGOTTEN_MAX));
        // The entry of the oldest version stays.
        for part in &mut self.parts {
            part.make_durable(oldest.saturating_sub(1))?;
        }
        self.log_version(Versions { newest: version, oldest, ahead_max: version })?;
        for (part, working) in self.parts.iter_mut().zip(&self.working) {
            if part.is_with_log() {
                part.advance(version, working.hash().clone());
            } else {
                part.commit_apart(version, working, versions.oldest + 1..=oldest)?;
            }
        }
        self.unsettled = None;
        self.discard_working();
        self.hash()
    }

    /// Makes a version in the log, and in the partitions that are with it.
    fn log_version(&mut self, to: Versions) -> Result<()> {
        let checksums = self.working.iter().map(|working| checksum(working.hash()));
        let checksums = checksums.collect::<Result<_>>()?;
        let changes = self.working.iter().map(|working| working.changes()).collect();
        let entry = Entry { version: to.newest, checksums, changes: Some(changes) };
        let from = self.versions();
        let mut batch = self.log.batch();
        self.log.put(&mut batch, &entry);
        self.log.forget(&mut batch, from.oldest..to.oldest);
        for (part, working) in self.parts.iter().zip(&self.working) {
            if part.is_with_log() {
                part.write(&mut batch, to.newest, working, from.oldest + 1..=to.oldest);
            }
        }
        self.write_log(batch, to, Unsettled::Commit)
    }
}
