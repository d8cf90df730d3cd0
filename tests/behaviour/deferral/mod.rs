//! Deferred retries with many callers, panics, dropped calls and a clock that goes back.

mod cleanup;
mod isolation;
mod release;
mod shutdown;

use futures::future::join_all;
use resilient_runtime::{Backoff, Jitter, Policy, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::{
    future::{Future, pending},
    time::Duration,
};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

type Outcome = Result<(), Failure>;

/// A server that answers 503 at once for some time, and succeeds afterwards.
struct Server {
    bad_until: Instant,
    requests: Counter,
}

impl Server {
    fn bad_for(time: Duration) -> Self {
        Self {
            bad_until: Instant::now() + time,
            requests: Counter::new(),
        }
    }

    async fn answer(&self) -> Outcome {
        self.requests.count();
        sleep(Duration::from_millis(1)).await;
        if Instant::now() < self.bad_until {
            Err(Failure::status(503))
        } else {
            Ok(())
        }
    }
}

async fn calls(
    upstream: &Upstream,
    number: usize,
    policy: Policy,
    server: &Server,
) -> Vec<Outcome> {
    join_all((0..number).map(|_| async {
        call!(upstream = upstream, policy = policy, async {
            server.answer().await
        })
        .await
    }))
    .await
}

fn succeeded(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}

/// A call that hangs: while it is in flight, no call is alone.
async fn hang(upstream: &Upstream) -> Outcome {
    static PATIENT: Policy = Policy::new().no_timeout();
    call!(upstream = upstream, policy = &PATIENT, async {
        pending::<Outcome>().await
    })
    .await
}

/// Runs this while an attempt hangs.
async fn beside_a_hang<T>(upstream: &Upstream, then: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        _ = hang(upstream) => panic!("it hangs"),
        value = then => value,
    }
}

/// Retries without jitter, so that tests know when they are due.
fn steady(delay: Duration) -> Policy {
    Policy::new().backoff(Backoff::fixed(delay).jitter(Jitter::None))
}

async fn fails(upstream: &Upstream, policy: impl AsRef<Policy>, counter: &Counter) -> Failure {
    let result: Outcome = call!(upstream = upstream, policy = policy, async {
        counter.count();
        Err(Failure::status(503))
    })
    .await;
    result.unwrap_err()
}

/// Empties the balance.
async fn spend(upstream: &Upstream) {
    fails(upstream, steady(SECOND), &Counter::new()).await;
}
