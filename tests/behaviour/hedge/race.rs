//! When a hedged run starts, and which result counts.

use super::{MS, ONCE, SECOND, after, hedged};
use futures::poll;
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle, key_handle},
    Class, Upstream,
};
use resilient_tests::{Counter, Failure, Recorder};
use std::{future::pending, pin::pin, sync::Mutex, time::Duration};
use tokio::time::{Instant, advance, sleep};

#[tokio::test(start_paused = true)]
async fn a_second_run_starts_after_the_delay_and_the_first_success_wins() {
    let (recorder, _guard) = Recorder::start();
    let hedge = Hedge::after(SECOND, 1);
    // Columns: end of the first run, end of the second, the winner, and the time of the result.
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
    // Columns: the run that fails, and the ends of both. The other run succeeds.
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
    // No other run is in flight, so there is nothing to wait for.
    let start = Instant::now();
    let failed = hedged(&hedge, ONCE, async |_| {
        after(SECOND / 2, Err(Failure::status(500))).await
    });
    failed.await.unwrap_err();
    assert_eq!(start.elapsed(), SECOND / 2);
}

#[tokio::test(start_paused = true)]
async fn the_losing_run_is_dropped_before_the_result_is_returned() {
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
async fn hedged_runs_are_bounded_by_their_maximum() {
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
    // One run per call so far.
    assert_eq!(counter.get(), 20);
    for _ in 0..190 {
        hedged(&hedge, ONCE, async |run| after(SECOND / 10, Ok(run)).await)
            .await
            .unwrap();
    }
    let start = Instant::now();
    assert_eq!(slow().await, 2);
    // The quantile, at most a fourth too long, plus the second run.
    let took = start.elapsed();
    assert!((MS * 200..=MS * 230).contains(&took), "{took:?}");
}

/// With the attribute's `idempotent = false` a hedge does not compile; with a policy the call
/// reports it.
#[tokio::test(start_paused = true)]
async fn a_call_that_is_not_idempotent_is_not_hedged() {
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
        let _ = call
            .attempt_runs(HEDGE.race(extra, || async { Ok(1) }))
            .await;
    });
}

#[tokio::test(start_paused = true)]
async fn f146_no_run_starts_after_the_end_of_an_attempt_that_is_polled_late() {
    let hedge = Hedge::after(SECOND, 3);
    let deadline = ONCE.no_timeout().deadline(2 * SECOND);
    for policy in [deadline, ONCE.timeout(2 * SECOND)] {
        let runs = Counter::new();
        let mut call = pin!(hedged(&hedge, policy, async |_| {
            runs.count();
            pending().await
        }));
        assert!(poll!(&mut call).is_pending());
        // Its task has no turn until then.
        advance(5 * SECOND).await;
        call.await.unwrap_err();
        assert_eq!(runs.get(), 1);
    }
}
