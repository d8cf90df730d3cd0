//! A call that waits holds neither the place of another nor a unit of a rate.

use super::{ONCE, SECOND, taking};
use futures::{future::join_all, poll};
use resilient_runtime::{
    Classification, Concurrency, Policy, Rate, ServerLimits, ServerWait, Upstream, WaitOrigin,
    call, record_server_limits,
};
use resilient_tests::{Counter, Failure};
use std::{sync::Mutex, time::Duration};
use tokio::time::{Instant, sleep, timeout};

/// As in a loop over buffered calls that makes another call for each result: the head of the queue
/// exists and is not polled.
#[tokio::test(start_paused = true)]
async fn f142_a_head_of_a_rate_limits_queue_that_is_not_polled_does_not_hold_up_the_others() {
    let rate = Rate::per_second(1).burst(1);
    for upstream in [
        Upstream::new("requests").requests(rate),
        Upstream::new("tokens").tokens(rate),
    ] {
        let call = async || -> Result<(), Failure> {
            call!(upstream = &upstream, cost = 1, policy = ONCE, async {
                Ok(())
            })
            .await
        };
        call().await.unwrap();
        let mut head = Box::pin(call());
        timeout(SECOND / 10, head.as_mut()).await.unwrap_err();
        let start = Instant::now();
        let others = join_all((0..5).map(|_| call()));
        for outcome in timeout(60 * SECOND, others).await.unwrap() {
            outcome.unwrap();
        }
        let took = start.elapsed();
        assert!((4 * SECOND..12 * SECOND).contains(&took), "{took:?}");
        // Polled again, it takes its turn.
        head.await.unwrap();
        taking(&upstream, ONCE, Duration::ZERO).await.unwrap();
    }
}

/// As in the handler of a `select!` that makes another call: a queued call gets the permit, and is
/// not polled.
#[tokio::test(start_paused = true)]
async fn f156_a_permit_granted_to_a_call_that_is_not_polled_goes_to_another_one() {
    for is_polled_again in [true, false] {
        let upstream = Upstream::new("unpolled").concurrency(Concurrency::new(1));
        let mut holder = Box::pin(taking(&upstream, ONCE, SECOND));
        assert!(poll!(holder.as_mut()).is_pending());
        // Queued, and then not polled any more.
        let mut unpolled: Vec<_> = (0..20)
            .map(|_| Box::pin(taking(&upstream, ONCE, SECOND)))
            .collect();
        for call in &mut unpolled {
            assert!(poll!(call.as_mut()).is_pending());
        }
        holder.await.unwrap();
        let start = Instant::now();
        let others = join_all((0..5).map(|_| taking(&upstream, ONCE, SECOND)));
        for outcome in timeout(60 * SECOND, others).await.unwrap() {
            outcome.unwrap();
        }
        // They are not waited for one after another, and a call takes a second.
        let took = start.elapsed();
        assert!((7 * SECOND..30 * SECOND).contains(&took), "{took:?}");
        if is_polled_again {
            for outcome in join_all(unpolled).await {
                outcome.unwrap();
            }
        } else {
            drop(unpolled);
        }
        let snapshot = upstream.snapshot();
        assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
        let next = taking(&upstream, ONCE, Duration::ZERO);
        timeout(SECOND, next).await.unwrap().unwrap();
    }
}

/// The largest number of requests in any second.
fn most_in_a_second(mut sent: Vec<Instant>) -> usize {
    sent.sort();
    let within = |start: &Instant| {
        let from_it = sent.iter().filter(|at| *at >= start);
        from_it.filter(|at| **at - *start < SECOND).count()
    };
    sent.iter().map(within).max().unwrap_or(0)
}

/// 400 calls, of which the first one makes the others wait; ten are permitted in a second.
async fn most_of_400(
    upstream: &Upstream,
    policy: Policy,
    first: impl AsyncFn() -> Result<(), Failure>,
) -> usize {
    let (sent, counter) = (Mutex::new(Vec::new()), Counter::new());
    let calls = (0..400).map(|_| async {
        let outcome: Result<(), Failure> =
            call!(upstream = upstream, cost = 1_000, policy = policy, async {
                sent.lock().unwrap().push(Instant::now());
                match counter.count() {
                    1 => first().await,
                    _ => Ok(()),
                }
            })
            .await;
        outcome
    });
    let outcomes = join_all(calls).await;
    assert!(outcomes.iter().filter(|outcome| outcome.is_ok()).count() >= 399);
    most_in_a_second(sent.into_inner().unwrap())
}

/// A burst of ten, and the ten that a second refills.
const MOST: usize = 20;

#[tokio::test(start_paused = true)]
async fn f143_calls_that_wait_at_the_gate_keep_the_rate_when_it_opens() {
    let upstream = Upstream::new("gate")
        .gate(true)
        .requests(Rate::per_second(10).burst(10))
        .tokens(Rate::per_second(20_000));
    let wait = ServerWait::new(20 * SECOND, WaitOrigin::RetryAfter);
    let most = most_of_400(&upstream, ONCE.deadline(70 * SECOND), async || {
        sleep(SECOND / 2).await;
        Err(Classification::of_status(429).wait(wait).into())
    });
    let most = most.await;
    assert!(most <= MOST, "{most}");
}

#[tokio::test(start_paused = true)]
async fn f143_calls_that_wait_for_tokens_keep_the_rate_of_requests_when_there_are_some() {
    let upstream = Upstream::new("tokens")
        .requests(Rate::per_second(10).burst(10))
        .tokens_per_minute(200_000);
    let most = most_of_400(&upstream, ONCE, async || {
        let mut limits = ServerLimits::default();
        limits.tokens.limit = Some(200_000);
        limits.tokens.remaining = Some(0);
        limits.tokens.reset = Some(30 * SECOND);
        record_server_limits(&limits);
        Ok(())
    });
    let most = most.await;
    assert!(most <= MOST, "{most}");
}
