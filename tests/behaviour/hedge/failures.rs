//! Failures of runs: a hedge throws away nothing that they say.

use super::{MS, ONCE, SECOND, after, hedged, through};
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Breaker, BreakerState, Budget, Class, Classification, Concurrency, Policy, Processed,
    ServerWait, Upstream, WaitOrigin,
};
use resilient_tests::{Counter, Failure, Recorder};
use std::ops::ControlFlow;
use tokio::time::{Instant, sleep};

fn rate_limited(wait: u32) -> Failure {
    let mut failure = Failure::status(429);
    let wait = ServerWait::new(wait * SECOND, WaitOrigin::RetryAfter);
    failure.classification.wait = Some(wait);
    failure
}

/// The first run hangs, and the second one learns that the key was revoked.
#[tokio::test(start_paused = true)]
async fn f133_a_final_failure_of_a_run_ends_the_attempt() {
    let hedge = Hedge::after(SECOND, 3);
    let start = Instant::now();
    let result = hedged(&hedge, Policy::DEFAULT, async |run| match run {
        1 => after(600 * SECOND, Ok(1)).await,
        _ => after(100 * MS, Err(Failure::status(401))).await,
    })
    .await;
    assert_eq!(result.unwrap_err().class(), Class::Authentication);
    assert_eq!(start.elapsed(), SECOND + 100 * MS);
}

/// The first run fails finally, while another one hangs.
#[tokio::test(start_paused = true)]
async fn f133_a_final_failure_of_the_first_run_ends_the_attempt() {
    let hedge = Hedge::after(SECOND, 1);
    let start = Instant::now();
    let result = hedged(&hedge, Policy::DEFAULT, async |run| match run {
        1 => after(2 * SECOND, Err(Failure::status(401))).await,
        _ => after(600 * SECOND, Ok(2)).await,
    })
    .await;
    assert_eq!(result.unwrap_err().class(), Class::Authentication);
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn f133_a_servers_wait_holds_back_the_next_run() {
    let hedge = Hedge::after(SECOND, 5);
    let (runs, start) = (Counter::new(), Instant::now());
    let policy = Policy::new().attempts(1).budget(Budget::NONE).no_timeout();
    let answer = hedged(&hedge, policy, async |run| {
        runs.count();
        match run {
            1 => after(90 * SECOND, Ok(1)).await,
            2 => after(100 * MS, Err(rate_limited(60))).await,
            run => {
                assert!(start.elapsed() >= 61 * SECOND, "{:?}", start.elapsed());
                after(SECOND, Ok(run)).await
            }
        }
    })
    .await;
    assert_eq!((answer.unwrap(), runs.get()), (3, 3));
}

/// The wait of a failed run closes the gate for all callers, and its failure reaches the breaker.
#[tokio::test(start_paused = true)]
async fn f133_failures_of_runs_reach_breaker_and_gate() {
    let hedge = Hedge::after(SECOND, 1);
    for (failing, status) in [(1, 503), (2, 503), (1, 429), (2, 429)] {
        let upstream = Upstream::new("hedged")
            .gate(true)
            .breaker(Breaker::new().consecutive(1));
        let answer = through(&upstream, &hedge, async |run| {
            let time = if run == failing { 1_200 } else { 3_000 };
            let failure = match status {
                429 => rate_limited(60),
                status => Failure::status(status),
            };
            let result = if run == failing {
                Err(failure)
            } else {
                Ok(run)
            };
            after(MS * time, result).await
        })
        .await;
        assert_eq!(answer.unwrap(), 3 - failing);
        let snapshot = upstream.snapshot();
        assert_eq!(snapshot.counts.hedged, 1);
        let is_open = snapshot.breaker == Some(BreakerState::Open);
        assert_eq!(is_open, status == 503, "{failing} {status}");
        assert_eq!(snapshot.gate.is_some(), status == 429, "{failing} {status}");
    }
}

#[tokio::test(start_paused = true)]
async fn f133_the_cost_of_a_losing_run_is_wasted() {
    let hedge = Hedge::after(SECOND, 1);
    let upstream = Upstream::new("wasted");
    let answer = through(&upstream, &hedge, async |run| match run {
        1 => after(600 * SECOND, Ok(1)).await,
        _ => after(SECOND, Ok(2)).await,
    })
    .await;
    assert_eq!(answer.unwrap(), 2);
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.usage.estimated, snapshot.usage.wasted), (20, 10));
}

/// A response that is a failure is no winner, and no latency of a success.
#[tokio::test(start_paused = true)]
async fn f134_a_failing_response_is_not_the_winner() {
    static SITE: CallSite = CallSite::new("responses");
    let hedge = Hedge::after(SECOND, 1);
    let upstream = Upstream::new("responses").breaker(Breaker::new().consecutive(1));
    let (policy, runs) = (Policy::new().attempts(1), Counter::new());
    let mut call = Plan::<Result<u16, Failure>>::new()
        .classify_ok(|status: &u16| (*status >= 400).then(|| Classification::of_status(*status)))
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
    let body = || {
        let run = runs.count();
        async move {
            sleep(if run == 1 { 5 * SECOND } else { 100 * MS }).await;
            Ok(if run == 1 { 200 } else { 503 })
        }
    };
    let ended = call.attempt_runs(hedge.race(extra, body)).await;
    assert!(matches!(ended, ControlFlow::Break(Ok(200))));
    drop(call);
    assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
}

