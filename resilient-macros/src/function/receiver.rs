//! How a method takes `self`, and how a body that moves a `&mut self` is rewritten.

use super::{
    known, passing,
    returns::bare,
    tokens::{is_punct, is_single_dot},
    uses,
};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use std::iter::Peekable;
use syn::{ReceiverKind, Signature, Type};

/// How a function takes `self`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receiver {
    /// Not at all.
    None,
    /// `&self`
    Shared,
    /// `&mut self`
    Mut,
    /// `self: Pin<&mut Self>`
    Pinned,
    /// `self`, `self: Arc<Self>`
    Owned,
}

/// How this function takes `self`.
pub(crate) fn of(sig: &Signature) -> Receiver {
    let Some(receiver) = sig.receiver() else {
        return Receiver::None;
    };
    match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(_)) => Receiver::Mut,
        ReceiverKind::Reference(_, _, None) => Receiver::Shared,
        ReceiverKind::Typed(_, ty) => match (bare(ty), &receiver.mutability) {
            (Type::Reference(ty), _) if ty.mutability.is_some() => Receiver::Mut,
            // `mut self: &Self`: the body may point `self` elsewhere, so each attempt gets its own.
            (Type::Reference(_), None) => Receiver::Shared,
            _ if passing::is_pinned(ty) => Receiver::Pinned,
            _ => Receiver::Owned,
        },
        _ => Receiver::Owned,
    }
}

/// The fields that the body uses as values, if a `self` by value may be lent to the attempts: the
/// body does not move it as a whole, and names it only where it can be renamed.
pub(crate) fn lent_with_fields(sig: &Signature, body: &Group) -> Option<Vec<TokenStream>> {
    let receiver = sig.receiver()?;
    let is_clone = match &receiver.kind {
        ReceiverKind::Typed(_, ty) => known::is_known_clone(ty),
        _ => false,
    };
    if receiver.mutability.is_some() || is_clone || is_formatted(body.stream()) {
        return None;
    }
    uses::fields_of(&Ident::from(receiver.self_token), &body.stream())
}

/// Whether a text names `self` in braces, or the tokens define a macro.
fn is_formatted(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => is_formatted(group.stream()),
        TokenTree::Literal(text) => text.to_string().contains("{self"),
        TokenTree::Ident(word) => word == "macro_rules",
        TokenTree::Punct(_) => false,
    })
}

/// The name of `self` in a rewritten body.
pub(crate) fn reborrowed(at: Span) -> Ident {
    Ident::new("__resilient_self", Span::mixed_site().located_at(at))
}

/// Renames `self` in the body of a `&mut self` method, if the body moves `self`. Otherwise the
/// second attempt would use a moved reference. Such bodies come from `#[async_trait]` (`let __self
/// = self;`) and `#[tracing::instrument]` (`async move`).
pub(crate) fn rewritten(body: &Group) -> Option<Group> {
    let mut found = Found::default();
    let stream = rewrite(body.stream(), &mut found);
    (found.mentioned && found.moved).then(|| group_like(body, stream))
}

/// Renames `self` in any body.
pub(crate) fn renamed(body: &Group) -> Group {
    let stream = rewrite(body.stream(), &mut Found::default());
    group_like(body, stream)
}

#[derive(Default)]
struct Found {
    mentioned: bool,
    /// `self` is used as a value, or there is a `move` that may capture it.
    moved: bool,
}

/// Input:
/// `let this = self; self.field += 1; self::function()`
///
/// Output:
/// `let this = __resilient_self; __resilient_self.field += 1; self::function()`
fn rewrite(tokens: TokenStream, found: &mut Found) -> TokenStream {
    let mut tokens = tokens.into_iter().peekable();
    let mut output = TokenStream::new();
    let mut before = Before::default();
    while let Some(token) = tokens.next() {
        let next = match &token {
            TokenTree::Group(group) if before.is_visibility(group) => token.clone(),
            TokenTree::Group(group) => {
                TokenTree::Group(group_like(group, rewrite(group.stream(), found)))
            }
            TokenTree::Ident(word)
                if word == "self" && !before.is_path() && !is_path(&mut tokens) =>
            {
                found.mentioned = true;
                found.moved |= !is_dot(tokens.peek());
                TokenTree::Ident(reborrowed(word.span()))
            }
            TokenTree::Ident(word) if word == "move" => {
                found.moved = true;
                token.clone()
            }
            // A nested function has its own `self`, and in `use` it names a module.
            TokenTree::Ident(word)
                if word == "fn" && matches!(tokens.peek(), Some(TokenTree::Ident(_))) =>
            {
                output.extend([token.clone()]);
                copy_past(&mut tokens, &mut output, |token| {
                    is_brace(token) || is_punct(token, ';')
                });
                continue;
            }
            TokenTree::Ident(word)
                if word == "use"
                    && !matches!(tokens.peek(), Some(token) if is_punct(token, '<')) =>
            {
                output.extend([token.clone()]);
                copy_past(&mut tokens, &mut output, |token| is_punct(token, ';'));
                continue;
            }
            _ => token.clone(),
        };
        output.extend([next]);
        before.is_followed_by(token);
    }
    output
}

