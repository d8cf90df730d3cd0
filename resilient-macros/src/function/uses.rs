//! How a body uses a variable, as far as its tokens show. Types decide the rest: see
//! `arguments::Given` of the runtime.

use super::tokens::{declares, is_call, is_other_name, is_punct, mentions};
use proc_macro2::{Delimiter, Ident, Spacing, TokenStream, TokenTree};

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

/// The fields of a variable that the body uses as values. `None` if it moves the variable as a
/// whole, or the fields may be those of another one or not exist in this build.
///
/// Input: `self`; `self.send(&self.url, self.limit)`
///
/// Output: `limit`
pub(crate) fn fields_of(name: &Ident, body: &TokenStream) -> Option<Vec<TokenTree>> {
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

/// Macros that borrow the values they are given.
const BORROWING: &[&str] = &[
    "format",
    "format_args",
    "print",
    "println",
    "eprint",
    "eprintln",
    "write",
    "writeln",
    "panic",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "matches",
    "log",
    "trace",
    "debug",
    "info",
    "warn",
    "error",
    "event",
    "span",
    "trace_span",
    "debug_span",
    "info_span",
    "warn_span",
    "error_span",
    "json",
    "bail",
    "ensure",
    "anyhow",
];

/// Starts of the names of methods that take `self` by value.
const CONSUMING: &[&str] = &[
    "into",
    "try_into",
    "await",
    "unwrap",
    "expect",
    "map",
    "filter_map",
    "flat",
    "zip",
    "enumerate",
    "and_then",
    "or_else",
    "ok_or",
    "collect",
    "fold",
    "for_each",
    "try_for_each",
    "try_fold",
    "try_collect",
    "boxed",
    "fuse",
    "buffer_unordered",
    "buffered",
];

struct Scan<'a> {
    name: &'a Ident,
    /// Its fields that are used as values.
    fields: Vec<TokenTree>,
    /// Whether a borrow of it is passed on.
    is_passed_on: bool,
}

impl<'a> Scan<'a> {
    fn of(name: &'a Ident) -> Self {
        Self {
            name,
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
                    let borrows = is_of_borrowing_macro(before)
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
        match after {
            [TokenTree::Punct(dot), TokenTree::Ident(member), rest @ ..] if is_dot(dot) => {
                if is_called(rest) || member == "await" {
                    let member = member.to_string();
                    return CONSUMING.iter().any(|start| member.starts_with(start));
                }
                self.field(member.clone().into(), is_borrow, rest);
                false
            }
            // A field of a tuple.
            [TokenTree::Punct(dot), TokenTree::Literal(member), rest @ ..] if is_dot(dot) => {
                self.field(member.clone().into(), is_borrow, rest);
                false
            }
            // A call, an index, or a `match`.
            [TokenTree::Group(group), ..] if group.delimiter() != Delimiter::Brace => false,
            [TokenTree::Group(_), ..] => !is_borrow && !is_matched(before),
            _ => {
                self.is_passed_on |= is_borrow;
                !is_borrow
            }
        }
    }
}

impl Scan<'_> {
    fn field(&mut self, member: TokenTree, is_borrow: bool, after: &[TokenTree]) {
        if !is_borrow && !goes_on(after) {
            self.fields.push(member);
        }
    }
}

/// Whether a call follows the name of a method.
fn is_called(after: &[TokenTree]) -> bool {
    match after {
        [TokenTree::Group(group), ..] => group.delimiter() == Delimiter::Parenthesis,
        // `::<T>(..)`
        [TokenTree::Punct(first), ..] => {
            first.as_char() == ':' && first.spacing() == Spacing::Joint
        }
        _ => false,
    }
}

/// Whether a field is not used as a value: something of it is, it is compared, or assigned to.
fn goes_on(after: &[TokenTree]) -> bool {
    match after {
        [TokenTree::Punct(punct), ..] => matches!(
            punct.as_char(),
            '.' | '=' | '!' | '<' | '>' | '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^'
        ),
        [TokenTree::Group(group), ..] => group.delimiter() == Delimiter::Bracket,
        [TokenTree::Ident(word), ..] => word == "as",
        _ => false,
    }
}

/// Whether the value after these tokens is matched by patterns, which bind references in a
/// reference.
fn is_matched(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(word)] => word == "match",
        [.., TokenTree::Punct(punct)] => punct.as_char() == '=',
        _ => false,
    }
}

fn is_of_borrowing_macro(before: &[TokenTree]) -> bool {
    matches!(
        before,
        [.., TokenTree::Ident(name), TokenTree::Punct(not)]
            if not.as_char() == '!' && BORROWING.iter().any(|known| name == known)
    )
}

fn is_dot(punct: &proc_macro2::Punct) -> bool {
    punct.as_char() == '.' && punct.spacing() == Spacing::Alone
}

#[cfg(test)]
#[path = "uses_test.rs"]
mod tests;
