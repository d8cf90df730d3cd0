//! Deferred retries that meet an open circuit, and wait for it.

use super::{SECOND, failing, spend};
use resilient_runtime::{Backoff, Breaker, Class, Jitter, Policy, Rule, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::{future::pending, time::Duration};
use tokio::time::sleep;

/// Two attempts, 4 s apart, that wait for the breaker.
const PATIENT: Policy = Policy::new()
    .attempts(2)
    .timeout(Duration::from_secs(3))
    .backoff(Backoff::fixed(Duration::from_secs(4)).jitter(Jitter::None))
    .on(Class::CircuitOpen, Rule::new().retry(true));

const ONCE: Policy = Policy::new().attempts(1);

/// A breaker that opens for 6 s.
fn breaking(failures: u32) -> Upstream {
    Upstream::new("breaking").breaker(
        Breaker::new()
            .consecutive(failures)
            .break_duration(6 * SECOND)
            .half_open_probes(10),
    )
}

/// An upstream with an empty budget, while another attempt hangs.
async fn degraded<T>(upstream: &Upstream, then: impl AsyncFnOnce(&Upstream) -> T) -> T {
    spend(upstream).await;
    let policy = ONCE.no_timeout();
    let hanging = call!(upstream = upstream, policy = policy, async {
        pending::<Result<(), Failure>>().await
    });
    tokio::select! {
        _ = hanging => panic!("it hangs"),
        ended = async {
            sleep(SECOND / 100).await;
            then(upstream).await
        } => ended,
    }
}

/// Deferred at 4.1 s, and meets the circuit that opens at 4.5 s.
#[tokio::test(start_paused = true)]
async fn f152_a_retry_that_waits_for_the_breaker_has_left_the_queue_of_the_budget() {
    // Five failures empty the budget; then come three first attempts, a trial, and the opening.
    let upstream = breaking(9);
    degraded(&upstream, async |upstream| {
        let (first, second) = (Counter::new(), Counter::new());
        let trial = failing(upstream, PATIENT, 503, &first);
        let deferred = async {
            sleep(SECOND / 10).await;
            failing(upstream, PATIENT, 503, &second).await
        };
        let opens = async {
            sleep(4 * SECOND + SECOND / 2).await;
            assert_eq!(upstream.snapshot().waiting_retries, 1);
            failing(upstream, ONCE, 503, &Counter::new()).await;
            sleep(SECOND / 10).await;
            assert_eq!(upstream.snapshot().waiting_retries, 0);
            assert_eq!((first.get(), second.get()), (2, 1));
        };
        let (_, error, ()) = tokio::join!(trial, deferred, opens);
        assert_eq!(second.get(), 2);
        // Without the wait for the breaker.
        let deferred = error.history().attempts[0].deferred;
        assert_eq!(deferred, Some(SECOND * 4 / 10));
    })
    .await;
}

/// After the break one of two retries is the trial, and the other one has patience of its own for
/// the budget.
#[tokio::test(start_paused = true)]
async fn f153_a_wait_for_the_breaker_does_not_use_up_the_patience_for_the_budget() {
    let upstream = breaking(10);
    degraded(&upstream, async |upstream| {
        let [one, other, ours] = [Counter::new(), Counter::new(), Counter::new()];
        let trial = failing(upstream, PATIENT, 503, &ours);
        let heals = async |sent: &Counter| -> Result<(), Failure> {
            sleep(SECOND / 10).await;
            call!(upstream = upstream, policy = PATIENT, async {
                if sent.count() == 1 {
                    return Err(Failure::status(503));
                }
                sleep(2 * SECOND).await;
                Ok(())
            })
            .await
        };
        let opens = async {
            sleep(4 * SECOND + SECOND / 2).await;
            assert_eq!(upstream.snapshot().waiting_retries, 2);
            failing(upstream, ONCE, 503, &Counter::new()).await;
        };
        let (_, one, other, ()) = tokio::join!(trial, heals(&one), heals(&other), opens);
        one.unwrap();
        other.unwrap();
    })
    .await;
}
