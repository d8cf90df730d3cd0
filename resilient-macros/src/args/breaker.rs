//! `breaker(..)`: a circuit breaker for one function.

use super::{
    cell::{Cell, Given},
    key::{Key, Row, Table, row},
    list::{Argument, read_into},
    number::{self, factor, positive, ratio},
    value::{Value, time},
};
use crate::text::errors::Errors;
use std::time::Duration;
use syn::Expr;

/// The settings of a circuit breaker, as far as they are given.
#[derive(Default)]
pub(crate) struct Breaker {
    pub(crate) failure_ratio: Cell<Value<f64>>,
    pub(crate) window: Cell<Value<Duration>>,
    pub(crate) min_calls: Cell<Value<u32>>,
    pub(crate) consecutive: Cell<Value<u32>>,
    pub(crate) slow: Cell<Value<Duration>>,
    pub(crate) slow_ratio: Cell<Value<f64>>,
    pub(crate) break_duration: Cell<Value<Duration>>,
    pub(crate) max_break_duration: Cell<Value<Duration>>,
    pub(crate) factor: Cell<Value<f64>>,
    pub(crate) half_open_probes: Cell<Value<u32>>,
    pub(crate) probe_timeout: Cell<Value<Duration>>,
}

/// The keys of `breaker(..)`.
pub(crate) const BREAKER: Table<Breaker> = Table::new(&[ROWS]);

const ROWS: &[Row<Breaker>] = &[
    row(
        "failure_ratio",
        "failure_ratio = 0.5",
        &["failure_rate", "ratio", "threshold", "failures"],
        |breaker, it| breaker.failure_ratio.assign(it, ratio),
    ),
    row(
        "window",
        "window = \"10s\"",
        &["interval", "period"],
        |breaker, it| breaker.window.assign(it, time),
    ),
    row(
        "min_calls",
        "min_calls = 20",
        &[
            "minimum_throughput",
            "minimum_calls",
            "min_throughput",
            "volume",
        ],
        |breaker, it| breaker.min_calls.assign(it, positive),
    ),
    row(
        "consecutive",
        "consecutive = 5",
        &["consecutive_failures", "max_failures"],
        |breaker, it| breaker.consecutive.assign(it, positive),
    ),
    row(
        "slow",
        "slow = \"10s\"",
        &["slow_call", "slow_calls"],
        |breaker, it| breaker.slow.assign(it, time),
    ),
    row(
        "slow_ratio",
        "slow_ratio = 0.8",
        &["slow_rate"],
        |breaker, it| breaker.slow_ratio.assign(it, ratio),
    ),
    row(
        "break_duration",
        "break_duration = \"5s\"",
        &[
            "break",
            "pause",
            "open",
            "wait",
            "reset_timeout",
            "sleep_window",
        ],
        |breaker, it| breaker.break_duration.assign(it, time),
    ),
    row(
        "max_break_duration",
        "max_break_duration = \"1m\"",
        &["max", "max_break", "max_pause"],
        |breaker, it| breaker.max_break_duration.assign(it, time),
    ),
    row(
        "factor",
        "factor = 2",
        &["multiplier", "exponent"],
        |breaker, it| breaker.factor.assign(it, factor),
    ),
    row(
        "half_open_probes",
        "half_open_probes = 3",
        &["half_open", "probes", "trials", "permitted"],
        |breaker, it| {
            let read = |key: &Key, expr: &Expr| number::whole(key, expr, &(1..=64), "u32");
            breaker.half_open_probes.assign(it, read)
        },
    ),
    row(
        "probe_timeout",
        "probe_timeout = \"1m\"",
        &["lease"],
        |breaker, it| breaker.probe_timeout.assign(it, time),
    ),
];

pub(super) fn breaker(argument: Argument<'_>) -> syn::Result<Given<Breaker>> {
    argument.list_if_any(|tokens| {
        let mut errors = Errors::default();
        let mut breaker = Breaker::default();
        read_into(&mut breaker, tokens, &BREAKER, &mut errors);
        errors.or(breaker)
    })
}
