//! Upstreams, keys and calls without a budget do not affect each other.

use super::{Outcome, SECOND, Server, calls, fails, spend, steady, succeeded};
use futures::stream::{FuturesUnordered, StreamExt as _};
use resilient_runtime::{Budget, Policy, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::time::Duration;
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn upstreams_and_keys_neither_help_nor_hurt_each_other() {
    let sick = Upstream::new("sick");
    let server = Server::bad_for(10 * SECOND);
    let well = async {
        let other = Upstream::new("well");
        sleep(5 * SECOND).await;
        assert!(sick.snapshot().waiting_retries > 50);
        let before = (server.requests.get(), sick.snapshot().waiting_retries);
        for _ in 0..100 {
            let outcome: Outcome = call!(upstream = &other, async { Ok(()) }).await;
            outcome.unwrap();
            let outcome: Outcome = call!(upstream = &sick, key = "well", async { Ok(()) }).await;
            outcome.unwrap();
        }
        // Their retries do not wait for the others either.
        for key in [None, Some("other")] {
            let (start, counter) = (Instant::now(), Counter::new());
            let policy = steady(Duration::from_millis(10));
            let outcome: Outcome = match key {
                None => {
                    call!(upstream = &other, policy = policy, async {
                        fail_again(&counter)
                    })
                    .await
                }
                Some(key) => {
                    call!(upstream = &sick, key = key, policy = policy, async {
                        fail_again(&counter)
                    })
                    .await
                }
            };
            outcome.unwrap_err();
            assert_eq!(counter.get(), 5);
            assert!(start.elapsed() < SECOND / 10);
        }
        // No retry was released. One of theirs that was in backoff may have become due, and waits
        // too.
        assert_eq!(server.requests.get(), before.0);
        assert!(sick.snapshot().waiting_retries >= before.1);
    };
    let (outcomes, ()) = tokio::join!(calls(&sick, 100, Policy::new(), &server), well);
    assert_eq!(succeeded(&outcomes), 100);
}

fn fail_again(counter: &Counter) -> Outcome {
    counter.count();
    Err(Failure::status(503))
}

/// Two calls per key: one empties the balance, and the other waits until it has ended.
#[tokio::test(start_paused = true)]
async fn f18_keys_with_waiting_calls_lose_no_state_and_are_forgotten_afterwards() {
    const KEYS: usize = if cfg!(debug_assertions) {
        10_000
    } else {
        100_000
    };
    let upstream = Upstream::new("keys").keys(1_000);
    let answered = Counter::new();
    let mut running: FuturesUnordered<_> = (0..KEYS)
        .map(|number| {
            let (upstream, answered) = (&upstream, &answered);
            async move {
                let key = number.to_string();
                let policy = steady(Duration::ZERO).attempts(6);
                let spends = async {
                    let mut attempts = 0;
                    call!(upstream = upstream, key = &key, policy = policy, async {
                        attempts += 1;
                        if attempts < 6 {
                            return Err(Failure::status(503));
                        }
                        sleep(SECOND).await;
                        Ok(())
                    })
                    .await
                };
                let waits = async {
                    let mut attempts = 0;
                    call!(
                        upstream = upstream,
                        key = &key,
                        policy = steady(SECOND / 10),
                        async {
                            attempts += 1;
                            if attempts == 1 {
                                return Err(Failure::status(503));
                            }
                            answered.count();
                            Ok(())
                        }
                    )
                    .await
                };
                let outcomes: (Outcome, Outcome) = tokio::join!(spends, waits);
                outcomes.0.unwrap();
                outcomes.1.unwrap();
            }
        })
        .collect();
    let most_waiting = async {
        sleep(SECOND / 2).await;
        assert_eq!(upstream.key_count(), KEYS);
        upstream.snapshot_by("0").unwrap().waiting_retries
    };
    let all = async { while running.next().await.is_some() {} };
    let ((), waiting) = tokio::join!(all, most_waiting);
    assert_eq!(waiting, 1);
    assert_eq!(answered.get(), u32::try_from(KEYS).unwrap());
    drop(running);
    sleep(SECOND).await;
    let outcome: Outcome = call!(upstream = &upstream, key = "new", async { Ok(()) }).await;
    outcome.unwrap();
    assert!(upstream.key_count() <= 1_000, "{}", upstream.key_count());
}

#[tokio::test(start_paused = true)]
async fn without_a_budget_nothing_waits() {
    let upstream = Upstream::new("none");
    let server = Server::bad_for(3_600 * SECOND);
    let policy = Policy::new().budget(Budget::NONE);
    let outcomes = calls(&upstream, 100, policy, &server).await;
    assert_eq!((succeeded(&outcomes), server.requests.get()), (0, 500));
    assert_eq!(upstream.snapshot().counts.deferred, 0);
}

#[tokio::test(start_paused = true)]
async fn calls_without_a_budget_leave_nothing_in_flight() {
    let upstream = Upstream::new("left over");
    spend(&upstream).await;
    let policy = steady(SECOND).attempts(3).budget(Budget::NONE);
    fails(&upstream, policy, &Counter::new()).await;
    // A single call keeps to its own schedule.
    let (start, counter) = (Instant::now(), Counter::new());
    fails(&upstream, steady(SECOND).attempts(8), &counter).await;
    assert_eq!((counter.get(), start.elapsed().as_secs()), (8, 7));
}
