//! `sealwood put`

use std::fs;
use std::path::{Path, PathBuf};

use sealwood::Vault;
use sealwood::vault::{EntryKind, Metadata, PutOptions};

use crate::address::Address;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::{LocalTree, content_type_of, own_name};
use crate::placement::Placement;
use crate::record::{EntryRecord, Totals};
use crate::upload::{Unchanged, Upload};
use crate::vault_argument::VaultArgument;

#[derive(clap::Args)]
pub(crate) struct Put {
    /// Put files again that the vault has with the same size and times
    #[arg(long, short = 'I')]
    ignore_times: bool,

    /// Local files and folders; - for standard input
    #[arg(required = true)]
    sources: Vec<PathBuf>,

    /// The path in the vault. A source goes into it if it ends with /, is a directory, or there
    /// are several sources
    destination: VaultArgument,
}

impl Put {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        let is_stdin = |source: &PathBuf| source == Path::new("-");
        if self.sources.iter().any(is_stdin) {
            if self.sources.len() > 1 || self.destination.is_directory {
                let text = "standard input is the only source and its destination a file";
                return Err(Failure::Usage(text.into()));
            }
            return context.with_vault(async |vault| self.put_stdin(context, vault).await).await;
        }
        // A mistake in the arguments should show before anything is stored.
        for source in &self.sources {
            fs::metadata(source).map_err(|error| Failure::local(source, error))?;
        }
        context.with_vault(async |vault| self.put_trees(context, vault).await).await
    }

    async fn put_stdin(&self, context: &Context, vault: &Vault) -> Result<()> {
        let target = &self.destination.path;
        match vault.stat(target.as_str()).await {
            Ok(found) if found.kind == EntryKind::Directory => {
                return Err(sealwood::Error::IsADirectory { path: target.clone() }.into());
            }
            Ok(_) | Err(sealwood::Error::NotFound { .. }) => {}
            Err(error) => return Err(error.into()),
        }
        let meter = context.output.meter(0);
        let content_type = target.name().and_then(content_type_of);
        let options = PutOptions {
            metadata: Metadata { content_type, ..Metadata::default() },
            watch: context.watch(&meter),
            ..PutOptions::default()
        };
        let put = vault.put_reader(target.as_str(), std::io::stdin(), options).await;
        meter.clear();
        let entry = put.map_err(|error| Failure::from(error).at(target.as_str()))?;
        context.output.record(&EntryRecord::new(&entry))?;
        summarize(context, &Totals { files: 1, bytes: entry.size, ..Totals::default() })
    }

    async fn put_trees(&self, context: &Context, vault: &Vault) -> Result<()> {
        let trees = self.trees(context, vault).await?;
        let shows_progress = context.output.shows_progress();
        let bytes = if shows_progress {
            trees.iter().map(LocalTree::bytes).fold(0, u64::saturating_add)
        } else {
            0
        };
        let meter = context.output.meter(bytes);
        let unchanged = match self.ignore_times {
            true => Unchanged::PutAgain,
            false => Unchanged::PassedOver,
        };
        let mut upload = Upload::new(context, vault, &meter, unchanged);
        let put = upload.put(trees.iter().flat_map(LocalTree::items)).await;
        let finished = match put {
            Ok(()) => upload.finish().await,
            Err(failure) => Err(failure),
        };
        meter.clear();
        summarize(context, &finished?)
    }

    async fn trees(&self, context: &Context, vault: &Vault) -> Result<Vec<LocalTree>> {
        let placement = Placement::find(vault, &self.destination, self.sources.len()).await?;
        // A vault does not store itself.
        let without = match context.address()? {
            Address::Engine(path) | Address::Directory(path) => path.canonicalize().ok(),
            Address::S3(_) | Address::Memory => None,
        };
        let trees = self.sources.iter().map(|source| {
            let target = match &placement {
                Placement::Exactly(path) => path.clone(),
                Placement::Into(_) => placement.of(own_name(source)?.as_str())?,
            };
            Ok(LocalTree { path: source.clone(), target, without: without.clone() })
        });
        trees.collect()
    }
}

fn summarize(context: &Context, totals: &Totals) -> Result<()> {
    context.output.record(totals)?;
    context.output.note(totals);
    Ok(())
}
