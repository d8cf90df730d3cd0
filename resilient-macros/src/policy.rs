//! Stage policy: takes what was written, gives what it means: plain data, in which every combination makes sense.

use crate::{
    args::{self, Args, Budget, Cell, Fallback, Jitter, Kind, Level, Limit, Value},
    errors::Errors,
};
use proc_macro2::{Ident, TokenStream};
use std::time::Duration;
use syn::{LitStr, Path};

mod check;
mod check_shared;
mod limits;

pub(crate) use limits::{Breaker, Concurrency, Hedge, Limits, Rate, Source, Upstream};

/// What the call shall do.
pub(crate) struct Config {
    pub(crate) policy: Policy,
    pub(crate) upstream: Option<Upstream>,
    pub(crate) hedge: Option<Hedge>,
    pub(crate) fallback: Option<Fallback>,
    pub(crate) schedule: Option<TokenStream>,
    pub(crate) classify: Option<TokenStream>,
    pub(crate) classify_ok: Option<TokenStream>,
    pub(crate) context: Option<Ident>,
    pub(crate) by_ref: Vec<Ident>,
    pub(crate) name: Option<LitStr>,
    pub(crate) level: Option<Level>,
    pub(crate) fields: Option<TokenStream>,
    pub(crate) krate: Option<Path>,
}

/// The layers of the policy that stand in the attribute.
pub(crate) struct Policy {
    /// The layer below, in place of the built-in one.
    pub(crate) base: Option<Base>,
    pub(crate) attempts: Option<Value<u32>>,
    pub(crate) timeout: Option<Limit>,
    pub(crate) deadline: Option<Limit>,
    pub(crate) steps: Steps,
    pub(crate) rules: Vec<Rule>,
    pub(crate) max_retry_after: Option<Value<Duration>>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) repeat_nested: Option<bool>,
    pub(crate) budget: Option<Budget>,
}

/// Where the layer below comes from.
pub(crate) enum Base {
    /// `policy = expr`
    Expr(TokenStream),
    /// The upstream.
    Upstream,
}

/// How the waits grow, as far as it was said.
#[derive(Default)]
pub(crate) struct Steps {
    pub(crate) kind: Option<Kind>,
    pub(crate) initial: Option<Value<Duration>>,
    pub(crate) factor: Option<Value<f64>>,
    pub(crate) max: Option<Value<Duration>>,
    pub(crate) jitter: Option<Jitter>,
}

/// What is different for one class.
pub(crate) struct Rule {
    /// Its name and its variant in the runtime.
    pub(crate) class: (&'static str, &'static str),
    pub(crate) retry: Option<bool>,
    pub(crate) attempts: Option<Value<u32>>,
    pub(crate) steps: Steps,
}

/// Says what the arguments mean, and which of them contradict each other or can never take effect.
pub(crate) fn resolve(args: Args, errors: &mut Errors) -> Config {
    check::combinations(&args, errors);
    check_shared::combinations(&args, errors);
    let base = match args.policy.into_value() {
        Some(policy) => Some(Base::Expr(policy)),
        None => args.upstream.value().map(|_| Base::Upstream),
    };
    let limits = Limits {
        breaker: args.breaker.into_value().map(Breaker::from),
        rate: args.rate.into_value().map(Rate::from),
        tokens: args.tokens.into_value().map(Rate::from),
        concurrency: args.concurrency.into_value().map(Concurrency::from),
    };
    let source = match args.upstream.into_value() {
        Some(shared) => Some(Source::Shared(shared)),
        None => (!limits.is_empty()).then(|| Source::Own(Box::new(limits))),
    };
    let (key, cost) = (args.key.into_value(), args.cost.into_value());
    let upstream = source.map(|source| Upstream { source, key, cost });
    let (steps, schedule) = match args.backoff.into_value() {
        Some(args::Backoff::Steps(steps)) => ((*steps).into(), None),
        Some(args::Backoff::Schedule(schedule)) => (Steps::default(), Some(schedule)),
        None => (Steps::default(), None),
    };
    let rules: Vec<Rule> = args.on.into_iter().map(|rule| rule.value.into()).collect();
    let policy = Policy {
        base,
        attempts: args.attempts.into_value(),
        timeout: args.timeout.into_value(),
        deadline: args.deadline.into_value(),
        steps,
        rules,
        max_retry_after: args.max_retry_after.into_value(),
        idempotent: args.idempotent.into_value(),
        repeat_nested: args.repeat_nested.into_value(),
        budget: args.budget.into_value(),
    };
    Config {
        policy,
        upstream,
        hedge: args.hedge.into_given().and_then(Hedge::of),
        fallback: args.fallback.into_value(),
        schedule,
        classify: args.classify.into_value(),
        classify_ok: args.classify_ok.into_value(),
        context: args.context.into_value(),
        by_ref: args.by_ref.into_value().unwrap_or_default(),
        name: args.name.into_value(),
        level: args.level.into_value(),
        fields: args.fields.into_value(),
        krate: args.krate.into_value(),
    }
}

impl Steps {
    /// Whether nothing was said.
    pub(crate) fn is_empty(&self) -> bool {
        let Self {
            kind,
            initial,
            factor,
            max,
            jitter,
        } = self;
        kind.is_none() && initial.is_none() && factor.is_none() && max.is_none() && jitter.is_none()
    }
}

impl From<args::Steps> for Steps {
    fn from(steps: args::Steps) -> Self {
        Self {
            kind: steps.kind.into_value(),
            initial: steps.initial.into_value(),
            factor: steps.factor.into_value(),
            max: steps.max.into_value(),
            jitter: steps.jitter.into_value(),
        }
    }
}

impl From<args::Rule> for Rule {
    fn from(rule: args::Rule) -> Self {
        Self {
            class: rule.class,
            retry: rule.retry.into_value(),
            attempts: rule.attempts.into_value(),
            steps: rule.steps.into(),
        }
    }
}

/// The number in a cell, if it is known while the macro runs.
fn known<T: Copy>(cell: &Cell<Value<T>>) -> Option<T> {
    cell.value().and_then(Value::known).copied()
}
