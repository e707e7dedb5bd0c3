//! Whether the hashes of a version are those of the rows that are there.

use sealwood_lthash::{Change, Difference, Partition};

use crate::error::{Error, Result};
use crate::snapshot::{StateSnapshot, state_of};

/// How many rows are read at once.
const ROWS_AT_ONCE: usize = 256;

/// After how many bytes no more rows are read at once.
const BYTES_AT_ONCE: usize = 1 << 20;

/// A full scan of a version, a piece at a time. The store goes on meanwhile. It takes the memory of
/// some hashes and of 256 rows, or of 1 MiB and a row; it ends where it is dropped, and after an
/// error the next step tries again where this one began.
#[derive(Debug)]
pub struct StateCheck {
    snapshot: StateSnapshot,
    /// What was found, partition by partition.
    found: Vec<Partition>,
    /// The last key of the last of these that was read.
    after: Option<Vec<u8>>,
    rows: u64,
    progress: Progress,
}

/// Whether all is read.
#[derive(Debug, PartialEq, Eq)]
enum Progress {
    Reading,
    Done,
}

impl StateCheck {
    pub(crate) fn new(snapshot: StateSnapshot) -> Self {
        Self { snapshot, found: Vec::new(), after: None, rows: 0, progress: Progress::Reading }
    }

    /// Returns what is checked.
    pub fn snapshot(&self) -> &StateSnapshot {
        &self.snapshot
    }

    /// Returns how many rows were read so far.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Reads the next rows. Returns whether there are more.
    ///
    /// # Errors
    ///
    /// Those of the engine.
    pub fn step(&mut self) -> Result<bool> {
        let partitions = self.snapshot.partitions();
        if self.found.is_empty() {
            self.found.extend(partitions.first().map(|first| nothing_of(first.state())));
        }
        let at = self.found.len().saturating_sub(1);
        let (Some(partition), Some(found)) = (partitions.get(at), self.found.last_mut()) else {
            self.progress = Progress::Done;
            return Ok(false);
        };
        let mut read = Vec::new();
        let mut bytes = 0;
        for row in partition.rows_after(self.after.as_deref())? {
            let (key, value) = row?;
            bytes += key.len() + value.len();
            read.push((key, value));
            if read.len() >= ROWS_AT_ONCE || bytes >= BYTES_AT_ONCE {
                break;
            }
        }
        let added: Vec<_> = read.iter().map(|(key, value)| Change::added(key, value)).collect();
        let too_many = |_| Error::Malformed { what: "row of a partition" };
        found.apply(&added).map_err(too_many)?;
        self.rows += read.len() as u64;
        match read.pop() {
            Some((last, _)) => self.after = Some(last),
            None => {
                let Some(next) = partitions.get(at + 1) else {
                    self.progress = Progress::Done;
                    return Ok(false);
                };
                self.found.push(nothing_of(next.state()));
                self.after = None;
            }
        }
        Ok(true)
    }

    /// Returns where the rows are others than the hashes say.
    ///
    /// # Errors
    ///
    /// [`Error::InvalidArgument`] before all are read: that says [`step`](Self::step).
    pub fn differences(&self) -> Result<Vec<Difference>> {
        if self.progress != Progress::Done {
            return Err(Error::InvalidArgument { what: "the check has not come to its end" });
        }
        let counted = self.snapshot.partitions().iter().map(|partition| partition.state());
        let counted = state_of(counted)?;
        let differences = counted.differences(&state_of(self.found.iter())?);
        differences.map_err(|_| Error::Malformed { what: "hash of a partition" })
    }
}

impl StateSnapshot {
    /// Begins to compare the hashes with all rows that are there.
    pub fn check(&self) -> StateCheck {
        StateCheck::new(self.clone())
    }

    /// Reads all rows and returns where they are others than the hashes say: nowhere, if all is
    /// well. [`check`](Self::check) does the same in pieces.
    ///
    /// # Errors
    ///
    /// Those of the engines.
    pub fn verify(&self) -> Result<Vec<Difference>> {
        let mut check = self.check();
        while check.step()? {}
        check.differences()
    }
}

/// A partition of the same kind, without rows.
fn nothing_of(partition: &Partition) -> Partition {
    Partition::empty(partition.domain().clone(), partition.detail())
}
