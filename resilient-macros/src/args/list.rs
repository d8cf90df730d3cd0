//! The grammar of all lists of arguments: `key = value`, `key(..)`, separated by commas, with an
//! optional comma at the end. After a mistake, reading goes on with the next argument.

use super::{
    cell::Given,
    key::{Key, Table},
};
use crate::text::errors::Errors;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{
    Expr, Token,
    ext::IdentExt,
    parse::{ParseStream, Parser},
    token,
};

/// An argument whose key has been read, but not its value.
pub(crate) struct Argument<'a> {
    pub(crate) key: &'static Key,
    pub(crate) word: Ident,
    pub(crate) input: ParseStream<'a>,
}

/// Reads all arguments of a list into `target`, each by the reader of its key.
pub(crate) fn read_into<T>(
    target: &mut T,
    tokens: TokenStream,
    table: &Table<T>,
    errors: &mut Errors,
) {
    let all = |input: ParseStream<'_>| {
        while !input.is_empty() {
            errors.keep(argument(target, input, table));
            errors.keep(comma(input, table));
        }
        Ok(())
    };
    let read_all = all.parse2(tokens);
    errors.keep(read_all);
}

fn argument<T>(target: &mut T, input: ParseStream<'_>, table: &Table<T>) -> syn::Result<()> {
    if !input.peek(Ident::peek_any) {
        let example = table.rows().next().map_or("", |row| row.key.example);
        let message = format!("expected the name of an argument, as in `{example}`");
        let error = input.error(message);
        skip(input, table);
        return Err(error);
    }
    let word = Ident::parse_any(input)?;
    let result = table.find(&word).and_then(|row| {
        let key = &row.key;
        (row.read)(target, Argument { key, word, input })
    });
    if result.is_err() {
        skip(input, table);
    }
    result
}

/// Reads the comma after an argument. If another argument follows instead, only the comma is
/// reported.
fn comma<T>(input: ParseStream<'_>, table: &Table<T>) -> syn::Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if input.peek(Token![,]) {
        return input.parse::<Token![,]>().map(drop);
    }
    let error = if input.peek(Token![;]) {
        input.error("expected a `,` instead of this `;`")
    } else {
        input.error("expected a `,` before this")
    };
    skip(input, table);
    if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
    }
    Err(error)
}

/// Skips to the next comma, or to the start of the next argument.
fn skip<T>(input: ParseStream<'_>, table: &Table<T>) {
    while !input.is_empty() && !input.peek(Token![,]) && !starts_argument(input, table) {
        if input.parse::<TokenTree>().is_err() {
            return;
        }
    }
}

fn starts_argument<T>(input: ParseStream<'_>, table: &Table<T>) -> bool {
    let ahead = input.fork();
    Ident::parse_any(&ahead).is_ok_and(|word| table.known(&word.unraw().to_string()).is_some())
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
            // The end of the tokens has no place to report at.
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

    /// Reads `= value`, where the value is not an expression.
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
                "`{word}()` is empty: write `{}`, or leave it out",
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

    /// Reads the `=`, and checks that a value follows.
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

    /// A mistake at the key.
    pub(crate) fn wrong(&self, rule: &str) -> syn::Error {
        let Key { name, example, .. } = self.key;
        let message = format!("`{name}` {rule}: write `{example}`");
        syn::Error::new(self.word.span(), message)
    }
}

/// Removes parentheses, and the invisible groups that `macro_rules!` puts around expressions.
pub(super) fn peeled(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => peeled(&group.expr),
        Expr::Paren(paren) => peeled(&paren.expr),
        other => other,
    }
}

/// Reads the value at the start of a list, if there is one. Also returns the arguments after its
/// comma.
pub(super) fn positional(tokens: TokenStream, errors: &mut Errors) -> (Option<Expr>, TokenStream) {
    let mut first = None;
    let read = |input: ParseStream<'_>| {
        let is_argument = input.peek(syn::Ident) && input.peek2(Token![=]);
        if !is_argument {
            first = Some(input.parse::<Expr>()?);
            if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                errors.push(input.error("expected a `,` before this"));
            }
        }
        input.parse::<TokenStream>()
    };
    let rest = read.parse2(tokens);
    let rest = errors.keep(rest).unwrap_or_default();
    (first, rest)
}

/// Splits a list at its commas. A comma at the end adds no item.
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

/// Removes the invisible groups that `macro_rules!` puts around tokens.
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
