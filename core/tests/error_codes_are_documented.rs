//! `docs/ERRORS.md` lists the codes there are, no fewer and no more.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs, clippy::unwrap_used)]

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../docs/ERRORS.md");
const SOURCES: [&str; 5] = [
    include_str!("../src/error.rs"),
    include_str!("../src/path.rs"),
    include_str!("../../engine/src/error.rs"),
    include_str!("../../lthash/src/error.rs"),
    include_str!("../../state/src/error.rs"),
];

/// The codes in lines such as `Error::Closed => "closed",`.
fn codes_in_source() -> BTreeSet<&'static str> {
    let lines = SOURCES.into_iter().flat_map(str::lines);
    let literal = |line: &'static str| line.split_once("=> \"")?.1.strip_suffix("\",");
    lines.filter_map(literal).filter(|code| !code.contains([' ', '\\'])).collect()
}

/// The codes in rows such as ``| `closed` | … | |``, with whether they come with a path. What only
/// Rust has stands in rows such as ``| Rust | `other-writer` | … |``.
fn codes_on_page() -> Vec<(&'static str, bool)> {
    let row = |line: &'static str| {
        let line = line.strip_prefix("| Rust ").unwrap_or(line);
        let cells: Vec<_> = line.strip_prefix("| `")?.split('|').collect();
        Some((cells.first()?.strip_suffix("` ")?, cells.get(2)?.trim() == "yes"))
    };
    PAGE.lines().filter_map(row).collect()
}

/// The codes of the variants in patterns such as `Error::NotFound { path }` or
/// `Error::Conflict { path, .. }`, and of each kind of damage, which all come in one variant.
fn codes_with_path() -> BTreeSet<String> {
    let method = SOURCES[0].split_once("pub fn path(&self)").unwrap().1;
    let method = method.split_once("\n    }\n").unwrap().0;
    let patterns = method.split("Error::").skip(1);
    let variants = patterns.filter_map(|text| Some(text.split_once(" { path")?.0));
    let mut codes: BTreeSet<_> = variants.map(kebab_case).collect();
    assert!(codes.remove("damaged"));
    let damage = SOURCES[0].split_once("pub fn code(self)").unwrap().1;
    let damage = damage.split_once("\n    }\n").unwrap().0;
    let kinds = damage.split("=> Error::").skip(1);
    let kind = |text: &str| text.split(|one: char| !one.is_alphanumeric()).next().map(kebab_case);
    codes.extend(kinds.filter_map(kind));
    codes
}

fn kebab_case(name: &str) -> String {
    let letter = |letter: char| match letter.is_ascii_uppercase() {
        true => format!("-{}", letter.to_ascii_lowercase()),
        false => letter.to_string(),
    };
    name.chars().map(letter).collect::<String>().trim_start_matches('-').to_owned()
}

#[test]
fn the_page_says_which_codes_come_with_a_path() {
    let page = codes_on_page().into_iter().filter(|(_, path)| *path);
    let listed: BTreeSet<_> = page.map(|(code, _)| code.to_owned()).collect();
    assert_eq!(listed, codes_with_path());
    assert_eq!(listed.len(), 11);
}

#[test]
fn the_page_lists_every_code_once() {
    let page = codes_on_page();
    let listed: BTreeSet<_> = page.iter().map(|(code, _)| *code).collect();
    assert_eq!(listed.len(), page.len(), "a code is listed twice");
    assert_eq!(listed, codes_in_source());
    assert!(listed.len() > 40);
}
