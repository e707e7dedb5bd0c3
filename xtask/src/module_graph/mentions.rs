//! The paths that are written in the items of a module.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, ItemMod, ItemUse, Macro, Meta, TraitItem, UseTree};

/// A path of more than one name, and the line it begins in.
#[derive(Debug)]
pub(super) struct Mention {
    pub(super) segments: Vec<String>,
    pub(super) line: usize,
}

/// The paths in `items`, but for those in modules, in attributes and in what only tests see.
pub(super) fn mentions(items: &[Item]) -> Vec<Mention> {
    let mut reader = Reader::default();
    items.iter().for_each(|item| reader.visit_item(item));
    reader.found
}

/// Whether an item with these attributes is compiled for tests alone.
pub(super) fn is_of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => needs_test(list.tokens.clone()),
        _ => false,
    })
}

/// Whether a condition holds in tests alone: `test`, `doctest`, or an `all` with one of them.
fn needs_test(condition: TokenStream) -> bool {
    let mut tokens = condition.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Ident(name)), None) => name == "test" || name == "doctest",
        (Some(TokenTree::Ident(name)), Some(TokenTree::Group(group))) if name == "all" => {
            let mut conditions = vec![TokenStream::new()];
            for token in group.stream() {
                match token {
                    TokenTree::Punct(comma) if comma.as_char() == ',' => {
                        conditions.push(TokenStream::new());
                    }
                    token => {
                        if let Some(last) = conditions.last_mut() {
                            last.extend([token]);
                        }
                    }
                }
            }
            conditions.into_iter().any(needs_test)
        }
        _ => false,
    }
}

#[derive(Default)]
struct Reader {
    found: Vec<Mention>,
}

impl Reader {
    fn add(&mut self, segments: Vec<String>, line: usize) {
        if segments.len() > 1 {
            self.found.push(Mention { segments, line });
        }
    }

    fn add_use(&mut self, tree: &UseTree, prefix: &mut Vec<String>) {
        let name = match tree {
            UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.add_use(&path.tree, prefix);
                prefix.pop();
                return;
            }
            UseTree::Group(group) => {
                return group.items.iter().for_each(|one| self.add_use(one, prefix));
            }
            UseTree::Name(one) => &one.ident,
            UseTree::Rename(one) => &one.ident,
            UseTree::Glob(glob) => {
                let line = glob.star_token.span.start().line;
                return self.add(prefix.clone(), line);
            }
        };
        let line = name.span().start().line;
        let segments = match name.to_string().as_str() {
            "self" => prefix.clone(),
            name => [prefix.as_slice(), &[name.to_owned()]].concat(),
        };
        self.add(segments, line);
    }

    /// The paths among the tokens of a macro, of which nobody knows what they will be.
    fn add_tokens(&mut self, tokens: TokenStream) {
        let mut segments = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == ':' => {
                    colons += 1;
                    continue;
                }
                TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.add(std::mem::take(&mut segments), line);
                        line = name.span().start().line;
                    }
                    segments.push(name.to_string());
                }
                token => {
                    self.add(std::mem::take(&mut segments), line);
                    if let TokenTree::Group(group) = token {
                        self.add_tokens(group.stream());
                    }
                }
            }
            colons = 0;
        }
        self.add(segments, line);
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Const(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_of_tests(attributes) {
            visit::visit_item(self, item);
        }
    }

    /// A module of its own, inline or not.
    fn visit_item_mod(&mut self, _: &'ast ItemMod) {}

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        if item.leading_colon.is_none() {
            self.add_use(&item.tree, &mut Vec::new());
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        if !matches!(item, ImplItem::Fn(item) if is_of_tests(&item.attrs)) {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        if !matches!(item, TraitItem::Fn(item) if is_of_tests(&item.attrs)) {
            visit::visit_trait_item(self, item);
        }
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.leading_colon.is_none()
            && let Some(first) = path.segments.first()
        {
            let names = path.segments.iter().map(|segment| segment.ident.to_string());
            self.add(names.collect(), first.ident.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast Macro) {
        self.visit_path(&invoked.path);
        self.add_tokens(invoked.tokens.clone());
    }

    fn visit_attribute(&mut self, _: &'ast Attribute) {}

    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}
}
