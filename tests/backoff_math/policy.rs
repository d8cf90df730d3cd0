//! Policies and rules: validation, and schedules per class.

use super::{any_factor, seconds};
use proptest::prelude::*;
use resilient_runtime::{
    Backoff, BackoffKind, Class, Classification, Delays, Jitter, Policy, Rule, Schedule,
    decide::{Decision, Situation, decide},
};
use std::time::Duration;

#[test]
fn f05_numbers_without_sense_are_named_before_the_first_call() {
    for factor in [f64::NAN, f64::INFINITY, -1.0, 0.0, 0.99] {
        let policy = Policy::new().backoff(Backoff::DEFAULT.factor(factor));
        assert!(
            policy.validate().unwrap_err().message().contains("factor"),
            "{factor}"
        );
    }
    let rule = Policy::new().on(Class::Timeout, Rule::new().factor(f64::NAN));
    assert!(rule.validate().is_err());
    assert!(
        Policy::new()
            .attempts(0)
            .validate()
            .unwrap_err()
            .to_string()
            .contains("attempts")
    );
    assert!(Policy::new().timeout(Duration::ZERO).validate().is_err());
    assert!(Policy::new().deadline(Duration::ZERO).validate().is_err());
    assert!(
        Policy::new()
            .on(Class::QuotaExhausted, Rule::new().retry(true))
            .validate()
            .is_err()
    );
    assert!(Policy::DEFAULT.validate().is_ok());
}

#[test]
fn overloaded_servers_get_a_longer_first_step() {
    let policy = Policy::new().backoff(Backoff::DEFAULT.jitter(Jitter::None));
    let wait = |class| match decide(
        &policy,
        &Classification::new(class),
        &Situation::after(1),
        &mut { policy.backoff },
    ) {
        Decision::Retry { after, .. } => after,
        other => unreachable!("{other:?}"),
    };
    assert_eq!(wait(Class::ServerError), seconds(1));
    assert_eq!(wait(Class::Overloaded), seconds(2));
}

#[test]
fn a_fixed_backoff_uses_the_initial_wait_that_was_set_last() {
    let base = Backoff::fixed(seconds(1));
    assert_eq!(base.initial(seconds(90)).step(7), seconds(90));
    let policy = Policy::new()
        .backoff(base.jitter(Jitter::None))
        .on(Class::RateLimited, Rule::new().initial(seconds(90)));
    assert!(policy.validate().is_ok());
    let failure = Classification::new(Class::RateLimited);
    let decision = decide(&policy, &failure, &Situation::after(3), &mut {
        policy.backoff
    });
    assert!(matches!(decision, Decision::Retry { after, .. } if after == seconds(90)));
}

#[test]
fn the_waits_of_an_iterator_end_the_call_where_it_ends() {
    let policy = Policy::new().attempts(100);
    let mut delays = Delays([seconds(1), seconds(2)].into_iter());
    let schedule: &mut dyn Schedule = &mut delays;
    let failure = Classification::new(Class::ServerError);
    let mut step = |attempt| decide(&policy, &failure, &Situation::after(attempt), schedule);
    assert!(matches!(step(1), Decision::Retry { after, .. } if after == seconds(1)));
    assert!(matches!(step(2), Decision::Retry { after, .. } if after == seconds(2)));
    assert!(matches!(step(3), Decision::GiveUp { .. }));
}

fn any_rule() -> impl Strategy<Value = Rule> {
    use proptest::option::of;
    let kind = prop::sample::select(&[
        BackoffKind::Exponential,
        BackoffKind::Linear,
        BackoffKind::Fixed,
        BackoffKind::Decorrelated,
    ]);
    let jitter = prop::sample::select(&[Jitter::None, Jitter::Equal, Jitter::Full]);
    let numbers = (
        of(any::<u32>()),
        of(any::<Duration>()),
        of(any_factor()),
        of(any::<Duration>()),
    );
    (any::<Option<bool>>(), of(kind), of(jitter), numbers).prop_map(
        |(retry, kind, jitter, (attempts, initial, factor, max))| {
            let mut rule = Rule::new();
            (rule.retry, rule.kind, rule.jitter) = (retry, kind, jitter);
            (rule.attempts, rule.initial) = (attempts, initial);
            (rule.factor, rule.max) = (factor, max);
            rule
        },
    )
}

/// A rule in a form in which a NaN equals itself.
fn bits(rule: Rule) -> (Rule, Option<u64>) {
    let mut rest = rule;
    rest.factor = None;
    (rest, rule.factor.map(f64::to_bits))
}

/// `lower`, overridden by `upper`.
fn overlaid(lower: Rule, upper: Rule) -> Rule {
    let mut rule = lower;
    rule.retry = upper.retry.or(lower.retry);
    rule.attempts = upper.attempts.or(lower.attempts);
    rule.kind = upper.kind.or(lower.kind);
    rule.initial = upper.initial.or(lower.initial);
    rule.factor = upper.factor.or(lower.factor);
    rule.max = upper.max.or(lower.max);
    rule.jitter = upper.jitter.or(lower.jitter);
    rule
}

proptest! {
    /// Exactly, whatever the numbers are; no other class is touched.
    #[test]
    fn a_rule_comes_back_as_it_was_set(
        class in prop::sample::select(Class::ALL), rule in any_rule(), upper in any_rule(),
    ) {
        let policy = Policy::new().on(class, rule);
        prop_assert_eq!(bits(policy.rule(class)), bits(rule));
        prop_assert_eq!(policy, policy);
        for other in Class::ALL.iter().filter(|other| **other != class) {
            prop_assert_eq!(policy.rule(*other), Rule::new());
        }
        let twice = policy.on(class, upper);
        prop_assert_eq!(bits(twice.rule(class)), bits(overlaid(rule, upper)));
    }

    #[test]
    fn an_invalid_factor_of_a_rule_is_reported(factor in any_factor()) {
        let rule = Rule::new().factor(factor);
        let makes_sense = factor >= 1.0 && factor.is_finite();
        prop_assert_eq!(Policy::new().on(Class::Conflict, rule).validate().is_ok(), makes_sense);
    }
}
