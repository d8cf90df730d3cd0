//! `concurrency`: how many attempts may run at the same time.

use super::{
    cell::{Cell, Given},
    key::{Key, Row, Table, row},
    list::{self, Argument, positional, read_into},
    number::{self, positive},
    value::{Value, missing},
};
use crate::text::errors::Errors;
use proc_macro2::TokenStream;
use syn::Expr;

/// The limit of concurrent attempts, and of those that wait.
pub(crate) struct Concurrency {
    pub(crate) size: Size,
    pub(crate) queue: Cell<Value<u32>>,
}

/// The limit of concurrent attempts.
pub(crate) enum Size {
    Fixed(Value<u32>),
    /// Adapts to the server between a minimum and a maximum.
    Adaptive(Value<u32>, Value<u32>),
}

/// The arguments in the list.
#[derive(Default)]
pub(crate) struct Bounds {
    min: Cell<Value<u32>>,
    max: Cell<Value<u32>>,
    queue: Cell<Value<u32>>,
}

/// The keys of `concurrency(..)`.
pub(crate) const CONCURRENCY: Table<Bounds> = Table::new(&[ROWS]);

const ROWS: &[Row<Bounds>] = &[
    row("min", "min = 4", &["lower", "from"], |bounds, it| {
        bounds.min.assign(it, positive)
    }),
    row(
        "max",
        "max = 64",
        &["upper", "to", "limit"],
        |bounds, it| bounds.max.assign(it, positive),
    ),
    row(
        "queue",
        "queue = 100",
        &["waiting", "queue_size", "max_queue"],
        |bounds, it| {
            let read = |key: &Key, expr: &Expr| number::whole(key, expr, &(0..=u32::MAX), "u32");
            bounds.queue.assign(it, read)
        },
    ),
];

const FORM: &str =
    "write `concurrency(8, queue = 100)`, or `concurrency(min = 4, max = 64)` to adapt";

/// `concurrency = 8`, `concurrency(8, queue = 100)`, `concurrency(min = 4, max = 64)`
pub(super) fn concurrency(argument: Argument<'_>) -> syn::Result<Given<Concurrency>> {
    let key = argument.key;
    if argument.has_list() {
        return argument.list(|tokens| of_list(key, &tokens));
    }
    argument.value(|key, expr| {
        Ok(Concurrency {
            size: Size::Fixed(positive(key, expr)?),
            queue: Cell::default(),
        })
    })
}

fn of_list(key: &Key, tokens: &TokenStream) -> syn::Result<Concurrency> {
    let mut errors = Errors::default();
    let (first, rest) = positional(tokens.clone(), &mut errors);
    let first = first.map(|expr| {
        let read = positive(key, list::peeled(&expr));
        errors.keep(read).unwrap_or_else(missing)
    });
    let mut bounds = Bounds::default();
    read_into(&mut bounds, rest, &CONCURRENCY, &mut errors);
    let Bounds { min, max, queue } = bounds;
    for bound in [&min, &max].into_iter().filter_map(Cell::given) {
        if first.is_some() {
            let message =
                format!("the limit is given as a number already, so this has no effect: {FORM}");
            errors.push(syn::Error::new(bound.key.span(), message));
        }
    }
    if first.is_none() && (min.is_empty() || max.is_empty()) {
        errors.at(tokens, format!("the limit is missing: {FORM}"));
    }
    if let (Some(Value::Known(least)), Some(Value::Known(most))) = (min.value(), max.value()) {
        if let (Some(given), true) = (min.given(), least > most) {
            errors.at(&given.words, "the lower bound is above `max`: swap the two");
        }
    }
    let bound = |cell: Cell<_>| cell.into_value().unwrap_or_else(missing);
    let size = match first {
        Some(limit) => Size::Fixed(limit),
        None => Size::Adaptive(bound(min), bound(max)),
    };
    errors.or(Concurrency { size, queue })
}
