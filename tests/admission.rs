//! Waiting to be let through an upstream: what is waited for, what is reported, and who never waits for ever.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::result_large_err,
    clippy::panic,
    reason = "test code fails loudly"
)]

use futures::future::{BoxFuture, join_all};
use resilient_runtime::{
    Breaker, BreakerState, Class, Classification, Limits, Policy, Rule, ServerWait, Upstream,
    WaitOrigin, call, quotas, resilient,
};
use resilient_tests::{Counter, Failure, Recorder};
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};
use tracing::Level;

const SECOND: Duration = Duration::from_secs(1);
const ONCE: Policy = Policy::new().attempts(1);
/// A break of ten seconds after the first failure, and one probe.
const BREAKER: Breaker = Breaker::new()
    .consecutive(1)
    .pause(Duration::from_secs(10))
    .probes(1);

type Outcome = Result<(), Failure>;

async fn taking(upstream: &Upstream, policy: Policy, time: Duration) -> Outcome {
    call!(upstream = upstream, policy = policy, async {
        sleep(time).await;
        Ok(())
    })
    .await
}

async fn failing(upstream: &Upstream) -> Failure {
    let result: Outcome = call!(upstream = upstream, policy = ONCE, async {
        Err(Failure::status(500))
    })
    .await;
    result.unwrap_err()
}

/// A call inside a call, and so on.
fn nested<'a>(upstreams: &'a [&'a Upstream], sent: &'a Counter) -> BoxFuture<'a, Outcome> {
    Box::pin(async move {
        let Some((first, rest)) = upstreams.split_first() else {
            return Ok(());
        };
        call!(upstream = *first, policy = ONCE, async {
            sent.count();
            sleep(SECOND).await;
            nested(rest, sent).await
        })
        .await
    })
}

#[tokio::test(start_paused = true)]
async fn f24_a_call_inside_a_holder_of_the_only_permit_needs_none_of_its_own() {
    let upstream = Upstream::new("nested")
        .concurrency(1)
        .requests_per_minute(600);
    let sent = Counter::new();
    let inside = [&upstream; 3];
    let calls = join_all((0..3).map(|_| nested(&inside, &sent)));
    for outcome in timeout(60 * SECOND, calls).await.unwrap() {
        outcome.unwrap();
    }
    // All of them are requests, and those outside were sent one after another.
    assert_eq!(sent.get(), 9);
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
}

