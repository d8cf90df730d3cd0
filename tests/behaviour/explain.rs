//! `Policy::explain` beside the calls that it describes.

use futures::{Stream, StreamExt as _, stream};
use resilient_runtime::{
    Backoff, BackoffKind, Budget, Class, Delays, GiveUp, Jitter, Policy, Rule, policy_of, resilient,
};
use resilient_tests::Failure;
use std::{future::pending, time::Duration};
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);
/// The resolution of a timer.
const TICK: Duration = Duration::from_millis(1);

fn policies() -> Vec<Policy> {
    let base = Policy::new()
        .attempts(4)
        .timeout(7 * SECOND)
        .budget(Budget::NONE);
    let mut policies = vec![base.deadline(9 * SECOND), base.deadline(60 * SECOND)];
    for kind in [
        BackoffKind::Exponential,
        BackoffKind::Linear,
        BackoffKind::Fixed,
        BackoffKind::Decorrelated,
    ] {
        for jitter in [Jitter::None, Jitter::Equal, Jitter::Full] {
            let backoff = Backoff::DEFAULT
                .kind(kind)
                .jitter(jitter)
                .initial(2 * SECOND)
                .max(9 * SECOND);
            policies.push(base.backoff(backoff));
        }
    }
    let rule = Rule::new().attempts(6).initial(3 * SECOND).factor(1.5);
    policies.push(base.on(Class::Overloaded, rule).on(Class::Timeout, rule));
    policies
}

/// When each attempt of a call begins. It fails at once, or takes its whole timeout.
async fn starts(policy: Policy, class: Class) -> Vec<Duration> {
    let start = Instant::now();
    let mut starts = Vec::new();
    let ended: Result<(), Failure> = policy
        .call("explained")
        .run(async || {
            starts.push(start.elapsed());
            if class == Class::Timeout {
                pending::<()>().await;
            }
            Err(Failure::of(class))
        })
        .await;
    assert!(ended.is_err());
    starts
}

#[tokio::test(start_paused = true)]
async fn calls_keep_to_the_schedule_that_is_explained() {
    for policy in policies() {
        for class in [Class::ServerError, Class::Overloaded, Class::Timeout] {
            let explained = policy.explain(class);
            let listed = explained.attempts();
            let mut most = 0;
            for seed in 0..40 {
                let starts = starts(policy.seed(seed), class).await;
                most = most.max(starts.len());
                assert!(starts.len() <= listed.len(), "{starts:?}\n{explained}");
                let mut before = None;
                for (start, row) in starts.iter().zip(listed) {
                    let latest = row.latest.unwrap();
                    assert!(row.earliest <= *start + TICK, "{start:?}\n{explained}");
                    assert!(
                        *start <= latest + TICK * row.number,
                        "{start:?}\n{explained}"
                    );
                    if let Some(before) = before.replace(*start) {
                        let took = if class == Class::Timeout {
                            7 * SECOND
                        } else {
                            Duration::ZERO
                        };
                        let wait = start.saturating_sub(before).saturating_sub(took);
                        assert!(row.wait_from <= wait, "{wait:?}\n{explained}");
                        assert!(wait <= row.wait_to + 2 * TICK, "{wait:?}\n{explained}");
                    }
                }
            }
            if class != Class::Timeout {
                assert_eq!(most, listed.len(), "{explained}");
            }
        }
    }
}

/// Without jitter, both ends are met exactly.
#[tokio::test(start_paused = true)]
async fn the_ends_of_the_schedule_are_met_without_jitter() {
    let policy = Policy::new()
        .attempts(4)
        .timeout(7 * SECOND)
        .backoff(Backoff::exponential(SECOND).jitter(Jitter::None))
        .on(Class::Timeout, Rule::new().initial(SECOND))
        .budget(Budget::NONE);
    let at_once = policy.explain(Class::ServerError);
    let earliest: Vec<_> = at_once.attempts().iter().map(|it| it.earliest).collect();
    assert_eq!(starts(policy, Class::ServerError).await, earliest);
    let slow = policy.explain(Class::Timeout);
    let latest: Vec<_> = slow
        .attempts()
        .iter()
        .map(|it| it.latest.unwrap())
        .collect();
    assert_eq!(starts(policy, Class::Timeout).await, latest);
    assert_eq!(slow.longest(), Some(28 * SECOND + 7 * SECOND));
    assert_eq!(slow.gives_up(), GiveUp::AttemptsUsedUp);
}

