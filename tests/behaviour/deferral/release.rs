//! When deferred retries are released.

use super::{Outcome, SECOND, Server, beside_a_hang, calls, fails, spend, steady, succeeded};
use futures::future::join_all;
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Backoff, Budget, Class, GiveUp, Policy, Upstream, call,
};
use resilient_tests::{Counter, Failure};
use std::{future::pending, time::Duration};
use tokio::time::{Instant, sleep, timeout};

#[tokio::test(start_paused = true)]
async fn a_schedule_of_milliseconds_heals_in_a_burst_of_a_tenth_of_a_second() {
    let upstream = Upstream::new("quick");
    let policy = Policy::new().backoff(Backoff::exponential(Duration::from_millis(10)));
    let start = Instant::now();
    let server = Server::bad_for(Duration::from_millis(100));
    let outcomes = calls(&upstream, 200, policy, &server).await;
    assert_eq!(succeeded(&outcomes), 200);
    // The last ones have waited until the fan-out itself has left the budget's windows.
    assert!(start.elapsed() < 4 * SECOND, "{:?}", start.elapsed());
}

/// The fan-out itself fills the budget's windows of three seconds, and credits release no retry
/// meanwhile. By chance, all four attempts of a call may fall into the incident; such a call did
/// not fail for lack of patience.
#[tokio::test(start_paused = true)]
async fn a_short_schedule_is_patient_while_the_server_is_well_again() {
    for _ in 0..20 {
        let upstream = Upstream::new("short");
        let policy = Policy::new()
            .attempts(4)
            .backoff(Backoff::exponential(Duration::from_millis(150)));
        let server = Server::bad_for(Duration::from_millis(800));
        let outcomes = calls(&upstream, 30, policy, &server).await;
        for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
            assert_eq!(error.history().gave_up, Some(GiveUp::AttemptsUsedUp));
        }
        assert!(succeeded(&outcomes) >= 28, "{}", succeeded(&outcomes));
    }
}

/// The budget of the hedge could pay for it; that of the waiting retry has a fifth of its size.
#[tokio::test(start_paused = true)]
async fn a_hedge_starts_only_if_no_retry_waits() {
    static SITE: CallSite = CallSite::new("hedge");
    let upstream = Upstream::new("hedge");
    let small = steady(SECOND).budget(Budget::percent(100));
    let hedged = async |counter: &Counter| {
        let policy = Policy::new();
        let mut call = Plan::<Outcome>::new()
            .upstream(UpstreamHandle::of(&upstream))
            .start(&SITE, &policy);
        let extra = call.hedge_allowances();
        let hedge = Hedge::after(Duration::from_millis(10), 1);
        let attempt = call.attempt_runs(hedge.race(extra, || async {
            counter.count();
            sleep(SECOND / 10).await;
            Ok(())
        }));
        let _ = attempt.await;
    };
    let (before, during) = (Counter::new(), Counter::new());
    hedged(&before).await;
    assert_eq!(before.get(), 2);
    // A failed retry costs 5 of the 20 units in the budget of most calls, and `small` has 4.
    fails(&upstream, steady(SECOND).attempts(2), &Counter::new()).await;
    let waits = async {
        sleep(2 * SECOND).await;
        let snapshot = upstream.snapshot();
        assert_eq!(snapshot.waiting_retries, 1);
        assert!(snapshot.budget > 10.0, "{}", snapshot.budget);
        hedged(&during).await;
        assert_eq!(during.get(), 1);
        assert_eq!(upstream.snapshot().waiting_retries, 1);
    };
    beside_a_hang(&upstream, async {
        let counter = Counter::new();
        let waiting = timeout(3 * SECOND, fails(&upstream, &small, &counter));
        let (ended, ()) = tokio::join!(waiting, waits);
        assert!(ended.is_err());
    })
    .await;
    hedged(&during).await;
    assert_eq!(during.get(), 3);
}

/// The outer attempt ends first, although the inner one has a longer timeout.
#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_the_earliest_end_of_the_attempts_around_it() {
    let upstream = Upstream::new("inside two");
    spend(&upstream).await;
    let around = |timeout: Duration| Policy::new().attempts(1).timeout(timeout);
    beside_a_hang(&upstream, async {
        let outcome: Outcome = call!(around(SECOND * 9 / 2), "outer", async {
            sleep(SECOND / 10).await;
            let middle: Outcome = call!(around(60 * SECOND), "middle", async {
                sleep(SECOND / 10).await;
                fails(&upstream, Policy::new(), &Counter::new()).await;
                Err(Failure::status(503))
            })
            .await;
            middle.map_err(|_| Failure::status(503))
        })
        .await;
        // Not a timeout: the failure of the inner call has reached the caller.
        assert_eq!(outcome.unwrap_err().class(), Class::Overloaded);
    })
    .await;
}

/// The remaining calls, with no others waiting, continue with their own schedule.
#[tokio::test(start_paused = true)]
async fn f21_calls_with_endless_attempts_that_wait_for_each_other_end_by_patience() {
    let upstream = Upstream::new("endless");
    let policy = Policy::new().attempts(u32::MAX);
    let counter = Counter::new();
    // Ten steps of the schedule, and ten times the longest attempt.
    let patience = (1 + 2 + 4 + 8 + 16 + 5 * 32) * SECOND + 10 * (30 * SECOND);
    let calls = (0..50).map(|_| timeout(patience + SECOND, fails(&upstream, policy, &counter)));
    let ended = beside_a_hang(&upstream, join_all(calls)).await;
    let ended: Vec<_> = ended.into_iter().filter_map(Result::ok).collect();
    assert!(ended.len() >= 40, "{}", ended.len());
    for error in ended {
        assert_eq!(error.history().gave_up, Some(GiveUp::BudgetSpent));
    }
}

#[tokio::test(start_paused = true)]
async fn f06_a_trial_that_hangs_does_not_stop_the_next() {
    let upstream = Upstream::new("hanging trial");
    spend(&upstream).await;
    let policy = steady(SECOND).attempts(2).timeout(60 * SECOND);
    let hung = Counter::new();
    // First attempts fail, and second ones hang for 60 s.
    let hangs = (0..10).map(|_| async {
        let mut tries = 0;
        let outcome: Outcome = call!(upstream = &upstream, policy = policy, async {
            tries += 1;
            if tries == 1 {
                return Err(Failure::status(503));
            }
            hung.count();
            pending().await
        })
        .await;
        outcome
    });
    let _ = timeout(31 * SECOND, join_all(hangs)).await;
    // Two of them are at most max(4 s, 9 s / usual) apart.
    assert!(hung.get() >= 6, "{}", hung.get());
}
