//! Whether the lists of what crates show are those of the code.

use std::collections::BTreeSet;

use anyhow::Result;

use crate::public_api::{self, Listing};
use crate::workspace::Workspace;

/// Compares the list of every published crate with the one that is kept.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let listings = public_api::listings(workspace)?;
    let mut faults = Vec::new();
    for Listing { file, text } in &listings {
        let kept = super::read(workspace.root(), file).unwrap_or_default();
        faults.extend(difference(file, &kept, text));
    }
    for file in public_api::files(workspace)? {
        if !listings.iter().any(|listing| listing.file == file) {
            faults.push(format!("{file} is of no published crate"));
        }
    }
    super::none_of(&faults)
}

/// What was added to the list and what is gone from it, if anything.
fn difference(file: &str, kept: &str, found: &str) -> Option<String> {
    if kept == found {
        return None;
    }
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (kept.lines().collect(), found.lines().collect());
    let gone = before.difference(&after).map(|line| format!("\n- {line}"));
    let new = after.difference(&before).map(|line| format!("\n+ {line}"));
    let changes: String = gone.chain(new).collect();
    Some(format!("if it is meant, `cargo xtask api` writes it into {file}:{changes}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_change_is_told_by_its_lines() {
        let told = difference(
            "api/x.txt",
            "pub fn x::a()\npub fn x::b()\n",
            "pub fn x::b()\npub fn x::c()\n",
        );
        let told = told.unwrap();
        assert!(told.ends_with("\n- pub fn x::a()\n+ pub fn x::c()"), "{told}");
        assert_eq!(difference("api/x.txt", "pub fn x::a()\n", "pub fn x::a()\n"), None);
        assert!(difference("api/x.txt", "", "pub fn x::a()\n").is_some());
    }
}