#[test]
fn explanation_says_why_a_class_is_not_retried() {
    let careful = Policy::new().idempotent(false);
    let cases = [
        (
            Policy::DEFAULT,
            Class::QuotaExhausted,
            "no retry of such a failure can succeed",
        ),
        (Policy::DEFAULT, Class::InvalidRequest, "by default; a rule"),
        (
            careful,
            Class::ServerError,
            "not idempotent, and may have been processed",
        ),
        (
            Policy::new().attempts(1),
            Class::ServerError,
            "permits one attempt",
        ),
        (
            Policy::new().on(Class::Timeout, Rule::new().retry(false)),
            Class::Timeout,
            "a rule of the policy says so",
        ),
        (Policy::DEFAULT, Class::CircuitOpen, "fails fast"),
        (
            Policy::new().on(Class::CircuitOpen, Rule::new().retry(true)),
            Class::CircuitOpen,
            "waits until the circuit breaker",
        ),
        (
            Policy::new().deadline(Duration::from_nanos(1)),
            Class::ServerError,
            "the deadline leaves no time",
        ),
    ];
    for (policy, class, why) in cases {
        let explained = policy.explain(class);
        assert!(!explained.is_retried(), "{explained}");
        assert_eq!(
            (explained.attempts().len(), explained.most_attempts()),
            (1, 1)
        );
        assert!(explained.to_string().contains(why), "{explained}");
    }
    // A request that was certainly not processed may be repeated.
    assert!(careful.explain(Class::RateLimited).is_retried());
}

#[test]
fn explanation_names_what_has_no_bound() {
    let endless = Policy::new().no_timeout().explain(Class::ServerError);
    assert_eq!(
        (endless.longest(), endless.attempts()[1].latest),
        (None, None)
    );
    assert!(endless.to_string().contains("0s or more"), "{endless}");
    let many = Policy::new().attempts(u32::MAX).explain(Class::ServerError);
    assert_eq!((many.attempts().len(), many.longest()), (32, None));
    assert!(many.to_string().contains("\nand so on\n"), "{many}");
    let ended = Policy::new().attempts(u32::MAX).deadline(90 * SECOND);
    assert_eq!(
        ended.explain(Class::ServerError).longest(),
        Some(90 * SECOND)
    );
}

#[test]
fn every_class_has_a_line() {
    let all = Policy::DEFAULT.explain_all();
    assert_eq!(all.classes().len(), Class::ALL.len());
    assert_eq!(all.to_string().lines().count(), Class::ALL.len() + 3);
    for explained in all.classes() {
        assert_eq!(*explained, Policy::DEFAULT.explain(explained.class()));
    }
}

#[resilient_runtime::test]
async fn a_function_is_explained_with_its_own_settings() {
    #[resilient(
        name = "explained::ask",
        attempts = 3,
        timeout = "2s",
        backoff(initial = "1s")
    )]
    async fn ask() -> Result<(), Failure> {
        Ok(())
    }
    #[resilient(name = "explained::own", attempts = 3, backoff = Delays([SECOND].into_iter()))]
    async fn own() -> Result<(), Failure> {
        Ok(())
    }
    #[resilient(
        name = "explained::stream",
        timeout = "2s",
        first = "20s",
        attempts = 2
    )]
    async fn open() -> Result<impl Stream<Item = Result<u8, Failure>>, Failure> {
        Ok(stream::iter(vec![Ok(1)]))
    }
    ask().await.unwrap();
    own().await.unwrap();
    let _ = std::pin::pin!(open().await.unwrap()).next().await;
    let explain = |name: &str| policy_of(name).unwrap().explain(Class::ServerError);
    assert_eq!(
        explain("explained::ask").longest(),
        Some(3 * 2 * SECOND + 3 * SECOND)
    );
    let own = explain("explained::own");
    assert_eq!(
        (own.attempts().len(), own.most_attempts(), own.longest()),
        (1, 3, None)
    );
    assert!(
        own.to_string().contains("a schedule of the call's own"),
        "{own}"
    );
    let stream = explain("explained::stream");
    assert_eq!(stream.attempts()[1].latest, Some(21 * SECOND));
}
