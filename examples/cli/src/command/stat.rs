//! `sealwood stat`

use std::fmt;

use sealwood::vault::EntryInfo;
use serde::Serialize;

use crate::bytes_text::moment;
use crate::context::Context;
use crate::failure::Result;
use crate::printable::printable;
use crate::record::{EntryRecord, kind};
use crate::vault_argument::VaultArgument;

#[derive(clap::Args)]
pub(crate) struct Stat {
    /// Files or directories
    #[arg(required = true)]
    paths: Vec<VaultArgument>,
}

impl Stat {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        context
            .with_vault_to_read(async |vault| {
                for path in &self.paths {
                    let info = vault.stat(path.as_str()).await?;
                    let entry = EntryRecord::new(&info);
                    context.output.emit(&Description { entry, info: &info })?;
                }
                Ok(())
            })
            .await
    }
}

#[derive(Serialize)]
struct Description<'a> {
    #[serde(flatten)]
    entry: EntryRecord<'a>,
    #[serde(skip)]
    info: &'a EntryInfo,
}

impl fmt::Display for Description<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let info = self.info;
        writeln!(f, "path      /{}", printable(info.path.as_str()))?;
        writeln!(f, "kind      {}", kind(info.kind))?;
        writeln!(f, "size      {}", info.size)?;
        write!(f, "modified  {}", moment(info.modified_ms))?;
        if let Some(content_type) = &info.content_type {
            write!(f, "\ntype      {}", printable(content_type))?;
        }
        for (key, value) in &info.metadata {
            write!(f, "\nmetadata  {} = {}", printable(key), printable(value))?;
        }
        Ok(())
    }
}
