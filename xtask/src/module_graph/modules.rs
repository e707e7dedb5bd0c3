//! The modules of a crate, found from its top file on.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta, UseTree};

use super::ModulePath;
use super::mentions::{Mention, is_of_tests, mentions};

/// One module.
#[derive(Debug, Default)]
pub(super) struct Module {
    /// The file it is written in.
    pub(super) file: PathBuf,
    /// What is defined in it, modules excepted.
    pub(super) defined: BTreeSet<String>,
    /// What its `use` items name, by the names they give it.
    pub(super) imported: BTreeMap<String, Vec<String>>,
    /// The modules all of whose names it imports.
    pub(super) globs: Vec<Vec<String>>,
    /// Paths that are written in it.
    pub(super) mentions: Vec<Mention>,
}

/// All modules by their paths.
#[derive(Debug, Default)]
pub(super) struct Modules(BTreeMap<ModulePath, Module>);

impl Modules {
    /// Reads the top file and every file it leads to.
    pub(super) fn read(top: &Path) -> Result<Self> {
        let mut modules = Self::default();
        let parent = top.parent().context("a source file lies in no directory")?;
        modules.add_file(Vec::new(), top, parent)?;
        Ok(modules)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&ModulePath, &Module)> {
        self.0.iter()
    }

    pub(super) fn get(&self, path: &[String]) -> Option<&Module> {
        self.0.get(path)
    }

    /// Adds the module in `file`; the files of modules below it are in `below`.
    fn add_file(&mut self, path: ModulePath, file: &Path, below: &Path) -> Result<()> {
        let text =
            fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        let syntax =
            syn::parse_file(&text).with_context(|| format!("{} is not Rust", file.display()))?;
        self.add(path, file, below, &syntax.items)
    }

    fn add(&mut self, path: ModulePath, file: &Path, below: &Path, items: &[Item]) -> Result<()> {
        let mut module =
            Module { file: file.to_owned(), mentions: mentions(items), ..Module::default() };
        for item in items {
            match item {
                Item::Mod(item) if !is_of_tests(&item.attrs) => {
                    self.add_below(&path, file, below, item)?;
                }
                Item::Use(item) if !is_of_tests(&item.attrs) => {
                    import(&item.tree, &mut Vec::new(), &mut module);
                }
                _ => module.defined.extend(name_of(item)),
            }
        }
        self.0.insert(path, module);
        Ok(())
    }

    fn add_below(
        &mut self,
        parent: &[String],
        file: &Path,
        below: &Path,
        item: &ItemMod,
    ) -> Result<()> {
        let name = item.ident.to_string();
        let path = [parent, std::slice::from_ref(&name)].concat();
        let below_it = below.join(&name);
        if let Some((_, items)) = &item.content {
            return self.add(path, file, &below_it, items);
        }
        if let Some(named) = item.attrs.iter().find_map(path_attribute) {
            let file = file.parent().unwrap_or(below).join(named);
            let below_it = file.parent().unwrap_or(below).to_owned();
            return self.add_file(path, &file, &below_it);
        }
        let candidates = [below.join(format!("{name}.rs")), below_it.join("mod.rs")];
        let Some(found) = candidates.iter().find(|file| file.is_file()) else {
            bail!("{} has no file for its module {name}", file.display());
        };
        self.add_file(path, found, &below_it)
    }
}

/// The file that `#[path = "…"]` names.
fn path_attribute(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    }
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::TraitAlias(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Union(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// Takes up what a `use` item imports, below `prefix`.
fn import(tree: &UseTree, prefix: &mut Vec<String>, module: &mut Module) {
    let mut add = |name: String, last: String| {
        let path = match last.as_str() {
            "self" => prefix.clone(),
            _ => [prefix.as_slice(), &[last]].concat(),
        };
        let name = if name == "self" { path.last().cloned() } else { Some(name) };
        module.imported.extend(name.map(|name| (name, path)));
    };
    match tree {
        UseTree::Name(one) => add(one.ident.to_string(), one.ident.to_string()),
        UseTree::Rename(one) => add(one.rename.to_string(), one.ident.to_string()),
        UseTree::Glob(_) => module.globs.push(prefix.clone()),
        UseTree::Group(group) => group.items.iter().for_each(|one| import(one, prefix, module)),
        UseTree::Path(path) => {
            prefix.push(path.ident.to_string());
            import(&path.tree, prefix, module);
            prefix.pop();
        }
    }
}
