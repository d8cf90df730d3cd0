//! Moves of a variable that the tokens of a body show beyond doubt, unless its type is `Copy`.

use super::tokens::{declares, is_call, is_punct};
use proc_macro2::{Delimiter, Ident, Spacing, Span, TokenStream, TokenTree};

/// The first place where the body gives the variable away: as an argument of a call, to a field or
/// another variable, to a loop, or by a method named `into_..`. `None` if there is none, or another
/// variable may have its name.
///
/// Input: `name`; `log(&name); drop(name)`
///
/// Output: the place of the second `name`
pub(crate) fn of(name: &Ident, body: TokenStream) -> Option<Span> {
    let tokens: Vec<TokenTree> = body.into_iter().collect();
    let is_clear = !may_be_shadowed(name, &tokens);
    is_clear.then(|| find(name, &tokens, false)).flatten()
}

/// `is_list`: the tokens are arguments or fields.
fn find(name: &Ident, tokens: &[TokenTree], is_list: bool) -> Option<Span> {
    for (at, token) in tokens.iter().enumerate() {
        let before = tokens.get(..at).unwrap_or_default();
        let after = tokens.get(at.saturating_add(1)..).unwrap_or_default();
        match token {
            TokenTree::Group(_) if is_of_macro(before) => {}
            TokenTree::Group(group) => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let is_list = match group.delimiter() {
                    Delimiter::Brace => true,
                    _ => is_call(before.last(), group),
                };
                if let Some(found) = find(name, &inner, is_list) {
                    return Some(found);
                }
            }
            TokenTree::Ident(word) if word == name => {
                let is_entry = is_list
                    && starts_entry(before)
                    && after.first().is_none_or(|token| is_punct(token, ','));
                let is_value =
                    is_assigned(before) && after.first().is_some_and(|token| is_punct(token, ';'));
                if is_entry || is_value || is_iterated(before, after) || is_converted(after) {
                    return Some(word.span());
                }
            }
            _ => {}
        }
    }
    None
}

/// Whether an argument, or the value of a field, begins after these tokens.
fn starts_entry(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Punct(first), TokenTree::Punct(last)] if last.as_char() == ':' => {
            first.as_char() != ':'
        }
        [.., TokenTree::Punct(last)] => matches!(last.as_char(), ',' | ':'),
        [_, ..] => false,
        [] => true,
    }
}

/// Whether a `for` loop iterates over the variable between these tokens.
fn is_iterated(before: &[TokenTree], after: &[TokenTree]) -> bool {
    matches!(
        (before, after),
        ([.., TokenTree::Ident(word)], [TokenTree::Group(body), ..])
            if word == "in" && body.delimiter() == Delimiter::Brace
    )
}

/// Whether a method named `into_..` follows, which takes `self` by value, as its name says.
fn is_converted(after: &[TokenTree]) -> bool {
    matches!(
        after,
        [TokenTree::Punct(dot), TokenTree::Ident(method), TokenTree::Group(_), ..]
            if dot.as_char() == '.' && method.to_string().starts_with("into")
    )
}

fn is_of_macro(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(_), TokenTree::Punct(not)] => not.as_char() == '!',
        // An attribute.
        [.., TokenTree::Punct(hash)] => hash.as_char() == '#',
        _ => false,
    }
}

/// `y =`, and not `y ==` or `y +=`, nor `_ =`, which moves nothing.
fn is_assigned(before: &[TokenTree]) -> bool {
    match before {
        [.., TokenTree::Ident(name), TokenTree::Punct(_)] if name == "_" => false,
        [.., TokenTree::Punct(first), TokenTree::Punct(last)] => {
            last.as_char() == '=' && first.spacing() == Spacing::Alone
        }
        [.., TokenTree::Punct(last)] => last.as_char() == '=',
        _ => false,
    }
}

