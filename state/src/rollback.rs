//! Going back to an earlier version.
//!
//! The log forgets later versions, durably: that is the rollback. Its head says up to which version
//! partitions may still be ahead, until all of them have gone back, durably too. Only then there
//! may be other versions of these numbers.

use sealwood_lthash::LtHash;

use crate::error::{Error, Result};
use crate::head::Versions;
use crate::store::{StateStore, Unsettled};

impl StateStore {
    /// Goes back to a version, and returns the hash of all rows. What is in no version yet is
    /// discarded. Any of the [kept](crate::StateConfig::kept_versions) versions will do, back to
    /// [`oldest_version`](Self::oldest_version).
    ///
    /// After an error the same rollback can be made again, as with [`commit`](Self::commit).
    ///
    /// # Errors
    ///
    /// [`Error::NotKept`] if there is no such version, or not any more, [`Error::Gap`] if a
    /// partition lacks what takes a version back, and nothing is changed; [`Error::OtherWriter`],
    /// and those of the engines.
    pub fn rollback(&mut self, version: u64) -> Result<LtHash> {
        self.settle()?;
        let Versions { newest, oldest, .. } = self.versions();
        if !(oldest..=newest).contains(&version) {
            return Err(Error::NotKept { oldest, newest });
        }
        if version < newest {
            for part in &self.parts {
                part.check_undos(version, newest)?;
            }
            let mut batch = self.log.batch();
            self.log.forget(&mut batch, version + 1..=newest);
            let to = Versions { newest: version, oldest, ahead_max: newest };
            self.write_log(batch, to, Unsettled::Rollback)?;
            self.settle()?;
        }
        self.discard_working();
        self.hash()
    }
}
