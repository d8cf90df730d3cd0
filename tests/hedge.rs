//! A second run of an attempt that takes long.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

use futures::FutureExt as _;
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle, key_handle},
    Breaker, BreakerState, Budget, Class, Concurrency, Policy, Rate, Upstream, UpstreamConfig,
    call,
};
use resilient_tests::{Counter, Failure, Recorder};
use std::{
    future::{Future, pending},
    ops::ControlFlow,
    pin::{Pin, pin},
    sync::Mutex,
    task::{Context, Poll, Waker},
    time::Duration,
};
use tokio::time::{Instant, advance, sleep};

const SECOND: Duration = Duration::from_secs(1);
const MS: Duration = Duration::from_millis(1);
const ONCE: Policy = Policy::new().attempts(1).budget(Budget::NONE);

/// A hedged call without an upstream, as the attribute writes it. The body gets the number of its run in the call.
async fn hedged(
    hedge: &Hedge,
    policy: Policy,
    body: impl AsyncFn(u32) -> Result<u32, Failure>,
) -> Result<u32, Failure> {
    static SITE: CallSite = CallSite::new("hedged");
    let runs = Counter::new();
    let mut call = Plan::new().start(&SITE, &policy);
    loop {
        let extra = call.hedge_allowances();
        match call.attempt(hedge.race(extra, || body(runs.count()))).await {
            ControlFlow::Break(result) => return result,
            ControlFlow::Continue(()) => {}
        }
    }
}

/// The same through an upstream.
async fn through(
    upstream: &Upstream,
    hedge: &Hedge,
    body: impl AsyncFn(u32) -> Result<u32, Failure>,
) -> Result<u32, Failure> {
    static SITE: CallSite = CallSite::new("through");
    let runs = Counter::new();
    let mut call = Plan::new()
        .upstream(UpstreamHandle::of(upstream).cost(10))
        .start(&SITE, &ONCE);
    loop {
        let extra = call.hedge_allowances();
        match call.attempt(hedge.race(extra, || body(runs.count()))).await {
            ControlFlow::Break(result) => return result,
            ControlFlow::Continue(()) => {}
        }
    }
}

async fn after(time: Duration, result: Result<u32, Failure>) -> Result<u32, Failure> {
    sleep(time).await;
    result
}

#[tokio::test(start_paused = true)]
async fn a_second_run_starts_after_the_delay_and_the_first_success_wins() {
    let (recorder, _guard) = Recorder::start();
    let hedge = Hedge::after(SECOND, 1);
    // When the first run ends, when the second would, which wins, and when.
    for (first, second, winner, end) in [
        (1_000, 1, 1, 1_000),
        (1_500, 100, 2, 1_100),
        (1_500, 900, 1, 1_500),
        (999, 1, 1, 999),
    ] {
        let start = Instant::now();
        let counter = Counter::new();
        let answer = hedged(&hedge, ONCE, async |run| {
            counter.count();
            assert_eq!(
                start.elapsed(),
                if run == 1 { Duration::ZERO } else { SECOND }
            );
            after(MS * if run == 1 { first } else { second }, Ok(run)).await
        })
        .await;
        assert_eq!(answer.unwrap(), winner);
        assert_eq!(start.elapsed(), MS * end);
        let runs = if first > 1_000 { 2 } else { 1 };
        assert_eq!(counter.get(), runs, "{first} {second}");
    }
    assert_eq!(recorder.of("hedging").len(), 2);
    assert_eq!(recorder.of("hedging")[0].field("run"), "2");
}

#[tokio::test(start_paused = true)]
async fn a_run_that_fails_waits_for_the_other_and_the_last_error_counts() {
    let hedge = Hedge::after(SECOND, 1);
    // Which run fails, when they end: the other one succeeds.
    for (failing, first, second, end) in [(1, 1_100, 900, 1_900), (2, 1_900, 100, 1_900)] {
        let start = Instant::now();
        let answer = hedged(&hedge, ONCE, async |run| {
            let result = if run == failing {
                Err(Failure::status(500))
            } else {
                Ok(run)
            };
            after(MS * if run == 1 { first } else { second }, result).await
        })
        .await;
        assert_eq!((answer.unwrap(), start.elapsed()), (3 - failing, MS * end));
    }
    for (first, second, last) in [(1_100, 900, 2), (1_900, 100, 1)] {
        let result = hedged(&hedge, ONCE, async |run| {
            let time = MS * if run == 1 { first } else { second };
            after(time, Err(Failure::status(500).id(run))).await
        })
        .await;
        let error = result.unwrap_err();
        assert_eq!((error.id, error.history().attempts.len()), (last, 1));
    }
    // Nobody is there to be waited for.
    let start = Instant::now();
    let failed = hedged(&hedge, ONCE, async |_| {
        after(SECOND / 2, Err(Failure::status(500))).await
    });
    failed.await.unwrap_err();
    assert_eq!(start.elapsed(), SECOND / 2);
}

