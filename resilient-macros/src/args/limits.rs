//! `breaker(..)`, `rate`, `tokens`, `concurrency`: the upstream that a function has to itself.

use super::{
    cell::{Cell, Given},
    keys::{self, Key},
    list::{self, Argument},
    number,
    value::{self, Value, literal, mistake},
};
use crate::{errors::Errors, rate};
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::time::Duration;
use syn::{
    Expr, Lit, Token,
    parse::{ParseStream, Parser},
};

/// When a failing upstream is left alone, as far as it was said.
#[derive(Default)]
pub(crate) struct Breaker {
    pub(crate) failure_ratio: Cell<Value<f64>>,
    pub(crate) window: Cell<Value<Duration>>,
    pub(crate) min_calls: Cell<Value<u32>>,
    pub(crate) consecutive: Cell<Value<u32>>,
    pub(crate) slow: Cell<Value<Duration>>,
    pub(crate) slow_ratio: Cell<Value<f64>>,
    pub(crate) pause: Cell<Value<Duration>>,
    pub(crate) max_pause: Cell<Value<Duration>>,
    pub(crate) factor: Cell<Value<f64>>,
    pub(crate) probes: Cell<Value<u32>>,
    pub(crate) lease: Cell<Value<Duration>>,
}

/// An amount for each period, and what of it may be used at once.
pub(crate) struct Rate {
    pub(crate) rate: Value<(u64, Duration)>,
    pub(crate) burst: Cell<Value<u64>>,
}

/// How many attempts there may be at one time, and how many may wait.
pub(crate) struct Concurrency {
    pub(crate) size: Size,
    pub(crate) queue: Cell<Value<u32>>,
}

/// How many attempts there may be at one time.
pub(crate) enum Size {
    Fixed(Value<u32>),
    /// Between these, as the server can do.
    Adaptive(Value<u32>, Value<u32>),
}

pub(super) fn breaker(tokens: TokenStream) -> syn::Result<Breaker> {
    let mut errors = Errors::default();
    let mut breaker = Breaker::default();
    list::arguments(tokens, &[keys::BREAKER], &mut errors, |argument| {
        breaker.read(argument)
    });
    errors.or(breaker)
}

impl Breaker {
    fn read(&mut self, argument: Argument<'_>) -> syn::Result<()> {
        let word = &argument.word.clone();
        let probes = |key: &Key, expr: &Expr| number::whole(key, expr, &(1..=64), "u32");
        match argument.key.name {
            "failure_ratio" => self.failure_ratio.fill(word, argument.value(number::ratio)),
            "window" => self.window.fill(word, argument.value(value::time)),
            "min_calls" => self.min_calls.fill(word, argument.value(number::positive)),
            "consecutive" => self
                .consecutive
                .fill(word, argument.value(number::positive)),
            "slow" => self.slow.fill(word, argument.value(value::time)),
            "slow_ratio" => self.slow_ratio.fill(word, argument.value(number::ratio)),
            "pause" => self.pause.fill(word, argument.value(value::time)),
            "max_pause" => self.max_pause.fill(word, argument.value(value::time)),
            "factor" => self.factor.fill(word, argument.value(number::factor)),
            "probes" => self.probes.fill(word, argument.value(probes)),
            _ => self.lease.fill(word, argument.value(value::time)),
        }
    }
}

/// `rate = "10/s"`, `rate("10/s", burst = 20)`
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
        let number = |key: &Key, expr: &Expr| number::whole(key, expr, &(1..=u64::MAX), "u64");
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
        list::arguments(rest, &[keys::RATE], &mut errors, |argument| {
            burst.fill(&argument.word.clone(), argument.value(number))
        });
        let rate = rate.unwrap_or_else(missing);
        errors.or(Rate { rate, burst })
    })
}

fn amount(key: &Key, expr: &Expr) -> syn::Result<Value<(u64, Duration)>> {
    match literal(expr) {
        Some((false, Lit::Str(text))) => rate::parse(&text.value())
            .map(Value::Known)
            .map_err(|message| syn::Error::new_spanned(expr, message)),
        Some((false, Lit::Int(int))) if int.suffix().is_empty() => {
            let (name, digits) = (key.name, int.base10_digits());
            let message =
                format!("a rate needs a unit, in quotes: write `{name} = \"{digits}/s\"`");
            Err(syn::Error::new_spanned(expr, message))
        }
        Some(_) => Err(mistake(key, expr, "is an amount for each unit of time")),
        None => Ok(Value::Expr(expr.to_token_stream())),
    }
}

/// `concurrency = 8`, `concurrency(8, queue = 100)`, `concurrency(min = 4, max = 64)`
pub(super) fn concurrency(argument: Argument<'_>) -> syn::Result<Given<Concurrency>> {
    const FORM: &str =
        "write `concurrency(8, queue = 100)`, or `concurrency(min = 4, max = 64)` to adapt";
    if !argument.has_list() {
        return argument.value(|key, expr| {
            Ok(Concurrency {
                size: Size::Fixed(number::positive(key, expr)?),
                queue: Cell::default(),
            })
        });
    }
    let key = argument.key;
    argument.list(|tokens| {
        let mut errors = Errors::default();
        let (mut min, mut max, mut queue) = (Cell::default(), Cell::default(), Cell::default());
        let waiting = |key: &Key, expr: &Expr| number::whole(key, expr, &(0..=u32::MAX), "u32");
        let (first, rest) = positional(tokens.clone(), &mut errors);
        let first = first.map(|expr| {
            let read = number::positive(key, list::peeled(&expr));
            errors.keep(read).unwrap_or_else(missing)
        });
        list::arguments(rest, &[keys::CONCURRENCY], &mut errors, |argument| {
            let word = &argument.word.clone();
            match argument.key.name {
                "min" => min.fill(word, argument.value(number::positive)),
                "max" => max.fill(word, argument.value(number::positive)),
                _ => queue.fill(word, argument.value(waiting)),
            }
        });
        for bound in [&min, &max].into_iter().filter_map(Cell::given) {
            if first.is_some() {
                let message = format!("there is a limit already, so this has no effect: {FORM}");
                errors.push(syn::Error::new(bound.key.span(), message));
            }
        }
        if first.is_none() && (min.is_empty() || max.is_empty()) {
            errors.at(&tokens, format!("how many at one time is not said: {FORM}"));
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
    })
}

/// The value at the head of a list, if there is one, and the arguments after its comma.
fn positional(tokens: TokenStream, errors: &mut Errors) -> (Option<Expr>, TokenStream) {
    let mut first = None;
    let read = |input: ParseStream<'_>| {
        let is_argument = input.peek(syn::Ident) && input.peek2(Token![=]);
        if !is_argument {
            first = Some(input.parse::<Expr>()?);
            if !input.is_empty() && input.parse::<Token![,]>().is_err() {
                errors.push(input.error("expected a `,` before this"));
            }
        }
        input.parse::<TokenStream>()
    };
    let rest = read.parse2(tokens);
    let rest = errors.keep(rest).unwrap_or_default();
    (first, rest)
}

/// In the place of a value that has a message already.
fn missing<T>() -> Value<T> {
    Value::Expr(TokenStream::new())
}