#[tokio::test(start_paused = true)]
async fn f24_with_another_upstream_in_between_as_well() {
    let (one, other) = (
        Upstream::new("one").concurrency(1),
        Upstream::new("other").concurrency(1),
    );
    let sent = Counter::new();
    let inside = [&one, &other, &one];
    let calls = join_all((0..3).map(|_| nested(&inside, &sent)));
    for outcome in timeout(60 * SECOND, calls).await.unwrap() {
        outcome.unwrap();
    }
    for upstream in [&one, &other] {
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
}

#[tokio::test(start_paused = true)]
async fn f24_another_call_does_wait_for_the_permit() {
    let upstream = Upstream::new("beside").concurrency(1);
    let start = Instant::now();
    let sent = Counter::new();
    let inside = [&upstream, &upstream];
    let (inside, beside) = tokio::join!(
        nested(&inside, &sent),
        taking(&upstream, ONCE, Duration::ZERO)
    );
    inside.unwrap();
    beside.unwrap();
    // The outer of the two holds its permit all the time.
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn f24_a_call_inside_the_only_probe_is_let_through_and_the_circuit_closes() {
    let upstream = Upstream::new("probe").breaker(BREAKER);
    failing(&upstream).await;
    sleep(11 * SECOND).await;
    let sent = Counter::new();
    nested(&[&upstream, &upstream], &sent).await.unwrap();
    assert_eq!(sent.get(), 2);
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
}

#[tokio::test(start_paused = true)]
async fn the_wait_for_a_limit_is_reported_and_counted_once_a_call() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("busy").concurrency(1).requests_per_minute(60);
    let calls = join_all((0..3).map(|_| taking(&upstream, ONCE, SECOND / 10)));
    for outcome in calls.await {
        outcome.unwrap();
    }
    let queued = recorder.of("queued");
    let admitted = recorder.of("admitted");
    assert_eq!((queued.len(), admitted.len()), (2, 2));
    for event in queued.iter().chain(&admitted) {
        assert_eq!(event.level, Level::INFO);
        assert_eq!(event.field("upstream"), "busy");
        assert_eq!(event.field("waits_for"), "concurrency");
    }
    assert_eq!(admitted[0].field("waited"), "1s");
    assert_eq!(upstream.snapshot().counts.queued, 2);
}

#[tokio::test(start_paused = true)]
async fn each_limit_is_named_that_is_waited_for() {
    let (recorder, _guard) = Recorder::start();
    let requests = Upstream::new("requests").requests_per_minute(60);
    let tokens = Upstream::new("tokens").tokens_per_minute(60);
    for _ in 0..2 {
        taking(&requests, ONCE, Duration::ZERO).await.unwrap();
        let outcome: Outcome = call!(upstream = &tokens, cost = 60, policy = ONCE, async {
            Ok(())
        })
        .await;
        outcome.unwrap();
    }
    let named: Vec<_> = recorder
        .of("queued")
        .iter()
        .map(|event| event.field("waits_for").to_owned())
        .collect();
    assert_eq!(named, ["requests", "tokens"]);
}

fn said(limit: u64) -> Limits {
    let mut limits = Limits::default();
    limits.tokens.limit = Some(limit);
    limits.tokens.remaining = Some(limit);
    limits
}

#[tokio::test(start_paused = true)]
async fn a_limit_that_headers_lower_and_restore_is_an_event_each_time_it_changes() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    for limit in [30_000, 30_000, 90_000, 60_000] {
        let outcome: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            quotas(&said(limit));
            Ok(())
        })
        .await;
        outcome.unwrap();
    }
    let [lowered] = &recorder.of("limit lowered")[..] else {
        panic!("{:?}", recorder.messages());
    };
    assert_eq!(lowered.level, Level::WARN);
    assert_eq!(lowered.field("upstream"), "api");
    assert_eq!(lowered.field("limit"), "tokens");
    assert_eq!(
        (lowered.field("from"), lowered.field("to")),
        ("60000/min", "30000/min")
    );
    let [restored] = &recorder.of("limit restored")[..] else {
        panic!("{:?}", recorder.messages());
    };
    assert_eq!(restored.level, Level::INFO);
    assert_eq!(restored.field("to"), "60000/min");
}

/// To seven tenths, rounded down.
#[tokio::test(start_paused = true)]
async fn a_refusal_without_headers_lowers_the_limit_and_says_so() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").requests_per_minute(600);
    let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        Err(Failure::from(Classification::of_status(429)))
    })
    .await;
    result.unwrap_err();
    let lowered = recorder.of("limit lowered");
    assert_eq!(lowered[0].field("from"), "600/min");
    assert_eq!(lowered[0].field("to"), "419/min");
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_closes_is_an_event_and_so_is_each_call_that_it_holds_back() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("api").gate(true);
    let wait = ServerWait::new(10 * SECOND, WaitOrigin::RetryAfter);
    for _ in 0..2 {
        let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
            Err(Classification::of_status(429).wait(wait).into())
        })
        .await;
        result.unwrap_err();
    }
    let closed = recorder.of("gate closed");
    assert_eq!(closed.len(), 2);
    assert_eq!(
        (closed[0].level, closed[0].field("pause")),
        (Level::WARN, "10s")
    );
    assert_eq!(recorder.of("queued")[0].field("waits_for"), "gate");
    assert_eq!(recorder.of("admitted").len(), 1);
}

