//! Whether what a page quotes from files of the repository is there, word for word.

use std::path::Path;

use anyhow::{Result, bail};

use super::read;

/// A fenced block under a line that is nothing but a file's name in backquotes.
struct Quotation {
    file: String,
    text: String,
}

/// Checks every quotation of the page at `page`, and that it has some.
pub(super) fn check(directory: &Path, page: &str) -> Result<()> {
    let text = read(directory, page)?;
    let quotations = quotations(&text);
    if quotations.is_empty() {
        bail!("{page} quotes nothing");
    }
    for Quotation { file, text } in quotations {
        if !read(directory, &file)?.contains(&text) {
            bail!("{page} quotes what {file} does not have:\n{text}");
        }
    }
    Ok(())
}

fn quotations(page: &str) -> Vec<Quotation> {
    let mut found = Vec::new();
    let mut file = None;
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let block: Vec<_> = lines.by_ref().take_while(|line| *line != "```").collect();
            if let Some(file) = file.take() {
                found.push(Quotation { file, text: block.join("\n") + "\n" });
            }
        } else if !line.is_empty() {
            let name = line.strip_prefix('`').and_then(|rest| rest.strip_suffix('`'));
            file = name.filter(|name| !name.contains('`')).map(str::to_owned);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    #[test]
    fn only_blocks_under_a_files_name_are_quotations() {
        let page = "text\n\n```rust\nfree\n```\n\n`a/b.rs`\n\n```rust\none\n  two\n```\n`x` and `y`\n```\nfree\n```\n";
        let found = quotations(page);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].file.as_str(), found[0].text.as_str()), ("a/b.rs", "one\n  two\n"));
    }

    #[test]
    fn a_quotation_that_is_not_there_is_told() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("code"), "one\ntwo\n").unwrap();
        fs::write(directory.path().join("page"), "`code`\n```\ntwo\n```\n").unwrap();
        check(directory.path(), "page").unwrap();
        fs::write(directory.path().join("page"), "`code`\n```\nthree\n```\n").unwrap();
        assert!(check(directory.path(), "page").unwrap_err().to_string().contains("three"));
        fs::write(directory.path().join("page"), "nothing\n").unwrap();
        check(directory.path(), "page").unwrap_err();
    }
}
