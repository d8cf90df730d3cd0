//! The grammar that all lists of arguments share: `key = value`, `key(..)`, commas between, one allowed at the
//! end. A mistake ends its own argument only.

use super::{
    cell::Given,
    find::{self, Tables},
    keys::Key,
};
use crate::errors::Errors;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Expr, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    token,
};

/// An argument whose key is read and whose value is not.
pub(crate) struct Argument<'a> {
    pub(crate) key: &'static Key,
    pub(crate) word: Ident,
    pub(crate) input: ParseStream<'a>,
}

/// Reads all arguments of a list; `read` reads the value of one.
pub(crate) fn arguments(
    tokens: TokenStream,
    tables: &Tables,
    errors: &mut Errors,
    mut read: impl FnMut(Argument<'_>) -> syn::Result<()>,
) {
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            errors.keep(argument(input, tables, &mut read));
            errors.keep(comma(input, tables));
        }
        Ok(())
    };
    let read_all = all.parse2(tokens);
    errors.keep(read_all);
}

fn argument(
    input: ParseStream<'_>,
    tables: &Tables,
    read: &mut impl FnMut(Argument<'_>) -> syn::Result<()>,
) -> syn::Result<()> {
    if !input.peek(Ident::peek_any) {
        let example = tables
            .iter()
            .copied()
            .flatten()
            .next()
            .map_or("", |key| key.example);
        let message = format!("expected the name of an argument, as in `{example}`");
        let error = input.error(message);
        skip(input, tables);
        return Err(error);
    }
    let word = Ident::parse_any(input)?;
    let result = find::find(&word, tables).and_then(|key| read(Argument { key, word, input }));
    if result.is_err() {
        skip(input, tables);
    }
    result
}

/// The comma after an argument. Where the next one follows without, only the comma is missing.
fn comma(input: ParseStream<'_>, tables: &Tables) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        return input.parse::<Token![,]>().map(drop);
    }
    let error = input.error("expected a `,` before this");
    skip(input, tables);
    if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
    }
    Err(error)
}

/// Goes to the next comma, or to what looks like the next argument.
fn skip(input: ParseStream<'_>, tables: &Tables) {
    while !input.is_empty() && !input.peek(Token![,]) && !starts_argument(input, tables) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}

fn starts_argument(input: ParseStream<'_>, tables: &Tables) -> bool {
    let ahead = input.fork();
    Ident::parse_any(&ahead)
        .is_ok_and(|word| find::known(&word.unraw().to_string(), tables).is_some())
        && (ahead.peek(Token![=]) || ahead.peek(token::Paren))
}

impl Argument<'_> {
    /// Reads `= value` with `read`.
    pub(super) fn value<T>(
        self,
        read: impl FnOnce(&'static Key, &Expr) -> syn::Result<T>,
    ) -> syn::Result<Given<T>> {
        self.equals()?;
        let expr = self.input.parse::<Expr>().map_err(|error| {
            // The end has no place of its own.
            let ended = self.input.is_empty();
            if ended {
                self.wrong("has a value that ends too early")
            } else {
                error
            }
        })?;
        let value = read(self.key, peeled(&expr))?;
        Ok(Given {
            key: self.word,
            words: expr.into_token_stream(),
            value,
        })
    }

    /// Reads `= value`, where the value is no expression.
    pub(crate) fn syntax<T: ToTokens>(
        self,
        read: impl FnOnce(&'static Key, ParseStream<'_>) -> syn::Result<T>,
    ) -> syn::Result<Given<T>> {
        self.equals()?;
        let value = read(self.key, self.input)?;
        Ok(Given {
            key: self.word,
            words: value.to_token_stream(),
            value,
        })
    }

    /// Reads `(..)` with `read`.
    pub(super) fn list<T>(
        self,
        read: impl FnOnce(TokenStream) -> syn::Result<T>,
    ) -> syn::Result<Given<T>> {
        if !self.has_list() {
            return Err(self.wrong("takes a list in parentheses"));
        }
        let group = self.input.parse::<Group>()?;
        let word = &self.word;
        let words = quote!(#word #group);
        if group.stream().is_empty() {
            let message = format!(
                "`{word}()` says nothing: write `{}`, or leave it out",
                self.key.example
            );
            return Err(syn::Error::new_spanned(words, message));
        }
        Ok(Given {
            value: read(group.stream())?,
            words,
            key: self.word,
        })
    }

    /// Reads `(..)` with `read`, where the list may be empty or missing.
    pub(super) fn list_if_any<T>(
        self,
        read: impl FnOnce(TokenStream) -> syn::Result<T>,
    ) -> syn::Result<Given<T>> {
        if self.input.peek(Token![=]) {
            return Err(self.wrong("takes a list in parentheses, or stands alone"));
        }
        let list = if self.has_list() {
            self.input.parse::<Group>()?.stream()
        } else {
            TokenStream::new()
        };
        Ok(Given {
            value: read(list)?,
            words: self.word.to_token_stream(),
            key: self.word,
        })
    }

    /// Whether parentheses follow the key.
    pub(super) fn has_list(&self) -> bool {
        self.input.peek(token::Paren)
    }

    /// The `=` and that something follows it.
    fn equals(&self) -> syn::Result<()> {
        if !self.input.peek(Token![=]) || self.input.peek(Token![==]) || self.input.peek(Token![=>])
        {
            return Err(self.wrong("takes a value after `=`"));
        }
        let equals = self.input.parse::<Token![=]>()?;
        if self.input.is_empty() || self.input.peek(Token![,]) {
            let message = format!("a value is missing here: write `{}`", self.key.example);
            return Err(syn::Error::new_spanned(equals, message));
        }
        Ok(())
    }

    pub(crate) fn wrong(&self, rule: &str) -> syn::Error {
        let Key { name, example, .. } = self.key;
        let message = format!("`{name}` {rule}: write `{example}`");
        syn::Error::new(self.word.span(), message)
    }
}

/// The expression without parentheses and without the invisible groups that `macro_rules!` puts around it.
pub(super) fn peeled(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peeled(&group.expr),
        Expr::Paren(paren) => peeled(&paren.expr),
        other => other,
    }
}

/// Splits a list at its commas; a comma at the end ends no further item.
pub(super) fn split(tokens: TokenStream) -> Vec<TokenStream> {
    let mut items = vec![TokenStream::new()];
    for token in tokens {
        match (&token, items.last_mut()) {
            (TokenTree::Punct(punct), _) if punct.as_char() == ',' => {
                items.push(TokenStream::new());
            }
            (_, Some(item)) => item.extend([token]),
            (_, None) => {}
        }
    }
    if items.last().is_some_and(TokenStream::is_empty) {
        items.pop();
    }
    items
}

/// Looks through the invisible groups that `macro_rules!` puts around what it was given.
pub(crate) fn unwrapped(token: TokenTree) -> TokenTree {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let mut inner = group.stream().into_iter();
            match (inner.next(), inner.next()) {
                (Some(only), None) => unwrapped(only),
                _ => TokenTree::Group(group),
            }
        }
        other => other,
    }
}
