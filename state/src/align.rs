//! Bringing all partitions to the newest version of the log.
//!
//! A partition may be behind: its engine has lost what was not durable, or a commit ended before
//! it. It gets the changes it lacks from the log, version by version, beginning with the lowest
//! that any partition is at. After a rollback it may be ahead; then it goes back by what it keeps
//! for that. Everything is looked at before anything is changed, and the log is durable before
//! anything is built on it: what a power cut took from the log, no partition may have. In the end
//! version and hash of all are those of the log.

use sealwood_engine::Error as EngineError;

use crate::error::{Error, Result};
use crate::head::{Head, Stage, Versions};
use crate::part::Part;
use crate::version_log::VersionLog;

/// Brings all partitions to the newest version. What is whole is not written to.
pub(crate) fn align(log: &mut VersionLog, parts: &mut [Part]) -> Result<()> {
    let versions = log.versions()?;
    for part in parts.iter_mut() {
        part.load()?;
    }
    for (at, part) in parts.iter().enumerate() {
        check_way(log, versions, at, part)?;
    }
    if let Err(error) = log.sync() {
        // What is to be read only is not built upon: it is whole, or stays as it is.
        let is_whole = versions.ahead_max == versions.newest
            && parts.iter().all(|part| part.version() == versions.newest);
        return match error {
            Error::Engine(EngineError::ReadOnly) if is_whole => check_end(log, versions, parts),
            error => Err(error),
        };
    }
    go_forward(log, versions, parts)?;
    for part in parts.iter_mut() {
        while part.version() > versions.newest {
            part.undo()?;
        }
    }
    check_end(log, versions, parts)?;
    settle(log, versions, parts)?;
    parts.iter().try_for_each(|part| part.sweep(versions.oldest))
}

/// Fails unless a partition can come to the newest version.
fn check_way(log: &VersionLog, versions: Versions, at: usize, part: &Part) -> Result<()> {
    let Versions { newest, ahead_max, .. } = versions;
    let version = part.version();
    if version > ahead_max {
        return Err(Error::Ahead { partition: part.name().to_owned(), version, newest });
    }
    part.check_undos(newest, version)?;
    for forward in after(version, newest) {
        if log.entry(forward)?.changes.is_none() {
            return Err(Error::Gap { missing: forward });
        }
    }
    match log.kept_entry(version)? {
        Some(entry) if part.checksum()? != entry.checksums[at] => Err(misaligned(part)),
        _ => Ok(()),
    }
}

/// Fails unless version and hash of all are those of the log.
fn check_end(log: &VersionLog, versions: Versions, parts: &[Part]) -> Result<()> {
    let newest = log.entry(versions.newest)?;
    for (part, checksum) in parts.iter().zip(&newest.checksums) {
        if part.version() != versions.newest || part.checksum()? != *checksum {
            return Err(misaligned(part));
        }
    }
    Ok(())
}

fn go_forward(log: &VersionLog, versions: Versions, parts: &mut [Part]) -> Result<()> {
    let lowest = parts.iter().map(Part::version).min().unwrap_or(versions.newest);
    for version in after(lowest, versions.newest) {
        let entry = log.entry(version)?;
        let changes = entry.changes.ok_or(Error::Gap { missing: version })?;
        for (part, (changes, checksum)) in
            parts.iter_mut().zip(changes.iter().zip(&entry.checksums))
        {
            if part.version() == version - 1 {
                part.redo(changes, checksum)?;
            }
        }
    }
    Ok(())
}

/// Ends a rollback: only if no partition can come back from what was rolled back may there be
/// other versions of these numbers.
fn settle(log: &mut VersionLog, versions: Versions, parts: &mut [Part]) -> Result<()> {
    if versions.ahead_max == versions.newest {
        return Ok(());
    }
    parts.iter_mut().try_for_each(Part::sync)?;
    let names = parts.iter().map(|part| part.name().to_owned()).collect();
    let stage = Stage::Ready(Versions { ahead_max: versions.newest, ..versions });
    log.commit(log.batch(), Head { stage, names })
}

/// The versions after one, up to another.
fn after(version: u64, last: u64) -> impl Iterator<Item = u64> {
    (version..last).map(|before| before + 1)
}

fn misaligned(part: &Part) -> Error {
    Error::Misaligned { partition: part.name().to_owned(), version: part.version() }
}
