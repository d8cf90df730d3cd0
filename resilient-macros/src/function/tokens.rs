//! The meaning of single tokens and short sequences of them.

use proc_macro2::{Delimiter, Group, Ident, Punct, Spacing, TokenStream, TokenTree};

/// Whether the tokens contain this name.
pub(crate) fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(word) => word == *name,
        TokenTree::Group(group) => mentions(group.stream(), name),
        _ => false,
    })
}

/// Whether this pattern declares a variable of this name. The label of a field does not.
///
/// Input: `name`; `Pair { name: first, .. }`
///
/// Output: `false`
pub(crate) fn declares(pattern: &[TokenTree], name: &Ident) -> bool {
    is_declared(pattern, name, false)
}

fn is_declared(pattern: &[TokenTree], name: &Ident, are_fields: bool) -> bool {
    pattern.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(word) if word == name => {
            let before = pattern.get(..at).unwrap_or_default();
            let after = pattern.get(at.saturating_add(1)..).unwrap_or_default();
            let has_type = !are_fields && is_single_colon(after);
            has_type || !is_other_name(before, after)
        }
        TokenTree::Group(group) => {
            let inner: Vec<_> = group.stream().into_iter().collect();
            is_declared(&inner, name, group.delimiter() == Delimiter::Brace)
        }
        _ => false,
    })
}

/// Whether the name between these tokens is not a variable: a field, a part of a path, a macro, or
/// the label of a field.
pub(super) fn is_other_name(before: &[TokenTree], after: &[TokenTree]) -> bool {
    let is_member = match before {
        [.., TokenTree::Punct(first), TokenTree::Punct(last)] if last.as_char() == '.' => {
            first.as_char() != '.'
        }
        [.., TokenTree::Punct(first), TokenTree::Punct(last)] if last.as_char() == ':' => {
            first.as_char() == ':' && first.spacing() == Spacing::Joint
        }
        [.., TokenTree::Punct(last)] => last.as_char() == '.' || last.as_char() == '\'',
        _ => false,
    };
    let is_label = match after {
        [TokenTree::Punct(colon), ..] if colon.as_char() == ':' => true,
        [TokenTree::Punct(not), TokenTree::Group(_), ..] => not.as_char() == '!',
        _ => false,
    };
    is_member || is_label
}

/// Whether this group, after this token, holds the arguments of a call.
pub(super) fn is_call(before: Option<&TokenTree>, group: &Group) -> bool {
    const KEYWORDS: &[&str] = &[
        "as", "await", "box", "break", "else", "for", "if", "in", "let", "loop", "match", "move",
        "mut", "ref", "return", "while", "yield",
    ];
    group.delimiter() == Delimiter::Parenthesis
        && matches!(before, Some(TokenTree::Ident(word)) if !KEYWORDS.iter().any(|known| word == known))
}

/// `:`, and not `::`.
fn is_single_colon(after: &[TokenTree]) -> bool {
    matches!(after, [TokenTree::Punct(colon), ..]
        if colon.as_char() == ':' && colon.spacing() == Spacing::Alone)
}

/// The dot of a field or method, and not of a range.
pub(super) fn is_single_dot(punct: &Punct) -> bool {
    punct.as_char() == '.' && punct.spacing() == Spacing::Alone
}

pub(super) fn is_punct(token: &TokenTree, char: char) -> bool {
    matches!(token, TokenTree::Punct(punct) if punct.as_char() == char)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proc_macro2::Span;

    #[test]
    fn a_pattern_declares_its_variables_and_not_its_labels_and_paths() {
        let name = Ident::new("x", Span::call_site());
        let is_declared = |pattern: &str| {
            let tokens: TokenStream = pattern.parse().expect(pattern);
            declares(&tokens.into_iter().collect::<Vec<_>>(), &name)
        };
        for pattern in [
            "x",
            "mut x",
            "x: u8",
            "(a, x)",
            "Some(x)",
            "P { x }",
            "P { x, .. }",
            "P { a: x }",
            "P { a: Q { ref x, .. }, b }",
            "x @ 1..",
            "[x, ..]",
        ] {
            assert!(is_declared(pattern), "{pattern}");
        }
        for pattern in ["P { x: y }", "P { x: Q { a }, b }", "x::Y", "a::x::Y(b)"] {
            assert!(!is_declared(pattern), "{pattern}");
        }
    }
}
