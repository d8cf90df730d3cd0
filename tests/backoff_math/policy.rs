//! Policies and rules: validation, and schedules per class.

use super::{any_duration, any_factor, seconds};
use proptest::prelude::*;
use resilient_runtime::{
    Backoff, Class, Classification, Delays, Jitter, Policy, Rule, Schedule,
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

proptest! {
    /// A policy returns the settings of a rule as they were set, within its precision.
    #[test]
    fn a_rule_comes_back_as_it_was_set(
        retry in any::<Option<bool>>(), attempts in proptest::option::of(0..70_000_u32),
        initial in proptest::option::of(any_duration()), factor in proptest::option::of(any_factor()),
    ) {
        let mut rule = Rule::new();
        (rule.retry, rule.attempts, rule.initial, rule.factor) = (retry, attempts, initial, factor);
        let policy = Policy::new().on(Class::Conflict, rule);
        let kept = policy.rule(Class::Conflict);
        prop_assert_eq!(kept.retry, retry);
        prop_assert_eq!(kept.attempts, attempts.map(|attempts| attempts.min(65_534)));
        prop_assert_eq!(kept.initial, initial.map(|initial| {
            let milliseconds = initial.as_nanos().div_ceil(1_000_000).min(u128::from(u32::MAX - 1));
            Duration::from_millis(u64::try_from(milliseconds).unwrap())
        }));
        prop_assert_eq!(kept.factor.is_some(), factor.is_some());
        let makes_sense = factor.is_none_or(|factor| factor >= 1.0 && factor.is_finite());
        prop_assert_eq!(kept.factor.is_none_or(|factor| factor >= 1.0), makes_sense);
        prop_assert_eq!(policy.rule(Class::Timeout), Rule::new());
        prop_assert_eq!(policy, policy);
    }
}
