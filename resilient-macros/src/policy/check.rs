//! The rules between arguments: what contradicts, and what can never take effect. Each mistake is reported at
//! the words that have no use.

use super::known;
use crate::{
    args::{Args, Backoff, Cell, Given, Kind, Rule, Steps, Value},
    classes, defaults,
    duration::written,
    errors::Errors,
};
use quote::ToTokens;
use std::time::Duration;

/// Checks all arguments against each other.
pub(super) fn combinations(args: &Args, errors: &mut Errors) {
    times(args, errors);
    let nothing = Steps::default();
    let steps = match args.backoff.value() {
        Some(Backoff::Steps(steps)) => steps,
        _ => &nothing,
    };
    let base = Base {
        built_in: args.policy.is_empty() && args.upstream.is_empty(),
    };
    base.check(&[steps], errors);
    let has_breaker = !(args.breaker.is_empty() && args.upstream.is_empty());
    for rule in &args.on {
        check_rule(&rule.value, has_breaker, errors);
        base.check(&[&rule.value.steps, steps], errors);
    }
    if base.built_in {
        one_attempt(args, errors);
    }
}

fn times(args: &Args, errors: &mut Errors) {
    let Some(deadline) = known(&args.deadline).flatten() else {
        return;
    };
    let limit = written(deadline);
    if let (Some(Some(timeout)), Some(given)) = (known(&args.timeout), args.timeout.given()) {
        if timeout > deadline {
            errors.at(
                &given.words,
                format!(
                    "the timeout of one attempt is longer than the deadline of the whole \
                    call, {limit}: make it shorter, or the deadline longer"
                ),
            );
        }
    }
    if let (Some(wait), Some(given)) = (known(&args.max_retry_after), args.max_retry_after.given())
    {
        if wait > deadline {
            errors.at(
                &given.words,
                format!(
                    "a server's wait of this length never fits into the deadline, {limit}: \
                    make it shorter, or the deadline longer"
                ),
            );
        }
    }
}

/// With one attempt nothing is ever repeated, so whatever shapes the retries is dead, unless a class has
/// attempts of its own.
fn one_attempt(args: &Args, errors: &mut Errors) {
    if known(&args.attempts) != Some(1) {
        return;
    }
    let repeats = |rule: &&Given<Rule>| match rule.value.attempts.value() {
        Some(Value::Known(attempts)) => *attempts > 1,
        Some(Value::Expr(_)) => true,
        // A broken one has its own message.
        None => !rule.value.attempts.is_empty(),
    };
    let hint = "`attempts = 1` means that nothing is retried, so this never takes effect: remove \
        it, or allow more attempts";
    let waits = |rule: &&Given<Rule>| rule.value.class.0 == classes::BREAKER;
    for rule in args.on.iter().filter(|rule| !repeats(rule) && !waits(rule)) {
        errors.at(&rule.words, hint);
    }
    if args.on.iter().any(|rule| repeats(&rule)) {
        return;
    }
    dead(&args.backoff, hint, errors);
    dead(&args.max_retry_after, hint, errors);
    dead(&args.idempotent, hint, errors);
    dead(&args.repeat_nested, hint, errors);
    dead(&args.budget, hint, errors);
}

fn dead<T>(cell: &Cell<T>, hint: &str, errors: &mut Errors) {
    if let Some(given) = cell.given() {
        errors.push(syn::Error::new(given.key.span(), hint));
    }
}

/// A rule by itself.
fn check_rule(rule: &Rule, has_breaker: bool, errors: &mut Errors) {
    let Rule {
        word,
        class: (name, _),
        retry,
        attempts,
        steps,
    } = rule;
    if classes::LOCAL.contains(name) {
        errors.at(
            word,
            format!(
                "`{name}` is raised by the library itself and never retried, so a rule for \
                it has no effect: remove it"
            ),
        );
        return;
    }
    if *name == classes::BREAKER {
        check_breaker_rule(rule, has_breaker, errors);
        return;
    }
    if *name == classes::FINAL && retry.value() != Some(&false) {
        let words = retry
            .given()
            .map_or_else(|| word.to_token_stream(), |given| given.words.clone());
        errors.at(
            words,
            format!(
                "`{name}` is never retried, since no retry can succeed \
                while the account has nothing left: remove this rule"
            ),
        );
        return;
    }
    let hint = match (retry.value(), known(attempts)) {
        (Some(false), _) => format!(
            "`{name}` is not retried by this rule (`retry = false`), so this never takes effect: \
                remove one of the two"
        ),
        (_, Some(1)) => format!(
            "`{name}` is not retried by this rule (`attempts = 1`), so this never takes effect: \
                remove one of the two"
        ),
        _ => return,
    };
    if retry.value() == Some(&false) {
        dead(attempts, &hint, errors);
    } else if retry.value() == Some(&true) {
        dead(retry, &hint, errors);
    }
    dead_steps(steps, &hint, errors);
}

fn dead_steps(steps: &Steps, hint: &str, errors: &mut Errors) {
    let Steps {
        kind,
        initial,
        factor,
        max,
        jitter,
    } = steps;
    dead(kind, hint, errors);
    dead(initial, hint, errors);
    dead(factor, hint, errors);
    dead(max, hint, errors);
    dead(jitter, hint, errors);
}

/// `on(circuit_open, retry = true)`: the call waits, which is no attempt and has no schedule.
fn check_breaker_rule(rule: &Rule, has_breaker: bool, errors: &mut Errors) {
    if rule.retry.value() != Some(&true) {
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
        never takes effect: remove it";
    dead(&rule.attempts, hint, errors);
    dead_steps(&rule.steps, hint, errors);
}

/// What the layers in the attribute stand on.
struct Base {
    /// The built-in policy, so that what the attribute does not say is known too.
    built_in: bool,
}

impl Base {
    /// Checks the first of the layers against itself and those below it.
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

    /// `initial` above `max`.
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
                    "the first wait is longer than the longest, which is {0}: write `max` too, \
                        or a shorter `initial`",
                    written(max)
                ),
            ),
            (None, Some(given)) => (
                given,
                format!(
                    "the longest wait is shorter than the first, which is {0}: write `initial` \
                        too, or a longer `max`",
                    written(initial)
                ),
            ),
            (None, None) => return,
        };
        errors.at(&message.0.words, message.1);
    }

    /// A duration as the layers have it, if it is known.
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

/// Settings that the kind has no use for.
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
