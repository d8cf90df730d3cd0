//! `hedge(..)`: when a further run of the body starts in parallel.

use super::{
    cell::{Cell, Given},
    key::{Key, Row, Table, row},
    list::{Argument, read_into},
    number,
    value::{self, Value, literal, mistake},
};
use crate::text::errors::Errors;
use std::time::Duration;
use syn::{Expr, Lit};

/// When a further run of the body starts, and how many there may be.
#[derive(Default)]
pub(crate) struct Hedge {
    pub(crate) after: Cell<After>,
    pub(crate) max: Cell<Value<u32>>,
}

/// The time after which a further run starts.
#[derive(Clone)]
pub(crate) enum After {
    Time(Value<Duration>),
    /// The time within which this part of the attempts finishes: `"p95"` is 0.95.
    Quantile(f64),
}

/// The keys of `hedge(..)`.
pub(crate) const HEDGE: Table<Hedge> = Table::new(&[ROWS]);

const ROWS: &[Row<Hedge>] = &[
    row(
        "after",
        "after = \"p95\"",
        &["delay", "wait", "quantile"],
        |hedge, it| hedge.after.assign(it, after),
    ),
    row(
        "max",
        "max = 1",
        &["count", "hedges", "attempts", "limit"],
        |hedge, it| {
            let read = |key: &Key, expr: &Expr| number::whole(key, expr, &(1..=8), "u32");
            hedge.max.assign(it, read)
        },
    ),
];

/// `hedge(after = "p95", max = 1)`
pub(super) fn hedge(argument: Argument<'_>) -> syn::Result<Given<Hedge>> {
    argument.list(|tokens| {
        let mut errors = Errors::default();
        let mut hedge = Hedge::default();
        read_into(&mut hedge, tokens.clone(), &HEDGE, &mut errors);
        if hedge.after.is_empty() {
            let message = "`after` is missing: write `hedge(after = \"p95\")` or `hedge(after = \
                \"800ms\")`";
            errors.at(tokens, message);
        }
        errors.or(hedge)
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

/// The digits of a percentile from 50 to 99.9, as a fraction of 1.
fn quantile(digits: &str) -> Option<f64> {
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 2 || !is_number(whole) || !is_number(fraction) {
        return None;
    }
    // Parsed as decimal text: `99.9 / 100.0` is not exactly `0.999`.
    let part: f64 = format!("0.{whole}{fraction}").parse().ok()?;
    (0.5..=0.999).contains(&part).then_some(part)
}
