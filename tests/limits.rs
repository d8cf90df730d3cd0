//! The limits of whole calls: slots, requests, tokens and the gate.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

use futures::future::join_all;
use resilient_runtime::{
    Class, Classification, Concurrency, Policy, Processed, Rate, ServerWait, Upstream, WaitOrigin,
    call,
};
use resilient_tests::{Counter, Failure};
use std::{
    future::pending,
    pin::pin,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const ONCE: Policy = Policy::new().attempts(1);

/// A call whose body takes some time.
async fn taking(upstream: &Upstream, policy: Policy, time: Duration) -> Result<(), Failure> {
    call!(upstream = upstream, policy = policy, async {
        sleep(time).await;
        Ok(())
    })
    .await
}

/// One that is sent at once or not at all.
async fn at_once(upstream: &Upstream) -> bool {
    let policy = ONCE.deadline(Duration::from_millis(1));
    let result: Result<(), Failure> =
        call!(upstream = upstream, cost = 1, policy = policy, async {
            Ok(())
        })
        .await;
    result.is_ok()
}

#[tokio::test(start_paused = true)]
async fn f43_a_thousand_waiters_whose_time_is_over_take_no_slot_with_them() {
    let upstream = Upstream::new("f43").concurrency(8);
    let holders = join_all((0..8).map(|_| taking(&upstream, ONCE, 10 * SECOND)));
    let waiters = join_all((0..1_000).map(|_| taking(&upstream, ONCE.deadline(SECOND), SECOND)));
    // In line behind all of those.
    let last = async {
        sleep(SECOND / 2).await;
        assert_eq!(upstream.snapshot().waiting, Some(1_000));
        let start = Instant::now();
        join_all((0..8).map(|_| taking(&upstream, ONCE, SECOND))).await;
        start.elapsed()
    };
    let (held, waited, last) = tokio::join!(holders, waiters, last);
    assert!(held.iter().all(Result::is_ok));
    for result in waited {
        assert_eq!(result.unwrap_err().class(), Class::Limited);
    }
    // When the holders have ended, all eight at once.
    assert_eq!(last, SECOND / 2 * 21);
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.in_use, snapshot.waiting), (Some(0), Some(0)));
}

/// Whoever gets the slot of an attempt that took too long does not run beside it.
#[tokio::test(start_paused = true)]
async fn f44_a_slot_is_held_until_the_body_that_took_too_long_is_gone() {
    struct Held<'a>(&'a Upstream, &'a AtomicU32);
    impl Drop for Held<'_> {
        fn drop(&mut self) {
            let in_use = self.0.snapshot().in_use.unwrap();
            self.1.fetch_add(in_use, Ordering::Relaxed);
        }
    }
    for deadline in [None, Some(SECOND)] {
        let upstream = Upstream::new("f44 body").concurrency(1);
        let seen = AtomicU32::new(0);
        let mut policy = Policy::new().attempts(2).timeout(SECOND);
        policy.deadline = deadline;
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = policy, async {
            let _held = Held(&upstream, &seen);
            pending().await
        })
        .await;
        result.unwrap_err();
        let attempts = if deadline.is_some() { 1 } else { 2 };
        assert_eq!(seen.into_inner(), attempts, "{deadline:?}");
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
}

