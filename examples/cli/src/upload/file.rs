//! One local file into a vault.
//!
//! All that may wait for the system (opening, reading, asking for times) is done off the executor,
//! so that an interrupt ends a read that never returns.

use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::SystemTime;

use sealwood::path::VaultPath;
use sealwood::platform::run_blocking;
use sealwood::vault::{Durability, EntryInfo, Metadata, PutOptions, TIME_MS_MAX};
use sealwood::{CHUNKED_BYTES_MIN, Progress, Vault};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::{Care, Found, Source, Stamp, content_type_of, modified_ms};
use crate::output::Meter;
use crate::printable::printable;

/// The key of an entry's metadata that has the mark of the local file it was made of.
const MARK: &str = "ctime-inode";

/// How often a file is read that others change meanwhile.
const READS_MAX: u32 = 3;

/// Puts one local file as `target`. What is there stays if the file cannot be read as it was at one
/// moment.
pub(crate) async fn put_file(
    context: &Context,
    vault: &Vault,
    meter: &Meter,
    path: &Path,
    target: &VaultPath,
    durability: Durability,
) -> Result<EntryInfo> {
    meter.name(target.as_str());
    for attempt in 0..READS_MAX {
        let local = path.to_owned();
        let opened = run_blocking(move || Source::open(&local, SystemTime::now())).await;
        let source = opened.map_err(|error| Failure::local(path, error))?;
        let mut options = PutOptions::new()
            .metadata(metadata_of(&source, path, target)?)
            .durability(durability)
            .context(context.call(meter));
        options.size_hint = source.size();
        let care = if attempt == 0 { Care::Usual } else { Care::Great };
        let size = source.size();
        let (mut reader, finding) = source.read(care);
        let put = match size {
            Some(size) if size < CHUNKED_BYTES_MIN as u64 => {
                let read = run_blocking(move || {
                    let mut bytes = Vec::new();
                    reader.read_to_end(&mut bytes).map(|_| bytes)
                });
                // What went wrong is among the findings.
                match read.await {
                    Ok(bytes) => Some(vault.put_with(target.as_str(), bytes, &options).await),
                    Err(_) => None,
                }
            }
            _ => {
                let _passed = context.gate.pass(size).await;
                Some(vault.put_reader_with(target.as_str(), reader, &options).await)
            }
        };
        match (finding.take(), put) {
            (Found::Failed(error), _) => return Err(Failure::local(path, error)),
            (Found::Torn, _) | (_, None) => {}
            (found, Some(put)) => {
                let entry = put.map_err(|error| Failure::from(error).at(target.as_str()))?;
                if matches!(found, Found::Grown) {
                    let path = path.to_string_lossy();
                    context.output.note(format_args!(
                        "grew while it was read, stored as it was before: {}",
                        printable(&path)
                    ));
                }
                return Ok(entry);
            }
        }
    }
    Err(Failure::LocalRefused {
        code: "local-changed",
        reason: "it was changed each time it was read; what the vault had of it is as before",
        path: path.to_owned(),
    })
}

/// Whether `entry` was made of the file as it is now. Says yes only where no change can have gone
/// unseen.
pub(super) async fn is_unchanged(meter: &Meter, path: &Path, entry: &EntryInfo) -> bool {
    let local = path.to_owned();
    let known = run_blocking(move || fs::metadata(local)).await;
    // What is wrong with it shows when it is read.
    let Ok(known) = known else { return false };
    let stamp = Stamp::of(&known);
    let is_unchanged = known.is_file()
        && stamp.size() == entry.size
        && modified_ms(&known) == Some(entry.modified_ms)
        && stamp.mark().is_some_and(|mark| entry.metadata.get(MARK) == Some(&mark));
    if is_unchanged {
        meter.progress()(Progress { done: entry.size, total: None });
    }
    is_unchanged
}

fn metadata_of(source: &Source, path: &Path, target: &VaultPath) -> Result<Metadata> {
    let modified_ms = source.modified_ms();
    if modified_ms.is_some_and(|ms| ms.unsigned_abs() > TIME_MS_MAX.unsigned_abs()) {
        return Err(Failure::LocalRefused {
            code: "local-time",
            reason: "it was modified more than 100,000,000 days from 1970",
            path: path.to_owned(),
        });
    }
    let mut metadata = Metadata::new();
    metadata.content_type = target.name().and_then(content_type_of);
    metadata.modified_ms = modified_ms;
    metadata.pairs.extend(source.mark().map(|mark| (MARK.to_owned(), mark)));
    Ok(metadata)
}
