//! Values as text. Expressions are shown only if they are paths: others may name private fields.

use crate::{
    args::{Limit, Value},
    text::duration::written,
};
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::{fmt::Display, time::Duration};

/// A value that is computed when the function is called.
pub(super) const AT_RUN_TIME: &str = "a value set at run time";

/// The value, or the default without one; `None` if it is not known at expansion.
pub(super) fn known_or<T: Copy>(value: Option<&Value<T>>, default: T) -> Option<T> {
    match value {
        Some(value) => value.known().copied(),
        None => Some(default),
    }
}

pub(super) fn count(count: &Value<u32>) -> String {
    match count {
        Value::Known(1) => "1, so nothing is retried".to_owned(),
        Value::Known(count) => format!("{count}, including the first"),
        Value::Expr(expr) => code(expr),
    }
}

pub(super) fn limit(limit: &Limit) -> String {
    match limit {
        Value::Known(Some(limit)) => written(*limit),
        Value::Known(None) => "none".to_owned(),
        Value::Expr(expr) => code(expr),
    }
}

pub(super) fn time(time: &Value<Duration>) -> String {
    match time {
        Value::Known(time) => written(*time),
        Value::Expr(expr) => code(expr),
    }
}

pub(super) fn number<T: Display>(value: &Value<T>) -> String {
    match value {
        Value::Known(number) => number.to_string(),
        Value::Expr(expr) => code(expr),
    }
}

/// The path in backticks, or a text for any other expression.
pub(super) fn code(expr: &TokenStream) -> String {
    path(expr).unwrap_or_else(|| AT_RUN_TIME.to_owned())
}

/// The expression in backticks, if it is a path other than `self`.
pub(super) fn path(expr: &TokenStream) -> Option<String> {
    let path = syn::parse2::<syn::ExprPath>(expr.clone()).ok()?;
    let is_plain = path.qself.is_none() && !path.path.is_ident("self");
    let text = path.to_token_stream().to_string().replace(' ', "");
    is_plain.then(|| format!("`{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_shows_paths_without_spaces_and_no_fields() {
        for (expr, text) in [
            ("OPENAI", "`OPENAI`"),
            ("Self::fallback", "`Self::fallback`"),
            ("::a::b::<u8>", "`::a::b::<u8>`"),
            ("self.upstream", AT_RUN_TIME),
            ("self", AT_RUN_TIME),
            ("&self.tenant.name", AT_RUN_TIME),
            ("|_, error| Err(error)", AT_RUN_TIME),
        ] {
            assert_eq!(code(&expr.parse().unwrap()), text, "{expr}");
        }
    }
}
