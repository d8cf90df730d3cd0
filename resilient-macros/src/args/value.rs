//! Readers of values: each takes the expression after `=`, and returns its value or a message with
//! a correct one.

use super::{key::Key, number};
use crate::text::{
    duration,
    suggest::{listed, nearest},
};
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::time::Duration;
use syn::{Expr, ExprLit, ExprUnary, Lit, UnOp};

/// A value known at expansion, or an expression.
#[derive(Clone)]
pub(crate) enum Value<T> {
    Known(T),
    Expr(TokenStream),
}

impl<T> Value<T> {
    /// The value, if it is known at expansion.
    pub(crate) fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Expr(_) => None,
        }
    }
}

/// A time limit, or `"none"`.
pub(crate) type Limit = Value<Option<Duration>>;

/// A number of attempts.
pub(super) fn count(key: &Key, expr: &Expr) -> syn::Result<Value<u32>> {
    let is_too_small = match literal(expr) {
        Some((is_negative, Lit::Int(int))) => {
            is_negative || int.base10_parse::<u32>().is_ok_and(|count| count == 0)
        }
        Some((is_negative, Lit::Float(_))) => is_negative,
        _ => false,
    };
    if is_too_small {
        let rule = "is at least 1, since the first attempt counts";
        return Err(mistake(key, expr, rule));
    }
    number::positive(key, expr)
}

/// A duration.
pub(super) fn span(key: &Key, expr: &Expr) -> syn::Result<Value<Duration>> {
    let wrong = |rule: &str| mistake(key, expr, rule);
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
        Some((false, Lit::Str(text))) => {
            let meant = match text.value().trim().to_lowercase().as_str() {
                "true" | "yes" | "on" => Some("true".to_owned()),
                "false" | "no" | "off" => Some("false".to_owned()),
                _ => None,
            };
            Err(instead(
                key,
                expr,
                "is `true` or `false`, without quotes",
                meant,
            ))
        }
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

/// One of these words, as a string.
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
    let by_flag = match literal(expr) {
        // `jitter = true` asks for the last and fullest choice, `false` for none.
        Some((false, Lit::Bool(flag))) if known().any(|word| word == "none") => {
            if flag.value {
                known().last()
            } else {
                Some("none")
            }
        }
        _ => None,
    };
    let hint = by_flag
        .or_else(|| nearest(&written?, known()))
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
#[expect(clippy::unnecessary_wraps, reason = "the signature of a reader")]
pub(super) fn expression(_: &Key, expr: &Expr) -> syn::Result<TokenStream> {
    Ok(expr.to_token_stream())
}

/// A function from a value to a `bool`, which no literal is.
pub(super) fn predicate(key: &Key, expr: &Expr) -> syn::Result<TokenStream> {
    match literal(expr) {
        Some(_) => Err(mistake(key, expr, "is a function `fn(&T) -> bool`")),
        None => expression(key, expr),
    }
}

/// Stands for a value whose mistake has been reported.
pub(super) fn missing<T>() -> Value<T> {
    Value::Expr(TokenStream::new())
}

/// A mistake in a value, answered with the example of the key.
pub(super) fn mistake(key: &Key, expr: &Expr, rule: &str) -> syn::Error {
    instead(key, expr, rule, None)
}

/// A mistake in a value, answered with the value that was probably meant.
pub(super) fn instead(key: &Key, expr: &Expr, rule: &str, meant: Option<String>) -> syn::Error {
    let name = key.name;
    let example = match meant {
        Some(value) => format!("{name} = {value}"),
        None => key.example.to_owned(),
    };
    syn::Error::new_spanned(expr, format!("`{name}` {rule}: write `{example}`"))
}

/// A literal, and whether it is negated.
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
