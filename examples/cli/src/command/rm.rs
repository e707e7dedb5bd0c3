//! `sealwood rm`

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
}

impl Rm {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        context
            .with_vault(async |vault| {
                let batch = vault.batch();
                for path in &self.paths {
                    match self.recursive {
                        true => batch.remove_all(path.as_str())?,
                        false => batch.remove(path.as_str())?,
                    }
                }
                batch.commit().await?;
                for path in &self.paths {
                    context.output.record(&json!({"removed": path.as_str()}))?;
                }
                Ok(())
            })
            .await
    }
}
