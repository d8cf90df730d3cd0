//! How many attempts a call makes, and which error the caller gets.

use resilient_runtime::{
    CallError, Class, Classification, GiveUp, Policy, Processed, Retryable, Rule, ServerWait,
    WaitOrigin, call, testing::isolated,
};
use resilient_tests::{Counter, Failure};
use std::{error::Error as _, io, time::Duration};

async fn attempts(policy: Policy, failure: impl Fn(u32) -> Failure) -> (u32, Failure) {
    let counter = Counter::new();
    // The calls of one place share a budget.
    let call = isolated(call!(&policy, async { Err(failure(counter.count())) }));
    let result: Result<(), Failure> = call.await;
    (counter.get(), result.unwrap_err())
}

#[tokio::test(start_paused = true)]
async fn f16_attempts_counts_the_first_try() {
    for attempts_set in 1..=4 {
        let policy = Policy::new().attempts(attempts_set);
        assert_eq!(
            attempts(policy, |_| Failure::status(500)).await.0,
            attempts_set
        );
    }
    // Zero is rejected by `validate`; the first attempt is made all the same.
    assert_eq!(
        attempts(Policy::new().attempts(0), |_| Failure::status(500))
            .await
            .0,
        1
    );
}

#[tokio::test(start_paused = true)]
async fn f17_the_default_is_finite_in_attempts_and_time() {
    let start = tokio::time::Instant::now();
    let counter = Counter::new();
    let result: Result<(), Failure> = call!(Policy::DEFAULT, async {
        counter.count();
        std::future::pending().await
    })
    .await;
    assert_eq!(result.unwrap_err().class(), Class::Timeout);
    assert_eq!(counter.get(), 5);
    // Five attempts of a minute each; a timeout is an overload, so the first step is 2 s. Timers
    // add up to 1 ms each.
    let most = Duration::from_secs(5 * 60 + 2 + 4 + 8 + 16) + Duration::from_millis(20);
    assert!(start.elapsed() <= most, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn f19_the_last_error_reaches_the_caller_with_all_attempts() {
    let (count, error) = attempts(Policy::new().attempts(4), |n| Failure::status(500).id(n)).await;
    assert_eq!((count, error.id), (4, 4));
    let history = error.history();
    let numbers: Vec<u32> = history
        .attempts
        .iter()
        .map(|attempt| attempt.number)
        .collect();
    assert_eq!(numbers, [1, 2, 3, 4]);
    assert_eq!(history.gave_up, Some(GiveUp::AttemptsUsedUp));
    assert!(
        history
            .attempts
            .iter()
            .take(3)
            .all(|attempt| attempt.delay.is_some())
    );
    assert_eq!(history.attempts.last().unwrap().delay, None);
    assert_eq!(history.elapsed, history.attempts.last().unwrap().elapsed);
}

#[tokio::test(start_paused = true)]
async fn f19_call_error_keeps_the_source_and_the_history() {
    let result: Result<(), CallError<io::Error>> = call!(Policy::new().attempts(3), async {
        Err(io::Error::new(io::ErrorKind::ConnectionReset, "wire cut").into())
    })
    .await;
    let error = result.unwrap_err();
    assert_eq!(error.source().unwrap().to_string(), "wire cut");
    assert_eq!(error.history().attempts.len(), 3);
    assert_eq!(
        error.error().unwrap().kind(),
        io::ErrorKind::ConnectionReset
    );
    let text = error.to_string();
    assert!(
        text.starts_with("network: wire cut; after 3 attempts in "),
        "{text}"
    );
    assert!(text.ends_with("; gave up: attempts used up"), "{text}");
    assert_eq!(format!("{error:#}").lines().count(), 1 + 3 + 1);
}

#[tokio::test(start_paused = true)]
async fn a_call_with_very_many_attempts_keeps_the_last_of_them() {
    let policy = Policy::new().attempts(1_000);
    let (_, error) = attempts(policy, |_| Failure::status(500)).await;
    assert_eq!(
        error.history().attempts.len(),
        resilient_runtime::History::KEPT
    );
    assert_eq!(error.history().attempts.last().unwrap().number, 1_000);
}

#[tokio::test(start_paused = true)]
async fn permanent_failures_are_tried_once() {
    for status in [400, 401, 402, 403, 404, 405, 413, 415, 418, 422, 499] {
        let (count, error) = attempts(Policy::new(), |_| Failure::status(status)).await;
        assert_eq!(count, 1, "{status}");
        assert_eq!(error.history().gave_up, Some(GiveUp::NotRetryable));
    }
    for class in Class::ALL
        .iter()
        .filter(|class| !class.is_retried_by_default())
    {
        assert_eq!(
            attempts(Policy::new(), |_| Failure::of(*class)).await.0,
            1,
            "{class}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn f22_transient_failures_are_retried_to_success() {
    let retried = Class::ALL
        .iter()
        .filter(|class| class.is_retried_by_default());
    let failures: Vec<Failure> = [408, 409, 429, 500, 502, 503, 504, 520, 529, 599]
        .map(Failure::status)
        .into_iter()
        .chain(retried.map(|class| Failure::of(*class)))
        .collect();
    for failure in failures {
        let counter = Counter::new();
        let call = call!(Policy::new(), async {
            match counter.count() {
                3 => Ok(3),
                _ => Err(failure.clone()),
            }
        });
        let result: Result<u32, Failure> = isolated(call).await;
        assert_eq!(result.unwrap(), 3, "{failure}");
    }
}

#[tokio::test(start_paused = true)]
async fn f23_exhausted_quota_is_never_retried_whatever_is_said() {
    let quota = || {
        Classification::new(Class::QuotaExhausted)
            .status(429)
            .retryable(Retryable::Yes)
            .wait(ServerWait::new(
                Duration::from_secs(1),
                WaitOrigin::RetryAfter,
            ))
    };
    let policy = Policy::new().on(Class::QuotaExhausted, Rule::new().retry(true));
    assert_eq!(attempts(policy, |_| quota().into()).await.0, 1);
}

#[tokio::test(start_paused = true)]
async fn a_rule_decides_for_its_class_alone() {
    let policy = Policy::new()
        .attempts(3)
        .on(Class::NotFound, Rule::new().retry(true).attempts(2))
        .on(Class::Timeout, Rule::new().retry(false));
    assert_eq!(attempts(policy, |_| Failure::status(404)).await.0, 2);
    assert_eq!(attempts(policy, |_| Failure::status(408)).await.0, 1);
    assert_eq!(attempts(policy, |_| Failure::status(500)).await.0, 3);
}

#[tokio::test(start_paused = true)]
async fn f37_the_servers_retry_hint_overrides_the_class_and_a_rule_overrides_its_yes() {
    let says = |class, retryable| move |_| Classification::new(class).retryable(retryable).into();
    let policy = Policy::new().attempts(3);
    let forbidden = says(Class::Overloaded, Retryable::Forbidden);
    assert_eq!(attempts(policy, forbidden).await.0, 1);
    assert_eq!(
        attempts(policy, says(Class::InvalidRequest, Retryable::Yes))
            .await
            .0,
        3
    );
    let never = policy.on(Class::InvalidRequest, Rule::new().retry(false));
    assert_eq!(
        attempts(never, says(Class::InvalidRequest, Retryable::Yes))
            .await
            .0,
        1
    );
    let always = policy.on(Class::Overloaded, Rule::new().retry(true));
    let (count, error) = attempts(always, forbidden).await;
    assert_eq!(
        (count, error.history().gave_up),
        (1, Some(GiveUp::Forbidden))
    );
}

#[tokio::test(start_paused = true)]
async fn f26_a_non_idempotent_call_that_may_have_been_processed_is_not_repeated() {
    let policy = Policy::new().attempts(3).idempotent(false);
    for class in [Class::Connect, Class::Dns, Class::RateLimited] {
        assert_eq!(
            attempts(policy, |_| Failure::of(class)).await.0,
            3,
            "{class}"
        );
    }
    for class in [
        Class::Network,
        Class::ServerError,
        Class::BadGateway,
        Class::GatewayTimeout,
    ] {
        let (count, error) = attempts(policy, |_| Failure::of(class)).await;
        assert_eq!(count, 1, "{class}");
        assert_eq!(error.history().gave_up, Some(GiveUp::MaybeProcessed));
    }
    let refused = |_| {
        Classification::of_status(503)
            .processed(Processed::No)
            .into()
    };
    assert_eq!(attempts(policy, refused).await.0, 3);
    // The attempt's own timeout: the request had been sent.
    let counter = Counter::new();
    let result: Result<(), Failure> = call!(&policy, async {
        counter.count();
        std::future::pending().await
    })
    .await;
    assert_eq!(
        (counter.get(), result.unwrap_err().class()),
        (1, Class::Timeout)
    );
}

#[tokio::test(start_paused = true)]
async fn f31_a_wait_beyond_the_cap_ends_the_call_and_says_so() {
    let long = |_| {
        Classification::of_status(429)
            .wait(ServerWait::new(
                Duration::from_secs(86_400),
                WaitOrigin::RetryAfter,
            ))
            .into()
    };
    let (count, error) = attempts(Policy::new(), long).await;
    assert_eq!(count, 1);
    let wait = Duration::from_secs(86_400);
    assert_eq!(error.history().gave_up, Some(GiveUp::WaitTooLong { wait }));
}