/// Whether a pattern may declare another variable of this name: after `let`, `for` or in a closure,
/// or before `=>`. The same in nested functions and macros.
fn may_be_shadowed(name: &Ident, tokens: &[TokenTree]) -> bool {
    let is_in = |pattern: &[TokenTree]| declares(pattern, name);
    let mut start = 0_usize;
    let mut is_pattern = false;
    for (at, token) in tokens.iter().enumerate() {
        let after = tokens.get(at.saturating_add(1)..).unwrap_or_default();
        let until = |end: fn(&TokenTree) -> bool| {
            let end = after.iter().position(end).unwrap_or(after.len());
            after.get(..end).unwrap_or_default()
        };
        let found = match token {
            TokenTree::Punct(bar) if bar.as_char() == '|' => {
                // The parameters of a closure, or an operand.
                is_pattern = !is_pattern;
                is_pattern && is_in(until(|token| is_punct(token, '|')))
            }
            TokenTree::Punct(arrow) if arrow.as_char() == '>' => {
                let before = tokens.get(..at).unwrap_or_default();
                let is_arm = matches!(
                    before.last(),
                    Some(TokenTree::Punct(is)) if is.as_char() == '=' && is.spacing() == Spacing::Joint
                );
                is_arm && is_in(tokens.get(start..at).unwrap_or_default())
            }
            TokenTree::Punct(comma) if comma.as_char() == ',' => {
                start = at;
                false
            }
            TokenTree::Ident(word) if word == "let" => {
                is_in(until(|token| is_punct(token, '=') || is_punct(token, ';')))
            }
            TokenTree::Ident(word) if word == "for" => is_in(until(
                |token| matches!(token, TokenTree::Ident(word) if word == "in"),
            )),
            TokenTree::Ident(word) => word == "fn" || word == "macro_rules" || word == "cfg",
            TokenTree::Group(group) => {
                if group.delimiter() == Delimiter::Brace {
                    start = at;
                }
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                may_be_shadowed(name, &inner)
            }
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moves(body: &str) -> bool {
        let name = Ident::new("x", Span::call_site());
        of(&name, body.parse().expect(body)).is_some()
    }

    #[test]
    fn a_variable_is_moved_as_an_argument_or_to_another_variable() {
        for body in [
            "drop(x)",
            "send(1, x).await",
            "Ok(x)",
            "client.send(&y, x,).await",
            "let y = x; y.len()",
            "if a { self.send(x) } else { b }",
            "let P { x: y } = p; send(x)",
            "match p { P { x: y } => f(y) } send(x)",
            "y = x;",
            "for y in x { f(y) }",
            "f(x.into_bytes())",
            "send(Request { x })",
            "send(Request { a: 1, b: x, })",
            "if a { x } else { b }",
        ] {
            assert!(moves(body), "{body}");
        }
    }

    #[test]
    fn a_variable_is_not_said_to_be_moved_where_it_may_not_be() {
        for body in [
            "send(&x)",
            "send(x.len(), x[0], &mut x, *x)",
            "vec!(x)",
            "log!(\"{}\", f(x))",
            "if (x) { 1 }",
            "y == x; y += x;",
            "let x = 1; send(x)",
            "y.map(|x| f(x))",
            "y.map(|a, x, b| f(x))",
            "y.map(|(x, n)| f(x))",
            "y.map(|a, Item { x, .. }| f(x))",
            "let _ = x;",
            "match y { Some(x) => f(x) }",
            "match y { A => 1, B { x } => f(x) }",
            "for x in y { f(x) }",
            "if let Some(x) = y { f(x) }",
            "fn g(x: u8) { f(x) }",
            "#[cfg(unix)] f(x)",
            "Request { x: 1 }",
            "Request { a: b::x }",
            "for y in x.iter() { f(y) }",
            "for y in x..9 { f(y) }",
            "for y in &x { f(y) }",
            "y.x",
        ] {
            assert!(!moves(body), "{body}");
        }
    }
}
