//! `sealwood mv` and `sealwood cp`

use std::path::Path;

use sealwood::path::{EntryName, PathRule};
use sealwood::{Error, Vault};

use crate::context::Context;
use crate::failure::Result;
use crate::placement::{Placement, expect_apart};
use crate::record::Relocation;
use crate::vault_argument::VaultArgument;

#[derive(clap::Args)]
pub(crate) struct Relocate {
    /// Files and directories of the vault
    #[arg(required = true)]
    sources: Vec<VaultArgument>,

    /// Where to. A source goes into it if it ends with /, is a directory, or there are several
    /// sources
    destination: VaultArgument,

    /// Folders come with all they hold in any case
    #[arg(long = "recursive", short = 'r')]
    _recursive: bool,
}

/// Whether the source stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    Move,
    Copy,
}

impl Relocate {
    pub(crate) async fn run(self, context: &Context, how: How) -> Result<()> {
        context.with_vault(async |vault| self.relocate(context, vault, how).await).await
    }

    async fn relocate(&self, context: &Context, vault: &Vault, how: How) -> Result<()> {
        let placement = Placement::find(vault, &self.destination, self.sources.len()).await?;
        let mut targets = Vec::new();
        for source in &self.sources {
            let name = source.path.name().ok_or(Error::InvalidPath(PathRule::Top))?;
            targets.push(placement.of(Some(&EntryName::new(name)?)));
        }
        let shown = self.sources.iter().map(|source| Path::new(source.as_str()));
        expect_apart(shown.zip(&targets))?;
        let batch = vault.batch();
        for (source, target) in self.sources.iter().zip(&targets) {
            match how {
                How::Move => batch.rename(source.as_str(), target.as_str())?,
                How::Copy => batch.copy(source.as_str(), target.as_str())?,
            }
        }
        batch.commit().await?;
        for (source, target) in self.sources.iter().zip(&targets) {
            let done = Relocation { from: source.as_str(), to: target.as_str() };
            context.output.record(&done)?;
            context.output.note(done);
        }
        Ok(())
    }
}
