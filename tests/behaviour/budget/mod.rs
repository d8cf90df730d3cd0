//! The retry budget, tested through calls.

mod balance;
mod breaker_waits;
mod deferred_retry;
mod hedge;
mod held_results;

use resilient_runtime::{Policy, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);

async fn failing(upstream: &Upstream, policy: Policy, status: u16, counter: &Counter) -> Failure {
    let result: Result<(), Failure> = call!(upstream = upstream, policy = policy, async {
        counter.count();
        Err(Failure::status(status))
    })
    .await;
    result.unwrap_err()
}

/// Empties the budget of an upstream.
async fn spend(upstream: &Upstream) {
    failing(upstream, Policy::new(), 503, &Counter::new()).await;
}
