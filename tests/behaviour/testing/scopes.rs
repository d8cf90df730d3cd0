//! Waits and policies.

use super::ask;
use resilient_runtime::{
    Backoff, Class, Classification, Policy, Rate, ServerWait, Upstream, WaitOrigin, resilient,
    testing::{Step, attempts_at_most, isolated, no_waits, record, script::script, with_policy},
};
use resilient_tests::{Counter, Failure};
use std::time::{Duration, Instant};

/// Real time: a wait of the server, of a rate and at the gate would take minutes.
#[tokio::test]
async fn no_wait_takes_time_also_a_servers_and_that_for_a_limit() {
    let upstream = Upstream::new("slow")
        .gate(true)
        .requests(Rate::per_hour(1).burst(1));
    let (sent, start) = (Counter::new(), Instant::now());
    let wait = ServerWait::new(Duration::from_secs(100), WaitOrigin::RetryAfter);
    let result: Result<(), Failure> = no_waits(async {
        let call = upstream.call("slow");
        call.run(async || match sent.count() {
            1 | 2 => Err(Classification::of_status(429).wait(wait).into()),
            _ => Ok(()),
        })
        .await
    })
    .await;
    result.unwrap();
    assert_eq!(sent.get(), 3);
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[tokio::test(start_paused = true)]
async fn timeouts_stay_real_without_waits() {
    let start = tokio::time::Instant::now();
    let policy = Policy::new().attempts(2).timeout(Duration::from_secs(7));
    let result: Result<(), Failure> = isolated(no_waits(
        policy
            .call("hangs")
            .run(async || std::future::pending().await),
    ))
    .await;
    assert_eq!(result.unwrap_err().class(), Class::Timeout);
    assert_eq!(start.elapsed(), Duration::from_secs(14));
}

#[resilient(attempts = 5, timeout = "60s", on(overloaded, attempts = 9))]
async fn often(sent: &Counter) -> Result<(), Failure> {
    sent.count();
    Err(Failure::of(Class::Overloaded))
}

#[tokio::test]
async fn attempts_of_the_attribute_are_at_most_those_of_the_test() {
    for (most, expected) in [(1, 1), (3, 3), (100, 9)] {
        let sent = Counter::new();
        let test = attempts_at_most(most, often(&sent));
        isolated(no_waits(test)).await.unwrap_err();
        assert_eq!(sent.get(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_the_test_comes_over_the_arguments_of_the_attribute() {
    #[resilient(attempts = 1, timeout = "60s")]
    async fn hangs() -> Result<(), Failure> {
        std::future::pending().await
    }
    let start = tokio::time::Instant::now();
    let short = |policy: Policy| policy.timeout(Duration::from_secs(1));
    with_policy(short, hangs()).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(1));
    // The outer change has the last word.
    let longer = |policy: Policy| policy.timeout(policy.timeout.unwrap() * 3).attempts(2);
    let both = with_policy(longer, with_policy(short, hangs()));
    isolated(no_waits(Box::pin(both))).await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(7));
    // Nothing of it is left.
    hangs().await.unwrap_err();
    assert_eq!(start.elapsed(), Duration::from_secs(67));
}

#[tokio::test(start_paused = true)]
async fn outside_of_the_kit_waits_take_their_time() {
    let (sent, start) = (Counter::new(), tokio::time::Instant::now());
    isolated(ask(1, &sent)).await.unwrap();
    assert!(start.elapsed() > Duration::ZERO);
}

/// With a budget that is used up, a retry that is due at once would otherwise be deferred, and go.
#[resilient_runtime::test(no_waits)]
async fn no_retry_is_reported_as_deferred_where_waits_take_no_time() {
    let policy = Policy::new()
        .attempts(4)
        .backoff(Backoff::fixed(Duration::ZERO));
    let calls = async {
        for _ in 0..20 {
            let call = policy.call("always fails");
            let failed = call.run(async || Err::<(), _>(Failure::of(Class::Overloaded)));
            failed.await.unwrap_err();
        }
    };
    let ((), trace) = record(calls).await;
    trace.assert_attempts(80);
    assert!(!trace.steps().any(|step| matches!(step, Step::Deferred)));
}

#[tokio::test]
async fn wrappers_of_the_kit_do_not_multiply_the_size_of_a_test() {
    let large = async {
        let stored = [0_u8; 10_000];
        tokio::task::yield_now().await;
        std::hint::black_box(stored);
    };
    let test = with_policy(|policy| policy, attempts_at_most(2, record(large)));
    let test = no_waits(isolated(script("ask", [], test)));
    assert!(size_of_val(&test) < 1_000, "{}", size_of_val(&test));
    test.await;
}
