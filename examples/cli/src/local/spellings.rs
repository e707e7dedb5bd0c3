//! Names that a file system takes for one.
//!
//! Names that differ in a vault can mean one file here: where a folder does not tell `README` from
//! `readme`, where it has a normal form of its own, where a file has a short name beside its long
//! one. Which these are is not for this program to know; each folder is asked. What is at a name
//! before a file gets it was there before this run, or is what another program has just made, and
//! may be replaced as files are; or it was written by this run under another name, and must not be.
//!
//! So the names of a folder are read once, before anything is written there, and each is given up
//! to the first file that takes its place. A folder that this run makes is empty and is not read.
//! What turns up later is another program's only if the folder lists it by that very name and this
//! run wrote nothing that may be called so. What is held of a name is a hash of eight bytes.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use sealwood::path::EntryName;

use crate::failure::{Failure, Result};

/// The names that were below a target before a run; a clone knows the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spellings(Rc<RefCell<Known>>);

#[derive(Debug, Default)]
struct Known {
    hashes: RandomState,
    /// The folders of which that is known.
    folders: HashSet<u64>,
    /// How many things were there, and may be replaced, by their name in one case.
    before: HashMap<u64, u32>,
    /// What this run wrote, by its name in one case.
    written: HashSet<u64>,
}

impl Spellings {
    /// Whether `folder` was made or read in this run.
    pub(super) fn knows(&self, folder: &Path) -> bool {
        let known = self.0.borrow();
        known.folders.contains(&known.hashes.hash_one(folder))
    }

    /// Takes note of `folder`, which holds `names` and nothing that this run wrote.
    pub(super) fn learn(&self, folder: &Path, names: impl IntoIterator<Item = String>) {
        let mut known = self.0.borrow_mut();
        let key = known.hashes.hash_one(folder);
        known.folders.insert(key);
        for name in names {
            let key = known.key(folder, &name);
            *known.before.entry(key).or_default() += 1;
        }
    }

    /// Takes note that this run makes what is called `name` in `folder`, where nothing was found.
    pub(super) fn make(&self, folder: &Path, name: &str) {
        let mut known = self.0.borrow_mut();
        let key = known.key(folder, name);
        known.written.insert(key);
    }

    /// Lets what is called `name` in `folder` take the place of what is found at that name; whether
    /// the folder lists it so, `is_listed` says. Fails if this run may have written it.
    pub(super) fn replace(
        &self,
        folder: &Path,
        name: &str,
        is_listed: impl FnOnce() -> Result<bool>,
    ) -> Result<()> {
        let mut known = self.0.borrow_mut();
        let key = known.key(folder, name);
        let is_first = known.written.insert(key);
        match known.before.get_mut(&key) {
            Some(count) if *count > 0 => {
                *count -= 1;
                Ok(())
            }
            None if is_first && is_listed()? => Ok(()),
            _ => Err(taken(folder.join(name))),
        }
    }
}

impl Known {
    /// What names have in common that a folder may take for one. It only tells what may be
    /// replaced: names that it should have brought together are refused.
    fn key(&self, folder: &Path, name: &str) -> u64 {
        let name = match EntryName::new(name) {
            Ok(name) => name.as_str().to_lowercase(),
            Err(_) => name.to_lowercase(),
        };
        self.hashes.hash_one((folder, name))
    }
}

fn taken(path: PathBuf) -> Failure {
    Failure::LocalRefused {
        code: "local-name-taken",
        reason: "in this folder the name means something that has another name in the vault",
        path,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    /// A folder that takes some names for one, as `fold` says.
    struct Folder {
        fold: fn(&str) -> String,
        files: BTreeMap<String, &'static str>,
        listed: BTreeSet<String>,
        spellings: Spellings,
    }

    impl Folder {
        fn holding(fold: fn(&str) -> String, names: &[&str]) -> Self {
            let spellings = Spellings::default();
            spellings.learn(Path::new("f"), names.iter().map(|&name| name.to_owned()));
            let mut folder =
                Self { fold, files: BTreeMap::new(), listed: BTreeSet::new(), spellings };
            names.iter().for_each(|name| folder.put(name, "before"));
            folder
        }

        /// What is there keeps the name that it has.
        fn put(&mut self, name: &str, content: &'static str) {
            if self.files.insert((self.fold)(name), content).is_none() {
                self.listed.insert(name.to_owned());
            }
        }

        fn write(&mut self, name: &str, content: &'static str) -> bool {
            let place = (self.fold)(name);
            let path = Path::new("f");
            let is_free = match self.files.contains_key(&place) {
                true => {
                    let is_listed = || Ok(self.listed.contains(name));
                    self.spellings.replace(path, name, is_listed).is_ok()
                }
                false => {
                    self.spellings.make(path, name);
                    true
                }
            };
            if is_free {
                self.put(name, content);
            }
            is_free
        }
    }

    fn exact(name: &str) -> String {
        name.to_owned()
    }

    fn short(name: &str) -> String {
        name.to_uppercase().chars().take(6).collect()
    }

    #[test]
    fn of_names_that_mean_one_file_the_first_is_written() {
        for fold in [str::to_lowercase as fn(&str) -> String, short] {
            let mut folder = Folder::holding(fold, &[]);
            assert!(folder.write("README.txt", "first"));
            assert!(!folder.write("readme.txt", "second"));
            assert!(folder.write("other", "third"));
            assert_eq!(folder.files[&fold("README.txt")], "first");
        }
    }

    #[test]
    fn what_another_program_makes_meanwhile_is_replaced() {
        for fold in [exact as fn(&str) -> String, str::to_lowercase, short] {
            let mut folder = Folder::holding(fold, &["there"]);
            folder.put("README", "theirs");
            assert!(folder.write("README", "first"));
            let is_one = fold("README") == fold("ReadMe");
            assert_eq!(folder.write("ReadMe", "second"), !is_one);
            assert_eq!(folder.files[&fold("README")], "first");
        }
    }

    #[test]
    fn what_was_there_is_replaced_once() {
        let mut folder = Folder::holding(str::to_lowercase, &["README", "kept"]);
        assert!(folder.write("readme", "new"));
        assert!(!folder.write("README", "newer"));
        assert!(folder.write("kept", "new"));
        assert_eq!(folder.files["readme"], "new");
    }

    #[test]
    fn names_that_are_told_apart_are_all_written() {
        let mut folder = Folder::holding(exact, &["README", "readme"]);
        for name in ["README", "readme", "ReadMe"] {
            assert!(folder.write(name, "new"), "{name}");
        }
        let mut folder = Folder::holding(exact, &["README"]);
        assert!(folder.write("readme", "new"));
        assert!(folder.write("README", "new"));
    }

    #[test]
    fn a_name_that_means_something_else_than_it_says_is_left_alone() {
        let mut folder = Folder::holding(short, &["Long name.txt"]);
        assert!(!folder.write("LONG NAM", "new"));
        assert_eq!(folder.files[&short("Long name.txt")], "before");
    }

    #[test]
    fn one_name_in_two_folders_is_two() {
        let spellings = Spellings::default();
        spellings.learn(Path::new("a"), ["x".to_owned()]);
        assert!(spellings.knows(Path::new("a")) && !spellings.knows(Path::new("b")));
        spellings.replace(Path::new("b"), "x", || Ok(false)).unwrap_err();
        spellings.replace(Path::new("a"), "x", || Ok(false)).unwrap();
    }
}
