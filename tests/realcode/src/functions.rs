//! Finds the functions of a file that take the attribute, and writes it in front of them.

use crate::root;
use syn::{
    Attribute, ImplItemFn, ItemFn, ItemImpl, ItemMod, ReturnType, Signature, TraitItemFn, Type,
    Visibility,
    spanned::Spanned,
    visit::{self, Visit},
};

/// An async function with a body, outside tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// Lines from the first attribute to the end of the body, counted from 1.
    pub lines: (usize, usize),
    /// Where the attribute goes: the byte in front of the visibility or `async`.
    pub at: usize,
    /// The byte behind the body.
    pub end: usize,
    /// A function that makes the compiler generate code for this one, if it needs no type.
    pub root: Option<String>,
    /// Whether the return type is written as some `Result`.
    pub returns_result: bool,
}

/// The functions of a file in their order, and none if it cannot be parsed, as with a file that is
/// included as an expression.
pub fn find(source: &str) -> Vec<Function> {
    let Ok(file) = syn::parse_file(source) else {
        return Vec::new();
    };
    // Spans start behind a byte order mark or a shebang line.
    let mut finder = Finder {
        source,
        found: Vec::new(),
        is_concrete: true,
    };
    finder.visit_file(&file);
    finder.found.sort_by_key(|function| function.at);
    finder.found
}

/// The source with each text at its byte.
pub fn insert(source: &str, mut texts: Vec<(usize, &str)>) -> String {
    texts.sort_by_key(|(at, _)| *at);
    let mut result = String::with_capacity(source.len());
    let mut rest = 0;
    for (at, text) in texts {
        result.push_str(source.get(rest..at).unwrap_or_default());
        result.push_str(text);
        rest = at;
    }
    result.push_str(source.get(rest..).unwrap_or_default());
    result
}

struct Finder<'s> {
    source: &'s str,
    found: Vec<Function>,
    /// Whether the block around is no trait, and no `impl` of a trait or with types of its own.
    is_concrete: bool,
}

impl Finder<'_> {
    fn add(
        &mut self,
        attrs: &[Attribute],
        whole: proc_macro2::Span,
        vis: Option<&Visibility>,
        of: &Signature,
        path: &str,
    ) {
        if of.asyncness.is_none() || attrs.iter().any(is_test) {
            return;
        }
        let is_public = matches!(vis, Some(Visibility::Public(_)));
        let is_concrete = is_public && self.is_concrete;
        let root = is_concrete
            .then(|| root::of(self.source, of, path))
            .flatten();
        let start = start(vis, of);
        self.found.push(Function {
            name: of.ident.to_string(),
            lines: (whole.start().line, whole.end().line),
            at: start,
            end: whole.byte_range().end,
            root,
            returns_result: returns_result(&of.output),
        });
    }
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.add(&item.attrs, item.span(), Some(&item.vis), &item.sig, "");
        visit::visit_item_fn(self, item);
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let around = self.is_concrete;
        self.is_concrete = item.trait_.is_none() && root::is_concrete(&item.generics);
        visit::visit_item_impl(self, item);
        self.is_concrete = around;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.add(
            &item.attrs,
            item.span(),
            Some(&item.vis),
            &item.sig,
            "Self::",
        );
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if item.default.is_some() {
            self.add(&item.attrs, item.span(), None, &item.sig, "");
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_item_mod(&mut self, item: &'ast ItemMod) {
        if !item.attrs.iter().any(is_test) {
            visit::visit_item_mod(self, item);
        }
    }
}

fn start(vis: Option<&Visibility>, sig: &Signature) -> usize {
    let of_signature = sig.span().byte_range().start;
    match vis {
        None | Some(Visibility::Inherited) => of_signature,
        Some(vis) => vis.span().byte_range().start,
    }
}

/// `#[test]`, that of a runtime such as `#[tokio::test]`, or `#[cfg(test)]`.
fn is_test(attr: &Attribute) -> bool {
    let last = attr.path().segments.last();
    let named = |name: &str| last.is_some_and(|segment| segment.ident == name);
    named("test")
        || named("cfg")
            && attr
                .meta
                .require_list()
                .is_ok_and(|list| list.tokens.to_string() == "test")
}

fn returns_result(output: &ReturnType) -> bool {
    let ReturnType::Type(_, written) = output else {
        return false;
    };
    let Type::Path(path) = written.as_ref() else {
        return false;
    };
    let last = path.path.segments.last();
    last.is_some_and(|segment| segment.ident.to_string().ends_with("Result"))
}
