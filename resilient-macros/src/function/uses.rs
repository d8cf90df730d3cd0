//! How a body uses a variable, as far as its tokens show. Types decide the rest: see
//! `arguments::Given` of the runtime.

use super::{
    chains::{self, Chain, End},
    matches,
    tokens::{declares, is_call, is_other_name, is_punct, mentions},
};
use proc_macro2::{Delimiter, Ident, TokenStream, TokenTree};

/// How a body uses a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Use {
    /// Not at all, or by calls and methods. A method may still move it.
    Called,
    /// By borrows too, which are passed on.
    Borrowed,
    /// As a value, which moves it, unless a reference would do as well.
    Moved,
}

/// The use of this variable in the tokens.
///
/// Input: `name`; `client.get(&name).query(name.len())`
///
/// Output: `Borrowed`
pub(crate) fn of(name: &Ident, body: TokenStream) -> Use {
    let mut scan = Scan::of(name);
    match (scan.moves(body, false), scan.is_passed_on) {
        (true, _) => Use::Moved,
        (false, true) => Use::Borrowed,
        (false, false) => Use::Called,
    }
}

/// Whether the tokens move a response, or read it.
pub(super) fn use_up_response(name: &Ident, tokens: TokenStream) -> bool {
    let mut scan = Scan::of(name);
    scan.is_response = true;
    scan.moves(tokens, false)
}

/// Whether the tokens only borrow a variable of a pattern, which may be a reference to what the
/// pattern would bind without the attribute.
pub(super) fn only_borrow(name: &Ident, tokens: TokenStream) -> bool {
    let mut scan = Scan::of(name);
    scan.is_of_a_pattern = true;
    !scan.moves(tokens, false) && scan.fields.is_empty()
}

/// The fields of a variable that the body uses as values. `None` if it moves the variable as a
/// whole, or the fields may be those of another one or not exist in this build.
///
/// Input: `self`; `self.send(&self.url, self.limit)`
///
/// Output: `limit`
pub(crate) fn fields_of(name: &Ident, body: &TokenStream) -> Option<Vec<TokenStream>> {
    let mut scan = Scan::of(name);
    if scan.moves(body.clone(), false) {
        return None;
    }
    let is_unclear = ["fn", "cfg", "macro_rules"].iter().any(|word| {
        let word = Ident::new(word, proc_macro2::Span::call_site());
        mentions(body.clone(), &word)
    });
    let mut fields = scan.fields;
    if is_unclear && !fields.is_empty() {
        return None;
    }
    fields.sort_by_key(ToString::to_string);
    fields.dedup_by_key(|field| field.to_string());
    Some(fields)
}

struct Scan<'a> {
    name: &'a Ident,
    /// It is bound by a pattern, and is a reference to what it would be where the value of the
    /// pattern is lent.
    is_of_a_pattern: bool,
    /// It is the response of an HTTP client.
    is_response: bool,
    /// Its fields that are used as values, as `a.b`.
    fields: Vec<TokenStream>,
    /// Whether a borrow of it is passed on.
    is_passed_on: bool,
}

impl<'a> Scan<'a> {
    fn of(name: &'a Ident) -> Self {
        Self {
            name,
            is_of_a_pattern: false,
            is_response: false,
            fields: Vec::new(),
            is_passed_on: false,
        }
    }

    /// Whether these tokens move the variable. In the arguments of some macros, values are
    /// borrowed.
    fn moves(&mut self, tokens: TokenStream, is_borrowing: bool) -> bool {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0_usize;
        while let Some(token) = tokens.get(at) {
            let before = tokens.get(..at).unwrap_or_default();
            let after = tokens.get(at.saturating_add(1)..).unwrap_or_default();
            match token {
                TokenTree::Group(group) => {
                    let borrows = chains::is_of_borrowing_macro(before)
                        || (is_borrowing && !is_call(before.last(), group));
                    if self.moves(group.stream(), borrows) {
                        return true;
                    }
                }
                TokenTree::Ident(word) if word == "let" && self.is_shadowed(before, after) => {
                    let end = after.iter().position(|token| is_punct(token, ';'));
                    let initial = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
                    let start = initial.iter().position(|token| is_punct(token, '='));
                    if self.is_renamed_as_it_is(initial) {
                        at = at.saturating_add(initial.len()).saturating_add(1);
                        continue;
                    }
                    let value = initial.get(start.unwrap_or(initial.len())..);
                    let value = value.unwrap_or_default().iter().cloned().collect();
                    // The rest of the block has another variable of this name.
                    return self.moves(value, is_borrowing);
                }
                TokenTree::Ident(word)
                    if word == self.name && !is_borrowing && self.is_moved(before, after) =>
                {
                    return true;
                }
                _ => {}
            }
            at = at.saturating_add(1);
        }
        false
    }

    /// Whether the `let` between these tokens declares a variable of this name for the rest of the
    /// block, as that of `if let` does not.
    fn is_shadowed(&self, before: &[TokenTree], after: &[TokenTree]) -> bool {
        let is_statement = match before.last() {
            None => true,
            Some(TokenTree::Punct(punct)) => punct.as_char() == ';',
            Some(TokenTree::Group(group)) => group.delimiter() != Delimiter::Parenthesis,
            _ => false,
        };
        let end = after
            .iter()
            .position(|token| is_punct(token, '=') || is_punct(token, ';'));
        let pattern = after.get(..end.unwrap_or(after.len())).unwrap_or_default();
        is_statement && declares(pattern, self.name)
    }

    /// `x = x`, as `#[async_trait]` writes it.
    fn is_renamed_as_it_is(&self, statement: &[TokenTree]) -> bool {
        matches!(
            statement,
            [TokenTree::Ident(new), TokenTree::Punct(is), TokenTree::Ident(old)]
                if new == self.name && is.as_char() == '=' && old == self.name
        )
    }

    /// Whether the variable between these tokens is moved.
    fn is_moved(&mut self, before: &[TokenTree], after: &[TokenTree]) -> bool {
        if is_other_name(before, after) {
            return false;
        }
        let is_borrow = match before {
            [.., TokenTree::Punct(and), TokenTree::Ident(word)] if word == "mut" => {
                and.as_char() == '&'
            }
            [.., TokenTree::Punct(and)] => and.as_char() == '&',
            _ => false,
        };
        let Chain { fields, end } = Chain::of(after);
        // A reference to the reference that it is without the attribute.
        let is_read = self.is_of_a_pattern && before.last().is_some_and(|star| is_punct(star, '*'));
        let is_value = match end {
            End::Consumed => true,
            End::Read => self.is_response && fields.is_empty(),
            End::Cloned => self.is_of_a_pattern,
            End::Called => false,
            End::Block(group) => !is_borrow && !matches::only_borrow(before, group),
            End::Operator => fields.is_empty() && !is_borrow,
            End::Value => !is_borrow,
        };
        if fields.is_empty() {
            self.is_passed_on |= is_borrow && matches!(end, End::Operator | End::Value);
            return is_value || is_read;
        }
        if is_value {
            self.fields.push(fields.iter().cloned().collect());
        }
        false
    }
}

#[cfg(test)]
#[path = "uses_test.rs"]
mod tests;