/// The only word of the server ends an attempt whose other runs hang.
#[tokio::test(start_paused = true)]
async fn f133_a_failure_of_a_run_is_the_attempts_own_where_the_others_hang() {
    let hedge = Hedge::after(SECOND, 2);
    let policy = Policy::new()
        .attempts(2)
        .budget(Budget::NONE)
        .timeout(20 * SECOND);
    for answering in [1, 2, 3] {
        let start = Instant::now();
        let answer = hedged(&hedge, policy, async |run| match run {
            run if run == answering => after(1_100 * MS, Err(rate_limited(60))).await,
            1..=3 => after(600 * SECOND, Ok(run)).await,
            run => after(100 * MS, Ok(run)).await,
        })
        .await;
        assert!(answer.unwrap() > 1);
        // The next attempt waits as the server asked, and no longer.
        let took = start.elapsed();
        assert!((61 * SECOND..66 * SECOND).contains(&took), "{took:?}");
    }
    let result = hedged(&hedge, policy.attempts(1), async |run| match run {
        2 => after(100 * MS, Err(rate_limited(60))).await,
        run => after(600 * SECOND, Ok(run)).await,
    })
    .await;
    let error = result.unwrap_err();
    assert_eq!(error.class(), Class::RateLimited);
    assert_eq!(error.history().attempts.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn f133_a_failing_response_is_the_attempts_own_where_the_others_hang() {
    static SITE: CallSite = CallSite::new("hanging responses");
    let hedge = Hedge::after(SECOND, 1);
    let upstream = Upstream::new("hanging").breaker(Breaker::new().consecutive(1));
    let (policy, runs) = (
        Policy::new().attempts(1).timeout(5 * SECOND),
        Counter::new(),
    );
    let mut call = Plan::<Result<u16, Failure>>::new()
        .classify_ok(|status: &u16| (*status >= 400).then(|| Classification::of_status(*status)))
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
    let body = || {
        let run = runs.count();
        async move {
            sleep(if run == 1 { 600 * SECOND } else { 100 * MS }).await;
            Ok(if run == 1 { 200 } else { 503 })
        }
    };
    let ended = call.attempt_runs(hedge.race(extra, body)).await;
    let ControlFlow::Break(Err(error)) = ended else {
        panic!("it ends");
    };
    assert_eq!(error.classification.status, Some(503));
    drop(call);
    let snapshot = upstream.snapshot();
    assert_eq!(snapshot.breaker, Some(BreakerState::Open));
    assert_eq!(snapshot.in_use, None);
}

/// The shared state heard of the failure when it came, and hears of a timeout now.
#[tokio::test(start_paused = true)]
async fn f133_a_run_that_hangs_beside_one_that_failed_is_a_timeout_for_all_callers() {
    let hedge = Hedge::after(SECOND, 1);
    let upstream = Upstream::new("cut")
        .gate(true)
        .breaker(Breaker::new().consecutive(1))
        .requests_per_minute(600);
    let result = through(&upstream, &hedge, async |run| match run {
        1 => after(600 * SECOND, Ok(1)).await,
        _ => after(SECOND, Err(rate_limited(5))).await,
    })
    .await;
    let error = result.unwrap_err();
    assert_eq!(error.class(), Class::RateLimited);
    let snapshot = upstream.snapshot();
    assert_eq!(snapshot.gate, None, "closed anew");
    assert_eq!(snapshot.breaker, Some(BreakerState::Open));
    // The tokens of the run that hangs may have been used.
    assert_eq!(snapshot.usage.wasted, 10);
    let attempt = error.history().attempts.last().unwrap();
    assert_eq!(attempt.processed, Processed::Maybe);
}

#[tokio::test(start_paused = true)]
async fn f200_a_run_that_fails_or_is_not_started_is_in_the_log() {
    let hedge = Hedge::after(SECOND, 1);
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("log");
    let answer = through(&upstream, &hedge, async |run| match run {
        1 => after(3 * SECOND, Ok(1)).await,
        _ => after(100 * MS, Err(rate_limited(60))).await,
    });
    answer.await.unwrap();
    let [failed] = &recorder.of("run failed")[..] else {
        panic!("{:?}", recorder.messages());
    };
    assert_eq!(failed.field("error.type"), Class::RateLimited.as_str());
    assert_eq!(failed.field("wait"), "60s");

    let full = Upstream::new("full").concurrency(Concurrency::new(1));
    let slow = async |run| after(3 * SECOND, Ok(run)).await;
    through(&full, &hedge, slow).await.unwrap();
    let spent = ONCE.budget(Budget::percent(1));
    for _ in 0..100 {
        hedged(&hedge, spent, slow).await.unwrap();
    }
    hedged(&hedge, ONCE.idempotent(false), slow).await.unwrap();
    let mut reasons: Vec<_> = recorder
        .of("not hedging")
        .iter()
        .map(|event| event.field("reason").to_owned())
        .collect();
    reasons.dedup();
    let expected = [
        "no room in the upstream",
        "retry budget spent",
        "not idempotent",
    ];
    assert_eq!(reasons, expected);
}
