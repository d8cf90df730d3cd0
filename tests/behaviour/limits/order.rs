//! Calls that wait keep their order, whichever limit they wait for first.

use super::{ONCE, Outcome, SECOND};
use futures::{
    FutureExt as _,
    future::{BoxFuture, join_all},
    join, poll,
};
use resilient_runtime::{
    Concurrency, Policy, Rate, ServerLimits, Tokens, Upstream, call, record_server_limits,
    record_tokens,
};
use std::{
    sync::{Arc, Mutex},
    task::{Context, Wake, Waker},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

const MS: Duration = Duration::from_millis(1);

/// Records when each call is sent.
struct Log {
    start: Instant,
    sent: Mutex<Vec<(u32, Duration)>>,
}

impl Log {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            sent: Mutex::default(),
        }
    }

    /// Makes a call that comes at a time and takes one.
    async fn call(
        &self,
        upstream: &Upstream,
        number: u32,
        at: Duration,
        cost: u64,
        takes: Duration,
    ) -> Outcome {
        sleep(at).await;
        call!(upstream = upstream, cost = cost, policy = ONCE, async {
            let sent = self.start.elapsed();
            self.sent.lock().unwrap().push((number, sent));
            sleep(takes).await;
            Ok(())
        })
        .await
    }

    fn order(&self) -> Vec<u32> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|(number, _)| *number).collect()
    }

    fn sent_at(&self, number: u32) -> Duration {
        let sent = self.sent.lock().unwrap();
        let (_, at) = sent.iter().find(|(of, _)| *of == number).unwrap();
        *at
    }
}

