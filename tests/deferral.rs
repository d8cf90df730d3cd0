//! Retries that wait for the retry budget: faults of callers, clocks and bodies.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::result_large_err,
    clippy::panic,
    reason = "test code fails loudly"
)]

use futures::{
    FutureExt as _,
    future::join_all,
    stream::{FuturesUnordered, StreamExt as _},
};
use resilient_runtime::{
    __private::{CallSite, Hedge, Plan, UpstreamHandle},
    Backoff, Budget, Class, Jitter, Policy, ReleasedBy, Upstream, call,
    decide::GiveUp,
};
use resilient_tests::{Counter, Failure, in_paused_time};
use std::{
    future::{Future, pending},
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    task::{Context, Waker},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

type Outcome = Result<(), Failure>;

/// A server that answers at once with 503 until some time, and then well.
struct Server {
    bad_until: Instant,
    requests: Counter,
}

impl Server {
    fn bad_for(time: Duration) -> Self {
        Self {
            bad_until: Instant::now() + time,
            requests: Counter::new(),
        }
    }

    async fn answer(&self) -> Outcome {
        self.requests.count();
        sleep(Duration::from_millis(1)).await;
        if Instant::now() < self.bad_until {
            Err(Failure::status(503))
        } else {
            Ok(())
        }
    }
}

async fn calls(
    upstream: &Upstream,
    number: usize,
    policy: Policy,
    server: &Server,
) -> Vec<Outcome> {
    join_all((0..number).map(|_| async {
        call!(upstream = upstream, policy = policy, async {
            server.answer().await
        })
        .await
    }))
    .await
}

fn succeeded(outcomes: &[Outcome]) -> usize {
    outcomes.iter().filter(|outcome| outcome.is_ok()).count()
}

/// A call that hangs for good: with it in flight nobody is alone.
async fn hang(upstream: &Upstream) -> Outcome {
    let policy = Policy::new().no_timeout();
    call!(upstream = upstream, policy = policy, async {
        pending::<Outcome>().await
    })
    .await
}

/// Runs this while an attempt hangs.
async fn beside_a_hang<T>(upstream: &Upstream, then: impl Future<Output = T>) -> T {
    tokio::select! {
        biased;
        _ = hang(upstream) => panic!("it hangs"),
        value = then => value,
    }
}

/// Retries without jitter, so that tests know when they are due.
fn steady(delay: Duration) -> Policy {
    Policy::new().backoff(Backoff::fixed(delay).jitter(Jitter::None))
}

async fn fails(upstream: &Upstream, policy: Policy, counter: &Counter) -> Failure {
    let result: Outcome = call!(upstream = upstream, policy = policy, async {
        counter.count();
        Err(Failure::status(503))
    })
    .await;
    result.unwrap_err()
}

/// Empties the balance.
async fn spend(upstream: &Upstream) {
    fails(upstream, steady(SECOND), &Counter::new()).await;
}

#[tokio::test(start_paused = true)]
async fn a_schedule_of_milliseconds_heals_in_a_burst_of_a_tenth_of_a_second() {
    let upstream = Upstream::new("quick");
    let policy = Policy::new().backoff(Backoff::exponential(Duration::from_millis(10)));
    let start = Instant::now();
    let server = Server::bad_for(Duration::from_millis(100));
    let outcomes = calls(&upstream, 200, policy, &server).await;
    assert_eq!(succeeded(&outcomes), 200);
    // Those that come last have waited until the fan-out itself is no longer in the budget's windows.
    assert!(start.elapsed() < 4 * SECOND, "{:?}", start.elapsed());
}

/// The fan-out itself fills the budget's windows of three seconds, and nobody is let go by credits meanwhile. By chance all
/// four attempts of a call may fall into the bad time; then it was not for want of patience.
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
        // Not even a retry of theirs waits for the others.
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
        // Nobody was let go. One of theirs that was in backoff may have become due, and waits too.
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

/// Two calls of each key: one empties the balance, and the other one waits until it has ended.
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

/// The account could pay for the hedge: that of the retry that waits holds a fifth of it.
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
        let attempt = call.attempt(hedge.race(extra, || async {
            counter.count();
            sleep(SECOND / 10).await;
            Ok(())
        }));
        let _ = attempt.await;
    };
    let (before, during) = (Counter::new(), Counter::new());
    hedged(&before).await;
    assert_eq!(before.get(), 2);
    // A failed retry costs 5 of the 20 that the account of most calls holds, and that of `small` holds 4.
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
        let waiting = timeout(3 * SECOND, fails(&upstream, small, &counter));
        let (ended, ()) = tokio::join!(waiting, waits);
        assert!(ended.is_err());
    })
    .await;
    hedged(&during).await;
    assert_eq!(during.get(), 3);
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
    // A lone call is alone, and keeps to its own schedule.
    let (start, counter) = (Instant::now(), Counter::new());
    fails(&upstream, steady(SECOND).attempts(8), &counter).await;
    assert_eq!((counter.get(), start.elapsed().as_secs()), (8, 7));
}

/// The attempt around an attempt ends first, though that one has a longer timeout.
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
        // Not a timeout: the failure inside has reached the caller.
        assert_eq!(outcome.unwrap_err().class(), Class::Overloaded);
    })
    .await;
}

