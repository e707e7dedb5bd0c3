//! What a version is to change, and the hash as it will be then.

use std::collections::BTreeMap;

use bytes::Bytes;
use sealwood_lthash::{Change, Partition};

use crate::change_set::{CHANGES_MAX, ChangeSet, check_key};
use crate::error::{Error, Result};

/// Changes of one partition that are in no version yet.
#[derive(Debug, Clone)]
pub(crate) struct Working {
    /// Those rows that differ from what is committed.
    rows: BTreeMap<Vec<u8>, Row>,
    hash: Partition,
}

/// A row that differs.
#[derive(Debug, Clone)]
struct Row {
    committed: Option<Bytes>,
    now: Option<Bytes>,
}

impl Working {
    /// Nothing is changed yet.
    pub(crate) fn new(committed: &Partition) -> Self {
        Self { rows: BTreeMap::new(), hash: committed.clone() }
    }

    /// The hash with all changes.
    pub(crate) fn hash(&self) -> &Partition {
        &self.hash
    }

    /// How many rows differ.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    /// What a row is by now, if it differs: none in it if it is deleted.
    pub(crate) fn get(&self, key: &[u8]) -> Option<Option<&Bytes>> {
        self.rows.get(key).map(|row| row.now.as_ref())
    }

    /// Follows changes: all, or none of them. What is committed of a row is read by `read` and by
    /// nobody else, so what is taken out of the hash was in it.
    pub(crate) fn apply(
        &mut self,
        changes: &ChangeSet,
        rows_max: usize,
        read: impl Fn(&[u8]) -> Result<Option<Bytes>>,
    ) -> Result<()> {
        // Of several changes of one key the last counts.
        let changes: BTreeMap<_, _> = changes.iter().collect();
        let mut staged = Vec::with_capacity(changes.len());
        for (key, after) in changes {
            check_key(key)?;
            let (committed, before) = match self.rows.get(key) {
                Some(row) => (row.committed.clone(), row.now.clone()),
                None => {
                    let committed = read(key)?;
                    (committed.clone(), committed)
                }
            };
            if before.as_ref() != after {
                staged.push((key, before, Row { committed, now: after.cloned() }));
            }
        }
        let added = staged.iter().filter(|(key, ..)| !self.rows.contains_key(*key)).count();
        if self.rows.len() + added > rows_max {
            return Err(Error::TooManyChanges { max: CHANGES_MAX });
        }
        let hashed = staged.iter().map(|(key, before, row)| Change {
            key,
            before: before.as_ref().map(Into::into),
            after: row.now.as_ref().map(Into::into),
        });
        follow(&mut self.hash, &hashed.collect::<Vec<_>>())?;
        for (key, _, row) in staged {
            if row.committed == row.now {
                self.rows.remove(key);
            } else {
                self.rows.insert(key.to_vec(), row);
            }
        }
        Ok(())
    }

    /// What has changed, by key.
    pub(crate) fn changes(&self) -> ChangeSet {
        self.rows.iter().map(|(key, row)| (key.clone(), row.now.clone())).collect()
    }

    /// What takes it back, by key.
    pub(crate) fn inverse(&self) -> ChangeSet {
        self.rows.iter().map(|(key, row)| (key.clone(), row.committed.clone())).collect()
    }
}

/// Lets a hash follow changes of rows that were as they are said to have been.
fn follow(hash: &mut Partition, changes: &[Change<'_>]) -> Result<()> {
    // Only a hash that is not of these rows says that there were fewer.
    hash.apply(changes).map_err(|_| Error::Drifted {
        partition: String::from_utf8_lossy(hash.domain().name()).into_owned(),
    })
}
