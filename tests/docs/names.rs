//! Copies of names and defaults in the macro crate, which cannot depend on the runtime.

#[allow(
    dead_code,
    unreachable_pub,
    unused_imports,
    reason = "another crate's file"
)]
#[path = "../../resilient-macros/src/text/names.rs"]
mod copies;

use copies::defaults;
use resilient_runtime::{Backoff, Breaker, Class, Jitter, Policy};

#[test]
fn the_macro_knows_every_class_by_its_name() {
    let macros: Vec<(&str, String)> = copies::CLASSES
        .iter()
        .map(|(name, variant)| (*name, (*variant).to_string()))
        .collect();
    let runtime: Vec<(&str, String)> = Class::ALL
        .iter()
        .map(|class| (class.as_str(), format!("{class:?}")))
        .collect();
    assert_eq!(macros, runtime);
}

#[test]
fn the_macro_knows_which_classes_are_never_retried() {
    let local: Vec<&str> = Class::ALL
        .iter()
        .filter(|class| class.is_local())
        .map(|class| class.as_str())
        .collect();
    // The rule for an open breaker says whether a call waits.
    let (waits, never): (Vec<_>, Vec<_>) =
        local.into_iter().partition(|name| *name == copies::BREAKER);
    assert_eq!((copies::LOCAL, waits.len()), (&never[..], 1));
    assert_eq!(copies::FINAL, Class::QuotaExhausted.as_str());
}

#[test]
fn the_macro_knows_the_numbers_of_the_defaults() {
    let Policy {
        attempts,
        timeout,
        first,
        idle,
        deadline,
        backoff,
        max_retry_after,
        ..
    } = Policy::DEFAULT;
    assert_eq!(attempts, defaults::ATTEMPTS);
    assert_eq!(timeout.unwrap().as_secs(), defaults::TIMEOUT_SECS);
    assert_eq!(first.unwrap().as_secs(), defaults::FIRST_SECS);
    assert_eq!(idle.unwrap().as_secs(), defaults::IDLE_SECS);
    assert_eq!(deadline, None);
    assert_eq!(backoff.initial.as_secs(), defaults::INITIAL_SECS);
    assert_eq!(backoff.max.as_secs(), defaults::MAX_SECS);
    assert_eq!(max_retry_after.as_secs(), defaults::MAX_RETRY_AFTER_SECS);
    assert!((backoff.factor - defaults::FACTOR).abs() < f64::EPSILON);
    let decorrelated = Backoff::decorrelated(backoff.initial).factor;
    assert!((decorrelated - defaults::DECORRELATED_FACTOR).abs() < f64::EPSILON);
    assert_eq!(backoff.jitter, Jitter::Full);
    let Breaker {
        break_duration,
        max_break_duration,
        ..
    } = Breaker::DEFAULT;
    assert_eq!(break_duration.as_secs(), defaults::BREAK_DURATION_SECS);
    assert_eq!(
        max_break_duration.as_secs(),
        defaults::MAX_BREAK_DURATION_SECS
    );
}
