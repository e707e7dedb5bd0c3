//! `docs/ERRORS.md` lists the codes there are, no fewer and no more.
#![cfg(not(target_arch = "wasm32"))]
#![allow(missing_docs)]

use std::collections::BTreeSet;

const PAGE: &str = include_str!("../../docs/ERRORS.md");
const SOURCES: [&str; 2] = [include_str!("../src/error.rs"), include_str!("../src/path.rs")];

/// The codes in lines such as `Error::Closed => "closed",`.
fn codes_in_source() -> BTreeSet<&'static str> {
    let lines = SOURCES.into_iter().flat_map(str::lines);
    let literal = |line: &'static str| line.split_once("=> \"")?.1.strip_suffix("\",");
    lines.filter_map(literal).filter(|code| !code.contains([' ', '\\'])).collect()
}

/// The codes in rows such as ``| `closed` | … | |``, with whether they come with a path.
fn codes_on_page() -> Vec<(&'static str, bool)> {
    let row = |line: &'static str| {
        let cells: Vec<_> = line.strip_prefix("| `")?.split('|').collect();
        Some((cells.first()?.strip_suffix("` ")?, cells.get(2)?.trim() == "yes"))
    };
    PAGE.lines().filter_map(row).collect()
}

/// The codes of the variants in patterns such as `Error::NotFound { path }`.
fn codes_with_path() -> BTreeSet<String> {
    let patterns = SOURCES[0].split("Error::").skip(1);
    let variants = patterns.filter_map(|text| Some(text.split_once(" { path")?.0));
    variants.filter(|name: &&str| name.chars().all(char::is_alphanumeric)).map(kebab_case).collect()
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
    assert_eq!(listed.len(), 7);
}

#[test]
fn the_page_lists_every_code_once() {
    let page = codes_on_page();
    let listed: BTreeSet<_> = page.iter().map(|(code, _)| *code).collect();
    assert_eq!(listed.len(), page.len(), "a code is listed twice");
    assert_eq!(listed, codes_in_source());
    assert!(listed.len() > 40);
}
