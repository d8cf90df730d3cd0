//! Admission to an upstream: waiting for limits, the gate and the breaker, and its events.

mod breaker;
mod cancel;
mod events;
mod gate;
mod learned_limits;
mod nested_calls;
mod opening;

use resilient_runtime::{Breaker, Class, Policy, Rule, ServerLimits, Upstream, call};
use resilient_tests::Failure;
use std::{pin::pin, time::Duration};
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);
const ONCE: Policy = Policy::new().attempts(1);
/// A break of ten seconds after the first failure, and one probe.
const BREAKER: Breaker = Breaker::new()
    .consecutive(1)
    .break_duration(Duration::from_secs(10))
    .half_open_probes(1);

type Outcome = Result<(), Failure>;

async fn taking(upstream: &Upstream, policy: Policy, time: Duration) -> Outcome {
    call!(upstream = upstream, policy = policy, async {
        sleep(time).await;
        Ok(())
    })
    .await
}

async fn taking_tokens(
    upstream: &Upstream,
    policy: Policy,
    cost: u64,
    body: impl Future<Output = ()>,
) -> Outcome {
    let mut body = pin!(body);
    call!(upstream = upstream, cost = cost, policy = policy, async {
        body.as_mut().await;
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

fn said(limit: u64) -> ServerLimits {
    let mut limits = ServerLimits::default();
    limits.tokens.limit = Some(limit);
    limits.tokens.remaining = Some(limit);
    limits
}

const PATIENT: Policy = ONCE.on(Class::CircuitOpen, Rule::new().retry(true));