#[tokio::test(start_paused = true)]
async fn the_loser_is_dropped_before_the_result_is_there() {
    struct Told<'a>(&'a Mutex<Vec<u32>>, u32);
    impl Drop for Told<'_> {
        fn drop(&mut self) {
            self.0.lock().unwrap().push(self.1);
        }
    }
    let hedge = Hedge::after(SECOND, 2);
    for winner in 1..=3 {
        let dropped = Mutex::new(Vec::new());
        let answer = hedged(&hedge, ONCE, async |run| {
            let _told = Told(&dropped, run);
            if run == winner {
                sleep(SECOND * (5 - run)).await;
                return Ok(run);
            }
            pending().await
        })
        .await;
        assert_eq!(answer.unwrap(), winner);
        let mut dropped = dropped.into_inner().unwrap();
        dropped.sort_unstable();
        assert_eq!(dropped, [1, 2, 3]);
    }
}

#[tokio::test(start_paused = true)]
async fn there_are_at_most_so_many_further_runs() {
    for max in 0..4 {
        let hedge = Hedge::after(SECOND, max);
        let starts = Mutex::new(Vec::new());
        let start = Instant::now();
        let call = hedged(&hedge, ONCE.timeout(10 * SECOND), async |_| {
            starts.lock().unwrap().push(start.elapsed());
            pending().await
        });
        assert_eq!(call.await.unwrap_err().class(), Class::Timeout);
        let expected: Vec<_> = (0..=max).map(|run| SECOND * run).collect();
        assert_eq!(starts.into_inner().unwrap(), expected);
    }
}

#[tokio::test(start_paused = true)]
async fn a_quantile_is_learned_before_anything_is_hedged_by_it() {
    let hedge = Hedge::quantile(0.9, 1);
    let counter = Counter::new();
    let slow = async || {
        counter.count();
        hedged(&hedge, ONCE, async |run| {
            counter.count();
            after(if run == 1 { 5 * SECOND } else { SECOND / 10 }, Ok(run)).await
        })
        .await
        .unwrap()
    };
    for _ in 0..10 {
        assert_eq!(slow().await, 1);
    }
    // One body for each call so far.
    assert_eq!(counter.get(), 20);
    for _ in 0..190 {
        hedged(&hedge, ONCE, async |run| after(SECOND / 10, Ok(run)).await)
            .await
            .unwrap();
    }
    let start = Instant::now();
    assert_eq!(slow().await, 2);
    // The quantile, at most a fourth too long, and the second run.
    let took = start.elapsed();
    assert!((MS * 200..=MS * 230).contains(&took), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_hedge_goes_through_the_limits_of_its_upstream_and_waits_for_none() {
    let hedge = Hedge::after(SECOND, 1);
    let with = |set: &dyn Fn(&mut UpstreamConfig)| {
        let mut config = UpstreamConfig::new("limits");
        set(&mut config);
        config
    };
    let slots = |limit| with(&|config| config.concurrency = Some(Concurrency::new(limit)));
    let requests = |most| with(&|config| config.requests = Some(Rate::per_hour(1).burst(most)));
    let tokens = |most| with(&|config| config.tokens = Some(Rate::per_hour(most)));
    let cases = [
        slots(2),
        slots(1),
        requests(2),
        requests(1),
        tokens(20),
        tokens(19),
    ];
    for (config, runs) in cases.into_iter().zip([2, 1].into_iter().cycle()) {
        let upstream = Upstream::try_from(config).unwrap();
        let counter = Counter::new();
        let start = Instant::now();
        let answer = through(&upstream, &hedge, async |_| {
            counter.count();
            after(3 * SECOND, Ok(7)).await
        })
        .await;
        assert_eq!((answer.unwrap(), start.elapsed()), (7, 3 * SECOND));
        assert_eq!(counter.get(), runs, "{:?}", upstream.config());
        let snapshot = upstream.snapshot();
        assert!(matches!(snapshot.in_use, None | Some(0)));
        assert_eq!(snapshot.usage.estimated, u64::from(runs) * 10);
    }
}

/// The circuit opens while the first run is out.
#[tokio::test(start_paused = true)]
async fn an_open_circuit_lets_no_hedge_out() {
    let upstream = Upstream::new("open").breaker(Breaker::new().consecutive(1));
    let hedge = Hedge::after(SECOND, 1);
    let counter = Counter::new();
    let slow = through(&upstream, &hedge, async |_| {
        counter.count();
        after(3 * SECOND, Ok(7)).await
    });
    let failing = async {
        sleep(SECOND / 2).await;
        let result: Result<(), Failure> = call!(upstream = &upstream, policy = ONCE, async {
            Err(Failure::status(500))
        })
        .await;
        result.unwrap_err();
        assert_eq!(upstream.snapshot().breaker, Some(BreakerState::Open));
    };
    let (answer, ()) = tokio::join!(slow, failing);
    assert_eq!((answer.unwrap(), counter.get()), (7, 1));
}

fn poll_once(future: Pin<&mut impl Future<Output = Result<u32, Failure>>>) -> Option<u32> {
    match future.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(result) => Some(result.unwrap()),
        Poll::Pending => None,
    }
}

/// The hedge's time and the first run's end come at one moment: there is one result, and no second run whose
/// result would be thrown away.
#[tokio::test(start_paused = true)]
async fn f73_a_run_that_ends_as_the_hedge_is_due_is_the_only_one() {
    let hedge = Hedge::after(SECOND, 1);
    let counter = Counter::new();
    let mut call = pin!(hedged(&hedge, ONCE, async |run| {
        counter.count();
        after(SECOND, Ok(run)).await
    }));
    assert_eq!(poll_once(call.as_mut()), None);
    advance(SECOND).await;
    assert_eq!(poll_once(call.as_mut()), Some(1));
    assert_eq!(counter.get(), 1);
}

/// Cancelled at the very moment at which the hedge is due, before or after the poll that starts it: nothing runs on.
#[tokio::test(start_paused = true)]
async fn f73_a_call_cancelled_as_the_hedge_is_due_starts_none_and_leaves_none_behind() {
    struct Running<'a>(&'a Counter);
    impl Drop for Running<'_> {
        fn drop(&mut self) {
            self.0.count();
        }
    }
    for polled in [false, true] {
        let upstream = Upstream::new("f73").policy(ONCE).concurrency(4);
        let hedge = Hedge::after(SECOND, 1);
        let (started, dropped) = (Counter::new(), Counter::new());
        {
            let mut call = pin!(through(&upstream, &hedge, async |_| {
                started.count();
                let _running = Running(&dropped);
                pending().await
            }));
            assert_eq!(poll_once(call.as_mut()), None);
            advance(SECOND).await;
            if polled {
                assert_eq!(poll_once(call.as_mut()), None);
                assert_eq!(upstream.snapshot().in_use, Some(2));
            }
        }
        let runs = if polled { 2 } else { 1 };
        sleep(60 * SECOND).await;
        assert_eq!((started.get(), dropped.get()), (runs, runs));
        assert_eq!(upstream.snapshot().in_use, Some(0));
    }
}