/// The two tokens before.
#[derive(Default)]
struct Before {
    last: Option<TokenTree>,
    last_but_one: Option<TokenTree>,
}

impl Before {
    fn is_followed_by(&mut self, token: TokenTree) {
        self.last_but_one = self.last.replace(token);
    }

    /// `path::self`, `$self` of a macro, `extern crate self`.
    fn is_path(&self) -> bool {
        match &self.last {
            Some(TokenTree::Punct(last)) if last.as_char() == ':' => {
                matches!(&self.last_but_one, Some(token) if is_punct(token, ':'))
            }
            Some(TokenTree::Punct(last)) => last.as_char() == '$',
            Some(TokenTree::Ident(last)) => last == "crate",
            _ => false,
        }
    }

    /// `pub(self)`
    fn is_visibility(&self, group: &Group) -> bool {
        group.delimiter() == Delimiter::Parenthesis
            && matches!(&self.last, Some(TokenTree::Ident(last)) if last == "pub")
    }
}

/// Whether `::` follows. After `self` a `:` is always the start of `::`, since no field is named
/// `self`.
fn is_path(tokens: &mut Peekable<impl Iterator<Item = TokenTree>>) -> bool {
    matches!(tokens.peek(), Some(token) if is_punct(token, ':'))
}

/// Whether a field or method follows, and not a range.
fn is_dot(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if is_single_dot(punct))
}

fn is_brace(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn copy_past(
    tokens: &mut Peekable<impl Iterator<Item = TokenTree>>,
    output: &mut TokenStream,
    is_last: impl Fn(&TokenTree) -> bool,
) {
    for token in tokens {
        let done = is_last(&token);
        output.extend([token]);
        if done {
            return;
        }
    }
}

/// A group with other content and the same delimiter and span.
fn group_like(group: &Group, stream: TokenStream) -> Group {
    let mut new = Group::new(group.delimiter(), stream);
    new.set_span(group.span());
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(body: &str) -> Option<String> {
        let body: Group = syn::parse_str(&format!("{{ {body} }}")).expect(body);
        rewritten(&body).map(|group| group.stream().to_string())
    }

    fn tokens(text: &str) -> String {
        text.parse::<TokenStream>().expect(text).to_string()
    }

    #[test]
    fn bodies_that_only_borrow_self_are_not_rewritten() {
        for body in [
            "self.count += 1; self.send(&self.url).await",
            "self::helper().await",
            "let x = move || 1; x()",
            "fn inner(this: Wrapper) { impl X { fn f(self) -> Self { self } } }",
            "use std::fmt::{self, Write};",
            "pub(self) struct Local;",
            "macro_rules! m { ($self:ident) => { $self } }",
        ] {
            assert_eq!(after(body), None, "{body}");
        }
    }

    #[test]
    fn bodies_that_move_self_are_rewritten() {
        for (body, expected) in [
            (
                "let __self = self; __self.send()",
                "let __self = __resilient_self; __self.send()",
            ),
            ("helper(self).await", "helper(__resilient_self).await"),
            (
                "async move { self.send().await }.await",
                "async move { __resilient_self.send().await }.await",
            ),
            (
                "vec![self]; self.x",
                "vec![__resilient_self]; __resilient_self.x",
            ),
            (
                "use std::fmt::{self}; self::f(self); fn f(this: &mut S) { self } pub(self) \
                    struct L;",
                "use std::fmt::{self}; self::f(__resilient_self); fn f(this: &mut S) { self } \
                    pub(self) struct L;",
            ),
            ("Foo { this: self }", "Foo { this: __resilient_self }"),
            ("a::self; self", "a::self; __resilient_self"),
        ] {
            assert_eq!(after(body), Some(tokens(expected)), "{body}");
        }
    }
}
