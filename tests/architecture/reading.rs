//! Reads the modules of one source file: what each defines, what it imports and which paths it mentions.
//!
//! What exists for tests only is not read. Of a macro's tokens, whatever looks like a path is taken for one. A call of a
//! method names no type, so it is only a name: `uses.rs` says which of them lead to a file.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, UseTree, Visibility};

/// Names from the top of the crate down.
pub(crate) type Names = Vec<String>;

/// What an import of everything is called.
pub(crate) const EVERYTHING: &str = "*";

/// One module, in a file of its own or written inside another.
#[derive(Default)]
pub(crate) struct Module {
    /// The file that it is in, below `src`.
    pub(crate) file: String,
    /// The items that it defines.
    pub(crate) defines: BTreeSet<String>,
    /// What it imports and exports again.
    pub(crate) imports: Vec<Import>,
    /// The paths in its code.
    pub(crate) mentions: BTreeSet<Names>,
    /// The methods that it calls.
    pub(crate) calls: BTreeSet<String>,
    /// The methods that it has, with the type where they are the type's own and of no trait.
    pub(crate) methods: Vec<(Option<Names>, String)>,
    /// The words that it hands to macros that make items: those may be names of modules.
    pub(crate) handed: BTreeSet<String>,
    /// The words of macros that make items: those may be names of what they make.
    pub(crate) made: BTreeSet<String>,
}

/// One name of a `use`.
pub(crate) struct Import {
    /// What it is called here.
    pub(crate) name: String,
    /// The path as it is written.
    pub(crate) path: Names,
    /// Whether others can import it from here.
    pub(crate) exported: bool,
}

/// What was read of a file.
#[derive(Default)]
pub(crate) struct Read {
    /// Its own module, and those written inside it.
    pub(crate) modules: BTreeMap<Names, Module>,
    /// The modules that it declares and that are files of their own.
    pub(crate) elsewhere: Vec<Names>,
}

/// Reads one file, which is the module of that name.
pub(crate) fn read(file: &str, module: &[String], text: &str) -> Read {
    let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let mut reader = Reader { file: file.to_owned(), at: module.to_vec(), read: Read::default() };
    reader.here();
    reader.visit_file(&parsed);
    reader.read
}

struct Reader {
    file: String,
    at: Names,
    read: Read,
}

impl Reader {
    fn here(&mut self) -> &mut Module {
        let module = self.read.modules.entry(self.at.clone()).or_default();
        module.file.clone_from(&self.file);
        module
    }

    fn mention(&mut self, path: Names) {
        self.here().mentions.insert(path);
    }

