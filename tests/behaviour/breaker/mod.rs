//! The circuit breaker, tested through calls.

mod half_open;
mod open;
mod refused_retry;

use resilient_runtime::{Breaker, BreakerState, Policy, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
const ONCE: Policy = Policy::new().attempts(1);

/// A breaker that opens after two failures.
fn breaker() -> Breaker {
    Breaker::new()
        .min_calls(2)
        .failure_ratio(0.5)
        .half_open_probes(1)
}

fn is_in(upstream: &Upstream, state: BreakerState) {
    assert_eq!(upstream.snapshot().breaker, Some(state));
}

async fn failing(upstream: &Upstream, policy: Policy, status: u16, counter: &Counter) -> Failure {
    let result: Result<(), Failure> = call!(upstream = upstream, policy = policy, async {
        counter.count();
        Err(Failure::status(status))
    })
    .await;
    result.unwrap_err()
}

/// Opens the breaker for five seconds.
async fn opened(upstream: &Upstream) {
    for _ in 0..2 {
        failing(upstream, ONCE, 503, &Counter::new()).await;
    }
    is_in(upstream, BreakerState::Open);
}
