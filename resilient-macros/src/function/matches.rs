//! Values that a body takes apart by patterns.

use super::{
    tokens::{is_other_name, is_punct},
    uses,
};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};

/// Whether the value between these tokens is matched by patterns whose variables are only borrowed,
/// so that a reference to the value does as well.
///
/// Input: `match`; `{ Part::A(text) => send(&text), Part::B => send("") }`
///
/// Output: `true`
pub(super) fn only_borrow(before: &[TokenTree], block: &Group) -> bool {
    let tokens: Vec<TokenTree> = block.stream().into_iter().collect();
    match before {
        [.., TokenTree::Ident(word)] if word == "match" => arms_only_borrow(&tokens),
        // `if let pattern = value { .. }`
        [pattern @ .., equal] if is_punct(equal, '=') => {
            let is_let =
                |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "let");
            let start = pattern.iter().rposition(is_let).unwrap_or_default();
            let pattern = pattern.get(start..).unwrap_or_default();
            variables_are_borrowed(pattern, &tokens)
        }
        _ => false,
    }
}

/// `pattern => value, pattern if condition => { .. }`
fn arms_only_borrow(mut arms: &[TokenTree]) -> bool {
    loop {
        let arrow = arms.windows(2).position(
            |two| matches!(two, [first, second] if is_punct(first, '=') && is_punct(second, '>')),
        );
        let Some(arrow) = arrow else { return true };
        let (pattern, rest) = arms.split_at(arrow);
        let rest = rest.get(2..).unwrap_or_default();
        let length = match rest {
            [TokenTree::Group(block), ..] if block.delimiter() == Delimiter::Brace => 1,
            _ => rest
                .iter()
                .position(|token| is_punct(token, ','))
                .unwrap_or(rest.len()),
        };
        let (value, rest) = rest.split_at(length);
        let is_if = |token: &TokenTree| matches!(token, TokenTree::Ident(word) if word == "if");
        let end = pattern.iter().position(is_if).unwrap_or(pattern.len());
        let (pattern, condition) = pattern.split_at(end);
        if !variables_are_borrowed(pattern, value) || !variables_are_borrowed(pattern, condition) {
            return false;
        }
        arms = rest;
    }
}

/// Whether these tokens only borrow the variables of the pattern.
fn variables_are_borrowed(pattern: &[TokenTree], tokens: &[TokenTree]) -> bool {
    let mut names = Vec::new();
    add_variables(pattern, &mut names);
    names.iter().all(|name| {
        let tokens: TokenStream = tokens.iter().cloned().collect();
        uses::only_borrow(name, tokens)
    })
}

/// Adds the words of the pattern that begin like variables.
fn add_variables(pattern: &[TokenTree], names: &mut Vec<Ident>) {
    const KEYWORDS: &[&str] = &["box", "false", "let", "mut", "ref", "self", "true"];
    for (at, token) in pattern.iter().enumerate() {
        match token {
            TokenTree::Ident(word) => {
                let before = pattern.get(..at).unwrap_or_default();
                let after = pattern.get(at.saturating_add(1)..).unwrap_or_default();
                let text = word.to_string();
                let is_variable = text.starts_with(|first: char| !first.is_uppercase())
                    && !KEYWORDS.contains(&text.as_str())
                    && !is_other_name(before, after);
                if is_variable {
                    names.push(word.clone());
                }
            }
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                add_variables(&inner, names);
            }
            _ => {}
        }
    }
}
