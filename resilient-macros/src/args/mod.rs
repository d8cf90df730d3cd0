//! Stage args: takes the attribute's tokens, gives what was written: each argument with its words, and all
//! mistakes in them.

mod cell;
mod extra;
mod fields;
mod find;
mod keys;
mod limits;
mod list;
mod number;
mod rule;
mod value;

pub(crate) use cell::{Cell, Given};
pub(crate) use extra::{After, Budget, Fallback, Hedge};
pub(crate) use keys::{DERIVE, Key};
pub(crate) use limits::{Breaker, Concurrency, Rate, Size};
pub(crate) use list::{Argument, arguments, unwrapped};
pub(crate) use rule::{Backoff, Jitter, Kind, Rule, Steps};
pub(crate) use value::{Limit, Value};

use crate::errors::Errors;
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use std::time::Duration;
use syn::{LitStr, Path, Token, parse::ParseStream};

/// What was written in the attribute.
#[derive(Default)]
pub(crate) struct Args {
    pub(crate) attempts: Cell<Value<u32>>,
    pub(crate) timeout: Cell<Limit>,
    pub(crate) deadline: Cell<Limit>,
    pub(crate) backoff: Cell<Backoff>,
    pub(crate) on: Vec<Given<Rule>>,
    pub(crate) max_retry_after: Cell<Value<Duration>>,
    pub(crate) idempotent: Cell<bool>,
    pub(crate) repeat_nested: Cell<bool>,
    pub(crate) budget: Cell<Budget>,
    pub(crate) policy: Cell<TokenStream>,
    pub(crate) upstream: Cell<TokenStream>,
    pub(crate) key: Cell<TokenStream>,
    pub(crate) cost: Cell<Value<u64>>,
    pub(crate) breaker: Cell<Breaker>,
    pub(crate) rate: Cell<Rate>,
    pub(crate) tokens: Cell<Rate>,
    pub(crate) concurrency: Cell<Concurrency>,
    pub(crate) hedge: Cell<Hedge>,
    pub(crate) fallback: Cell<Fallback>,
    pub(crate) classify: Cell<TokenStream>,
    pub(crate) classify_ok: Cell<TokenStream>,
    pub(crate) context: Cell<Ident>,
    pub(crate) by_ref: Cell<Vec<Ident>>,
    pub(crate) name: Cell<LitStr>,
    pub(crate) level: Cell<Level>,
    pub(crate) fields: Cell<TokenStream>,
    pub(crate) krate: Cell<Path>,
}

/// The level of the span: as `tracing` and as the runtime write it.
#[derive(Clone, Copy)]
pub(crate) struct Level {
    pub(crate) constant: &'static str,
    pub(crate) variant: &'static str,
}

impl Level {
    pub(crate) const INFO: Self = Self {
        constant: "INFO",
        variant: "Info",
    };
    const ALL: &'static [(&'static str, Self)] = &[
        (
            "trace",
            Self {
                constant: "TRACE",
                variant: "Trace",
            },
        ),
        (
            "debug",
            Self {
                constant: "DEBUG",
                variant: "Debug",
            },
        ),
        ("info", Self::INFO),
        (
            "warn",
            Self {
                constant: "WARN",
                variant: "Warn",
            },
        ),
        (
            "error",
            Self {
                constant: "ERROR",
                variant: "Error",
            },
        ),
    ];
}

/// Reads the attribute.
pub(crate) fn parse(tokens: TokenStream, errors: &mut Errors) -> Args {
    let mut args = Args::default();
    arguments(tokens, &[keys::ARGUMENTS], errors, |argument| {
        args.read(argument)
    });
    args
}

impl Args {
    fn read(&mut self, argument: Argument<'_>) -> syn::Result<()> {
        let word = &argument.word.clone();
        match argument.key.name {
            "attempts" => self.attempts.fill(word, argument.value(value::count)),
            "timeout" => self.timeout.fill(word, argument.value(value::limit)),
            "deadline" => self.deadline.fill(word, argument.value(value::limit)),
            "backoff" => self.backoff.fill(word, rule::backoff(argument)),
            "on" => {
                let rule = argument.list(rule::rule)?;
                rule::only_once(&self.on, &rule)?;
                self.on.push(rule);
                Ok(())
            }
            "max_retry_after" => self.max_retry_after.fill(word, argument.value(value::span)),
            "idempotent" => self.idempotent.fill(word, argument.value(value::flag)),
            "repeat_nested" => self.repeat_nested.fill(word, argument.value(value::flag)),
            "budget" => self.budget.fill(word, argument.value(extra::budget)),
            "upstream" => self.upstream.fill(word, argument.value(extra::upstream)),
            "key" => self.key.fill(word, argument.value(value::expression)),
            "cost" => self.cost.fill(word, argument.value(extra::cost)),
            "breaker" => self
                .breaker
                .fill(word, argument.list_if_any(limits::breaker)),
            "rate" => self.rate.fill(word, limits::rate(argument)),
            "tokens" => self.tokens.fill(word, limits::rate(argument)),
            "concurrency" => self.concurrency.fill(word, limits::concurrency(argument)),
            "hedge" => self.hedge.fill(word, extra::hedge(argument)),
            "fallback" => self.fallback.fill(word, extra::fallback(argument)),
            "policy" => self.policy.fill(word, argument.value(value::expression)),
            "classify" => self.classify.fill(word, argument.value(value::expression)),
            "classify_ok" => self
                .classify_ok
                .fill(word, argument.value(value::expression)),
            "context" => self.context.fill(word, argument.syntax(binding)),
            "by_ref" => self.by_ref.fill(word, argument.list(names)),
            "name" => self.name.fill(word, argument.value(value::name)),
            "level" => self.level.fill(
                word,
                argument.value(|key, expr| value::choice(key, expr, Level::ALL)),
            ),
            "fields" => self.fields.fill(word, argument.list(fields::checked)),
            _ => self.krate.fill(word, argument.syntax(path)),
        }
    }
}

fn binding(_: &Key, input: ParseStream<'_>) -> syn::Result<Ident> {
    let error =
        input.error("`context` is a new name for the body to use: write `context = attempt`");
    input.parse::<Ident>().map_err(|_| error)
}

pub(crate) fn path(key: &Key, input: ParseStream<'_>) -> syn::Result<Path> {
    let error = input.error(format!(
        "`crate` is a path, not in quotes: write `{}`",
        key.example
    ));
    Path::parse_mod_style(input).map_err(|_| error)
}

/// The names in `by_ref(..)`.
fn names(tokens: TokenStream) -> syn::Result<Vec<Ident>> {
    let mut errors = Errors::default();
    let mut names: Vec<Ident> = Vec::new();
    for item in list::split(tokens) {
        let read = syn::parse2::<Token![self]>(item.clone())
            .map(|word| Ident::new("self", word.span))
            .or_else(|_| syn::parse2::<Ident>(item.clone()));
        match read {
            Err(_) => errors.at(
                item.to_token_stream(),
                "`by_ref` lists names of arguments: write `by_ref(a, b)`",
            ),
            Ok(name) if names.contains(&name) => {
                errors.at(
                    &name,
                    format!("`{name}` is given twice: remove one of the two"),
                );
            }
            Ok(name) => names.push(name),
        }
    }
    errors.or(names)
}
