//! Rules for attempts, times, backoffs and `on(..)`. Each mistake is reported at the words that
//! have no effect.

use super::{known, times};
use crate::{
    args::{Args, Cell, Given, Kind, Rule, Steps, Value, rule::Settings},
    text::{
        duration::written,
        errors::Errors,
        names::{self, defaults},
    },
};
use quote::ToTokens;
use std::time::Duration;

pub(super) fn check(args: &Args, errors: &mut Errors) {
    times::check(args, errors);
    let layers = Layers {
        built_in: args.is_on_built_in(),
    };
    layers.check(&[args.steps()], errors);
    let has_breaker =
        !(args.breaker.is_empty() && args.upstream.is_empty() && args.failover.is_empty());
    for rule in &args.on {
        check_rule(&rule.value, has_breaker, errors);
        layers.check(&[&rule.value.settings.steps, args.steps()], errors);
    }
    if layers.built_in {
        one_attempt(args, errors);
    }
}

/// With one attempt there are no retries, so settings of retries have no effect, unless a class has
/// more attempts.
fn one_attempt(args: &Args, errors: &mut Errors) {
    if known(&args.attempts) != Some(1) {
        return;
    }
    let repeats = |rule: &&Given<Rule>| match rule.value.settings.attempts.value() {
        Some(Value::Known(attempts)) => *attempts > 1,
        Some(Value::Expr(_)) => true,
        // A broken value has been reported.
        None => !rule.value.settings.attempts.is_empty(),
    };
    let hint = "`attempts = 1` means that nothing is retried, so this has no effect: remove \
        it, or allow more attempts";
    let waits = |rule: &&Given<Rule>| rule.value.class.0 == names::BREAKER;
    for rule in args.on.iter().filter(|rule| !repeats(rule) && !waits(rule)) {
        errors.at(&rule.words, hint);
    }
    if args.on.iter().any(|rule| repeats(&rule)) {
        return;
    }
    no_effect(&args.backoff, hint, errors);
    no_effect(&args.max_retry_after, hint, errors);
    no_effect(&args.idempotent, hint, errors);
    no_effect(&args.repeat_nested, hint, errors);
    no_effect(&args.budget, hint, errors);
}

/// Reports an argument at its key, if it is given.
fn no_effect<T>(cell: &Cell<T>, hint: &str, errors: &mut Errors) {
    if let Some(given) = cell.given() {
        errors.push(syn::Error::new(given.key.span(), hint));
    }
}

/// Checks one rule.
fn check_rule(rule: &Rule, has_breaker: bool, errors: &mut Errors) {
    let Rule {
        word,
        class: (name, _),
        settings: Settings {
            retry,
            attempts,
            steps,
        },
    } = rule;
    if names::LOCAL.contains(name) {
        errors.at(
            word,
            format!(
                "`{name}` arises in this process and is never retried, so a rule for it has no \
                effect: remove it"
            ),
        );
        return;
    }
    if *name == names::BREAKER {
        check_breaker_rule(rule, has_breaker, errors);
        return;
    }
    if *name == names::FINAL && retry.value() != Some(&false) {
        let words = retry
            .given()
            .map_or_else(|| word.to_token_stream(), |given| given.words.clone());
        errors.at(
            words,
            format!(
                "`{name}` is never retried, since no retry can succeed \
                while the account has no quota left: remove this rule"
            ),
        );
        return;
    }
    let hint = match (retry.value(), known(attempts)) {
        (Some(false), _) => format!(
            "`{name}` is not retried by this rule (`retry = false`), so this has no effect: \
                remove one of the two"
        ),
        (_, Some(1)) => format!(
            "`{name}` is not retried by this rule (`attempts = 1`), so this has no effect: \
                remove one of the two"
        ),
        _ => return,
    };
    if retry.value() == Some(&false) {
        no_effect(attempts, &hint, errors);
    } else if retry.value() == Some(&true) {
        no_effect(retry, &hint, errors);
    }
    no_steps(steps, &hint, errors);
}

fn no_steps(steps: &Steps, hint: &str, errors: &mut Errors) {
    let Steps {
        kind,
        initial,
        factor,
        max,
        jitter,
    } = steps;
    no_effect(kind, hint, errors);
    no_effect(initial, hint, errors);
    no_effect(factor, hint, errors);
    no_effect(max, hint, errors);
    no_effect(jitter, hint, errors);
}