/// What a server said once by mistake must not lock out for good who needs more.
#[tokio::test(start_paused = true)]
async fn f27_a_learned_limit_below_a_calls_cost_is_read_again_by_one_and_the_others_wait_for_it() {
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    let cheap: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        quotas(&said(10));
        Ok(())
    })
    .await;
    cheap.unwrap();
    assert_eq!(upstream.snapshot().token_capacity, Some(10));
    let reading = Counter::new();
    let calls = (0..5).map(|_| async {
        let outcome: Outcome = call!(upstream = &upstream, cost = 8_000, policy = ONCE, async {
            reading.count();
            sleep(SECOND).await;
            quotas(&said(60_000));
            Ok(())
        })
        .await;
        outcome
    });
    let one_at_first = async {
        sleep(SECOND / 2).await;
        assert_eq!(reading.get(), 1);
    };
    let (outcomes, ()) = tokio::join!(join_all(calls), one_at_first);
    for outcome in outcomes {
        outcome.unwrap();
    }
    assert_eq!(upstream.snapshot().token_capacity, Some(60_000));
}

#[tokio::test(start_paused = true)]
async fn f27_a_limit_that_is_confirmed_fails_the_others_at_once_and_is_read_again_a_minute_later() {
    let upstream = Upstream::new("api").tokens_per_minute(60_000);
    let sent = Counter::new();
    let costly = async || -> Outcome {
        call!(upstream = &upstream, cost = 8_000, policy = ONCE, async {
            sent.count();
            sleep(SECOND).await;
            Err(Classification::of_status(429).limits(said(10)).into())
        })
        .await
    };
    costly().await.unwrap_err();
    let outcomes = join_all((0..5).map(|_| costly())).await;
    let limited = outcomes
        .iter()
        .filter(|outcome| outcome.as_ref().unwrap_err().class() == Class::Limited)
        .count();
    // The one that read it heard it from the server.
    assert_eq!((limited, sent.get()), (4, 2));
    sleep(61 * SECOND).await;
    let error = costly().await.unwrap_err();
    assert_eq!((error.class(), sent.get()), (Class::RateLimited, 3));
}

static FLAKY: Upstream = Upstream::new("flaky").breaker(BREAKER);

