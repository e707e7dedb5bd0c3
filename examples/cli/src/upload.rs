//! Many local files into a vault, with few commits.
//!
//! Files are put without waiting for each to be durable; small contents gather in memory and one
//! flush commits them together. While it does, the puts under way go on and the next ones gather,
//! up to as much again. A large content is streamed chunk by chunk, so memory is bounded whatever
//! is put.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::task::Poll;

use futures_util::future::{LocalBoxFuture, poll_fn};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use sealwood::path::VaultPath;
use sealwood::vault::{Batch, Durability, EntryInfo, Metadata, PutOptions};
use sealwood::{CHUNKED_BYTES_MIN, Error, Vault};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::{LocalItem, content_type_of, modified_ms};
use crate::output::Meter;
use crate::record::{EntryRecord, LeftOut, Totals};
use crate::stream::{LocalStream, put_stream};

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
        mut items: impl Iterator<Item = Result<LocalItem>>,
    ) -> Result<()> {
        let (context, vault, meter) = (self.context, self.vault, self.meter);
        let mut puts = FuturesUnordered::new();
        let mut flush: Option<LocalBoxFuture<'a, Flushed>> = None;
        loop {
            if self.is_full() && flush.is_none() {
                flush = Some(self.start_flush());
            }
            while puts.len() < FILES_AT_A_TIME && !self.is_full() {
                let Some(item) = items.next() else { break };
                puts.push(Box::pin(put_item(context, vault, meter, item)));
            }
            // Both are driven, whichever ends first: neither waits for the other to be polled.
            let step = poll_fn(|task| {
                if let Some(flush) = &mut flush
                    && let Poll::Ready(flushed) = flush.poll_unpin(task)
                {
                    return Poll::Ready(Step::Flushed(flushed));
                }
                match puts.poll_next_unpin(task) {
                    Poll::Ready(Some(outcome)) => Poll::Ready(Step::Put(outcome)),
                    Poll::Ready(None) if flush.is_none() => Poll::Ready(Step::End),
                    _ => Poll::Pending,
                }
            });
            match step.await {
                Step::Put(outcome) => self.take(outcome)?,
                Step::Flushed(flushed) => {
                    flush = None;
                    self.settle(flushed)?;
                }
                Step::End => return Ok(()),
            }
        }
    }

    /// Makes everything durable.
    pub(crate) async fn finish(mut self) -> Result<Totals> {
        let flushed = self.start_flush().await;
        self.settle(flushed)?;
        Ok(self.totals)
    }

    fn take(&mut self, outcome: Result<Done>) -> Result<()> {
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
        Ok(())
    }

    /// Whether as much waits as one commit should carry.
    fn is_full(&self) -> bool {
        let entries = self.pending.len() + self.folders.len();
        self.pending_bytes >= PENDING_BYTES_MAX || entries >= PENDING_ENTRIES_MAX
    }

    /// One commit for all that waits now.
    fn start_flush(&mut self) -> LocalBoxFuture<'a, Flushed> {
        let vault = self.vault;
        let folders = std::mem::replace(&mut self.folders, vault.batch());
        let files = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        Box::pin(async move {
            let folders = match folders.is_empty() {
                true => Ok(()),
                false => folders.commit().await,
            };
            Flushed { folders, files: vault.flush().await.map(|()| files) }
        })
    }

    /// Reports each file now that it is durable.
    fn settle(&mut self, flushed: Flushed) -> Result<()> {
        if let Err(error) = flushed.folders {
            self.put_aside(error.into())?;
        }
        for entry in flushed.files? {
            self.totals.files += 1;
            self.totals.bytes = self.totals.bytes.saturating_add(entry.size);
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

/// What became of a commit: whether its folders were made, and its files if they are durable.
struct Flushed {
    folders: Result<(), Error>,
    files: Result<Vec<EntryInfo>, Error>,
}

/// What happened next in a put of many files.
enum Step {
    Put(Result<Done>),
    Flushed(Flushed),
    End,
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
        LocalItem::Stream { path, target } => {
            let source = LocalStream::new(path);
            let put = put_stream(context, vault, meter, source, &target, Durability::Deferred);
            put.await.map(Done::File)
        }
        LocalItem::Folder { target, .. } => Ok(Done::Folder(target)),
        LocalItem::Other { path, kind } => {
            let left_out = LeftOut { path: &path, kind };
            context.output.record(&left_out)?;
            context.output.note(left_out);
            Ok(Done::Skipped)
        }
    }
}
