//! `requests` and `tokens`.

use super::{
    cell::{Cell, Given},
    key::{Key, Row, Table, row},
    list::{self, Argument, positional, read_into},
    number,
    value::{Value, literal, missing, mistake},
};
use crate::text::{errors::Errors, rate as text};
use quote::ToTokens;
use std::time::Duration;
use syn::{Expr, Lit};

/// An amount per period, and the amount that may be used at once.
pub(crate) struct Rate {
    pub(crate) rate: Value<(u64, Duration)>,
    pub(crate) burst: Cell<Value<u64>>,
}

/// The keys of `requests("10/s", ..)` and `tokens("200000/min", ..)`.
pub(crate) const RATE: Table<Cell<Value<u64>>> = Table::new(&[ROWS]);

const ROWS: &[Row<Cell<Value<u64>>>] = &[row(
    "burst",
    "burst = 20",
    &["max", "capacity", "bucket"],
    |burst, it| {
        let read = |key: &Key, expr: &Expr| number::whole(key, expr, &(1..=u64::MAX), "u64");
        burst.assign(it, read)
    },
)];

/// `requests = "10/s"`, `requests("10/s", burst = 20)`
pub(super) fn rate(argument: Argument<'_>) -> syn::Result<Given<Rate>> {
    let key = argument.key;
    if !argument.has_list() {
        return argument.value(|key, expr| {
            Ok(Rate {
                rate: amount(key, expr)?,
                burst: Cell::default(),
            })
        });
    }
    argument.list(|tokens| {
        let mut errors = Errors::default();
        let (mut burst, mut rate) = (Cell::default(), None);
        let (first, rest) = positional(tokens.clone(), &mut errors);
        match first {
            Some(expr) => rate = errors.keep(amount(key, list::peeled(&expr))),
            None => {
                let name = key.name;
                let message =
                    format!("`{name}` starts with the rate: write `{name}(\"10/s\", burst = 20)`");
                errors.at(tokens, message);
            }
        }
        read_into(&mut burst, rest, &RATE, &mut errors);
        let rate = rate.unwrap_or_else(missing);
        errors.or(Rate { rate, burst })
    })
}

fn amount(key: &Key, expr: &Expr) -> syn::Result<Value<(u64, Duration)>> {
    match literal(expr) {
        Some((false, Lit::Str(written))) => text::parse(&written.value())
            .map(Value::Known)
            .map_err(|message| syn::Error::new_spanned(expr, message)),
        Some((false, Lit::Int(int))) if int.suffix().is_empty() => {
            let (name, digits) = (key.name, int.base10_digits());
            let message =
                format!("a rate needs a unit, in quotes: write `{name} = \"{digits}/s\"`");
            Err(syn::Error::new_spanned(expr, message))
        }
        Some(_) => Err(mistake(key, expr, "is an amount per unit of time")),
        None => Ok(Value::Expr(expr.to_token_stream())),
    }
}
