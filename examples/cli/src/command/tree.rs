//! `sealwood tree`

use sealwood::vault::EntryKind;

use crate::bytes_text::{count, size};
use crate::context::Context;
use crate::failure::Result;
use crate::printable::printable;
use crate::record::EntryRecord;
use crate::vault_argument::VaultArgument;
use crate::walk::SortedWalk;

#[derive(clap::Args)]
pub(crate) struct Tree {
    /// The directory to start from
    #[arg(default_value = "/")]
    path: VaultArgument,
}

impl Tree {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        context
            .with_vault_to_read(async |vault| {
                let output = &context.output;
                let (mut files, mut directories, mut bytes) = (0, 0, 0);
                let mut walk = SortedWalk::new(vault, self.path.path.clone());
                // Nothing is printed of what is no directory.
                let mut next = walk.next().await?;
                output.text(format_args!("/{}", printable(self.path.as_str())))?;
                while let Some(visit) = next {
                    output.record(&EntryRecord::new(&visit.entry))?;
                    let mark = match visit.entry.kind {
                        EntryKind::File => "",
                        EntryKind::Directory => "/",
                    };
                    match visit.entry.kind {
                        EntryKind::File => files += 1,
                        EntryKind::Directory => directories += 1,
                    }
                    bytes = u64::saturating_add(bytes, visit.entry.size);
                    let name = printable(visit.entry.name());
                    output.text(format_args!("{}{name}{mark}", branches(&visit.last)))?;
                    next = walk.next().await?;
                }
                output.text(format_args!(
                    "{}, {}, {}",
                    count(directories, "directory", "directories"),
                    count(files, "file", "files"),
                    size(bytes)
                ))
            })
            .await
    }
}

/// The lines that lead to an entry; `last` as in [`Visit`](crate::walk::Visit).
fn branches(last: &[bool]) -> String {
    let Some((is_last, above)) = last.split_last() else { return String::new() };
    let above = above.iter().map(|is_last| if *is_last { "    " } else { "│   " });
    above.chain([if *is_last { "└── " } else { "├── " }]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_go_on_below_what_has_followers() {
        assert_eq!(branches(&[false]), "├── ");
        assert_eq!(branches(&[false, true, false]), "│       ├── ");
        assert_eq!(branches(&[true, false, true]), "    │   └── ");
    }
}