/// `on(circuit_open, retry = true)`: the call waits. It makes no attempts meanwhile, and follows no
/// schedule.
fn check_breaker_rule(rule: &Rule, has_breaker: bool, errors: &mut Errors) {
    if rule.settings.retry.value() != Some(&true) {
        errors.at(
            &rule.word,
            "a call fails at once while the circuit breaker is open, so this rule has no effect: \
                remove it, or write `on(circuit_open, retry = true)` for a call that waits instead",
        );
        return;
    }
    if !has_breaker {
        errors.at(
            &rule.word,
            "there is no circuit breaker to wait for: add `breaker`, or name an `upstream` that has one",
        );
        return;
    }
    let hint = "a call that waits for the circuit breaker makes no attempts meanwhile, so this \
        has no effect: remove it";
    no_effect(&rule.settings.attempts, hint, errors);
    no_steps(&rule.settings.steps, hint, errors);
}

/// The layers of backoff settings in the attribute.
struct Layers {
    /// Whether the policy below them is the built-in one, so that all settings are known.
    built_in: bool,
}

impl Layers {
    /// Checks the settings of the first layer, which replace those of the others.
    fn check(&self, layers: &[&Steps], errors: &mut Errors) {
        let Some(top) = layers.first() else { return };
        let kind = layers
            .iter()
            .find_map(|steps| steps.kind.value().copied())
            .or(self.built_in.then_some(Kind::Exponential));
        useless(top, kind, errors);
        if kind != Some(Kind::Fixed) {
            self.order(layers, top, errors);
        }
    }

    /// Reports an `initial` above `max`.
    fn order(&self, layers: &[&Steps], top: &Steps, errors: &mut Errors) {
        let initial = self.number(layers, |steps| &steps.initial, defaults::INITIAL_SECS);
        let max = self.number(layers, |steps| &steps.max, defaults::MAX_SECS);
        let (Some(initial), Some(max)) = (initial, max) else {
            return;
        };
        if initial <= max {
            return;
        }
        let message = match (top.initial.given(), top.max.given()) {
            (Some(given), Some(_)) => (
                given,
                "the first wait is longer than `max`: swap the two, or raise `max`".to_owned(),
            ),
            (Some(given), None) => (
                given,
                format!(
                    "the first wait is longer than the longest wait, which is {0}: write `max` too, \
                        or a shorter `initial`",
                    written(max)
                ),
            ),
            (None, Some(given)) => (
                given,
                format!(
                    "the longest wait is shorter than the first wait, which is {0}: write `initial` \
                        too, or a longer `max`",
                    written(initial)
                ),
            ),
            (None, None) => return,
        };
        errors.at(&message.0.words, message.1);
    }

    /// The duration that the layers result in, if it is known.
    fn number(
        &self,
        layers: &[&Steps],
        of: impl Fn(&Steps) -> &Cell<Value<Duration>>,
        built_in: u64,
    ) -> Option<Duration> {
        match layers
            .iter()
            .map(|steps| of(steps))
            .find(|cell| !cell.is_empty())
        {
            Some(cell) => known(cell),
            None => self.built_in.then_some(Duration::from_secs(built_in)),
        }
    }
}

/// Reports settings that the kind of backoff does not use.
fn useless(top: &Steps, kind: Option<Kind>, errors: &mut Errors) {
    if let (Some(given), Some(Kind::Linear | Kind::Fixed)) = (top.factor.given(), kind) {
        let message =
            "a linear or fixed backoff has no factor: remove it, or write `kind = \"exponential\"`";
        errors.push(syn::Error::new(given.key.span(), message));
    }
    if let (Some(given), Some(Kind::Fixed)) = (top.max.given(), kind) {
        let message =
            "a fixed backoff waits `initial` every time, so `max` has no effect: remove it";
        errors.push(syn::Error::new(given.key.span(), message));
    }
    if let (Some(given), Some(Kind::Decorrelated)) = (top.jitter.given(), kind) {
        let message =
            "a decorrelated backoff is random by itself: remove `jitter`, or write another `kind`";
        errors.push(syn::Error::new(given.key.span(), message));
    }
}
