//! `sealwood ls`

use std::fmt;

use sealwood::vault::{EntryInfo, EntryKind};
use serde::Serialize;

use crate::bytes_text::moment;
use crate::context::Context;
use crate::failure::Result;
use crate::printable::printable;
use crate::record::EntryRecord;
use crate::vault_argument::VaultArgument;
use crate::walk::{Children, SortedWalk};

#[derive(clap::Args)]
pub(crate) struct Ls {
    /// A directory or a file
    #[arg(default_value = "/")]
    path: VaultArgument,

    /// Sizes and times too
    #[arg(long, short)]
    long: bool,

    /// Everything below, each entry with its path
    #[arg(long, short = 'R')]
    recursive: bool,

    /// No name is hidden in any case
    #[arg(long = "all", short = 'a')]
    _all: bool,

    /// One entry a line, as in any case
    #[arg(short = '1')]
    _one: bool,
}

impl Ls {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        context
            .with_vault_to_read(async |vault| {
                let found = vault.stat(self.path.as_str()).await?;
                if found.kind == EntryKind::File {
                    return self.print(context, &found);
                }
                if self.recursive {
                    let mut walk = SortedWalk::new(vault, found.path);
                    while let Some(visit) = walk.next().await? {
                        self.print(context, &visit.entry)?;
                    }
                } else {
                    let mut children = Children::new(vault, found.path);
                    while let Some(child) = children.next().await? {
                        self.print(context, &child.entry)?;
                    }
                }
                Ok(())
            })
            .await
    }

    fn print(&self, context: &Context, entry: &EntryInfo) -> Result<()> {
        context.output.emit(&Line {
            entry: EntryRecord::new(entry),
            info: entry,
            is_long: self.long,
            is_whole_path: self.recursive,
        })
    }
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    entry: EntryRecord<'a>,
    #[serde(skip)]
    info: &'a EntryInfo,
    #[serde(skip)]
    is_long: bool,
    #[serde(skip)]
    is_whole_path: bool,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (entry, is_directory) = (self.info, self.info.kind == EntryKind::Directory);
        if self.is_long {
            let size = if is_directory { "-".to_owned() } else { entry.size.to_string() };
            write!(f, "{size:>12}  {}  ", moment(entry.modified_ms))?;
        }
        let name = if self.is_whole_path { entry.path.as_str() } else { entry.name() };
        write!(f, "{}{}", printable(name), if is_directory { "/" } else { "" })
    }
}
