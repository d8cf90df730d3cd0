//! The retry budget also pays for hedges.

use super::{SECOND, spend};
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Policy, Upstream,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, ops::ControlFlow, time::Duration};
use tokio::time::sleep;

#[tokio::test(start_paused = true)]
async fn f71_an_empty_budget_suppresses_the_extra_run_and_not_the_one_in_flight() {
    static SITE: CallSite = CallSite::new("f71");
    let upstream = Upstream::new("f71");
    spend(&upstream).await;
    let before = upstream.snapshot().budget;
    assert!(before < 5.0, "{before}");
    let hedge = Hedge::after(Duration::from_millis(10), 3);
    let counter = Counter::new();
    let policy = Policy::new();
    let mut call = Plan::<Result<u32, Failure>>::new()
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
    let attempt = call.attempt_runs(hedge.race(extra, || async {
        counter.count();
        sleep(SECOND).await;
        Ok(7)
    }));
    let ControlFlow::Break(Ok(answer)) = attempt.await else {
        panic!("the run in flight succeeds");
    };
    assert_eq!((answer, counter.get()), (7, 1));
    assert!(upstream.snapshot().budget > before);
}

/// Hedges are paid from the budget; the first run is free.
#[tokio::test(start_paused = true)]
async fn a_hedge_is_paid_as_a_failed_retry_of_an_overloaded_server() {
    static SITE: CallSite = CallSite::new("paid hedge");
    let upstream = Upstream::new("paid hedge");
    let hedge = Hedge::after(SECOND, 1);
    let policy = Policy::new();
    let mut call = Plan::<Result<(), Failure>>::new()
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
    let attempt = call.attempt_runs(hedge.race(extra, pending));
    assert!(tokio::time::timeout(2 * SECOND, attempt).await.is_err());
    let budget = upstream.snapshot().budget;
    assert!((15.0..15.2).contains(&budget), "{budget}");
}