#[tokio::test(start_paused = true)]
async fn f46_the_largest_limits_hold_and_let_calls_through() {
    for concurrency in [
        Concurrency::new(1).queue(u32::MAX),
        Concurrency::new(u32::MAX).queue(u32::MAX),
        Concurrency::adaptive(1, u32::MAX).queue(0),
        Concurrency::adaptive(u32::MAX, u32::MAX),
    ] {
        let upstream = Upstream::new("f46")
            .concurrency_limit(concurrency)
            .requests(Rate::new(u64::MAX, Duration::from_nanos(1)).burst(u64::MAX))
            .tokens(Rate::new(u64::MAX, Duration::MAX).burst(u64::MAX))
            .max_wait(Duration::MAX)
            .keys(usize::MAX);
        for _ in 0..100 {
            taking(&upstream, Policy::new(), SECOND).await.unwrap();
        }
        if concurrency.queue > 0 {
            let calls = (0..100).map(|_| taking(&upstream, ONCE, SECOND));
            assert!(join_all(calls).await.iter().all(Result::is_ok));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn f76_after_an_idle_time_a_burst_goes_and_not_one_more() {
    let upstream = Upstream::new("f76").requests(Rate::per_second(10).burst(5));
    for _ in 0..3 {
        for _ in 0..5 {
            assert!(at_once(&upstream).await);
        }
        assert!(!at_once(&upstream).await);
        sleep(2 * SECOND).await;
    }
}

#[test]
fn f77_calls_of_many_threads_are_sent_as_often_as_is_permitted() {
    let upstream = Upstream::new("f77")
        .requests(Rate::per_day(1).burst(500))
        .tokens(Rate::per_day(1).burst(400));
    let sent = Counter::new();
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread();
                let runtime = { runtime }.enable_time().build().unwrap();
                runtime.block_on(async {
                    for _ in 0..200 {
                        if at_once(&upstream).await {
                            sent.count();
                        }
                    }
                });
            });
        }
    });
    // What got a request and no tokens has given it back.
    assert_eq!(sent.get(), 400);
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.requests, snapshot.tokens), (Some(100), Some(0)));
}

