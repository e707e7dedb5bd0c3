//! Many local files into a vault, with few commits.
//!
//! Files are put without waiting for each to be durable; small contents gather in memory and one
//! flush commits them together. While it does, the puts under way go on and the next ones gather,
//! up to as much again. A large content is streamed chunk by chunk, so memory is bounded whatever
//! is put. What is finished waits for its commit until there is enough of it, or for a few seconds:
//! a put that is ended loses no more than that.

mod file;
mod folders;
mod present;
mod undone;

use std::path::PathBuf;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures_util::future::{LocalBoxFuture, poll_fn};
use futures_util::stream::{FuturesUnordered, unfold};
use futures_util::{FutureExt, StreamExt};
use sealwood::path::VaultPath;
use sealwood::platform::sleep;
use sealwood::vault::{Durability, EntryInfo};
use sealwood::{Error, Vault};

pub(crate) use self::file::put_file;
use self::folders::make_folders;
use self::present::{Found, Present};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::{LocalItem, LocalKind};
use crate::output::Meter;
use crate::record::{EntryRecord, LeftOut, Totals};
use crate::stream::{LocalStream, put_stream};

/// Files at work at a time, one large one among them: that holds up to five extents.
const FILES_AT_A_TIME: usize = 4;
/// How much waits for one commit, in bytes of contents and in entries, and for how long.
const PENDING_BYTES_MAX: u64 = 32 * 1024 * 1024;
const PENDING_ENTRIES_MAX: usize = 10_000;
const PENDING_TIME_MAX: Duration = Duration::from_secs(10);

/// What becomes of a file that the vault has as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unchanged {
    PassedOver,
    PutAgain,
}

/// A put of many files. Dropped before [`finish`](Upload::finish), it leaves out what no flush
/// has committed yet.
pub(crate) struct Upload<'a> {
    context: &'a Context,
    vault: &'a Vault,
    meter: &'a Meter,
    unchanged: Unchanged,
    /// Ends when what is pending has waited for long enough.
    wait: fn() -> LocalBoxFuture<'static, ()>,
    folders: Vec<VaultPath>,
    pending: Vec<EntryInfo>,
    pending_bytes: u64,
    totals: Totals,
    reports_files: bool,
}

impl<'a> Upload<'a> {
    pub(crate) fn new(
        context: &'a Context,
        vault: &'a Vault,
        meter: &'a Meter,
        unchanged: Unchanged,
    ) -> Self {
        Self {
            context,
            vault,
            meter,
            unchanged,
            wait: || Box::pin(sleep(PENDING_TIME_MAX)),
            folders: Vec::new(),
            pending: Vec::new(),
            pending_bytes: 0,
            totals: Totals::default(),
            reports_files: true,
        }
    }

    /// A put of all files again, without a line of JSON for each.
    pub(crate) fn silent(context: &'a Context, vault: &'a Vault, meter: &'a Meter) -> Self {
        Self { reports_files: false, ..Self::new(context, vault, meter, Unchanged::PutAgain) }
    }

    /// Puts what the iterator gives. What is wrong with one file alone is reported, and the
    /// others go on.
    pub(crate) async fn put(
        &mut self,
        mut items: impl Iterator<Item = Result<LocalItem>>,
    ) -> Result<()> {
        let (context, vault, meter) = (self.context, self.vault, self.meter);
        let unchanged = self.unchanged;
        let tasks =
            unfold((&mut items, Present::new(vault).await?), async |(items, mut present)| {
                let task = Task::of(items.next()?, &mut present).await;
                Some((task, (items, present)))
            });
        let mut tasks = pin!(tasks.fuse());
        let mut puts = FuturesUnordered::new();
        let mut flush: Option<LocalBoxFuture<'a, Result<Flushed>>> = None;
        let mut wait: Option<LocalBoxFuture<'static, ()>> = None;
        let mut is_due = false;
        loop {
            if flush.is_none() && (self.is_full() || is_due) {
                (wait, is_due) = (None, false);
                flush = Some(self.start_flush());
            }
            if wait.is_none() && !is_due && self.has_pending() {
                wait = Some((self.wait)());
            }
            let takes_more = puts.len() < FILES_AT_A_TIME && !self.is_full();
            // All are driven, whichever ends first: none waits for another to be polled.
            let step = poll_fn(|task| {
                if let Some(flush) = &mut flush
                    && let Poll::Ready(flushed) = flush.poll_unpin(task)
                {
                    return Poll::Ready(Step::Flushed(flushed));
                }
                if let Some(wait) = &mut wait
                    && wait.poll_unpin(task).is_ready()
                {
                    return Poll::Ready(Step::Due);
                }
                let put = puts.poll_next_unpin(task);
                if let Poll::Ready(Some(outcome)) = put {
                    return Poll::Ready(Step::Put(outcome));
                }
                if !takes_more {
                    return Poll::Pending;
                }
                match tasks.poll_next_unpin(task) {
                    Poll::Ready(Some(next)) => Poll::Ready(Step::Task(next)),
                    Poll::Ready(None) if put.is_ready() && flush.is_none() => {
                        Poll::Ready(Step::End)
                    }
                    _ => Poll::Pending,
                }
            });
            match step.await {
                Step::Task(Ok(task)) => {
                    puts.push(Box::pin(run(context, vault, meter, unchanged, task)));
                }
                Step::Task(Err(failure)) => self.put_aside(failure)?,
                Step::Put(outcome) => self.take(outcome)?,
                Step::Due => (wait, is_due) = (None, true),
                Step::Flushed(flushed) => {
                    flush = None;
                    self.settle(flushed?).await?;
                }
                Step::End => return Ok(()),
            }
        }
    }

