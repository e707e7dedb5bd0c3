//! Whether the page on the architecture says of each folder at the top what it is.

use std::collections::BTreeSet;

use super::sources::Source;

/// The page with a table of the folders.
pub(super) const PAGE: &str = "docs/ARCHITECTURE.md";

/// The folders with sources that have no row there, and the rows without a folder.
pub(super) fn faults(page: &str, sources: &[Source]) -> Vec<String> {
    let there: BTreeSet<&str> = sources.iter().filter_map(|source| top(&source.path)).collect();
    let told = rows(page);
    let missing = there.difference(&told).map(|folder| format!("{PAGE} has no row of {folder}"));
    let gone = told.difference(&there).map(|folder| format!("{PAGE} has a row of {folder}"));
    missing.chain(gone).collect()
}

/// The folder at the top that a file is in; none of those whose names begin with a dot.
fn top(path: &str) -> Option<&str> {
    let (folder, _) = path.split_once('/')?;
    (!folder.starts_with('.')).then_some(folder)
}

/// The folders that the first table of the page has rows of.
fn rows(page: &str) -> BTreeSet<&str> {
    let table = page.lines().skip_while(|line| !line.starts_with("| folder"));
    let cells = table.take_while(|line| line.starts_with('|')).filter_map(|line| {
        let cell = line.split('|').nth(1)?;
        cell.contains('`').then_some(cell)
    });
    cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "\
# Architecture\n\n| folder | what it is |\n|---|---|\n| `core` | `sealwood` |\n\
| `docs`, `fuzz` | pages; `state` |\n\n| `later` | no folder |\n";

    fn sources(paths: &[&str]) -> Vec<Source> {
        let source = |path: &&str| Source { path: (*path).to_owned(), text: String::new() };
        paths.iter().map(source).collect()
    }

    #[test]
    fn each_folder_has_a_row_and_each_row_a_folder() {
        let all = ["README.md", ".ci/a.md", "core/src/a.rs", "docs/a.md", "fuzz/a.rs"];
        assert!(faults(TABLE, &sources(&all)).is_empty());
        let others = sources(&["core/src/a.rs", "docs/a.md", "state/src/a.rs"]);
        let told = faults(TABLE, &others);
        assert_eq!(told.len(), 2);
        assert!(told[0].ends_with("no row of state") && told[1].ends_with("a row of fuzz"));
    }
}
