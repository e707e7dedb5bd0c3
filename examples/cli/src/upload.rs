//! Many local files into a vault, with few commits.
//!
//! Files are put without waiting for each to be durable; small contents gather in memory and one
//! flush commits them together. A large content is streamed chunk by chunk, so memory is bounded
//! whatever is put.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use futures_util::StreamExt;
use sealwood::path::VaultPath;
use sealwood::vault::{Batch, Durability, EntryInfo, Metadata, PutOptions};
use sealwood::{CHUNKED_BYTES_MIN, Vault};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::{LocalItem, content_type_of, modified_ms};
use crate::output::{Meter, printable};
use crate::record::{EntryRecord, Totals};

/// Files at work at a time. Each holds some ten chunks of a large content at most.
const FILES_AT_A_TIME: usize = 4;
/// How much waits for one commit, in bytes of small contents and in entries.
const PENDING_BYTES_MAX: u64 = 32 * 1024 * 1024;
const PENDING_ENTRIES_MAX: usize = 10_000;

/// A put of many files. Dropped before [`finish`](Upload::finish), it leaves out what no flush
/// has committed yet.
pub(crate) struct Upload<'a> {
    context: &'a Context,
    vault: &'a Vault,
    meter: &'a Meter,
    folders: Batch,
    pending: Vec<EntryInfo>,
    pending_bytes: u64,
    totals: Totals,
    reports_files: bool,
}

impl<'a> Upload<'a> {
    pub(crate) fn new(context: &'a Context, vault: &'a Vault, meter: &'a Meter) -> Self {
        Self {
            context,
            vault,
            meter,
            folders: vault.batch(),
            pending: Vec::new(),
            pending_bytes: 0,
            totals: Totals::default(),
            reports_files: true,
        }
    }

    /// The same without a line of JSON for each file.
    pub(crate) fn silent(context: &'a Context, vault: &'a Vault, meter: &'a Meter) -> Self {
        Self { reports_files: false, ..Self::new(context, vault, meter) }
    }

    /// Puts what the iterator gives. What is wrong with one file alone is reported, and the
    /// others go on.
    pub(crate) async fn put(
        &mut self,
        items: impl Iterator<Item = Result<LocalItem>>,
    ) -> Result<()> {
        let (context, vault, meter) = (self.context, self.vault, self.meter);
        let work = items.map(|item| Box::pin(put_item(context, vault, meter, item)));
        let mut work = futures_util::stream::iter(work).buffer_unordered(FILES_AT_A_TIME);
        while let Some(outcome) = work.next().await {
            match outcome {
                Ok(Done::File(entry)) => {
                    if entry.size < CHUNKED_BYTES_MIN as u64 {
                        self.pending_bytes += entry.size;
                    }
                    self.pending.push(entry);
                }
                Ok(Done::Folder(target)) => self.folders.mkdir(target.as_str())?,
                Ok(Done::Skipped) => self.totals.skipped += 1,
                Err(failure) => self.put_aside(failure)?,
            }
            let entries = self.pending.len() + self.folders.len();
            if self.pending_bytes >= PENDING_BYTES_MAX || entries >= PENDING_ENTRIES_MAX {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Makes everything durable.
    pub(crate) async fn finish(mut self) -> Result<Totals> {
        self.flush().await?;
        Ok(self.totals)
    }

    /// One commit for all that waits; each file is reported once it is durable.
    async fn flush(&mut self) -> Result<()> {
        let folders = std::mem::replace(&mut self.folders, self.vault.batch());
        if !folders.is_empty()
            && let Err(error) = folders.commit().await
        {
            self.put_aside(error.into())?;
        }
        self.vault.flush().await?;
        self.pending_bytes = 0;
        for entry in self.pending.drain(..) {
            self.totals.files += 1;
            self.totals.bytes += entry.size;
            if self.reports_files {
                self.context.output.record(&EntryRecord::new(&entry))?;
            }
        }
        Ok(())
    }

    fn put_aside(&mut self, failure: Failure) -> Result<()> {
        if !failure.concerns_one_file() {
            return Err(failure);
        }
        self.totals.failed += 1;
        self.context.output.problem(&failure);
        Ok(())
    }
}

/// Puts one local file as `target`.
pub(crate) async fn put_file(
    context: &Context,
    vault: &Vault,
    meter: &Meter,
    path: &Path,
    target: &VaultPath,
    durability: Durability,
) -> Result<EntryInfo> {
    let failed = |error| Failure::local(path, error);
    let mut file = File::open(path).map_err(failed)?;
    let known = file.metadata().map_err(failed)?;
    meter.name(target.as_str());
    let options = PutOptions {
        metadata: Metadata {
            content_type: target.name().and_then(content_type_of),
            modified_ms: modified_ms(&known),
            ..Metadata::default()
        },
        durability,
        size_hint: Some(known.len()),
        watch: context.watch(meter),
    };
    let put = if known.len() < CHUNKED_BYTES_MIN as u64 {
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(failed)?;
        vault.put(target.as_str(), bytes, options).await
    } else {
        vault.put_reader(target.as_str(), file, options).await
    };
    put.map_err(|error| Failure::from(error).at(target.as_str()))
}

/// What became of one item.
enum Done {
    File(EntryInfo),
    Folder(VaultPath),
    Skipped,
}

async fn put_item(
    context: &Context,
    vault: &Vault,
    meter: &Meter,
    item: Result<LocalItem>,
) -> Result<Done> {
    match item? {
        LocalItem::File { path, target } => {
            let put = put_file(context, vault, meter, &path, &target, Durability::Deferred);
            put.await.map(Done::File)
        }
        LocalItem::Folder { target } => Ok(Done::Folder(target)),
        LocalItem::Other { path } => {
            let path = path.to_string_lossy();
            context.output.note(format_args!("left out, not a file: {}", printable(&path)));
            Ok(Done::Skipped)
        }
    }
}
