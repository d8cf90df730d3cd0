//! Calls of closures, built setting by setting: every setting does what the argument of the
//! attribute does, in any order.

mod future;

use resilient_runtime::{
    AttemptContext, Backoff, Budget, Class, Classification, Delays, Hedge, Policy, Rate, Upstream,
};
use resilient_tests::{Counter, Failure};
use std::{cell::RefCell, sync::Arc, time::Duration};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const ONCE: Policy = Policy::new().attempts(1).budget(Budget::NONE);
const THRICE: Policy = Policy::new()
    .attempts(3)
    .backoff(Backoff::fixed(SECOND))
    .budget(Budget::NONE);

fn limited(name: &'static str) -> Upstream {
    Upstream::new(name).tokens(Rate::per_day(1_000).burst(1_000))
}

/// The first attempt fails; the second is slow, and its hedge succeeds.
async fn run(number: u32) -> Result<u32, Failure> {
    match number {
        1 => return Err(Failure::status(404)),
        2 => sleep(5 * SECOND).await,
        _ => {}
    }
    Ok(number)
}

/// A 404 is transient.
fn all_transient(_: &Failure) -> Class {
    Class::ServerError
}

/// One answer is a failure in fact.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "the form that is asked for"
)]
fn three_is_bad(answer: &u32) -> Option<Classification> {
    (*answer == 3).then(|| Class::Conflict.into())
}

