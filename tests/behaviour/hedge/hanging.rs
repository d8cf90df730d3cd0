//! An attempt that ends with the failure of one run, while another one hangs: the failure counts
//! once, and from when it came.

use super::{MS, SECOND, after, hedged};
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Budget, Class, Classification, Policy, Rate, ServerWait, Upstream, WaitOrigin,
};
use resilient_tests::{Counter, Failure, Recorder};
use std::ops::ControlFlow;
use tokio::time::Instant;

/// The first run fails after two seconds, and the second one hangs until the cut.
async fn fails_and_hangs(upstream: &Upstream, failure: Failure) -> Result<u32, Failure> {
    static SITE: CallSite = CallSite::new("fails and hangs");
    let (hedge, runs) = (Hedge::after(SECOND, 1), Counter::new());
    let policy = Policy::new().attempts(1).timeout(20 * SECOND);
    let mut call = Plan::new()
        .upstream(UpstreamHandle::of(upstream).cost(1_000))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
    let body = || {
        let (run, failure) = (runs.count(), failure.clone());
        async move {
            match run {
                1 => after(2 * SECOND, Err(failure)).await,
                run => after(600 * SECOND, Ok(run)).await,
            }
        }
    };
    match call.attempt_runs(hedge.race(extra, body)).await {
        ControlFlow::Break(result) => result,
        ControlFlow::Continue(()) => panic!("there is one attempt"),
    }
}

#[tokio::test(start_paused = true)]
async fn f133_one_rejection_lowers_the_rate_once() {
    let (recorder, _guard) = Recorder::start();
    let upstream = Upstream::new("once").tokens(Rate::per_minute(10_000));
    let result = fails_and_hangs(&upstream, Failure::status(429)).await;
    assert_eq!(result.unwrap_err().class(), Class::RateLimited);
    assert_eq!(recorder.of("limit lowered").len(), 1);
}

/// The server has rejected the other run unread, and may have worked on this one.
#[tokio::test(start_paused = true)]
async fn f133_tokens_of_a_run_that_hangs_count_as_used() {
    let upstream = Upstream::new("tokens").tokens(Rate::per_minute(10_000));
    fails_and_hangs(&upstream, Failure::status(429))
        .await
        .unwrap_err();
    let usage = upstream.snapshot().usage;
    assert_eq!((usage.estimated, usage.actual), (2_000, 1_000));
}

#[tokio::test(start_paused = true)]
async fn f133_a_servers_wait_closes_the_gate_from_when_the_run_failed() {
    let upstream = Upstream::new("gate").gate(true);
    let wait = ServerWait::new(30 * SECOND, WaitOrigin::RetryAfter);
    let start = Instant::now();
    let failure = Classification::of_status(429).wait(wait);
    fails_and_hangs(&upstream, failure.into())
        .await
        .unwrap_err();
    let opens = start.elapsed() + upstream.snapshot().gate.unwrap_or_default();
    assert_eq!(opens, 32 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn f133_a_servers_wait_delays_the_retry_from_when_the_run_failed() {
    let hedge = Hedge::after(SECOND, 1);
    let policy = Policy::new()
        .attempts(2)
        .budget(Budget::NONE)
        .timeout(20 * SECOND);
    let wait = ServerWait::new(60 * SECOND, WaitOrigin::RetryAfter);
    let start = Instant::now();
    let answer = hedged(&hedge, policy, async |run| match run {
        1 => {
            let failure = Classification::of_status(429).wait(wait);
            after(2 * SECOND, Err(failure.into())).await
        }
        2 => after(600 * SECOND, Ok(run)).await,
        run => after(100 * MS, Ok(run)).await,
    })
    .await;
    assert_eq!(answer.unwrap(), 3);
    // Sixty seconds after the failure, and up to a fifth of jitter.
    let took = start.elapsed();
    assert!(62 * SECOND <= took && took < 76 * SECOND, "{took:?}");
}
