//! Hedging: a second run of a slow attempt.

mod cancel;
mod failures;
mod hanging;
mod race;
mod settings;
mod upstream;

use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Budget, Policy, Upstream,
};
use resilient_tests::{Counter, Failure};
use std::{ops::ControlFlow, time::Duration};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);
const ONCE: Policy = Policy::new().attempts(1).budget(Budget::NONE);

/// A hedged call without an upstream, as the attribute writes it. The body gets the number of its
/// run within the call.
async fn hedged(
    hedge: &Hedge,
    policy: Policy,
    body: impl AsyncFn(u32) -> Result<u32, Failure>,
) -> Result<u32, Failure> {
    static SITE: CallSite = CallSite::new("hedged");
    let runs = Counter::new();
    let mut call = Plan::new().start(&SITE, &policy);
    loop {
        let extra = call.hedge_allowances();
        match call
            .attempt_runs(hedge.race(extra, || body(runs.count())))
            .await
        {
            ControlFlow::Break(result) => return result,
            ControlFlow::Continue(()) => {}
        }
    }
}

/// The same through an upstream.
async fn through(
    upstream: &Upstream,
    hedge: &Hedge,
    body: impl AsyncFn(u32) -> Result<u32, Failure>,
) -> Result<u32, Failure> {
    static SITE: CallSite = CallSite::new("through");
    let runs = Counter::new();
    let mut call = Plan::new()
        .upstream(UpstreamHandle::of(upstream).cost(10))
        .start(&SITE, &ONCE);
    loop {
        let extra = call.hedge_allowances();
        match call
            .attempt_runs(hedge.race(extra, || body(runs.count())))
            .await
        {
            ControlFlow::Break(result) => return result,
            ControlFlow::Continue(()) => {}
        }
    }
}

async fn after(time: Duration, result: Result<u32, Failure>) -> Result<u32, Failure> {
    sleep(time).await;
    result
}
