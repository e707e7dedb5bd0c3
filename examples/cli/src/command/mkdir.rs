//! `sealwood mkdir`

use serde_json::json;

use crate::context::Context;
use crate::failure::Result;
use crate::vault_argument::VaultArgument;

#[derive(clap::Args)]
pub(crate) struct Mkdir {
    /// Directories to make unless they exist
    #[arg(required = true)]
    paths: Vec<VaultArgument>,

    /// Those above are made in any case, and none is there twice
    #[arg(long = "parents", short = 'p')]
    _parents: bool,
}

impl Mkdir {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        context
            .with_vault(async |vault| {
                let batch = vault.batch();
                for path in &self.paths {
                    batch.mkdir(path.as_str())?;
                }
                batch.commit().await?;
                for path in &self.paths {
                    context.output.record(&json!({"directory": path.as_str()}))?;
                }
                Ok(())
            })
            .await
    }
}
