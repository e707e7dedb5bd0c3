//! `sealwood rm`

use sealwood::{Error, Vault};
use serde_json::json;

use crate::context::Context;
use crate::failure::Result;
use crate::vault_argument::VaultArgument;

#[derive(clap::Args)]
pub(crate) struct Rm {
    /// Files and empty directories
    #[arg(required = true)]
    paths: Vec<VaultArgument>,

    /// Directories with all they hold
    #[arg(long, short)]
    recursive: bool,

    /// What is not there is no failure
    #[arg(long, short)]
    force: bool,
}

impl Rm {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        context
            .with_vault(async |vault| {
                let paths = self.present(vault).await?;
                if paths.is_empty() {
                    return Ok(());
                }
                let batch = vault.batch();
                for path in &paths {
                    match self.recursive {
                        true => batch.remove_all(path.as_str())?,
                        false => batch.remove(path.as_str())?,
                    }
                }
                batch.commit().await?;
                for path in &paths {
                    context.output.record(&json!({"removed": path.as_str()}))?;
                }
                Ok(())
            })
            .await
    }

    /// What to remove: what was named, or what is there of it.
    async fn present(&self, vault: &Vault) -> Result<Vec<&VaultArgument>> {
        if !self.force {
            return Ok(self.paths.iter().collect());
        }
        let mut present = Vec::new();
        for path in &self.paths {
            match vault.stat(path.as_str()).await {
                Ok(_) => present.push(path),
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(present)
    }
}
