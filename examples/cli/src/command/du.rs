//! `sealwood du`

use std::collections::BTreeMap;
use std::fmt;

use futures_util::TryStreamExt;
use sealwood::path::VaultPath;
use sealwood::vault::EntryKind;
use serde::Serialize;

use crate::bytes_text::size;
use crate::context::Context;
use crate::failure::Result;
use crate::printable::printable;
use crate::vault_argument::VaultArgument;

#[derive(clap::Args)]
pub(crate) struct Du {
    /// The directory or file to add up
    #[arg(default_value = "/")]
    path: VaultArgument,

    /// Show directories down to this depth; 0 is the total alone
    #[arg(long, short, value_name = "N")]
    depth: Option<usize>,

    /// The total alone, as with a depth of 0
    #[arg(long, short, conflicts_with = "depth")]
    summarize: bool,
}

impl Du {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        context
            .with_vault_to_read(async |vault| {
                let top = vault.stat(self.path.as_str()).await?;
                let depth = if self.summarize { Some(0) } else { self.depth };
                let mut sums = Sums::new(&top.path, depth);
                match top.kind {
                    EntryKind::File => sums.add(&top.path, EntryKind::File, top.size),
                    EntryKind::Directory => {
                        let mut entries = vault.list_recursive(top.path.as_str()).await?;
                        while let Some(entry) = entries.try_next().await? {
                            sums.add(&entry.path, entry.kind, entry.size);
                        }
                    }
                }
                // Deepest first within each directory, the total last, as du does.
                for (path, sum) in sums.by_path.iter().rev() {
                    context.output.emit(&Usage { path: path.as_str(), sum })?;
                }
                Ok(())
            })
            .await
    }
}

#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Sum {
    files: u64,
    directories: u64,
    /// [`u64::MAX`] stands for that and more.
    bytes: u64,
}

#[derive(Serialize)]
struct Usage<'a> {
    path: &'a str,
    #[serde(flatten)]
    sum: &'a Sum,
}

impl fmt::Display for Usage<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>10}  {:>8}  /{}", size(self.sum.bytes), self.sum.files, printable(self.path))
    }
}

/// A sum for each directory that is shown.
struct Sums {
    by_path: BTreeMap<VaultPath, Sum>,
    top_depth: usize,
    depth_max: Option<usize>,
}

impl Sums {
    fn new(top: &VaultPath, depth_max: Option<usize>) -> Self {
        let by_path = BTreeMap::from([(top.clone(), Sum::default())]);
        Self { by_path, top_depth: top.segments().count(), depth_max }
    }

    /// Counts an entry in every directory from the top down to its own.
    fn add(&mut self, path: &VaultPath, kind: EntryKind, bytes: u64) {
        let mut depth = path.segments().count() - self.top_depth;
        if kind == EntryKind::Directory && self.depth_max.is_none_or(|max| depth <= max) {
            self.by_path.entry(path.clone()).or_default();
        }
        let mut above = if depth == 0 { Some(path.clone()) } else { path.parent() };
        depth = depth.saturating_sub(1);
        while let Some(directory) = above {
            if self.depth_max.is_none_or(|max| depth <= max) {
                let sum = self.by_path.entry(directory.clone()).or_default();
                sum.bytes = sum.bytes.saturating_add(bytes);
                match kind {
                    EntryKind::File => sum.files += 1,
                    EntryKind::Directory => sum.directories += 1,
                }
            }
            if depth == 0 {
                break;
            }
            depth -= 1;
            above = directory.parent();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn path(text: &str) -> VaultPath {
        VaultPath::new(text).unwrap()
    }

    fn sums(depth_max: Option<usize>) -> Vec<(String, u64, u64, u64)> {
        let mut sums = Sums::new(&path("a"), depth_max);
        sums.add(&path("a/b"), EntryKind::Directory, 0);
        sums.add(&path("a/b/c"), EntryKind::Directory, 0);
        sums.add(&path("a/b/c/x"), EntryKind::File, 5);
        sums.add(&path("a/b/y"), EntryKind::File, 7);
        sums.add(&path("a/z"), EntryKind::File, 1);
        let sums = sums.by_path.into_iter();
        sums.map(|(path, sum)| (path.to_string(), sum.files, sum.directories, sum.bytes)).collect()
    }

    #[test]
    fn each_directory_has_the_sum_of_all_below_it() {
        let all = [("a", 3, 2, 13), ("a/b", 2, 1, 12), ("a/b/c", 1, 0, 5)]
            .map(|(path, files, directories, bytes)| (path.to_owned(), files, directories, bytes));
        assert_eq!(sums(None), all);
        assert_eq!(sums(Some(1)), all[..2]);
        assert_eq!(sums(Some(0)), all[..1]);
    }

    #[test]
    fn a_sum_that_is_too_large_is_the_largest() {
        let mut sums = Sums::new(&path("a"), None);
        for name in ["a/x", "a/y"] {
            sums.add(&path(name), EntryKind::File, u64::MAX);
        }
        let sum = Sum { files: 2, directories: 0, bytes: u64::MAX };
        assert_eq!(sums.by_path[&path("a")], sum);
        assert!(Usage { path: "a", sum: &sum }.to_string().contains("or more"));
    }

    #[test]
    fn a_file_is_its_own_sum() {
        let mut sums = Sums::new(&path("a/x"), None);
        sums.add(&path("a/x"), EntryKind::File, 9);
        assert_eq!(sums.by_path[&path("a/x")], Sum { files: 1, directories: 0, bytes: 9 });
    }
}
