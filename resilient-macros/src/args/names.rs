//! Names and paths: `context`, `by_ref(..)`, `crate`, `level`.

use super::{Key, list};
use crate::text::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Path, Token, parse::ParseStream};

/// The level of a span.
#[derive(Clone, Copy)]
pub(crate) struct Level {
    /// The name of the constant in `tracing`.
    pub(crate) constant: &'static str,
    /// The name of the variant in the runtime.
    pub(crate) variant: &'static str,
}

impl Level {
    pub(crate) const INFO: Self = Self::of("INFO", "Info");

    pub(super) const ALL: &'static [(&'static str, Self)] = &[
        ("trace", Self::of("TRACE", "Trace")),
        ("debug", Self::of("DEBUG", "Debug")),
        ("info", Self::INFO),
        ("warn", Self::of("WARN", "Warn")),
        ("error", Self::of("ERROR", "Error")),
    ];

    const fn of(constant: &'static str, variant: &'static str) -> Self {
        Self { constant, variant }
    }
}

/// `context = attempt`: a new variable of the body.
pub(super) fn binding(_: &Key, input: ParseStream<'_>) -> syn::Result<Ident> {
    let error =
        input.error("`context` is a new name for the body to use: write `context = attempt`");
    input.parse::<Ident>().map_err(|_| error)
}

/// `crate = path`
pub(crate) fn path(key: &Key, input: ParseStream<'_>) -> syn::Result<Path> {
    let error = input.error(format!(
        "`crate` is a path, not in quotes: write `{}`",
        key.example
    ));
    Path::parse_mod_style(input).map_err(|_| error)
}

/// The names in `by_ref(..)`.
pub(super) fn list(tokens: TokenStream) -> syn::Result<Vec<Ident>> {
    let mut errors = Errors::default();
    let mut names: Vec<Ident> = Vec::new();
    for item in list::split(tokens) {
        let read = syn::parse2::<Token![self]>(item.clone())
            .map(|word| Ident::new("self", word.span))
            .or_else(|_| syn::parse2::<Ident>(item.clone()));
        match read {
            Err(_) => errors.at(
                item.to_token_stream(),
                "`by_ref` lists names of arguments: write `by_ref(a, b)`",
            ),
            Ok(name) if names.contains(&name) => {
                errors.at(
                    &name,
                    format!("`{name}` is given twice: remove one of the two"),
                );
            }
            Ok(name) => names.push(name),
        }
    }
    errors.or(names)
}
