//! `resume`: the function that gives another stream after one has broken.

use super::{
    cell::{Cell, Given},
    key::{Key, Table, row},
    list::{Argument, read_into},
    number,
    value::{Value, literal, mistake},
};
use crate::text::errors::Errors;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{
    Expr, Token,
    parse::{ParseStream, Parser},
};

/// The function that gives another stream, and how often.
#[derive(Default)]
pub(crate) struct Resume {
    pub(crate) function: TokenStream,
    pub(crate) max: Cell<Value<u32>>,
}

/// The keys of `resume(f, ..)`.
pub(crate) const RESUME: Table<Resume> = Table::new(&[&[row(
    "max",
    "max = 2",
    &["times", "count", "limit", "attempts"],
    |resume, it| {
        let read = |key: &Key, expr: &Expr| number::whole(key, expr, &(1..=64), "u32");
        resume.max.assign(it, read)
    },
)]]);

/// `resume = path`, `resume(path, max = 2)`
pub(super) fn resume(argument: Argument<'_>) -> syn::Result<Given<Resume>> {
    let key = argument.key;
    if !argument.has_list() {
        let Given {
            key,
            words,
            value: function,
        } = argument.value(function)?;
        let value = Resume {
            function,
            ..Resume::default()
        };
        return Ok(Given { key, words, value });
    }
    argument.list(|tokens| {
        let mut errors = Errors::default();
        let mut resume = Resume::default();
        let parts = |input: ParseStream<'_>| {
            let expr: Expr = input.parse()?;
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
            Ok((function(key, &expr)?, input.parse::<TokenStream>()?))
        };
        let (function, rest) = parts.parse2(tokens)?;
        resume.function = function;
        read_into(&mut resume, rest, &RESUME, &mut errors);
        errors.or(resume)
    })
}

fn function(key: &Key, expr: &Expr) -> syn::Result<TokenStream> {
    match literal(expr) {
        Some(_) => Err(mistake(
            key,
            expr,
            "is a function that takes the arguments, then the error and what was kept, and gives another stream",
        )),
        None => Ok(expr.to_token_stream()),
    }
}
