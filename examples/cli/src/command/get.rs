//! `sealwood get`

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};
use sealwood::path::{EntryName, VaultPath};
use sealwood::vault::{ContentStream, EntryInfo, EntryKind, ReadOptions, Snapshot};
use sealwood::{CallContext, Progress, Vault};
use serde::Serialize;

use crate::command::cat;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::{
    Bounds, Existing, LocalFile, LocalFolder, Outcome, OwnStore, is_stream, write_file,
    write_stream,
};
use crate::output::Meter;
use crate::placement::{Placement, expect_apart};
use crate::printable::printable;
use crate::record::Totals;
use crate::vault_argument::VaultArgument;

/// Files at work at a time, one large one among them: that holds up to two extents.
const FILES_AT_A_TIME: usize = 16;

#[derive(clap::Args)]
pub(crate) struct Get {
    /// Files and directories of the vault
    #[arg(required = true)]
    sources: Vec<VaultArgument>,

    /// A local path, or - for standard output. A source goes into it if it ends with /, is a
    /// folder, or there are several sources
    destination: PathBuf,

    /// Leave what is there already as it is, and say so
    #[arg(long, short = 'n')]
    no_clobber: bool,

    /// Folders come with all they hold in any case
    #[arg(long = "recursive", short = 'r')]
    _recursive: bool,
}

impl Get {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        if self.is_to_stdout() {
            let paths = self.sources.iter().map(|source| &source.path);
            return context
                .with_vault_to_read(async |vault| cat::write_all(context, vault, paths, None).await)
                .await;
        }
        context.with_vault_to_read(async |vault| self.get_all(context, vault).await).await
    }

    pub(crate) fn is_to_stdout(&self) -> bool {
        self.destination == Path::new("-")
    }

    async fn get_all(&self, context: &Context, vault: &Vault) -> Result<()> {
        let snapshot = vault.snapshot().await?;
        let mut sources = Vec::new();
        for source in &self.sources {
            sources.push(snapshot.stat(source.as_str()).await?);
        }
        let is_folder = self.is_folder();
        if is_folder {
            expect_apart_in(&sources)?;
        }
        let bytes = match context.output.shows_progress() {
            true => count_bytes(&snapshot, &sources).await?,
            false => 0,
        };
        let meter = context.output.meter(bytes);
        let mut download = Download {
            context,
            snapshot: &snapshot,
            meter: &meter,
            existing: if self.no_clobber { Existing::Keep } else { Existing::Replace },
            bounds: Bounds::around(OwnStore::of(context.address()?.local_path())?),
            is_clean: false,
            totals: Totals::default(),
        };
        let mut outcome = Ok(());
        for source in &sources {
            outcome = download.get(source, &self.destination, is_folder).await;
            if outcome.is_err() {
                break;
            }
        }
        let totals = download.totals;
        meter.clear();
        outcome?;
        context.output.sum_up(&totals)
    }

    /// Whether the destination is a folder that the sources go into.
    fn is_folder(&self) -> bool {
        let text = self.destination.to_string_lossy();
        self.sources.len() > 1
            || self.destination.is_dir()
            || text.ends_with(std::path::is_separator)
    }
}

/// A file that was written.
#[derive(Serialize)]
struct Written<'a> {
    path: &'a str,
    local: String,
    size: u64,
}

/// A file that was there already and was to be kept.
#[derive(Serialize)]
struct Left<'a> {
    path: &'a str,
    local: String,
    skipped: &'static str,
}

/// One run of `get` over all its sources.
struct Download<'a> {
    context: &'a Context,
    snapshot: &'a Snapshot,
    meter: &'a Meter,
    existing: Existing,
    /// What is left alone.
    bounds: Bounds,
    /// Whether the folder that files go right into is rid of what killed runs left.
    is_clean: bool,
    totals: Totals,
}

/// What became of one file.
struct Done {
    entry: EntryInfo,
    local: PathBuf,
    outcome: Outcome,
}

