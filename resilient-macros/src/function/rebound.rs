//! Statements of a body that have lints of their own where an argument is lent, as the user cannot
//! know.

use super::{
    params::{Param, Passing},
    tokens::is_punct,
};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::quote_spanned;

/// Allows these lints at their statements: a variable that is bound to a lent `impl FnMut` need not
/// be `mut`, and `drop` of a reference does nothing.
///
/// Input: `let mut f = next; f(); drop(text);`
///
/// Output: `#[allow(unused_mut)] let mut f = next; f(); #[allow(dropping_references)] drop(text);`
pub(crate) fn allowed(body: Group, params: &[Param], site: proc_macro2::Span) -> Group {
    let names = |is_such: fn(Passing) -> bool| -> Vec<&Ident> {
        params
            .iter()
            .flat_map(|param| param.names_of(is_such))
            .collect()
    };
    let lent = Lent {
        functions: names(|passing| passing == Passing::LentMut),
        all: names(Passing::is_lent),
        of_mut: quote_spanned!(site=> #[allow(unused_mut)]),
        of_drop: quote_spanned!(site=> #[allow(dropping_references)]),
    };
    if lent.all.is_empty() {
        return body;
    }
    lent.allowed(&body)
}

struct Lent<'a> {
    functions: Vec<&'a Ident>,
    all: Vec<&'a Ident>,
    of_mut: TokenStream,
    of_drop: TokenStream,
}

impl Lent<'_> {
    fn allowed(&self, body: &Group) -> Group {
        let mut output = TokenStream::new();
        let tokens: Vec<TokenTree> = body.stream().into_iter().collect();
        for (at, token) in tokens.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| tokens.get(before));
            let statement = tokens.get(at..).unwrap_or_default();
            if self.is_rebound(statement) {
                output.extend(self.of_mut.clone());
            }
            if starts_statement(before) && self.is_dropped(statement) {
                output.extend(self.of_drop.clone());
            }
            output.extend([match token {
                TokenTree::Group(group) => self.allowed(group).into(),
                token => token.clone(),
            }]);
        }
        let mut new = Group::new(body.delimiter(), output);
        new.set_span(body.span());
        new
    }

    /// `let mut other = name;`
    fn is_rebound(&self, statement: &[TokenTree]) -> bool {
        matches!(
            statement,
            [
                TokenTree::Ident(word),
                TokenTree::Ident(mutability),
                TokenTree::Ident(_),
                equal,
                TokenTree::Ident(value),
                end,
                ..
            ] if word == "let"
                && mutability == "mut"
                && is_punct(equal, '=')
                && is_punct(end, ';')
                && self.functions.contains(&value)
        )
    }

    /// `drop(name);`
    fn is_dropped(&self, statement: &[TokenTree]) -> bool {
        let [TokenTree::Ident(word), TokenTree::Group(arguments), end, ..] = statement else {
            return false;
        };
        let arguments: Vec<_> = arguments.stream().into_iter().collect();
        let [TokenTree::Ident(value)] = &arguments[..] else {
            return false;
        };
        word == "drop" && is_punct(end, ';') && self.all.contains(&value)
    }
}

fn starts_statement(before: Option<&TokenTree>) -> bool {
    match before {
        None => true,
        Some(TokenTree::Group(group)) => group.delimiter() == Delimiter::Brace,
        Some(token) => is_punct(token, ';'),
    }
}
