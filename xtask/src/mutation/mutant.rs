//! A mutant: one fault put into the code, and the test that has to notice it. Each is a file in
//! `xtask/mutants`, named after what it breaks.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

/// One fault and what notices it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Mutant {
    /// The name of its file, without `.toml`.
    #[serde(skip)]
    pub(crate) name: String,
    /// What no longer holds with the fault in place.
    #[expect(dead_code, reason = "for those who read the file; every mutant has to have it")]
    promise: String,
    /// The file it changes, from the top of the checkout.
    pub(crate) file: PathBuf,
    /// What is changed in it.
    changes: Vec<Change>,
    /// What has to fail.
    pub(crate) test: Test,
    /// How the test is to fail.
    #[serde(default)]
    pub(crate) dies_by: DiesBy,
}

/// One change of a text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    /// Text that occurs in the file once.
    find: String,
    /// What stands there instead.
    replace: String,
}

/// Tests of one binary.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Test {
    /// The package.
    pub(crate) package: String,
    /// Features to build it with.
    #[serde(default)]
    pub(crate) features: Vec<String>,
    /// The name of the file or folder in `tests`; the tests within the library if there is none.
    pub(crate) binary: Option<String>,
    /// Part of the names of the tests to run.
    pub(crate) filter: String,
}

/// How a test notices a mutant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum DiesBy {
    /// It fails.
    #[default]
    Assertion,
    /// It does not end.
    Hang,
}

impl Mutant {
    /// Every mutant in `directory`, by name.
    pub(crate) fn list(directory: &Path) -> Result<Vec<Self>> {
        let cannot = || format!("cannot list {}", directory.display());
        let mut mutants = Vec::new();
        for entry in fs::read_dir(directory).with_context(cannot)? {
            let path = entry.with_context(cannot)?.path();
            ensure!(path.extension().is_some_and(|is| is == "toml"), "{}?", path.display());
            let text = fs::read_to_string(&path)?;
            let mut mutant: Mutant =
                toml::from_str(&text).with_context(|| format!("in {}", path.display()))?;
            mutant.name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            mutants.push(mutant);
        }
        ensure!(!mutants.is_empty(), "no mutant in {}", directory.display());
        mutants.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(mutants)
    }

    /// `source` with the fault in it.
    pub(crate) fn apply(&self, source: &str) -> Result<String> {
        ensure!(!self.changes.is_empty(), "{} changes nothing", self.name);
        self.changes.iter().try_fold(source.to_owned(), |text, Change { find, replace }| {
            ensure!(find != replace, "{} changes nothing", self.name);
            match text.matches(find).count() {
                1 => Ok(text.replacen(find, replace, 1)),
                0 => bail!("{find:?} is no longer in {}", self.file.display()),
                n => bail!("{find:?} is {n} times in {}", self.file.display()),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const TEXT: &str = "promise = 'p'\nfile = 'f.rs'\n\
                        [test]\npackage = 'p'\nfilter = 't'\n\
                        [[changes]]\nfind = '''a\n'''\nreplace = ''\n";

    #[test]
    fn a_mutant_applies_where_its_text_is_once() {
        let mutant: Mutant = toml::from_str(TEXT).unwrap();
        assert_eq!(mutant.dies_by, DiesBy::Assertion);
        assert_eq!(mutant.apply("b a\nc").unwrap(), "b c");
        assert!(mutant.apply("b c").unwrap_err().to_string().contains("no longer"));
        assert!(mutant.apply("a\na\n").unwrap_err().to_string().contains("2 times"));
    }

    #[test]
    fn a_word_that_means_nothing_is_refused() {
        assert!(toml::from_str::<Mutant>(&format!("seconds = 1\n{TEXT}")).is_err());
    }

    #[test]
    fn every_mutant_of_the_list_still_applies() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for mutant in Mutant::list(&root.join("mutants")).unwrap() {
            let source = fs::read_to_string(root.parent().unwrap().join(&mutant.file)).unwrap();
            let applied = mutant.apply(&source);
            assert!(applied.is_ok(), "{}: {:#}", mutant.name, applied.unwrap_err());
        }
    }
}