#[tokio::test(start_paused = true)]
async fn settings_take_effect_in_every_order() {
    let hedge = Hedge::after(SECOND, 1);
    let waits = || Delays([2 * SECOND, 2 * SECOND].into_iter());
    macro_rules! call {
        ($upstream:ident, $($setting:ident($value:expr)),+) => {{
            let ($upstream, runs) = (limited("orders"), Counter::new());
            let start = Instant::now();
            let answer = $upstream
                .call("orders")
                $(.$setting($value))+
                .run(async || run(runs.count()).await)
                .await;
            let snapshot = $upstream.snapshot_by("acme").unwrap();
            assert_eq!(answer.unwrap(), 3);
            // One wait of the schedule, and one delay of the hedge.
            assert_eq!(start.elapsed(), 3 * SECOND);
            assert_eq!((runs.get(), snapshot.counts.hedged), (3, 1));
            assert_eq!((snapshot.usage.estimated, snapshot.tokens), (300, Some(700)));
            assert_eq!($upstream.snapshot().usage.estimated, 0);
        }};
    }
    call!(
        upstream,
        key("acme"),
        cost(100),
        policy(&THRICE),
        classify(all_transient),
        classify_ok(|_: &u32| None),
        backoff(waits()),
        hedge(&hedge),
        fallback(|error: Failure| Err::<u32, _>(error))
    );
    call!(
        upstream,
        fallback(|error: Failure| Err::<u32, _>(error)),
        hedge(&hedge),
        backoff(waits()),
        classify_ok(|_: &u32| None),
        classify(all_transient),
        policy(&THRICE),
        cost(100),
        key(String::from("acme"))
    );
    call!(
        upstream,
        cost(100),
        hedge(&hedge),
        classify(all_transient),
        key("acme"),
        fallback(|error: Failure| Err::<u32, _>(error)),
        policy(&THRICE),
        backoff(waits()),
        classify_ok(|_: &u32| None)
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_that_starts_with_a_policy_goes_through_an_upstream_set_later() {
    let upstream = limited("later").policy(Policy::new().attempts(5));
    let runs = Counter::new();
    let answer: Result<(), Failure> = ONCE
        .call("later")
        .classify(all_transient)
        .upstream(&upstream)
        .cost(10)
        .key("a")
        .run(async || {
            runs.count();
            Err(Failure::status(404))
        })
        .await;
    answer.unwrap_err();
    assert_eq!(runs.get(), 1);
    assert_eq!(upstream.snapshot_by("a").unwrap().usage.estimated, 10);
}

#[tokio::test(start_paused = true)]
async fn the_policy_is_the_upstreams_unless_another_is_set() {
    let upstream = Upstream::new("base").policy(THRICE);
    let shared = Arc::new(ONCE);
    for (other, attempts) in [(None, 3), (Some(&shared), 1)] {
        let runs = Counter::new();
        let failing = async || -> Result<(), Failure> {
            runs.count();
            Err(Failure::status(503))
        };
        let call = upstream.call("base");
        let call = match other {
            None => call,
            Some(policy) => call.policy(policy),
        };
        call.run(failing).await.unwrap_err();
        assert_eq!(runs.get(), attempts);
    }
}

#[tokio::test(start_paused = true)]
async fn classify_decides_about_errors_and_classify_ok_about_successes() {
    let runs = Counter::new();
    let answer = THRICE
        .call("errors")
        .classify(|_: &Failure| Class::NotFound)
        .run(async || {
            runs.count();
            Err::<(), _>(Failure::status(503))
        })
        .await;
    answer.unwrap_err();
    assert_eq!(runs.get(), 1);

    let runs = Counter::new();
    let answer: Result<u32, Failure> = THRICE
        .call("successes")
        .classify_ok(three_is_bad)
        .fallback(|_: Failure| Ok(9))
        .run(async || Ok(runs.count() + 2))
        .await;
    assert_eq!((answer.unwrap(), runs.get()), (4, 2));

    // A call that gives up with a success has no error for its fallback.
    let answer: Result<u32, Failure> = ONCE
        .call("last")
        .fallback(|_: Failure| Ok(9))
        .classify_ok(three_is_bad)
        .run(async || Ok(3))
        .await;
    assert_eq!(answer.unwrap(), 3);
}

#[tokio::test(start_paused = true)]
async fn a_fallback_answers_after_the_last_failure_and_is_counted() {
    let upstream = Upstream::new("falls back").policy(THRICE);
    let runs = Counter::new();
    let failing = async || -> Result<u32, Failure> {
        runs.count();
        Err(Failure::status(503))
    };
    let at_once = upstream.call("at once").fallback(|error: Failure| {
        assert_eq!(error.history().attempts.len(), 3);
        Ok(7)
    });
    assert_eq!(at_once.run(failing).await.unwrap(), 7);
    let awaited = upstream.call("awaited").fallback(async |error: Failure| {
        // The call has ended: it holds nothing of the upstream any more.
        sleep(SECOND).await;
        Err(error)
    });
    assert_eq!(
        awaited.run(failing).await.unwrap_err().class(),
        Class::Overloaded
    );
    assert_eq!((runs.get(), upstream.snapshot().counts.fell_back), (6, 2));

    let unused = upstream.call("unused").fallback(|_: Failure| Ok(0));
    assert_eq!(unused.run(async || Ok(1)).await.unwrap(), 1);
    assert_eq!(upstream.snapshot().counts.fell_back, 2);
}

#[tokio::test(start_paused = true)]
async fn a_hedge_starts_a_second_run_unless_the_policy_is_not_idempotent() {
    let hedge = Hedge::after(SECOND, 1);
    for (idempotent, runs, answer) in [(true, 2, 2), (false, 1, 1)] {
        let counter = Counter::new();
        let policy = ONCE.idempotent(idempotent);
        let slow = async |attempt: AttemptContext| -> Result<u32, Failure> {
            assert_eq!(attempt.number(), 1);
            let number = counter.count();
            sleep(5 * SECOND / number).await;
            Ok(number)
        };
        let call = policy.call("hedged").hedge(&hedge).run_with(slow);
        assert_eq!((call.await.unwrap(), counter.get()), (answer, runs));
    }
}

#[tokio::test(start_paused = true)]
async fn the_context_has_the_attempt_and_one_key_per_call() {
    let seen = RefCell::new(Vec::new());
    for _ in 0..2 {
        let failing = async |attempt: AttemptContext| -> Result<(), Failure> {
            let key = attempt.idempotency_key();
            seen.borrow_mut()
                .push((attempt.number(), attempt.previous(), key));
            Err(Failure::status(503))
        };
        let policy = THRICE.attempts(2);
        policy.call("context").run_with(failing).await.unwrap_err();
    }
    let seen = seen.into_inner();
    let numbers: Vec<_> = seen
        .iter()
        .map(|(number, previous, _)| (*number, *previous))
        .collect();
    let each = [(1, None), (2, Some(Class::Overloaded))];
    assert_eq!(numbers, [each, each].concat());
    assert_eq!(seen[0].2, seen[1].2);
    assert_ne!(seen[1].2, seen[2].2);
}

#[tokio::test(start_paused = true)]
async fn a_closure_may_change_what_it_captures() {
    let mut log = Vec::new();
    let answer: Result<usize, Failure> = THRICE
        .call("log")
        .run(async || {
            log.push("attempt");
            sleep(SECOND).await;
            if log.len() < 2 {
                Err(Failure::status(503))
            } else {
                Ok(log.len())
            }
        })
        .await;
    assert_eq!((answer.unwrap(), log.len()), (2, 2));
}
