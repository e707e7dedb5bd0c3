//! `sealwood put`

use std::io;
use std::path::{Path, PathBuf};

use sealwood::Vault;
use sealwood::vault::{Durability, EntryKind};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::{LocalTree, OwnStore, own_name};
use crate::output::expect_input;
use crate::placement::{Placement, expect_apart};
use crate::record::{EntryRecord, Totals};
use crate::stream::put_stream;
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

    /// Folders come with all they hold in any case
    #[arg(long = "recursive", short = 'r')]
    _recursive: bool,
}

impl Put {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        let is_stdin = |source: &PathBuf| source == Path::new("-");
        if self.sources.iter().any(is_stdin) {
            if self.sources.len() > 1 || self.destination.is_directory {
                let text = "standard input is the only source and its destination a file";
                return Err(Failure::Usage(text.into()));
            }
            expect_input()?;
            return context.with_vault(async |vault| self.put_stdin(context, vault).await).await;
        }
        // A mistake in the arguments should show before a secret is asked for.
        for source in &self.sources {
            source.metadata().map_err(|error| Failure::local(source, error))?;
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
        let meter = context.output.counter();
        let put = put_stream(context, vault, &meter, io::stdin(), target, Durability::OnReturn);
        let entry = put.await;
        meter.clear();
        let entry = entry?;
        context.output.record(&EntryRecord::new(&entry))?;
        context.output.sum_up(&Totals { files: 1, bytes: entry.size, ..Totals::default() })
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
        context.output.sum_up(&finished?)
    }

    async fn trees(&self, context: &Context, vault: &Vault) -> Result<Vec<LocalTree>> {
        let placement = Placement::find(vault, &self.destination, self.sources.len()).await?;
        // A vault does not store itself.
        let store = OwnStore::of(context.address()?.local_path())?;
        let mut targets = Vec::new();
        for source in &self.sources {
            let name = match placement {
                Placement::Exactly(_) => None,
                Placement::Into(_) => own_name(source)?,
            };
            targets.push(placement.of(name.as_ref()));
        }
        let sources = self.sources.iter().map(PathBuf::as_path);
        expect_apart(sources.clone().zip(&targets))?;
        let trees = sources.zip(targets);
        trees.map(|(source, target)| LocalTree::new(source, target, &store)).collect()
    }
}