impl Download<'_> {
    /// Copies `source` into the local folder, or to the path itself.
    async fn get(&mut self, source: &EntryInfo, destination: &Path, is_folder: bool) -> Result<()> {
        let above = source.path.parent().filter(|_| is_folder);
        match (source.kind, above) {
            (EntryKind::File, None) if is_stream(destination) => {
                let done = self.write_stream(source.clone(), destination).await;
                self.take(done)
            }
            (EntryKind::File, None) => {
                let written = match LocalFile::at(destination, &self.bounds) {
                    Ok(local) => self.write(source.clone(), local).await,
                    Err(failure) => Err(failure),
                };
                self.take(written)
            }
            (EntryKind::File, Some(above)) => {
                let mut folder = LocalFolder::create(destination, &above, &self.bounds)?;
                if !std::mem::replace(&mut self.is_clean, true) {
                    folder.clean();
                }
                let written = match folder.place_file(&source.path) {
                    Ok(local) => self.write(source.clone(), local).await,
                    Err(failure) => Err(failure),
                };
                self.take(written)
            }
            (EntryKind::Directory, above) => {
                // The top directory has no name, so its entries go right into the destination.
                let above = above.unwrap_or_else(|| source.path.clone());
                let folder = LocalFolder::create(destination, &above, &self.bounds)?;
                self.get_directory(&source.path, folder).await
            }
        }
    }

    async fn get_directory(&mut self, path: &VaultPath, mut folder: LocalFolder) -> Result<()> {
        if let Err(failure) = folder.make_folder(path) {
            return self.take(Err(failure));
        }
        let (context, meter, existing) = (self.context, self.meter, self.existing);
        // In the order that reads least; files are written while others are read.
        let call = CallContext::new().cancel(context.interrupt.token());
        let entries = self.snapshot.get_recursive_with(path, &call).await?;
        let files = entries.map(|entry| {
            let (entry, content) = entry?;
            Ok(match entry.kind {
                EntryKind::Directory => folder.make_folder(&entry.path).map(|()| None),
                EntryKind::File => {
                    let local = folder.place_file(&entry.path);
                    local.map(|local| Some((entry, content, local)))
                }
            })
        });
        let work = files.map_ok(|placed| {
            Box::pin(async move {
                Ok::<_, sealwood::Error>(match placed {
                    Ok(Some((entry, content, local))) => {
                        let _passed = context.gate.pass(Some(entry.size)).await;
                        meter.name(entry.path.as_str());
                        write(entry, counted(meter, content), local, existing).await.map(Some)
                    }
                    Ok(None) => Ok(None),
                    Err(failure) => Err(failure),
                })
            })
        });
        let mut work = work.try_buffer_unordered(FILES_AT_A_TIME);
        // A failure of the listing itself ends the walk; a failure of one file does not.
        while let Some(done) = work.try_next().await? {
            match done {
                Ok(Some(done)) => self.take(Ok(done))?,
                Ok(None) => {}
                Err(failure) => self.take(Err(failure))?,
            }
        }
        Ok(())
    }

    async fn write(&self, entry: EntryInfo, local: LocalFile) -> Result<Done> {
        let content = self.content(&entry).await?;
        write(entry, content, local, self.existing).await
    }

    async fn write_stream(&self, entry: EntryInfo, path: &Path) -> Result<Done> {
        let local = path.to_owned();
        if self.existing == Existing::Keep {
            return Ok(Done { entry, local, outcome: Outcome::Left });
        }
        let content = self.content(&entry).await?;
        let written = write_stream(path, content).await;
        written.map_err(|failure| failure.at(entry.path.as_str()))?;
        Ok(Done { entry, local, outcome: Outcome::Written })
    }

    async fn content(&self, entry: &EntryInfo) -> Result<ContentStream> {
        let path = entry.path.as_str();
        self.meter.name(path);
        let call = self.context.call(self.meter);
        let options = ReadOptions::new().context(call);
        let read = self.snapshot.get_stream_with(path, &options).await;
        let (_, content) = read.map_err(|error| Failure::from(error).at(path))?;
        Ok(content)
    }

    fn take(&mut self, done: Result<Done>) -> Result<()> {
        match done {
            Ok(Done { entry, local, outcome }) => {
                let path = entry.path.as_str();
                let local = local.to_string_lossy().into_owned();
                if outcome == Outcome::Left {
                    self.totals.skipped += 1;
                    let output = &self.context.output;
                    output.note(format_args!("there already: {}", printable(&local)));
                    return output.record(&Left { path, local, skipped: "exists" });
                }
                self.totals.files += 1;
                self.totals.bytes = self.totals.bytes.saturating_add(entry.size);
                self.context.output.record(&Written { path, local, size: entry.size })
            }
            Err(failure) if failure.concerns_one_file() => {
                self.totals.failed += 1;
                self.context.output.problem(&failure);
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }
}

async fn write(
    entry: EntryInfo,
    content: impl Stream<Item = sealwood::Result<Bytes>> + Unpin,
    local: LocalFile,
    existing: Existing,
) -> Result<Done> {
    let written = write_file(&local, &entry, content, existing).await;
    let outcome = written.map_err(|failure| failure.at(entry.path.as_str()))?;
    Ok(Done { entry, local: local.path().to_owned(), outcome })
}

/// A content of which `meter` hears as it is read.
fn counted(
    meter: &Meter,
    content: ContentStream,
) -> impl Stream<Item = sealwood::Result<Bytes>> + Unpin + use<> {
    let progress = meter.progress();
    let mut done = 0;
    content.inspect_ok(move |part| {
        done += part.len() as u64;
        progress(Progress { done, total: None });
    })
}

/// Fails if two of the sources would be one file or folder of the destination.
fn expect_apart_in(sources: &[EntryInfo]) -> Result<()> {
    let destination = Placement::Into(VaultPath::top());
    let mut places = Vec::new();
    for source in sources {
        let name = source.path.name().map(EntryName::new).transpose()?;
        places.push(destination.of(name.as_ref()));
    }
    let shown = sources.iter().map(|source| match source.path.is_top() {
        true => Path::new("/"),
        false => Path::new(source.path.as_str()),
    });
    expect_apart(shown.zip(&places))
}

async fn count_bytes(snapshot: &Snapshot, sources: &[EntryInfo]) -> Result<u64> {
    let mut bytes = 0u64;
    for source in sources {
        bytes = bytes.saturating_add(source.size);
        if source.kind == EntryKind::Directory {
            let mut entries = snapshot.list_recursive(source.path.as_str()).await?;
            while let Some(entry) = entries.try_next().await? {
                bytes = bytes.saturating_add(entry.size);
            }
        }
    }
    Ok(bytes)
}
