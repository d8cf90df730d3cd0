//! Failures of runs: a hedge throws away nothing that they say.

use super::{MS, SECOND, after, hedged, through};
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Breaker, BreakerState, Budget, Class, Classification, Policy, ServerWait, Upstream, WaitOrigin,
};
use resilient_tests::{Counter, Failure};
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