#[resilient(upstream = FLAKY, attempts = 1, deadline = "none", on(circuit_open, retry = true))]
async fn patient(sent: &Counter) -> Outcome {
    sent.count();
    sleep(SECOND).await;
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn calls_that_are_to_wait_for_the_breaker_go_with_its_probes_and_after_them() {
    let (recorder, _guard) = Recorder::start();
    failing(&FLAKY).await;
    let sent = Counter::new();
    let start = Instant::now();
    let probe_first = async {
        sleep(SECOND * 109 / 10).await;
        assert_eq!(sent.get(), 1);
    };
    let (outcomes, ()) = tokio::join!(join_all((0..20).map(|_| patient(&sent))), probe_first);
    for outcome in outcomes {
        outcome.unwrap();
    }
    assert_eq!(sent.get(), 20);
    assert!(start.elapsed() < 20 * SECOND, "{:?}", start.elapsed());
    assert_eq!(recorder.of("queued")[0].field("waits_for"), "breaker");
    assert_eq!(FLAKY.snapshot().counts.queued, 20);
}

const PATIENT: Policy = ONCE.on(Class::CircuitOpen, Rule::new().retry(true));

#[tokio::test(start_paused = true)]
async fn who_waits_for_the_breaker_is_told_at_once_if_its_time_is_too_short_or_it_is_isolated() {
    let upstream = Upstream::new("short").breaker(BREAKER);
    failing(&upstream).await;
    let start = Instant::now();
    let short = taking(&upstream, PATIENT.deadline(5 * SECOND), SECOND).await;
    assert_eq!(short.unwrap_err().class(), Class::CircuitOpen);
    upstream.isolate();
    let isolated = taking(&upstream, PATIENT, SECOND).await;
    assert_eq!(isolated.unwrap_err().class(), Class::CircuitOpen);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_look_again_when_the_breaker_is_isolated_or_released_by_hand() {
    let upstream = Upstream::new("by hand").breaker(BREAKER);
    let start = Instant::now();
    for by_hand in [Upstream::isolate, Upstream::release] {
        upstream.release();
        failing(&upstream).await;
        let change = async {
            sleep(SECOND).await;
            by_hand(&upstream);
        };
        let (waited, ()) = tokio::join!(taking(&upstream, PATIENT, Duration::ZERO), change);
        let is_released = upstream.snapshot().breaker == Some(BreakerState::Closed);
        assert_eq!(waited.is_ok(), is_released);
    }
    // Neither has waited for the end of the break.
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_gate_that_is_opened_by_hand_lets_those_go_who_wait() {
    let upstream = Upstream::new("gate").gate(true);
    let wait = ServerWait::new(50 * SECOND, WaitOrigin::RetryAfter);
    let result: Outcome = call!(upstream = &upstream, policy = ONCE, async {
        Err(Classification::of_status(429).wait(wait).into())
    })
    .await;
    result.unwrap_err();
    let start = Instant::now();
    let opens = async {
        sleep(SECOND).await;
        upstream.release();
    };
    let (waited, ()) = tokio::join!(taking(&upstream, ONCE, Duration::ZERO), opens);
    waited.unwrap();
    assert_eq!(start.elapsed(), SECOND);
}

#[resilient(
    breaker(consecutive = 1, pause = "10s"),
    on(circuit_open, retry = true)
)]
async fn of_its_own(sent: &Counter) -> Outcome {
    if sent.count() == 1 {
        return Err(Failure::status(500));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_breaker_of_the_functions_own_is_waited_for_too() {
    let sent = Counter::new();
    let start = Instant::now();
    of_its_own(&sent).await.unwrap();
    assert!(start.elapsed() >= 10 * SECOND, "{:?}", start.elapsed());
}

#[test]
fn a_rule_of_the_open_breaker_says_that_calls_wait_and_nothing_else() {
    assert!(PATIENT.validate().is_ok());
    for rule in [
        Rule::new().retry(false),
        Rule::new().attempts(3),
        Rule::new().retry(true).attempts(3),
        Rule::new().retry(true).initial(SECOND),
    ] {
        let mistake = ONCE.on(Class::CircuitOpen, rule).validate().unwrap_err();
        assert!(mistake.to_string().contains("circuit_open"), "{mistake}");
    }
}

/// Its retries go on when the circuit lets them through.
#[tokio::test(start_paused = true)]
async fn a_failed_call_that_is_to_wait_for_the_breaker_is_retried_after_the_break() {
    let upstream = Upstream::new("retried").breaker(BREAKER);
    let policy = PATIENT.attempts(2);
    let sent = Counter::new();
    let start = Instant::now();
    let outcome: Outcome = call!(upstream = &upstream, policy = policy, async {
        if sent.count() == 1 {
            return Err(Failure::status(500));
        }
        Ok(())
    })
    .await;
    outcome.unwrap();
    assert!(start.elapsed() >= 10 * SECOND, "{:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn f03_a_call_dropped_while_it_waits_for_anything_leaves_nothing() {
    let upstream = Upstream::new("dropped")
        .breaker(BREAKER)
        .concurrency(1)
        .requests_per_minute(60);
    for seconds in 0..15 {
        failing(&upstream).await;
        let calls = join_all((0..4).map(|_| taking(&upstream, PATIENT, SECOND / 2)));
        let _ = timeout(seconds * SECOND, calls).await;
        let snapshot = upstream.snapshot();
        assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
        sleep(12 * SECOND).await;
        // The probe's place has come back.
        taking(&upstream, ONCE, SECOND / 2).await.unwrap();
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Closed));
    }
}
