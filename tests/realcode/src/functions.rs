//! Finds the functions of a file that take the attribute, and writes it in front of them.

use syn::{
    Attribute, ImplItemFn, ItemFn, ItemMod, ReturnType, Signature, TraitItemFn, Type, Visibility,
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
    let mut finder = Finder(Vec::new());
    finder.visit_file(&file);
    finder.0.sort_by_key(|function| function.at);
    finder.0
}

/// The source with `text` in front of every chosen function; all lines keep their number.
pub fn insert<'f>(
    source: &str,
    text: &str,
    functions: impl Iterator<Item = &'f Function>,
) -> String {
    let mut result = String::with_capacity(source.len());
    let mut rest = 0;
    for function in functions {
        result.push_str(source.get(rest..function.at).unwrap_or_default());
        result.push_str(text);
        result.push(' ');
        rest = function.at;
    }
    result.push_str(source.get(rest..).unwrap_or_default());
    result
}

struct Finder(Vec<Function>);

impl Finder {
    fn add(&mut self, attrs: &[Attribute], whole: proc_macro2::Span, start: usize, of: &Signature) {
        if of.asyncness.is_none() || attrs.iter().any(is_test) {
            return;
        }
        self.0.push(Function {
            name: of.ident.to_string(),
            lines: (whole.start().line, whole.end().line),
            at: start,
            returns_result: returns_result(&of.output),
        });
    }
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let start = start(Some(&item.vis), &item.sig);
        self.add(&item.attrs, item.span(), start, &item.sig);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        let start = start(Some(&item.vis), &item.sig);
        self.add(&item.attrs, item.span(), start, &item.sig);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if item.default.is_some() {
            let start = start(None, &item.sig);
            self.add(&item.attrs, item.span(), start, &item.sig);
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
