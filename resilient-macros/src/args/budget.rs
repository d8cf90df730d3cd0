//! `budget`, `upstream`, `failover` and `cost`.

use super::{
    key::Key,
    number,
    value::{Value, instead, literal, mistake},
};
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, Lit};

/// The percentage of a retry budget, or `"none"`.
pub(crate) type Budget = Value<Option<u32>>;

/// `budget = "20%"`
pub(super) fn budget(key: &Key, expr: &Expr) -> syn::Result<Budget> {
    let wrong = |rule: &str| mistake(key, expr, rule);
    let text = match literal(expr) {
        None => return Ok(Value::Expr(expr.to_token_stream())),
        Some((false, Lit::Str(text))) => text.value(),
        Some(_) => {
            let meant = number::percent(expr).map(|percent| format!("\"{percent}%\""));
            return Err(instead(
                key,
                expr,
                "is a percentage as a string, or `\"none\"`",
                meant,
            ));
        }
    };
    if text == "none" {
        return Ok(Value::Known(None));
    }
    let number = text.trim().strip_suffix('%').map(str::trim);
    match number.and_then(|number| number.parse().ok()) {
        Some(percent @ 1..=100) => Ok(Value::Known(Some(percent))),
        Some(0) => Err(wrong("is at least \"1%\", or `\"none\"` for no budget")),
        Some(_) => Err(wrong("is at most \"100%\", or `\"none\"` for no budget")),
        None => {
            let percent = text.trim().parse::<u32>().ok();
            let percent = percent.filter(|percent| (1..=100).contains(percent));
            Err(instead(
                key,
                expr,
                "is a whole percentage from \"1%\" to \"100%\", or `\"none\"` for no budget",
                percent.map(|percent| format!("\"{percent}%\"")),
            ))
        }
    }
}

/// `cost = 1_000`
pub(super) fn cost(key: &Key, expr: &Expr) -> syn::Result<Value<u64>> {
    number::whole(key, expr, &(1..=u64::MAX), "u64")
}

/// `failover = CHAT`
pub(super) fn failover(key: &Key, expr: &Expr) -> syn::Result<TokenStream> {
    match literal(expr) {
        Some(_) => Err(mistake(key, expr, "is a static that holds a `Failover`")),
        None => Ok(expr.to_token_stream()),
    }
}

/// `upstream = OPENAI`
pub(super) fn upstream(key: &Key, expr: &Expr) -> syn::Result<TokenStream> {
    match literal(expr) {
        Some(_) => Err(mistake(
            key,
            expr,
            "is a static or a field that holds an `Upstream`",
        )),
        None => Ok(expr.to_token_stream()),
    }
}