    /// Makes everything durable.
    pub(crate) async fn finish(mut self) -> Result<Totals> {
        if self.has_pending() {
            let flushed = self.start_flush().await?;
            self.settle(flushed).await?;
        }
        Ok(self.totals)
    }

    fn take(&mut self, outcome: Result<Done>) -> Result<()> {
        match outcome {
            Ok(Done::File(entry)) => {
                self.pending_bytes = self.pending_bytes.saturating_add(entry.size);
                self.pending.push(entry);
            }
            Ok(Done::Folder(target)) => self.folders.push(target),
            Ok(Done::Unchanged) => self.totals.unchanged += 1,
            Ok(Done::Nothing) => {}
            Ok(Done::Skipped) => self.totals.skipped += 1,
            Err(failure) => self.put_aside(failure)?,
        }
        Ok(())
    }

    fn has_pending(&self) -> bool {
        !self.pending.is_empty() || !self.folders.is_empty()
    }

    /// Whether as much waits as one commit should carry.
    fn is_full(&self) -> bool {
        let entries = self.pending.len() + self.folders.len();
        self.pending_bytes >= PENDING_BYTES_MAX || entries >= PENDING_ENTRIES_MAX
    }

    /// One commit for all that waits now.
    fn start_flush(&mut self) -> LocalBoxFuture<'a, Result<Flushed>> {
        let vault = self.vault;
        let folders = std::mem::take(&mut self.folders);
        let files = std::mem::take(&mut self.pending);
        self.pending_bytes = 0;
        Box::pin(async move {
            let failures = make_folders(vault, folders).await?;
            Ok(Flushed { failures, files, outcome: vault.flush().await })
        })
    }

    /// Reports each file now that it is durable.
    async fn settle(&mut self, flushed: Flushed) -> Result<()> {
        for failure in flushed.failures {
            self.put_aside(failure)?;
        }
        let mut files = flushed.files;
        if let Err(error) = flushed.outcome {
            let failure = Failure::from(error.clone());
            if !failure.concerns_one_file() {
                return Err(failure);
            }
            for failure in undone::failures(self.vault, &mut files, error).await {
                self.put_aside(failure)?;
            }
        }
        for entry in files {
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

/// What became of a commit: which folders were not made, and its files, which are durable if it
/// succeeded.
struct Flushed {
    failures: Vec<Failure>,
    files: Vec<EntryInfo>,
    outcome: Result<(), Error>,
}

/// What happened next in a put of many files.
enum Step {
    Task(Result<Task>),
    Put(Result<Done>),
    Due,
    Flushed(Result<Flushed>),
    End,
}

/// What is to be done about one item.
enum Task {
    File {
        path: PathBuf,
        target: VaultPath,
        /// What the vault has there.
        former: Option<EntryInfo>,
    },
    /// What is read once and was never put before.
    Stream {
        path: PathBuf,
        target: VaultPath,
    },
    Folder {
        target: VaultPath,
    },
    Nothing,
    Other {
        path: PathBuf,
        kind: LocalKind,
    },
}

impl Task {
    async fn of(item: Result<LocalItem>, present: &mut Present) -> Result<Self> {
        match item? {
            LocalItem::File { path, target } => match present.find(&target).await? {
                Found::Nothing => Ok(Self::File { path, target, former: None }),
                Found::File(former) => Ok(Self::File { path, target, former: Some(former) }),
                Found::Directory => Err(Error::IsADirectory { path: target }.into()),
                Found::Blocked => Err(Error::NotADirectory { path: target }.into()),
            },
            LocalItem::Stream { path, target } => Ok(Self::Stream { path, target }),
            LocalItem::Folder { target, .. } => match present.enter(&target).await? {
                Found::Nothing => Ok(Self::Folder { target }),
                Found::Directory => Ok(Self::Nothing),
                Found::File(_) | Found::Blocked => {
                    Err(Error::NotADirectory { path: target }.into())
                }
            },
            LocalItem::Other { path, kind } => Ok(Self::Other { path, kind }),
        }
    }
}

/// What became of one item.
enum Done {
    File(EntryInfo),
    Folder(VaultPath),
    Unchanged,
    Nothing,
    Skipped,
}

async fn run(
    context: &Context,
    vault: &Vault,
    meter: &Meter,
    unchanged: Unchanged,
    task: Task,
) -> Result<Done> {
    match task {
        Task::File { path, target, former } => {
            if unchanged == Unchanged::PassedOver
                && let Some(former) = former
                && file::is_unchanged(meter, &path, &former).await
            {
                return Ok(Done::Unchanged);
            }
            let put = put_file(context, vault, meter, &path, &target, Durability::Deferred);
            put.await.map(Done::File)
        }
        Task::Stream { path, target } => {
            let source = LocalStream::new(path);
            let put = put_stream(context, vault, meter, source, &target, Durability::Deferred);
            put.await.map(Done::File)
        }
        Task::Folder { target } => Ok(Done::Folder(target)),
        Task::Nothing => Ok(Done::Nothing),
        Task::Other { path, kind } => {
            let left_out = LeftOut { path: &path, kind };
            context.output.record(&left_out)?;
            context.output.note(left_out);
            Ok(Done::Skipped)
        }
    }
}

#[cfg(all(test, unix))]
mod tests;
