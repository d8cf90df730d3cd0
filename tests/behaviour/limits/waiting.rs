//! How long a call waits for a limit, and when it stops waiting.

use super::{ONCE, SECOND, at_once, taking};
use futures::future::join_all;
use resilient_runtime::{
    Class, Classification, Concurrency, Policy, Rate, ServerWait, Upstream, WaitOrigin, call,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, pin::pin, time::Duration};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn f80_a_thousand_calls_dropped_in_the_queue_do_not_delay_the_next() {
    let upstream = Upstream::new("f80")
        .requests_per_minute(60)
        .tokens_per_minute(600);
    assert!(at_once(&upstream).await);
    let waiting = (0..1_000).map(|_| taking(&upstream, ONCE, SECOND));
    let _ = tokio::time::timeout(SECOND / 2, join_all(waiting)).await;
    let start = Instant::now();
    taking(&upstream, ONCE, Duration::ZERO).await.unwrap();
    assert_eq!(start.elapsed(), SECOND / 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_deadline_waits_in_line_as_long_as_it_takes() {
    let hour = 3_600 * SECOND;
    let held = ONCE.timeout(2 * hour);
    let slots = Upstream::new("slots").concurrency(Concurrency::new(1));
    let rate = Upstream::new("rate").requests(Rate::per_hour(1));
    let tokens = Upstream::new("tokens").tokens(Rate::per_hour(1));
    let gate = Upstream::new("gate").gate(true);
    let gate = gate.policy(Policy::new().max_retry_after(hour));
    let wait = ServerWait::new(hour, WaitOrigin::RetryAfter);
    let busy = Classification::of_status(503).wait(wait);
    for upstream in [&slots, &rate, &tokens, &gate] {
        let name = upstream.name();
        let first = async {
            let result: Result<(), Failure> =
                call!(upstream = upstream, cost = 1, policy = held, async {
                    if name == "slots" {
                        sleep(hour).await;
                    }
                    match name {
                        "gate" => Err(busy.clone().into()),
                        _ => Ok(()),
                    }
                })
                .await;
            assert_eq!(result.is_err(), name == "gate");
        };
        let mut first = pin!(first);
        // The holder of the permit stays; the others have used up all limits.
        let sent = futures::poll!(first.as_mut());
        assert_eq!(sent.is_pending(), name == "slots");
        let start = Instant::now();
        let bounded = async {
            let policy = ONCE.deadline(120 * SECOND);
            let result: Result<(), Failure> =
                call!(upstream = upstream, cost = 1, policy = policy, async {
                    Ok(())
                })
                .await;
            // The hold time of a permit is unknown in advance, so the wait begins, and ends at the
            // deadline.
            let refused_after = if name == "slots" {
                120 * SECOND
            } else {
                Duration::ZERO
            };
            assert_eq!(start.elapsed(), refused_after, "{name}");
            assert_eq!(result.unwrap_err().class(), Class::Throttled, "{name}");
        };
        let unbounded = async {
            let result: Result<(), Failure> =
                call!(upstream = upstream, cost = 1, async { Ok(()) }).await;
            result.unwrap();
            start.elapsed()
        };
        let waited = if name == "slots" {
            futures::join!(first, bounded, unbounded).2
        } else {
            futures::join!(bounded, unbounded).1
        };
        let spread = if name == "gate" {
            31 * SECOND
        } else {
            Duration::ZERO
        };
        assert!(
            (hour..=hour + spread).contains(&waited),
            "{name} {waited:?}"
        );
    }
}

/// A bounded queue and a bounded wait refuse the calls that exceed them.
#[tokio::test(start_paused = true)]
async fn a_bounded_line_and_a_bounded_wait_refuse_all_the_same() {
    let queue = Concurrency::new(1).queue(2);
    let upstream = Upstream::new("shed")
        .concurrency(queue)
        .max_wait(30 * SECOND);
    let start = Instant::now();
    let calls = (0..4).map(|_| async {
        let result = taking(&upstream, ONCE, 31 * SECOND).await;
        (result.err().map(|error| error.class()), start.elapsed())
    });
    let limited = (Some(Class::Throttled), 30 * SECOND);
    assert_eq!(
        join_all(calls).await,
        [
            (None, 31 * SECOND),
            limited,
            limited,
            (Some(Class::AtCapacity), Duration::ZERO)
        ]
    );
}

/// Between the opening of the gate and the deadline there is time for an attempt.
#[tokio::test(start_paused = true)]
async fn calls_leave_the_gate_early_enough_for_their_deadline() {
    let upstream = Upstream::new("gate").gate(true);
    let wait = ServerWait::new(10 * SECOND, WaitOrigin::RetryAfter);
    let busy = Classification::of_status(503).wait(wait);
    let result: Result<(), Failure> = call!(upstream = &upstream, policy = ONCE, async {
        Err(busy.clone().into())
    })
    .await;
    result.unwrap_err();
    let policy = ONCE.deadline(12 * SECOND);
    let calls = (0..100).map(|_| taking(&upstream, policy, SECOND));
    let results = join_all(calls).await;
    assert!(results.iter().all(Result::is_ok));
}

/// A wait that ends at the deadline leaves no time for the attempt.
#[tokio::test(start_paused = true)]
async fn a_call_admitted_at_its_deadline_is_not_sent() {
    let upstream = Upstream::new("turn")
        .concurrency(Concurrency::new(1))
        .requests(Rate::per_second(1));
    let counter = Counter::new();
    let mut first = pin!(taking(&upstream, ONCE, 2 * SECOND));
    assert!(futures::poll!(first.as_mut()).is_pending());
    let slot = call!(
        upstream = &upstream,
        policy = ONCE.deadline(2 * SECOND),
        async {
            counter.count();
            pending::<Result<(), Failure>>().await
        }
    );
    // The permit is returned before the other call checks its deadline.
    let (first, slot) = futures::join!(first, slot);
    first.unwrap();
    assert_eq!(
        (slot.unwrap_err().class(), counter.get()),
        (Class::Throttled, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn a_cost_above_the_capacity_is_refused_before_any_other_wait() {
    let upstream = Upstream::new("never")
        .concurrency(Concurrency::new(1))
        .tokens(Rate::per_minute(1_000).burst(100));
    let mut holder = pin!(taking(&upstream, ONCE, 60 * SECOND));
    assert!(futures::poll!(holder.as_mut()).is_pending());
    let start = Instant::now();
    let result: Result<(), Failure> =
        call!(upstream = &upstream, cost = 101, async { Ok(()) }).await;
    let error = result.unwrap_err();
    assert_eq!((error.class(), error.wait()), (Class::Throttled, None));
    assert_eq!(start.elapsed(), Duration::ZERO);
}