/// Those that are left, for whom nobody else waits, go on as they asked to.
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
    // First attempts fail, second ones hang for 60 s.
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
    // At most max(4 s, 9 s / usual) lie between two of them.
    assert!(hung.get() >= 6, "{}", hung.get());
}

#[tokio::test(start_paused = true)]
async fn f12_a_panic_in_a_trial_leaves_nothing() {
    let upstream = Upstream::new("panic");
    spend(&upstream).await;
    let bad = async {
        let mut tries = 0;
        // The first whose retry is due, and nothing is left to pay for it.
        let policy = steady(Duration::from_millis(20));
        let call = call!(upstream = &upstream, policy = policy, async {
            tries += 1;
            assert_ne!(tries, 2, "in a trial");
            Err::<(), Failure>(Failure::status(503))
        });
        assert!(AssertUnwindSafe(call).catch_unwind().await.is_err());
    };
    let server = Server::bad_for(5 * SECOND);
    // So many attempts that by chance none uses them up before the server is well.
    let policy = Policy::new().attempts(10);
    let (outcomes, ()) = tokio::join!(calls(&upstream, 20, policy, &server), bad);
    assert_eq!(succeeded(&outcomes), 20);
    healthy_again(&upstream).await;
}

/// After a while with successes nothing is left of a failure: the balance is full, and nobody waits.
async fn healthy_again(upstream: &Upstream) {
    sleep(5 * SECOND).await;
    for _ in 0..40 {
        let outcome: Outcome = call!(upstream = upstream, async { Ok(()) }).await;
        outcome.unwrap();
    }
    let snapshot = upstream.snapshot();
    assert!(
        (snapshot.budget - 20.0).abs() < f64::EPSILON,
        "{}",
        snapshot.budget
    );
    assert_eq!(snapshot.waiting_retries, 0);
    // A lone call is alone: nobody is thought to be in flight or unfinished.
    let (start, counter) = (Instant::now(), Counter::new());
    fails(upstream, steady(SECOND).attempts(8), &counter).await;
    assert_eq!((counter.get(), start.elapsed().as_secs()), (8, 7));
}

#[tokio::test(start_paused = true)]
async fn f03_a_waiting_call_dropped_at_any_poll_leaves_nothing() {
    for polls in 0..25 {
        let upstream = Upstream::new("cancelled");
        spend(&upstream).await;
        let (dropped, other) = (Counter::new(), Counter::new());
        beside_a_hang(&upstream, async {
            let next = fails(&upstream, steady(2 * SECOND).attempts(2), &other);
            let cancelled = async {
                let mut call = pin!(fails(&upstream, steady(SECOND), &dropped));
                for _ in 0..polls {
                    let mut cx = Context::from_waker(Waker::noop());
                    if call.as_mut().poll(&mut cx).is_ready() {
                        break;
                    }
                    sleep(Duration::from_millis(400)).await;
                }
            };
            let (error, ()) = tokio::join!(next, cancelled);
            assert_eq!(
                error.history().gave_up,
                Some(GiveUp::AttemptsUsedUp),
                "{polls}"
            );
        })
        .await;
        healthy_again(&upstream).await;
    }
}

/// As in a loop of `select!` whose handler takes its time: the head of the queue is there, and nobody polls it.
#[tokio::test(start_paused = true)]
async fn f15_a_waiting_call_that_is_not_polled_does_not_hold_up_the_others() {
    let upstream = Upstream::new("not polled");
    spend(&upstream).await;
    beside_a_hang(&upstream, async {
        let stuck = Counter::new();
        let mut head: Pin<Box<dyn Future<Output = Failure>>> =
            Box::pin(fails(&upstream, steady(SECOND), &stuck));
        assert!(timeout(SECOND + SECOND / 100, head.as_mut()).await.is_err());
        assert_eq!(upstream.snapshot().waiting_retries, 1);
        let (start, counter) = (Instant::now(), Counter::new());
        let error = fails(&upstream, steady(SECOND).attempts(2), &counter).await;
        assert_eq!(error.history().gave_up, Some(GiveUp::AttemptsUsedUp));
        assert_eq!(
            error.history().attempts[0].released_by,
            Some(ReleasedBy::Trial)
        );
        assert!(start.elapsed() < 20 * SECOND, "{:?}", start.elapsed());
        drop(head);
    })
    .await;
    healthy_again(&upstream).await;
}

/// Each runtime with paused time has a clock of its own: the second one's is a day behind.
#[test]
fn f09_a_clock_that_goes_back_holds_nobody_up() {
    static UPSTREAM: Upstream = Upstream::new("clocks");
    let run = |ahead: Duration| {
        in_paused_time(async {
            sleep(ahead).await;
            let start = Instant::now();
            let server = Server::bad_for(2 * SECOND);
            let outcomes = calls(&UPSTREAM, 200, Policy::new(), &server).await;
            assert_eq!(succeeded(&outcomes), 200);
            assert!(start.elapsed() < 30 * SECOND, "{:?}", start.elapsed());
        });
    };
    run(86_400 * SECOND);
    run(Duration::ZERO);
    run(3_600 * SECOND);
}