#[tokio::test(start_paused = true)]
async fn f203_calls_that_wait_for_a_permit_are_sent_before_later_ones_that_wait_for_a_rate() {
    let upstream = Upstream::new("api")
        .concurrency(Concurrency::new(1))
        .requests(Rate::per_second(1).burst(2));
    let log = Log::new();
    let calls = (0..12).map(|number| log.call(&upstream, number, 50 * MS * number, 1, 300 * MS));
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    assert_eq!(log.order(), (0..12).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn f203_a_call_that_waits_for_a_permit_is_not_refused_in_favour_of_later_ones() {
    // In order, each waits for less than 9.5 seconds.
    let upstream = Upstream::new("api")
        .concurrency(Concurrency::new(1))
        .requests(Rate::per_second(1).burst(2))
        .max_wait(9_600 * MS);
    let log = Log::new();
    let calls = (0..12).map(|number| log.call(&upstream, number, 50 * MS * number, 1, 300 * MS));
    let refused = join_all(calls).await.into_iter().filter(Result::is_err);
    assert_eq!(refused.count(), 0, "{:?}", log.order());
}

#[tokio::test(start_paused = true)]
async fn f203_a_large_call_does_not_overtake_those_that_wait_for_a_permit() {
    let upstream = Upstream::new("api")
        .concurrency(Concurrency::new(1))
        .tokens(Rate::per_second(1_000).burst(1_000));
    let log = Log::new();
    let small = (1..6).map(|number| log.call(&upstream, number, MS * number, 10, SECOND));
    let (first, small, large) = join!(
        log.call(&upstream, 0, Duration::ZERO, 900, SECOND),
        join_all(small),
        log.call(&upstream, 6, 100 * MS, 1_000, SECOND),
    );
    first.unwrap();
    large.unwrap();
    assert!(small.iter().all(Result::is_ok));
    assert_eq!(log.order(), (0..7).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn f202_a_call_that_waited_for_tokens_is_not_sent_behind_all_later_calls_without_a_cost() {
    let upstream = Upstream::new("api")
        .requests(Rate::per_second(1).burst(1))
        .tokens(Rate::per_second(80).burst(100));
    let log = Log::new();
    let free = (2..12).map(|number| log.call(&upstream, number, 50 * MS * number, 0, MS));
    let (first, costed, free) = join!(
        log.call(&upstream, 0, Duration::ZERO, 100, MS),
        log.call(&upstream, 1, 10 * MS, 100, MS),
        join_all(free),
    );
    first.unwrap();
    costed.unwrap();
    assert!(free.iter().all(Result::is_ok));
    // It has its tokens after 1.25 seconds, and the next request is there after two.
    assert!(log.sent_at(1) <= 2 * SECOND + 10 * MS, "{:?}", log.order());
}

/// The inner call waits for its turn, which the other one has while it waits for the permit.
#[tokio::test(start_paused = true)]
async fn f24_a_call_that_waits_for_a_permit_holds_up_no_call_inside_the_one_that_has_it() {
    let rate = Rate::per_second(1).burst(1);
    let limited = Upstream::new("requests").concurrency(Concurrency::new(1));
    let limited_by_tokens = Upstream::new("tokens").concurrency(Concurrency::new(1));
    for upstream in [limited.requests(rate), limited_by_tokens.tokens(rate)] {
        let (log, policy) = (Log::new(), Policy::new().attempts(1).timeout(60 * SECOND));
        let outer = async {
            let outcome: Outcome = call!(upstream = &upstream, cost = 1, policy = policy, async {
                sleep(3 * SECOND / 2).await;
                log.call(&upstream, 1, Duration::ZERO, 1, MS).await
            })
            .await;
            outcome.unwrap();
        };
        let ((), other) = join!(outer, log.call(&upstream, 2, SECOND / 10, 1, MS));
        other.unwrap();
        assert_eq!(log.order(), [1, 2]);
        assert!(log.sent_at(1) < 3 * SECOND);
    }
}

#[tokio::test(start_paused = true)]
async fn f142_callers_keep_the_rate_while_the_first_in_its_queue_is_not_polled() {
    let upstream = Upstream::new("api").requests(Rate::per_second(10).burst(1));
    let log = Log::new();
    let call = async |number| {
        log.call(&upstream, number, Duration::ZERO, 1, Duration::ZERO)
            .await
    };
    call(0).await.unwrap();
    let mut unpolled = Box::pin(call(1));
    assert!(poll!(unpolled.as_mut()).is_pending());
    for number in 2..22 {
        call(number).await.unwrap();
    }
    // Twenty calls at ten per second, after the time in which the first is waited for.
    let took = log.start.elapsed();
    assert!(took < 6 * SECOND, "{took:?}");
}

/// The large call is sent to read the lowered limit again: it is not paid at that limit.
#[tokio::test(start_paused = true)]
async fn f110_a_small_call_is_not_refused_for_a_large_one_that_is_about_to_read_a_limit_again() {
    let upstream = Upstream::new("api")
        .tokens(Rate::per_minute(60_000).burst(10_000))
        .max_wait(30 * SECOND);
    let mut limits = ServerLimits::default();
    limits.tokens.limit = Some(6_000);
    limits.tokens.reset = Some(5 * SECOND);
    let lowers: Outcome = call!(upstream = &upstream, cost = 10_000, policy = ONCE, async {
        record_server_limits(&limits);
        record_tokens(Tokens::input(10_000));
        Ok(())
    })
    .await;
    lowers.unwrap();
    let log = Log::new();
    let (large, small) = join!(
        log.call(&upstream, 0, Duration::ZERO, 10_000, Duration::ZERO),
        log.call(&upstream, 1, 6 * SECOND, 1, Duration::ZERO),
    );
    large.unwrap();
    // The large one is sent after ten seconds.
    small.unwrap();
}

/// Calls of both kinds never end. There are tokens for four of ten.
#[tokio::test(start_paused = true)]
async fn f202_calls_with_a_cost_have_their_share_beside_calls_without_one() {
    let rate = Rate::per_second(400).burst(400);
    let limited = Upstream::new("concurrency").concurrency(Concurrency::new(2));
    let paced = Upstream::new("requests").requests(Rate::per_second(10).burst(10));
    for (upstream, takes) in [(limited, SECOND / 5), (paced, Duration::ZERO)] {
        let upstream = upstream.tokens(rate);
        let log = Log::new();
        let endless = (0..40).map(async |number| {
            let kind = number / 20;
            loop {
                let cost = if kind == 0 { 0 } else { 100 };
                let sent = log.call(&upstream, kind, Duration::ZERO, cost, takes);
                sent.await.unwrap();
            }
        });
        timeout(100 * SECOND, join_all(endless)).await.unwrap_err();
        let order = log.order();
        let costed = order.iter().filter(|kind| **kind == 1).count();
        let upstream = upstream.name();
        assert!(
            costed > order.len() / 4,
            "{upstream}: {costed} of {}",
            order.len()
        );
    }
}

/// A future that is polled as soon as it is woken, as by a thread that is faster than the one that
/// wakes it.
struct PolledOnWake(Mutex<Option<BoxFuture<'static, ()>>>);

impl Wake for PolledOnWake {
    fn wake(self: Arc<Self>) {
        // Woken while it is polled, it is woken again later.
        let Ok(mut future) = self.0.try_lock() else {
            return;
        };
        let waker = Waker::from(Arc::clone(&self));
        let mut context = Context::from_waker(&waker);
        let polled = future.as_mut().map(|it| it.as_mut().poll(&mut context));
        if polled.is_some_and(|polled| polled.is_ready()) {
            *future = None;
        }
    }
}

/// The first one gives its permit back, and the second one has it before the first one waits for
/// its request.
#[tokio::test(start_paused = true)]
async fn f203_a_call_has_its_place_for_a_rate_before_the_next_one_has_its_permit() {
    let upstream = Upstream::new("threads")
        .concurrency(Concurrency::new(1))
        .requests(Rate::per_second(1).burst(1));
    let (upstream, log) = (Arc::new(upstream), Arc::new(Log::new()));
    let calls: Vec<_> = (0..6)
        .map(|number| {
            let (upstream, log) = (Arc::clone(&upstream), Arc::clone(&log));
            let call = async move {
                let sent = log.call(&upstream, number, Duration::ZERO, 1, 100 * MS);
                sent.await.unwrap();
            };
            let call = Arc::new(PolledOnWake(Mutex::new(Some(call.boxed()))));
            Arc::clone(&call).wake();
            call
        })
        .collect();
    while calls.iter().any(|call| call.0.lock().unwrap().is_some()) {
        sleep(100 * MS).await;
        for call in &calls {
            Arc::clone(call).wake();
        }
    }
    assert_eq!(log.order(), [0, 1, 2, 3, 4, 5]);
}
