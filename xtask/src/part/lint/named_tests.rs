//! Whether the tests that pages name are there: in tables the names of two words or more in the
//! column `test`, and anywhere else what has so many words as only names of tests have.

use std::collections::BTreeSet;

use super::sources::Source;

/// Names of at least so many words are those of tests in a column of them.
const WORDS_MIN: usize = 2;
/// And anywhere else.
const WORDS_MIN_ELSEWHERE: usize = 5;

/// What the pages name that is no test and no file of the sources.
pub(super) fn faults(pages: &[Source], sources: &[Source]) -> Vec<String> {
    let known: BTreeSet<&str> = sources
        .iter()
        .flat_map(|source| tests(&source.text).chain(file_names(&source.path)))
        .collect();
    let mut faults = Vec::new();
    for Source { path, text } in pages.iter().filter(|page| is_looked_at(&page.path)) {
        for (line, name) in named(text) {
            if !known.contains(name.strip_suffix(".rs").unwrap_or(name)) {
                faults.push(format!("{path}:{line} names the test {name}, which is not there"));
            }
        }
    }
    faults
}

/// The pages whose tests are looked for.
fn is_looked_at(path: &str) -> bool {
    let of_docs = path.strip_prefix("docs/").filter(|name| !name.contains('/'));
    path == "CONTRIBUTING.md"
        || of_docs.is_some_and(|name| {
            name == "ENGINE.md" || name == "LTHASH.md" || name.to_uppercase().contains("PARITY")
        })
}

/// The names of tests on a page, each with its line.
fn named(page: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut header = None;
    for (index, line) in page.lines().enumerate() {
        if !line.starts_with('|') {
            header = None;
        } else if header.is_none() {
            header = Some(line);
        }
        let titles = header.unwrap_or_default().split('|').chain(std::iter::repeat(""));
        for (title, cell) in titles.zip(line.split('|')) {
            let words_min = match title.trim() {
                "test" | "tests" => WORDS_MIN,
                _ => WORDS_MIN_ELSEWHERE,
            };
            let names = quoted(cell).filter(|name| name.split('_').count() >= words_min);
            found.extend(names.map(|name| (index + 1, name)));
        }
    }
    found
}

/// What stands in backquotes and is written as functions and files of Rust are.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split('`').skip(1).step_by(2);
    parts.filter(|name| {
        let name = name.strip_suffix(".rs").unwrap_or(name);
        let is_of_names = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        !name.is_empty() && name.chars().all(is_of_names)
    })
}

/// The functions under an attribute that makes them tests, or alone in a macro that does.
fn tests(text: &str) -> impl Iterator<Item = &str> {
    let mut is_test = false;
    text.lines().map(str::trim_start).filter_map(move |line| {
        if let Some(attribute) = line.strip_prefix("#[") {
            is_test |= attribute.contains("test") && !attribute.starts_with("cfg(");
            return None;
        }
        if line.is_empty() || line.starts_with("//") {
            return None;
        }
        if line.ends_with("! {") {
            is_test = true;
            return None;
        }
        let was_test = std::mem::take(&mut is_test);
        let (_, rest) = line.split_once("fn ").filter(|_| was_test)?;
        rest.split(|c: char| !c.is_alphanumeric() && c != '_').next()
    })
}

/// What a file of tests is called: by its own name, or by its folder's.
fn file_names(path: &str) -> impl Iterator<Item = &str> {
    let in_tests = path.strip_suffix(".rs").filter(|path| path.contains("tests/"));
    in_tests.into_iter().flat_map(|path| path.rsplit('/').take(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(path: &str, text: &str) -> Source {
        Source { path: path.into(), text: text.into() }
    }

    #[test]
    fn a_test_that_is_not_there_is_told_with_its_line() {
        let sources = [
            source(
                "core/src/a.rs",
                "#[test]\n#[ignore]\nfn is_short() {}\nvector! {\n    async fn in_macro() {}\n}\n#[test]\nasync fn a_b_c_d_e() {}",
            ),
            source("core/tests/a_promise.rs", "fn helper_of_a_long_test() {}"),
        ];
        let table =
            "| what | test |\n|---|---|\n| `word` | `is_short`, `in_macro`, `a_promise` (unit) |\n";
        let page = |text: &str| [source("docs/ENGINE_PARITY.md", &format!("{table}{text}"))];
        assert!(
            faults(&page("\n`a_b_c_d_e`, `only_three_words`, `a_promise.rs`\n"), &sources)
                .is_empty()
        );
        let gone =
            faults(&page("| | `is_gone` |\n\n`a_b_c_d_f`\n`helper_of_a_long_test`"), &sources);
        let lines = [
            "docs/ENGINE_PARITY.md:4 names the test is_gone",
            "docs/ENGINE_PARITY.md:6 names the test a_b_c_d_f",
            "docs/ENGINE_PARITY.md:7 names the test helper_of_a_long_test",
        ];
        assert_eq!(gone.len(), lines.len(), "{gone:?}");
        assert!(gone.iter().zip(lines).all(|(fault, line)| fault.starts_with(line)), "{gone:?}");
    }

    #[test]
    fn only_pages_that_list_tests_are_looked_at() {
        for page in ["CONTRIBUTING.md", "docs/ENGINE.md", "docs/LTHASH.md", "docs/ENGINE_PARITY.md"]
        {
            assert_eq!(faults(&[source(page, "`there_is_no_such_test`")], &[]).len(), 1, "{page}");
        }
        for page in ["README.md", "docs/FORMAT.md", "docs/decisions/parity.md"] {
            assert!(faults(&[source(page, "`there_is_no_such_test`")], &[]).is_empty(), "{page}");
        }
    }
}
