//! Which module of a crate uses which, drawn from its sources.
//!
//! [`modules`] finds the files and what each module defines and imports, [`mentions`] the paths
//! that are written in it, [`resolve`] the module that a path leads to, through re-exports too.
//! What only tests see is left out. [`digraph`] finds the circles.

pub(crate) mod digraph;
mod mentions;
mod modules;
mod resolve;

use std::path::Path;

use anyhow::Result;

use mentions::Mention;
use modules::Modules;
use resolve::resolve;

/// Names from the top of a crate, whose own is empty.
pub(crate) type ModulePath = Vec<String>;

/// One place where a module uses another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    /// The module that uses.
    pub(crate) from: ModulePath,
    /// The module that is used.
    pub(crate) to: ModulePath,
    /// The file and the line, as an editor takes them.
    pub(crate) place: String,
}

/// What the modules of one library or program use of each other.
#[derive(Debug)]
pub(crate) struct ModuleGraph {
    /// Every module but the top one, in order.
    pub(crate) modules: Vec<ModulePath>,
    /// Every use, in order.
    pub(crate) uses: Vec<Use>,
}

impl ModuleGraph {
    /// Reads the sources from the file `top` on; places are told from `directory` on.
    pub(crate) fn read(directory: &Path, top: &Path) -> Result<Self> {
        let modules = Modules::read(top)?;
        let mut uses = Vec::new();
        for (from, module) in modules.iter() {
            let file = module.file.strip_prefix(directory).unwrap_or(&module.file);
            for Mention { segments, line } in &module.mentions {
                if let Some(to) = resolve(&modules, from, segments).filter(|to| to != from) {
                    let place = format!("{}:{line}", file.display());
                    uses.push(Use { from: from.clone(), to, place });
                }
            }
        }
        uses.sort();
        uses.dedup();
        let modules = modules.iter().map(|(path, _)| path.clone()).filter(|path| !path.is_empty());
        Ok(Self { modules: modules.collect(), uses })
    }

    /// The rooms: the modules directly below the top one.
    pub(crate) fn rooms(&self) -> impl Iterator<Item = &str> {
        self.modules.iter().filter(|path| path.len() == 1).map(|path| path[0].as_str())
    }

    /// The uses of one room by another. What the top module uses is not among them, nor what is
    /// used of it.
    pub(crate) fn uses_of_rooms(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.uses.iter().filter_map(|one| {
            let (from, to) = (one.from.first()?, one.to.first()?);
            (from != to).then_some((from.as_str(), to.as_str(), one.place.as_str()))
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    /// The uses between rooms of a crate of these files, as `from > to at place`.
    fn uses(files: &[(&str, &str)]) -> Vec<String> {
        let directory = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = directory.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let graph = ModuleGraph::read(directory.path(), &directory.path().join("lib.rs")).unwrap();
        graph.uses_of_rooms().map(|(from, to, place)| format!("{from} > {to} at {place}")).collect()
    }

    #[test]
    fn every_way_to_write_a_use_is_seen() {
        let lib = "mod a; mod b; mod c; mod d; mod e; mod f; mod g;";
        let a = "use crate::b::B;\nfn x() {\n    crate::c::f();\n    use super::d::{self, D as E};\n}\n\
                 struct S(super::e::T);\nfn y() { print!(\"{}\", crate::f::g()) }\n\
                 impl<T: crate::g::Trait> S {}\n";
        let rest = ["b.rs", "c.rs", "d.rs", "e.rs", "f.rs", "g.rs"].map(|name| (name, ""));
        let found = uses(&[&[("lib.rs", lib), ("a.rs", a)][..], &rest].concat());
        let expected = ["b at a.rs:1", "c at a.rs:3", "d at a.rs:4", "e at a.rs:6", "f at a.rs:7"];
        let mut expected: Vec<_> = expected.iter().map(|one| format!("a > {one}")).collect();
        expected.push("a > g at a.rs:8".into());
        assert_eq!(found, expected);
    }

    #[test]
    fn uses_of_files_below_a_room_are_the_rooms() {
        let found = uses(&[
            ("lib.rs", "mod a;\nmod b;"),
            ("a/mod.rs", "mod deep;"),
            ("a/deep.rs", "mod deeper { use super::super::super::b::f; }\nuse super::deep;"),
            ("b.rs", "mod under;"),
            ("b/under.rs", "use crate::a::deep;"),
        ]);
        assert_eq!(found, ["a > b at a/deep.rs:1", "b > a at b/under.rs:1"]);
    }

    #[test]
    fn what_the_top_module_hands_on_is_of_the_room_that_has_it() {
        let found = uses(&[
            ("lib.rs", "mod a; mod b; mod c; pub use b::{B, inner::*}; pub use c as other;"),
            ("a.rs", "use crate::{B,\nDeep, other::C};\nuse crate::Unknown;"),
            ("b.rs", "pub struct B; pub mod inner { pub struct Deep; }"),
            ("c.rs", "pub struct C;"),
        ]);
        assert_eq!(found, ["a > b at a.rs:1", "a > b at a.rs:2", "a > c at a.rs:2"]);
    }

    #[test]
    fn tests_documentation_and_visibility_are_no_uses() {
        let a = "//! [`crate::b`]\n#[cfg(test)]\nmod tests { use crate::b::B; }\n\
                 #[cfg(all(test, unix))]\nuse crate::b::B;\n\
                 pub(in crate::b) struct S;\n/// [`crate::b::B`]\nfn f() {}\n\
                 impl S { #[cfg(test)] fn g() { crate::b::f() } }\n\
                 #[cfg(any(test, unix))]\nuse crate::c::C;\n#[cfg(not(test))]\nuse crate::c::D;\n";
        let files = [("lib.rs", "mod a; mod b; mod c;"), ("a.rs", a), ("b.rs", ""), ("c.rs", "")];
        assert_eq!(uses(&files), ["a > c at a.rs:11", "a > c at a.rs:13"]);
    }

    #[test]
    fn a_file_that_is_missing_or_no_rust_is_named() {
        let directory = tempfile::tempdir().unwrap();
        let top = directory.path().join("lib.rs");
        fs::write(&top, "mod gone;").unwrap();
        let error = ModuleGraph::read(directory.path(), &top).unwrap_err();
        assert!(format!("{error:#}").contains("gone"));
        fs::write(&top, "fn {").unwrap();
        let error = ModuleGraph::read(directory.path(), &top).unwrap_err();
        assert!(format!("{error:#}").contains("lib.rs"));
    }
}