#[tokio::test(start_paused = true)]
async fn f80_a_thousand_calls_dropped_in_the_line_cost_the_next_one_no_time() {
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

/// The limits make nobody fail, and cost at most a twentieth of what the rate permits.
#[tokio::test(start_paused = true)]
async fn three_thousand_calls_through_500_a_minute_all_succeed_at_the_allowed_rate() {
    let upstream = Upstream::new("batch")
        .requests_per_minute(500)
        .concurrency(32);
    let burst = usize::try_from(upstream.snapshot().request_capacity.unwrap()).unwrap();
    let sent = Mutex::new(Vec::new());
    let start = Instant::now();
    let calls = (0..3_000).map(|_| async {
        let result: Result<(), Failure> = call!(upstream = &upstream, async {
            sent.lock().unwrap().push(Instant::now());
            sleep(SECOND).await;
            Ok(())
        })
        .await;
        result
    });
    let results = join_all(calls).await;
    let took = start.elapsed();
    assert!(results.iter().all(Result::is_ok));
    let permitted = 60 * SECOND * 3_000 / 500;
    assert!(took <= permitted * 100 / 95, "{took:?}");
    let sent = sent.into_inner().unwrap();
    assert_eq!(sent.len(), 3_000);
    for minute in sent.windows(500 + burst) {
        let (first, last) = (minute[0], minute[minute.len() - 1]);
        assert!(last - first >= 60 * SECOND, "{:?}", last - first);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_without_a_deadline_waits_in_line_as_long_as_it_takes() {
    let hour = 3_600 * SECOND;
    let held = ONCE.timeout(2 * hour);
    let slots = Upstream::new("slots").concurrency(1);
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
        // The holder of the slot stays, the others have taken all that there is.
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
            // How long a slot takes is not known before: that wait is begun, and ends with the deadline.
            let refused_after = if name == "slots" {
                120 * SECOND
            } else {
                Duration::ZERO
            };
            assert_eq!(start.elapsed(), refused_after, "{name}");
            assert_eq!(result.unwrap_err().class(), Class::Limited, "{name}");
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

/// Those who want to shed say so.
#[tokio::test(start_paused = true)]
async fn a_bounded_line_and_a_bounded_wait_refuse_all_the_same() {
    let queue = Concurrency::new(1).queue(2);
    let upstream = Upstream::new("shed")
        .concurrency_limit(queue)
        .max_wait(30 * SECOND);
    let start = Instant::now();
    let calls = (0..4).map(|_| async {
        let result = taking(&upstream, ONCE, 31 * SECOND).await;
        (result.err().map(|error| error.class()), start.elapsed())
    });
    let limited = (Some(Class::Limited), 30 * SECOND);
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

#[tokio::test(start_paused = true)]
async fn five_thousand_who_wait_for_a_slot_are_all_served_in_order() {
    let upstream = Upstream::new("line").concurrency(1);
    let served = Mutex::new(Vec::new());
    let mut calls = Vec::new();
    for number in 0..=5_000 {
        let (upstream, served) = (&upstream, &served);
        let mut call = Box::pin(async move {
            let result: Result<(), Failure> = call!(upstream = upstream, async {
                served.lock().unwrap().push(number);
                sleep(SECOND).await;
                Ok(())
            })
            .await;
            result
        });
        assert!(futures::poll!(call.as_mut()).is_pending());
        calls.push(call);
    }
    assert_eq!(upstream.snapshot().waiting, Some(5_000));
    let start = Instant::now();
    assert!(join_all(calls).await.iter().all(Result::is_ok));
    assert_eq!(start.elapsed(), 5_001 * SECOND);
    assert!(served.into_inner().unwrap().into_iter().eq(0..=5_000));
}

/// Between the gate's opening and the deadline there is time for an attempt.
#[tokio::test(start_paused = true)]
async fn nobody_leaves_the_gate_only_to_run_into_its_deadline() {
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

/// A wait that ends with the deadline leaves no time for the attempt.
#[tokio::test(start_paused = true)]
async fn whose_turn_comes_with_the_deadline_is_not_sent() {
    let upstream = Upstream::new("turn")
        .concurrency(1)
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
    // The slot comes back before the other looks at its time.
    let (first, slot) = futures::join!(first, slot);
    first.unwrap();
    assert_eq!(
        (slot.unwrap_err().class(), counter.get()),
        (Class::Limited, 0)
    );
}

#[tokio::test(start_paused = true)]
async fn what_will_never_be_let_through_waits_for_nothing() {
    let upstream = Upstream::new("never")
        .concurrency(1)
        .tokens(Rate::per_minute(1_000).burst(100));
    let mut holder = pin!(taking(&upstream, ONCE, 60 * SECOND));
    assert!(futures::poll!(holder.as_mut()).is_pending());
    let start = Instant::now();
    let result: Result<(), Failure> =
        call!(upstream = &upstream, cost = 101, async { Ok(()) }).await;
    let error = result.unwrap_err();
    assert_eq!((error.class(), error.wait()), (Class::Limited, None));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// What never reached the server says nothing of how long the server takes.
#[tokio::test(start_paused = true)]
async fn refused_connections_teach_an_adaptive_limit_nothing() {
    let upstream = Upstream::new("adaptive").concurrency_limit(Concurrency::adaptive(1, 100));
    let refused = Classification::new(Class::Connect).processed(Processed::No);
    for _ in 0..200 {
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = ONCE, async {
            sleep(SECOND / 1_000).await;
            Err(refused.clone().into())
        })
        .await;
        result.unwrap_err();
    }
    for _ in 0..200 {
        taking(&upstream, ONCE, SECOND / 10).await.unwrap();
    }
    assert_eq!(upstream.snapshot().slots, Some(10));
}

/// Two settings changed at one time both hold for a key that comes later.
#[tokio::test]
async fn settings_that_threads_change_at_one_time_all_hold() {
    for _ in 0..300 {
        let upstream = Upstream::new("settings")
            .requests_per_minute(1)
            .tokens_per_minute(1);
        thread::scope(|scope| {
            scope.spawn(|| upstream.set_requests(Some(Rate::per_minute(2))).unwrap());
            scope.spawn(|| upstream.set_tokens(Some(Rate::per_minute(2))).unwrap());
        });
        let result: Result<(), Failure> =
            call!(upstream = &upstream, key = "new", async { Ok(()) }).await;
        result.unwrap();
        let snapshot = upstream.snapshot_by("new").unwrap();
        let rates = [snapshot.request_rate, snapshot.token_rate];
        assert_eq!(rates.map(|rate| rate.unwrap().amount), [2, 2]);
    }
}