/// The attempt's time is over in the moment at which the hedge is due.
#[tokio::test(start_paused = true)]
async fn f73_an_attempt_cut_as_the_hedge_is_due_keeps_no_run() {
    static SITE: CallSite = CallSite::new("cut");
    let upstream = Upstream::new("f73 cut").concurrency(4);
    let hedge = Hedge::after(SECOND, 1);
    let policy = ONCE.timeout(SECOND);
    let mut call = Plan::<Result<u32, Failure>>::new()
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    let extra = call.hedge_allowances();
    let attempt = call.attempt(hedge.race(extra, pending));
    let ControlFlow::Break(Err(error)) = attempt.await else {
        panic!("there is one attempt");
    };
    assert_eq!(error.class(), Class::Timeout);
    drop(call);
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

/// Beside the attribute's `idempotent = false` a hedge does not compile; a policy says it when the call is made.
#[tokio::test(start_paused = true)]
async fn what_must_not_happen_twice_has_one_run() {
    let hedge = Hedge::after(SECOND, 1);
    for (idempotent, runs) in [(true, 2), (false, 1)] {
        let counter = Counter::new();
        let policy = ONCE.idempotent(idempotent);
        let answer = hedged(&hedge, policy, async |run| {
            counter.count();
            after(3 * SECOND, Ok(run)).await
        });
        assert_eq!((answer.await.unwrap(), counter.get()), (1, runs));
    }
}

/// What a panic in a hedge leaves is what one in the first run does: nothing.
#[tokio::test(start_paused = true)]
async fn a_hedge_that_panics_takes_the_call_with_it_and_holds_nothing() {
    let upstream = Upstream::new("panics").concurrency(2);
    let hedge = Hedge::after(SECOND, 1);
    let call = through(&upstream, &hedge, async |run| {
        assert_eq!(run, 1, "from the body");
        pending().await
    });
    let call = std::panic::AssertUnwindSafe(call);
    assert!(call.catch_unwind().await.is_err());
    assert_eq!(upstream.snapshot().in_use, Some(0));
}

fn is_send<T: Send>(_: T) {}

#[test]
fn a_hedged_call_is_send_where_its_body_is() {
    static UPSTREAM: Upstream = Upstream::new("send");
    static HEDGE: Hedge = Hedge::after(SECOND, 1);
    is_send(async {
        static SITE: CallSite = CallSite::new("send");
        let key = key_handle(&UPSTREAM, "key");
        let mut call = Plan::<Result<u32, Failure>>::new()
            .upstream(UpstreamHandle::by(&UPSTREAM, &key))
            .start(&SITE, &ONCE);
        let extra = call.hedge_allowances();
        let _ = call.attempt(HEDGE.race(extra, || async { Ok(1) })).await;
    });
}
