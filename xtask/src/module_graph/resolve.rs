//! The module that a path leads to.

use std::slice::from_ref;

use super::ModulePath;
use super::modules::Modules;

/// More re-exports of re-exports than anybody writes: ends a circle of them.
const STEPS_MAX: usize = 16;

/// The module that has what `segments` name when they are written in `from`; none where they lead
/// out of the crate.
pub(super) fn resolve(
    modules: &Modules,
    from: &[String],
    segments: &[String],
) -> Option<ModulePath> {
    Resolver { modules, steps: 0 }.look_up(from, segments)
}

struct Resolver<'a> {
    modules: &'a Modules,
    steps: usize,
}

impl Resolver<'_> {
    /// As names are looked up in the module itself: `crate`, `self` and `super` mean something.
    fn look_up(&mut self, from: &[String], segments: &[String]) -> Option<ModulePath> {
        let (first, rest) = segments.split_first()?;
        match first.as_str() {
            "crate" => self.below(&[], rest),
            "self" => self.below(from, rest),
            "super" => {
                let (_, parent) = from.split_last()?;
                match rest.first() {
                    Some(next) if next == "super" => self.look_up(parent, rest),
                    _ => self.below(parent, rest),
                }
            }
            _ if self.knows(from, first) => self.below(from, segments),
            _ => None,
        }
    }

    fn knows(&self, module: &[String], name: &String) -> bool {
        self.modules.get(&[module, from_ref(name)].concat()).is_some()
            || self.modules.get(module).is_some_and(|module| {
                module.imported.contains_key(name) || module.defined.contains(name)
            })
    }

    /// As names are looked up in a module from outside.
    fn below(&mut self, module: &[String], segments: &[String]) -> Option<ModulePath> {
        self.steps += 1;
        let Some((first, rest)) = segments.split_first().filter(|_| self.steps < STEPS_MAX) else {
            return Some(module.to_vec());
        };
        let child = [module, from_ref(first)].concat();
        if self.modules.get(&child).is_some() {
            return self.below(&child, rest);
        }
        let here = self.modules.get(module)?;
        if here.defined.contains(first) {
            return Some(module.to_vec());
        }
        if let Some(path) = here.imported.get(first) {
            return self.look_up(module, &[path.as_slice(), rest].concat());
        }
        for glob in &here.globs {
            if let Some(target) = self.look_up(module, glob)
                && target != module
                && self.knows(&target, first)
            {
                return self.below(&target, segments);
            }
        }
        Some(module.to_vec())
    }
}
