//! What a value may be: takes the expression after `=`, gives what it says or what to write instead.

use super::keys::Key;
use crate::{
    duration,
    suggest::{listed, nearest},
};
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::time::Duration;
use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

/// A number that is known while the macro runs, or an expression that is not.
#[derive(Clone)]
pub(crate) enum Value<T> {
    Known(T),
    Expr(TokenStream),
}

impl<T> Value<T> {
    /// The number, if it is known.
    pub(crate) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Expr(_) => None,
        }
    }
}

/// A bound in time, or `"none"`.
pub(crate) type Limit = Value<Option<Duration>>;

/// A number of tries.
pub(super) fn count(key: &Key, expr: &Expr) -> syn::Result<Value<u32>> {
    let wrong = |what: &str| mistake(key, expr, what);
    match literal(expr) {
        Some((false, Lit::Int(int))) if matches!(int.suffix(), "" | "u32") => {
            match int.base10_parse() {
                Ok(0) => Err(wrong("is at least 1, since the first try counts")),
                Ok(count) => Ok(Value::Known(count)),
                Err(_) => Err(wrong("is at most 4294967295")),
            }
        }
        Some((true, Lit::Int(_) | Lit::Float(_))) => {
            Err(wrong("is at least 1, since the first try counts"))
        }
        Some(_) => Err(wrong("is a whole number of tries")),
        None => Ok(Value::Expr(expr.to_token_stream())),
    }
}

/// A duration.
pub(super) fn span(key: &Key, expr: &Expr) -> syn::Result<Value<Duration>> {
    let wrong = |what: &str| mistake(key, expr, what);
    match literal(expr) {
        Some((false, Lit::Str(text))) => duration::parse(&text.value())
            .map(Value::Known)
            .map_err(|message| syn::Error::new_spanned(expr, message)),
        Some((true, _)) => Err(wrong("cannot be negative")),
        Some((false, number @ (Lit::Int(_) | Lit::Float(_)))) => {
            let number = number.to_token_stream().to_string().replace('_', "");
            // `250ms` without quotes is a number with a suffix.
            let unit = if duration::parse(&number).is_ok() {
                ""
            } else {
                "s"
            };
            let message = format!(
                "a duration needs a unit, in quotes: write `{} = \"{number}{unit}\"`",
                key.name
            );
            Err(syn::Error::new_spanned(expr, message))
        }
        Some(_) => Err(wrong("is a duration with its unit")),
        None => Ok(Value::Expr(expr.to_token_stream())),
    }
}

/// A duration above zero, or `"none"`.
pub(super) fn limit(key: &Key, expr: &Expr) -> syn::Result<Limit> {
    const NONE: &[&str] = &[
        "off",
        "never",
        "no",
        "inf",
        "infinite",
        "infinity",
        "unlimited",
        "",
    ];
    if let Some((false, Lit::Str(text))) = literal(expr) {
        let text = text.value();
        if text == "none" {
            return Ok(Value::Known(None));
        }
        let lower = text.trim().to_lowercase();
        if lower == "none" || NONE.contains(&lower.as_str()) {
            let message = format!("write `{0} = \"none\"` for no {0}", key.name);
            return Err(syn::Error::new_spanned(expr, message));
        }
    }
    match span(key, expr)? {
        Value::Known(Duration::ZERO) => {
            let message = format!(
                "zero leaves no time for an attempt: write `{}`, or `{} = \"none\"` for no limit",
                key.example, key.name
            );
            Err(syn::Error::new_spanned(expr, message))
        }
        Value::Known(duration) => Ok(Value::Known(Some(duration))),
        Value::Expr(expr) => Ok(Value::Expr(expr)),
    }
}

/// A duration above zero.
pub(super) fn time(key: &Key, expr: &Expr) -> syn::Result<Value<Duration>> {
    match span(key, expr)? {
        Value::Known(Duration::ZERO) => Err(mistake(key, expr, "is longer than zero")),
        time => Ok(time),
    }
}

/// `true` or `false`.
pub(super) fn flag(key: &Key, expr: &Expr) -> syn::Result<bool> {
    match literal(expr) {
        Some((false, Lit::Bool(flag))) => Ok(flag.value),
        _ => Err(mistake(key, expr, "is `true` or `false`")),
    }
}

/// A name for the log.
pub(super) fn name(key: &Key, expr: &Expr) -> syn::Result<syn::LitStr> {
    match literal(expr) {
        Some((false, Lit::Str(name))) if !name.value().trim().is_empty() => Ok(name.clone()),
        _ => Err(mistake(key, expr, "is a string that is not empty")),
    }
}

/// One word of a few: takes what each stands for, in a string.
pub(super) fn choice<T: Copy>(key: &Key, expr: &Expr, choices: &[(&str, T)]) -> syn::Result<T> {
    let known = || choices.iter().map(|(word, _)| *word);
    let written = match (literal(expr), expr) {
        (Some((false, Lit::Str(text))), _) => Some(text.value()),
        (None, Expr::Path(path)) => path.path.segments.last().map(|last| last.ident.to_string()),
        _ => None,
    };
    let quoted = literal(expr).is_some();
    if let Some((_, choice)) = choices
        .iter()
        .find(|(word, _)| quoted && written.as_deref() == Some(word))
    {
        return Ok(*choice);
    }
    let hint = written
        .and_then(|written| nearest(&written, known()))
        .map(|near| format!("; did you mean `{} = \"{near}\"`?", key.name))
        .unwrap_or_default();
    let message = format!(
        "`{}` is one of these, as a string: {}{hint}",
        key.name,
        listed(known())
    );
    Err(syn::Error::new_spanned(expr, message))
}

/// Any expression.
// `Result`, to be used as the other readers are.
#[expect(clippy::unnecessary_wraps, reason = "the signature of a reader")]
pub(super) fn expression(_: &Key, expr: &Expr) -> syn::Result<TokenStream> {
    Ok(expr.to_token_stream())
}

pub(super) fn mistake(key: &Key, expr: &Expr, what: &str) -> syn::Error {
    let Key { name, example, .. } = key;
    syn::Error::new_spanned(expr, format!("`{name}` {what}: write `{example}`"))
}

/// A literal, and whether a minus stands before it.
pub(super) fn literal(expr: &Expr) -> Option<(bool, &Lit)> {
    match expr {
        Expr::Lit(ExprLit { lit, .. }) => Some((false, lit)),
        Expr::Unary(ExprUnary {
            op: UnOp::Neg(_),
            expr,
            ..
        }) => match &**expr {
            Expr::Lit(ExprLit { lit, .. }) => Some((true, lit)),
            _ => None,
        },
        _ => None,
    }
}
