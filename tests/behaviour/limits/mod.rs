//! The limits of an upstream: concurrency, requests, tokens and the gate.

mod concurrency;
mod held;
mod held_permits;
mod held_units;
mod hostile;
mod order;
mod rate;
mod waiting;

use resilient_runtime::{Policy, Upstream, call};
use resilient_tests::Failure;
use std::time::Duration;
use tokio::time::sleep;

const SECOND: Duration = Duration::from_secs(1);
const ONCE: Policy = Policy::new().attempts(1);

type Outcome = Result<(), Failure>;

/// A call whose body takes some time.
async fn taking(upstream: &Upstream, policy: Policy, time: Duration) -> Result<(), Failure> {
    call!(upstream = upstream, policy = policy, async {
        sleep(time).await;
        Ok(())
    })
    .await
}

/// A call that is sent at once or not at all.
async fn at_once(upstream: &Upstream) -> bool {
    let policy = ONCE.deadline(Duration::from_millis(1));
    let result: Result<(), Failure> =
        call!(upstream = upstream, cost = 1, policy = policy, async {
            Ok(())
        })
        .await;
    result.is_ok()
}