    fn import(&mut self, tree: &UseTree, before: &[String], exported: bool) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        let (name, path) = match tree {
            UseTree::Path(path) => return self.import(&path.tree, &with(&path.ident), exported),
            UseTree::Group(group) => {
                return group.items.iter().for_each(|item| self.import(item, before, exported));
            }
            UseTree::Glob(_) => (EVERYTHING.to_owned(), before.to_vec()),
            UseTree::Name(name) if name.ident == "self" => {
                (before.last().cloned().unwrap_or_default(), before.to_vec())
            }
            UseTree::Name(name) => (name.ident.to_string(), with(&name.ident)),
            UseTree::Rename(renamed) if renamed.ident == "self" => {
                (renamed.rename.to_string(), before.to_vec())
            }
            UseTree::Rename(renamed) => (renamed.rename.to_string(), with(&renamed.ident)),
        };
        self.here().imports.push(Import { name, path, exported });
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let (attributes, name) = told(item);
        if for_tests(attributes) {
            return;
        }
        if let Some(name) = name {
            self.here().defines.insert(name);
        }
        visit::visit_item(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        self.at.push(item.ident.to_string());
        match &item.content {
            None => self.read.elsewhere.push(self.at.clone()),
            Some((_, items)) => {
                self.here();
                items.iter().for_each(|item| self.visit_item(item));
            }
        }
        self.at.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.import(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
    }

    fn visit_item_macro(&mut self, item: &'ast syn::ItemMacro) {
        let paths = paths_in(item.mac.tokens.clone()).into_iter();
        let words: Vec<String> = paths.filter(|path| path.len() == 1).flatten().collect();
        if item.ident.is_none() {
            self.here().handed.extend(words.clone());
        }
        self.here().made.extend(words);
        visit::visit_item_macro(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.mention(names(path));
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, invoked: &'ast syn::Macro) {
        paths_in(invoked.tokens.clone()).into_iter().for_each(|path| self.mention(path));
        visit::visit_macro(self, invoked);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        if let syn::Meta::List(list) = &attribute.meta {
            paths_in(list.tokens.clone()).into_iter().for_each(|path| self.mention(path));
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        let path = if let syn::Type::Path(path) = &*item.self_ty { Some(names(&path.path)) } else { None };
        let own_type = path.filter(|_| item.trait_.is_none());
        let methods = item.items.iter().filter_map(|one| {
            let syn::ImplItem::Fn(method) = one else { return None };
            (!for_tests(&method.attrs)).then(|| method.sig.ident.to_string())
        });
        self.here().methods.extend(methods.map(|name| (own_type.clone(), name)));
        visit::visit_item_impl(self, item);
    }

    fn visit_trait_item_fn(&mut self, method: &'ast syn::TraitItemFn) {
        self.here().methods.push((None, method.sig.ident.to_string()));
        visit::visit_trait_item_fn(self, method);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.here().calls.insert(call.method.to_string());
        visit::visit_expr_method_call(self, call);
    }

    fn visit_impl_item_fn(&mut self, method: &'ast syn::ImplItemFn) {
        if !for_tests(&method.attrs) {
            visit::visit_impl_item_fn(self, method);
        }
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        if !for_tests(&item.attrs) {
            visit::visit_impl_item_const(self, item);
        }
    }

    fn visit_field(&mut self, field: &'ast syn::Field) {
        if !for_tests(&field.attrs) {
            visit::visit_field(self, field);
        }
    }

    fn visit_field_value(&mut self, field: &'ast syn::FieldValue) {
        if !for_tests(&field.attrs) {
            visit::visit_field_value(self, field);
        }
    }
}

fn names(path: &syn::Path) -> Names {
    path.segments.iter().map(|segment| segment.ident.to_string()).collect()
}

/// The attributes of an item, and its name where others can use it by one.
fn told(item: &Item) -> (&[Attribute], Option<String>) {
    let (attributes, name) = match item {
        Item::Const(one) => (&one.attrs, Some(&one.ident)),
        Item::Enum(one) => (&one.attrs, Some(&one.ident)),
        Item::Fn(one) => (&one.attrs, Some(&one.sig.ident)),
        Item::Impl(one) => (&one.attrs, None),
        Item::Macro(one) => (&one.attrs, one.ident.as_ref()),
        Item::Mod(one) => (&one.attrs, None),
        Item::Static(one) => (&one.attrs, Some(&one.ident)),
        Item::Struct(one) => (&one.attrs, Some(&one.ident)),
        Item::Trait(one) => (&one.attrs, Some(&one.ident)),
        Item::TraitAlias(one) => (&one.attrs, Some(&one.ident)),
        Item::Type(one) => (&one.attrs, Some(&one.ident)),
        Item::Union(one) => (&one.attrs, Some(&one.ident)),
        Item::Use(one) => (&one.attrs, None),
        Item::ExternCrate(_) | Item::ForeignMod(_) | Item::Verbatim(_) | _ => return (&[], None),
    };
    (attributes, name.map(ToString::to_string))
}

/// Whether what has these attributes exists for tests only.
fn for_tests(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter_map(|attribute| attribute.meta.require_list().ok())
        .any(|list| list.path.is_ident("cfg") && list.tokens.to_string() == "test")
}

/// Whatever looks like a path: names joined by `::`, and names by themselves. Paths in strings as well, which is how
/// attributes name functions.
fn paths_in(tokens: TokenStream) -> Vec<Names> {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let is = |at: usize, sign: char| matches!(tokens.get(at), Some(TokenTree::Punct(one)) if one.as_char() == sign);
    let mut paths = Vec::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match token {
            TokenTree::Group(group) => paths.extend(paths_in(group.stream())),
            TokenTree::Literal(literal) => paths.extend(path_in_string(&literal.to_string())),
            TokenTree::Punct(_) => {}
            TokenTree::Ident(first) => {
                let of_a_value = at >= 2 && is(at - 2, '.') && !(at >= 3 && is(at - 3, '.'));
                let mut path = vec![first.to_string()];
                while let (true, true, Some(TokenTree::Ident(next))) =
                    (is(at, ':'), is(at + 1, ':'), tokens.get(at + 2))
                {
                    path.push(next.to_string());
                    at += 3;
                }
                if !of_a_value {
                    paths.push(path);
                }
            }
        }
    }
    paths
}

fn path_in_string(literal: &str) -> Option<Names> {
    let text = literal.strip_prefix('"')?.strip_suffix('"')?;
    let names = text.split("::");
    let is_name = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (text.contains("::") && names.clone().all(is_name)).then(|| names.map(str::to_owned).collect())
}
