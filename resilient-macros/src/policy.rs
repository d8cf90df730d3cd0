//! Stage policy: takes what was written, gives what it means: plain data, in which every combination makes sense.

use crate::{
    args::{self, Args, Cell, Jitter, Kind, Level, Limit, Value},
    errors::Errors,
};
use proc_macro2::{Ident, TokenStream};
use std::time::Duration;
use syn::{LitStr, Path};

mod check;

/// What the call shall do.
pub(crate) struct Config {
    pub(crate) policy: Policy,
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
    pub(crate) base: Option<TokenStream>,
    pub(crate) attempts: Option<Value<u32>>,
    pub(crate) timeout: Option<Limit>,
    pub(crate) deadline: Option<Limit>,
    pub(crate) steps: Steps,
    pub(crate) rules: Vec<Rule>,
    pub(crate) max_retry_after: Option<Value<Duration>>,
    pub(crate) idempotent: Option<bool>,
    pub(crate) repeat_nested: Option<bool>,
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
    let (steps, schedule) = match args.backoff.into_value() {
        Some(args::Backoff::Steps(steps)) => ((*steps).into(), None),
        Some(args::Backoff::Schedule(schedule)) => (Steps::default(), Some(schedule)),
        None => (Steps::default(), None),
    };
    let rules: Vec<Rule> = args.on.into_iter().map(|rule| rule.value.into()).collect();
    let policy = Policy {
        base: args.policy.into_value(),
        attempts: args.attempts.into_value(),
        timeout: args.timeout.into_value(),
        deadline: args.deadline.into_value(),
        steps,
        rules,
        max_retry_after: args.max_retry_after.into_value(),
        idempotent: args.idempotent.into_value(),
        repeat_nested: args.repeat_nested.into_value(),
    };
    Config {
        policy,
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
