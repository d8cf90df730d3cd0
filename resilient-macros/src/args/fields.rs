//! `fields(..)`. Checked here, because the messages of `tracing` about its syntax are hard to
//! understand.

use super::list::split;
use crate::text::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Expr, Token, ext::IdentExt, parse::ParseStream, parse::Parser};

const FORM: &str =
    "a field is `name = value`, `name = %value` (Display) or `name = ?value` (Debug)";

/// The fields as written, if all are valid.
pub(super) fn checked(tokens: TokenStream) -> syn::Result<TokenStream> {
    let mut errors = Errors::default();
    let mut names: Vec<String> = Vec::new();
    for item in split(tokens.clone()) {
        if item.is_empty() {
            errors.at(
                &tokens,
                "there is no field between these two commas: remove one of them",
            );
            continue;
        }
        match field.parse2(item.clone()) {
            Ok((name, words)) if names.contains(&name) => {
                errors.at(
                    words,
                    format!("field `{name}` is given twice: remove one of the two"),
                );
            }
            Ok((name, _)) => names.push(name),
            Err(error) => errors.push(error),
        }
    }
    errors.or(tokens)
}

/// Reads `name.of.field = ?value`. Returns the name and its tokens.
fn field(input: ParseStream<'_>) -> syn::Result<(String, TokenStream)> {
    let start = input.fork();
    let mut words = TokenStream::new();
    let mut name = String::new();
    loop {
        let part = Ident::parse_any(input).map_err(|_| start.error(FORM))?;
        name.push_str(&part.unraw().to_string());
        part.to_tokens(&mut words);
        let Some(dot) = input.parse::<Option<Token![.]>>()? else {
            break;
        };
        name.push('.');
        dot.to_tokens(&mut words);
    }
    if input.is_empty() {
        let message = format!("write `{name} = {name}`: {FORM}");
        return Err(syn::Error::new_spanned(words, message));
    }
    input.parse::<Token![=]>().map_err(|_| input.error(FORM))?;
    if input.peek(Token![?]) {
        input.parse::<Token![?]>()?;
    } else if input.peek(Token![%]) {
        input.parse::<Token![%]>()?;
    }
    if input.is_empty() {
        return Err(syn::Error::new_spanned(words, FORM));
    }
    input.parse::<Expr>()?;
    if !input.is_empty() {
        return Err(input.error("expected a `,` before this"));
    }
    Ok((name, words))
}
