//! The values of a policy, and their sources.

use resilient_runtime::{
    Backoff, Class, Jitter, Policy, Rule, Upstream,
    inspect::{Source, functions},
    policy_of, resilient,
    testing::{attempts_at_most, with_policy},
};
use resilient_tests::Failure;
use std::time::Duration;

#[resilient_runtime::test]
async fn each_value_is_a_line_with_its_source() {
    #[resilient(
        name = "ask",
        attempts = 4,
        timeout = "30s",
        deadline = "2m",
        budget = "10%",
        backoff(initial = "2s"),
        on(rate_limited, attempts = 8, initial = "3s"),
        on(not_found, retry = true)
    )]
    async fn ask() -> Result<(), Failure> {
        Ok(())
    }
    ask().await.unwrap();
    let expected = "\
policy of ask
attempts: 4 (argument)
timeout: 30s (argument)
deadline: 120s (argument)
max_retry_after: 120s (default)
idempotent: true (default)
repeat_nested: false (default)
budget: 10% (argument)
backoff.kind: exponential (default)
backoff.initial: 2s (argument)
backoff.factor: 2 (default)
backoff.max: 32s (default)
backoff.jitter: full (default)
on(rate_limited).attempts: 8 (argument)
on(rate_limited).initial: 3s (argument)
on(not_found).retry: true (argument)";
    let shown = policy_of("ask").unwrap();
    assert_eq!(sorted(&shown.to_string()), sorted(expected));
    assert_eq!(shown.function(), "ask");
    assert_eq!(shown.settings().len(), expected.lines().count() - 1);
    let wait = shown.get("on(rate_limited).initial").unwrap();
    assert_eq!(
        (wait.name(), wait.value()),
        ("on(rate_limited).initial", "3s")
    );
    assert_eq!(shown.get("on(timeout).attempts"), None);
}

/// Classes are in the order of their table.
fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<_> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// An argument says so even if its value is that of the default.
#[resilient_runtime::test]
async fn an_argument_with_the_default_value_is_an_argument() {
    #[resilient(name = "same", attempts = 5, backoff(kind = "exponential"))]
    async fn same() -> Result<(), Failure> {
        Ok(())
    }
    same().await.unwrap();
    let shown = policy_of("same").unwrap();
    for name in ["attempts", "backoff.kind", "backoff.factor"] {
        assert_eq!(shown.source(name), Some(Source::Argument), "{name}");
    }
    assert_eq!(shown.source("timeout"), Some(Source::Default));
}

const GIVEN: Policy = Policy::new()
    .timeout(Duration::from_secs(5))
    .backoff(Backoff::decorrelated(Duration::from_millis(10)))
    .seed(7)
    .on(
        Class::Conflict,
        Rule::new().retry(true).jitter(Jitter::None),
    );

#[resilient_runtime::test]
async fn values_of_a_given_policy_and_of_an_upstream_name_it() {
    static API: Upstream = Upstream::new("api").policy(GIVEN);
    #[resilient(name = "given", policy = GIVEN, attempts = 2)]
    async fn given() -> Result<(), Failure> {
        Ok(())
    }
    #[resilient(name = "upstream", upstream = API, attempts = 2)]
    async fn upstream() -> Result<(), Failure> {
        Ok(())
    }
    #[resilient(name = "upstream alone", upstream = API)]
    async fn upstream_alone() -> Result<(), Failure> {
        Ok(())
    }
    #[resilient(name = "over", upstream = API, policy = GIVEN)]
    async fn over() -> Result<(), Failure> {
        Ok(())
    }
    #[resilient(name = "at run time", upstream = API, attempts = attempts)]
    async fn at_run_time(attempts: u32) -> Result<(), Failure> {
        Ok(())
    }
    given().await.unwrap();
    upstream().await.unwrap();
    upstream_alone().await.unwrap();
    over().await.unwrap();
    at_run_time(2).await.unwrap();
    // One that is like the upstream's would be shown as that.
    let other = GIVEN.repeat_nested(true);
    let run = async || Ok::<_, Failure>(());
    API.call("call").run(run).await.unwrap();
    API.call("call over").policy(&other).run(run).await.unwrap();
    for (name, attempts, source) in [
        ("given", 2, Source::FromPolicy),
        ("upstream", 2, Source::FromUpstream),
        ("upstream alone", 5, Source::FromUpstream),
        ("over", 5, Source::FromPolicy),
        ("at run time", 2, Source::FromUpstream),
        ("call", 5, Source::FromUpstream),
        ("call over", 5, Source::FromPolicy),
    ] {
        let shown = policy_of(name).unwrap();
        assert_eq!(shown.policy().attempts, attempts, "{name}");
        let of_attempts = match attempts {
            2 => Source::Argument,
            _ => Source::Default,
        };
        assert_eq!(shown.source("attempts"), Some(of_attempts), "{name}");
        let of_base = [
            ("timeout", "5s"),
            ("seed", "7"),
            ("backoff.kind", "decorrelated"),
            ("backoff.initial", "10ms"),
            ("backoff.factor", "3"),
            ("on(conflict).retry", "true"),
            ("on(conflict).jitter", "none"),
        ];
        for (setting, value) in of_base {
            let shown = shown.get(setting).unwrap();
            assert_eq!((shown.value(), shown.source()), (value, source), "{name}");
        }
        assert_eq!(shown.source("idempotent"), Some(Source::Default), "{name}");
        // A decorrelated schedule has no jitter.
        assert_eq!(shown.get("backoff.jitter"), None, "{name}");
    }
    assert_eq!(functions().len(), 7);
}

#[resilient_runtime::test]
async fn a_schedule_of_the_callers_own_stands_for_the_backoff() {
    #[resilient(name = "scheduled", backoff = resilient_runtime::Delays([Duration::ZERO].into_iter()))]
    async fn scheduled() -> Result<(), Failure> {
        Ok(())
    }
    scheduled().await.unwrap();
    let shown = policy_of("scheduled").unwrap();
    let backoff = shown.get("backoff").unwrap();
    assert_eq!(backoff.to_string(), "backoff: a schedule (argument)");
    assert_eq!(shown.get("backoff.initial"), None);
}

#[resilient_runtime::test]
async fn a_change_of_the_test_kit_is_shown_inside_and_nothing_of_it_is_left() {
    #[resilient(name = "changed", attempts = 4, on(overloaded, attempts = 9))]
    async fn changed() -> Result<(), Failure> {
        Ok(())
    }
    // The scope around the first call is no part of the policy.
    attempts_at_most(1, changed()).await.unwrap();
    assert_eq!(policy_of("changed").unwrap().policy().attempts, 4);
    let shorter = |policy: Policy| policy.timeout(Duration::from_secs(1));
    let shown = with_policy(shorter, async { policy_of("changed").unwrap() }).await;
    assert_eq!(shown.policy().timeout, Some(Duration::from_secs(1)));
    assert_eq!(shown.source("timeout"), Some(Source::Test));
    assert_eq!(shown.source("attempts"), Some(Source::Argument));
    assert_eq!(shown.source("idempotent"), Some(Source::Default));
    let fewer = attempts_at_most(2, async { policy_of("changed").unwrap() }).await;
    for name in ["attempts", "on(overloaded).attempts"] {
        assert_eq!(
            fewer.get(name).unwrap().to_string(),
            format!("{name}: 2 (test)")
        );
    }
    let after = policy_of("changed").unwrap();
    assert_eq!(after.source("timeout"), Some(Source::Default));
}
