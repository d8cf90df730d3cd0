//! Parses the item under the attribute, which has to be a function.

use crate::args::unwrapped;
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{
    AttrStyle, Attribute, Signature, Token, Visibility,
    ext::IdentExt,
    parse::{Parse, ParseStream, Parser},
    token,
};

/// A function, or the declaration of one.
pub(super) struct Item {
    pub(super) attrs: Vec<Attribute>,
    pub(super) vis: Visibility,
    pub(super) defaultness: Option<Ident>,
    pub(super) sig: Signature,
    pub(super) body: Option<Group>,
}

impl Parse for Item {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let defaultness = defaultness(input)?;
        not_a_function(input)?;
        let sig = input.parse()?;
        let body = match input.parse::<Option<Token![;]>>()? {
            Some(_) => None,
            None => Some(without_inner(body(input)?, &mut attrs)?),
        };
        Ok(Self {
            attrs,
            vis,
            defaultness,
            sig,
            body,
        })
    }
}

/// `default fn` of a specialized impl.
fn defaultness(input: ParseStream<'_>) -> syn::Result<Option<Ident>> {
    let ahead = input.fork();
    let is_default =
        Ident::parse_any(&ahead).is_ok_and(|word| word == "default") && ahead.peek(Ident::peek_any);
    is_default.then(|| input.call(Ident::parse_any)).transpose()
}

/// Reports any other item, and the function to annotate instead.
fn not_a_function(input: ParseStream<'_>) -> syn::Result<()> {
    let ahead = input.fork();
    let is_unsafe = ahead.peek(Token![unsafe]);
    if is_unsafe && !ahead.peek2(Token![fn]) {
        ahead.parse::<Token![unsafe]>()?;
    }
    let Ok(word) = Ident::parse_any(&ahead) else {
        return Err(input.error("`#[resilient]` goes on a function that returns a `Result`"));
    };
    let next = ahead
        .fork()
        .call(Ident::parse_any)
        .map(|next| next.to_string());
    let leads_to_fn = next.is_ok_and(|next| ["fn", "async", "unsafe", "extern"].contains(&&*next));
    let instead = match word.to_string().as_str() {
        "fn" | "async" | "unsafe" => return Ok(()),
        "const" if leads_to_fn => return Ok(()),
        "extern" if leads_to_fn || (ahead.peek(syn::LitStr) && !ahead.peek2(token::Brace)) => {
            return Ok(());
        }
        "impl" => "an `impl` block: put it on each function inside",
        "trait" => "a trait: put it on the methods of the `impl`, or on those with a default body",
        "mod" => "a module: put it on each function inside",
        "struct" | "enum" | "union" | "type" => {
            "a type: put it on the function that makes the call"
        }
        "const" | "static" | "let" => "a value: put it on the function that makes the call",
        _ => "this: put it on the function that makes the call",
    };
    let message = format!("`#[resilient]` cannot be used on {instead}");
    Err(syn::Error::new(word.span(), message))
}

fn body(input: ParseStream<'_>) -> syn::Result<Group> {
    let error = input.error("expected the body of the function, in braces");
    match input.parse::<TokenTree>().map(unwrapped) {
        Ok(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => Ok(group),
        _ => Err(error),
    }
}

/// Makes inner attributes outer ones, because the body moves into a block, where they are not
/// allowed.
fn without_inner(body: Group, attrs: &mut Vec<Attribute>) -> syn::Result<Group> {
    let split = |input: ParseStream<'_>| {
        Ok((
            input.call(Attribute::parse_inner)?,
            input.parse::<TokenStream>()?,
        ))
    };
    let (inner, rest) = split.parse2(body.stream())?;
    if inner.is_empty() {
        return Ok(body);
    }
    attrs.extend(inner.into_iter().map(|attr| Attribute {
        style: AttrStyle::Outer,
        ..attr
    }));
    let mut new = Group::new(Delimiter::Brace, rest.into_token_stream());
    new.set_span(body.span());
    Ok(new)
}
