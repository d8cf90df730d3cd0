//! `budget`, `hedge(..)`, `fallback`: what a call does beside its own retries.

use super::{
    cell::{Cell, Given},
    keys::{self, Key},
    list::{self, Argument},
    number,
    value::{self, Value, literal, mistake},
};
use crate::{classes::CLASSES, errors::Errors};
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::time::Duration;
use syn::{Expr, Lit};

/// The percentage of a retry budget, or `"none"`.
pub(crate) type Budget = Value<Option<u32>>;

/// When the body is run once more beside a run that takes long.
pub(crate) struct Hedge {
    pub(crate) after: Cell<After>,
    pub(crate) max: Cell<Value<u32>>,
}

/// What is long.
#[derive(Clone)]
pub(crate) enum After {
    Time(Value<Duration>),
    /// The part of the runs that were shorter: `"p95"` as 0.95.
    Quantile(f64),
}

/// What is called when the call has failed: by class, and for all others.
#[derive(Default)]
pub(crate) struct Fallback {
    /// The variants in the runtime.
    pub(crate) classes: Vec<(&'static str, TokenStream)>,
    pub(crate) other: Option<TokenStream>,
}

/// `budget = "20%"`
pub(super) fn budget(key: &Key, expr: &Expr) -> syn::Result<Budget> {
    let wrong = |what: &str| mistake(key, expr, what);
    let text = match literal(expr) {
        None => return Ok(Value::Expr(expr.to_token_stream())),
        Some((false, Lit::Str(text))) => text.value(),
        Some(_) => return Err(wrong("is a percentage as a string, or `\"none\"`")),
    };
    if text == "none" {
        return Ok(Value::Known(None));
    }
    let number = text.trim().strip_suffix('%').map(str::trim);
    match number.and_then(|number| number.parse().ok()) {
        Some(percent @ 1..=100) => Ok(Value::Known(Some(percent))),
        Some(0) => Err(wrong("is at least \"1%\", or `\"none\"` for no budget")),
        Some(_) => Err(wrong("is at most \"100%\", or `\"none\"` for no budget")),
        None => Err(wrong(
            "is a whole percentage from \"1%\" to \"100%\", or `\"none\"` for no budget",
        )),
    }
}

/// `hedge(after = "p95", max = 1)`
pub(super) fn hedge(argument: Argument<'_>) -> syn::Result<Given<Hedge>> {
    argument.list(|tokens| {
        let mut errors = Errors::default();
        let (mut after, mut max) = (Cell::default(), Cell::default());
        let most = |key: &Key, expr: &Expr| number::whole(key, expr, &(1..=8), "u32");
        list::arguments(tokens.clone(), &[keys::HEDGE], &mut errors, |argument| {
            let word = &argument.word.clone();
            match argument.key.name {
                "after" => after.fill(word, argument.value(self::after)),
                _ => max.fill(word, argument.value(most)),
            }
        });
        if after.is_empty() {
            let message = "when to start another run is not said: write `hedge(after = \"p95\")`, or \
                `hedge(after = \"800ms\")`";
            errors.at(tokens, message);
        }
        errors.or(Hedge { after, max })
    })
}

/// A time, or `"p95"`.
fn after(key: &Key, expr: &Expr) -> syn::Result<After> {
    let quantile = match literal(expr) {
        Some((false, Lit::Str(text))) => text.value().trim().strip_prefix('p').map(quantile),
        _ => None,
    };
    match quantile {
        None => value::time(key, expr).map(After::Time),
        Some(Some(quantile)) => Ok(After::Quantile(quantile)),
        Some(None) => Err(mistake(
            key,
            expr,
            "is a time, or a percentile from \"p50\" to \"p99.9\"",
        )),
    }
}

/// The digits of a percentile from 50 to 99.9, as a part of 1.
fn quantile(digits: &str) -> Option<f64> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 2 || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    // As it is written, since a hundredth of `99.9` would not be `0.999`.
    let part: f64 = format!("0.{whole}{fraction}").parse().ok()?;
    (0.5..=0.999).contains(&part).then_some(part)
}

/// `fallback = path`, `fallback(overloaded = path, other = path)`
pub(super) fn fallback(argument: Argument<'_>) -> syn::Result<Given<Fallback>> {
    if !argument.has_list() {
        return argument.value(|key, expr| {
            Ok(Fallback {
                other: Some(function(key, expr)?),
                ..Fallback::default()
            })
        });
    }
    argument.list(|tokens| {
        let mut errors = Errors::default();
        let mut cells: Vec<(&str, Cell<TokenStream>)> = Vec::new();
        list::arguments(tokens, keys::FALLBACK, &mut errors, |argument| {
            let (name, word) = (argument.key.name, argument.word.clone());
            let read = argument.value(function);
            match cells.iter_mut().find(|(other, _)| *other == name) {
                Some((_, cell)) => cell.fill(&word, read),
                None => {
                    let mut cell = Cell::default();
                    let filled = cell.fill(&word, read);
                    cells.push((name, cell));
                    filled
                }
            }
        });
        let mut fallback = Fallback::default();
        for (name, cell) in cells {
            let Some(function) = cell.into_value() else {
                continue;
            };
            match CLASSES.iter().find(|(class, _)| *class == name) {
                Some((_, variant)) => fallback.classes.push((variant, function)),
                None => fallback.other = Some(function),
            }
        }
        errors.or(fallback)
    })
}

fn function(key: &Key, expr: &Expr) -> syn::Result<TokenStream> {
    match literal(expr) {
        Some(_) => Err(mistake(
            key,
            expr,
            "is a function of the same arguments and the error",
        )),
        None => Ok(expr.to_token_stream()),
    }
}

/// `cost = 1_000`
pub(super) fn cost(key: &Key, expr: &Expr) -> syn::Result<Value<u64>> {
    number::whole(key, expr, &(1..=u64::MAX), "u64")
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
