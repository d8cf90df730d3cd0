//! Rate limits: bursts, pace and many threads.

use super::{ONCE, SECOND, at_once, taking};
use futures::future::join_all;
use resilient_runtime::{Concurrency, Policy, Rate, Upstream, call};
use resilient_tests::{Counter, Failure};
use std::{sync::Mutex, thread, time::Duration};
use tokio::time::{Instant, sleep};

#[tokio::test(start_paused = true)]
async fn f46_the_largest_limits_hold_and_let_calls_through() {
    for concurrency in [
        Concurrency::new(1).queue(u32::MAX),
        Concurrency::new(u32::MAX).queue(u32::MAX),
        Concurrency::adaptive(1, u32::MAX).queue(0),
        Concurrency::adaptive(u32::MAX, u32::MAX),
    ] {
        let upstream = Upstream::new("f46")
            .concurrency(concurrency)
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
    // A call that got a request but no tokens has returned the request.
    assert_eq!(sent.get(), 400);
    let snapshot = upstream.snapshot();
    assert_eq!((snapshot.requests, snapshot.tokens), (Some(100), Some(0)));
}

/// The limits fail no call, and reduce the permitted rate by at most a twentieth.
#[tokio::test(start_paused = true)]
async fn three_thousand_calls_through_500_a_minute_all_succeed_at_the_allowed_rate() {
    let upstream = Upstream::new("batch")
        .requests_per_minute(500)
        .concurrency(Concurrency::new(32));
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

/// Two settings changed together both apply to a key created later.
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
