//! `backoff(..)` and `backoff = expr`.

use super::{
    cell::{Cell, Given},
    key::{Key, Row, Table, row},
    list::{Argument, read_into},
    number,
    value::{self, Value, choice},
};
use crate::text::{duration, errors::Errors, suggest::nearest};
use proc_macro2::TokenStream;
use std::time::Duration;
use syn::{Expr, Lit, Token};

/// The value of `backoff`.
pub(crate) enum Backoff {
    /// `backoff(..)`
    Steps(Box<Steps>),
    /// `backoff = expr`
    Schedule(TokenStream),
}

/// The settings of a backoff, as far as they are given.
#[derive(Default)]
pub(crate) struct Steps {
    pub(crate) kind: Cell<Kind>,
    pub(crate) initial: Cell<Value<Duration>>,
    pub(crate) factor: Cell<Value<f64>>,
    pub(crate) max: Cell<Value<Duration>>,
    pub(crate) jitter: Cell<Jitter>,
}

/// `kind = ".."`
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Exponential,
    Linear,
    Fixed,
    Decorrelated,
}

/// `jitter = ".."`
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Jitter {
    None,
    Equal,
    Full,
}

const KINDS: &[(&str, Kind)] = &[
    ("exponential", Kind::Exponential),
    ("linear", Kind::Linear),
    ("fixed", Kind::Fixed),
    ("decorrelated", Kind::Decorrelated),
];

const JITTERS: &[(&str, Jitter)] = &[
    ("none", Jitter::None),
    ("equal", Jitter::Equal),
    ("full", Jitter::Full),
];

/// Arguments that include those of `backoff(..)`.
pub(super) trait HasSteps {
    fn steps(&mut self) -> &mut Steps;
}

impl HasSteps for Steps {
    fn steps(&mut self) -> &mut Steps {
        self
    }
}

/// The keys of `backoff(..)`.
pub(crate) const BACKOFF: Table<Steps> = Table::new(&[&rows()]);

/// The same keys for every list that includes them.
pub(super) const fn rows<T: HasSteps>() -> [Row<T>; 5] {
    [
        row(
            "kind",
            "kind = \"exponential\"",
            &["strategy", "type"],
            |it, argument| {
                let read = |key: &Key, expr: &Expr| choice(key, expr, KINDS);
                it.steps().kind.assign(argument, read)
            },
        ),
        row(
            "initial",
            "initial = \"1s\"",
            &[
                "base",
                "min",
                "delay",
                "start",
                "first",
                "initial_delay",
                "initial_interval",
            ],
            |it, argument| it.steps().initial.assign(argument, value::span),
        ),
        row(
            "factor",
            "factor = 2",
            &["multiplier", "exponent"],
            |it, argument| it.steps().factor.assign(argument, number::factor),
        ),
        row(
            "max",
            "max = \"32s\"",
            &["cap", "max_delay", "max_interval", "limit"],
            |it, argument| it.steps().max.assign(argument, value::span),
        ),
        row(
            "jitter",
            "jitter = \"full\"",
            &["random"],
            |it, argument| {
                let read = |key: &Key, expr: &Expr| choice(key, expr, JITTERS);
                it.steps().jitter.assign(argument, read)
            },
        ),
    ]
}

pub(super) fn backoff(argument: Argument<'_>) -> syn::Result<Given<Backoff>> {
    if argument.has_list() {
        argument.list(|tokens| {
            let mut errors = Errors::default();
            let mut steps = Steps::default();
            read_into(&mut steps, tokens, &BACKOFF, &mut errors);
            errors.or(Backoff::Steps(Box::new(steps)))
        })
    } else if argument.input.peek(Token![=]) {
        argument.value(schedule)
    } else {
        Err(argument.wrong("takes a list in parentheses, or a schedule after `=`"))
    }
}

fn schedule(key: &Key, expr: &Expr) -> syn::Result<Backoff> {
    if let Expr::Lit(_) = expr {
        let example = match value::literal(expr) {
            Some((false, Lit::Str(text))) => as_setting(&text.value()),
            _ => None,
        };
        let example = example.unwrap_or_else(|| key.example.to_owned());
        let message = format!("`backoff` is a list or a schedule: write `{example}`");
        return Err(syn::Error::new_spanned(expr, message));
    }
    value::expression(key, expr).map(Backoff::Schedule)
}

/// The setting that has this value: `"fixed"` is a kind, and `"1s"` a first wait.
fn as_setting(text: &str) -> Option<String> {
    let kind = nearest(text, KINDS.iter().map(|(word, _)| *word));
    match kind {
        Some(kind) => Some(format!("backoff(kind = \"{kind}\")")),
        None => duration::parse(text)
            .is_ok()
            .then(|| format!("backoff(initial = \"{text}\")")),
    }
}

impl Steps {
    /// The settings if none is given.
    pub(crate) const NONE: &'static Self = &Self {
        kind: Cell::Empty,
        initial: Cell::Empty,
        factor: Cell::Empty,
        max: Cell::Empty,
        jitter: Cell::Empty,
    };

    /// Whether no setting is given.
    pub(crate) fn is_empty(&self) -> bool {
        let Self {
            kind,
            initial,
            factor,
            max,
            jitter,
        } = self;
        kind.is_empty()
            && initial.is_empty()
            && factor.is_empty()
            && max.is_empty()
            && jitter.is_empty()
    }
}
