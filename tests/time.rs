//! Attempt timeouts and deadlines.
#![allow(
    clippy::unwrap_used,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    clippy::large_types_passed_by_value,
    clippy::panic,
    reason = "test code fails loudly"
)]

use resilient_runtime::{
    Backoff, Budget, Class, Jitter, Policy, ServerWait, WaitOrigin, call, decide::GiveUp,
};
use resilient_tests::{Counter, Failure};
use std::{
    future::{Future as _, pending, poll_fn},
    pin::pin,
    sync::atomic::{AtomicU32, Ordering},
    task::Poll,
    time::Duration,
};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);

fn fixed(attempts: u32) -> Policy {
    Policy::new()
        .attempts(attempts)
        .backoff(Backoff::fixed(SECOND).jitter(Jitter::None))
}

#[tokio::test(start_paused = true)]
async fn f58_no_duration_is_too_long_for_a_timer() {
    for long in [
        Duration::MAX,
        Duration::from_secs(u64::MAX),
        Duration::from_secs(u64::MAX / 10),
        Duration::from_nanos(u64::MAX),
    ] {
        let policy = Policy::new()
            .timeout(long)
            .deadline(long)
            .max_retry_after(long);
        let answer: Result<u32, Failure> = call!(&policy, async {
            sleep(SECOND).await;
            Ok(1)
        })
        .await;
        assert_eq!(answer.unwrap(), 1);

        // A wait of that length is begun and can be left.
        let wait = ServerWait::new(long, WaitOrigin::RetryAfter);
        let failure = resilient_runtime::Classification::of_status(429).wait(wait);
        let call = call!(policy.no_deadline(), async {
            Err::<(), Failure>(failure.clone().into())
        });
        assert!(tokio::time::timeout(10 * SECOND, call).await.is_err());
    }
}

#[tokio::test(start_paused = true)]
async fn f61_the_deadline_holds_over_attempts_and_waits() {
    let start = Instant::now();
    let counter = Counter::new();
    let policy = fixed(100).deadline(5 * SECOND);
    let result: Result<(), Failure> = call!(&policy, async {
        counter.count();
        sleep(SECOND).await;
        Err(Failure::status(500))
    })
    .await;
    // Attempts begin at 0 s, 2 s and 4 s; the wait after the third would end at 6 s.
    let error = result.unwrap_err();
    assert_eq!((counter.get(), error.class()), (3, Class::ServerError));
    assert_eq!(
        error.history().gave_up,
        Some(GiveUp::Deadline { wait: SECOND })
    );
    assert_eq!(start.elapsed(), 5 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn the_deadline_cuts_an_attempt_and_the_record_says_what_was_before() {
    let start = Instant::now();
    let counter = Counter::new();
    let policy = fixed(100).no_timeout().deadline(5 * SECOND);
    let result: Result<(), Failure> = call!(&policy, async {
        match counter.count() {
            1 => Err(Failure::status(503)),
            _ => pending().await,
        }
    })
    .await;
    let error = result.unwrap_err();
    let elapsed = start.elapsed();
    assert!(
        (5 * SECOND..5 * SECOND + SECOND / 100).contains(&elapsed),
        "{elapsed:?}"
    );
    let classes: Vec<Class> = error
        .history()
        .attempts
        .iter()
        .map(|attempt| attempt.class)
        .collect();
    assert_eq!(classes, [Class::Overloaded, Class::Deadline]);

    let text = String::from(resilient_rejection(policy).await);
    assert!(
        text.starts_with("the call did not finish within 5s"),
        "{text}"
    );
}

/// The rejection of a call that never answers.
async fn resilient_rejection(policy: Policy) -> resilient_runtime::Rejection {
    struct Kept(resilient_runtime::Rejection);
    impl From<resilient_runtime::Rejection> for Kept {
        fn from(rejection: resilient_runtime::Rejection) -> Self {
            Self(rejection)
        }
    }
    impl resilient_runtime::Classify for Kept {
        fn classify(&self) -> resilient_runtime::Classification {
            self.0.classification()
        }
    }
    let Err(kept) = call!(policy, async { pending::<Result<(), Kept>>().await }).await else {
        unreachable!("it never answers")
    };
    kept.0
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_cannot_end_in_time_is_not_begun() {
    let start = Instant::now();
    let policy = fixed(10).deadline(SECOND);
    let result: Result<(), Failure> = call!(&policy, async { Err(Failure::status(500)) }).await;
    assert_eq!(result.unwrap_err().history().attempts.len(), 1);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn f62_the_old_attempt_is_gone_before_the_next_begins() {
    struct InFlight<'a>(&'a AtomicU32);
    impl Drop for InFlight<'_> {
        fn drop(&mut self) {
            self.0.fetch_sub(1, Ordering::SeqCst);
        }
    }
    let (in_flight, counter) = (AtomicU32::new(0), Counter::new());
    let policy = fixed(3).timeout(SECOND / 10);
    let result: Result<(), Failure> = call!(&policy, async {
        counter.count();
        assert_eq!(in_flight.fetch_add(1, Ordering::SeqCst), 0);
        let _in_flight = InFlight(&in_flight);
        pending().await
    })
    .await;
    assert_eq!(result.unwrap_err().class(), Class::Timeout);
    assert_eq!((counter.get(), in_flight.load(Ordering::SeqCst)), (3, 0));
}

/// What an attempt holds (a permit, a connection) is free during the wait after it.
#[tokio::test(start_paused = true)]
async fn f44_nothing_of_an_attempt_is_held_over_the_wait() {
    let permits = tokio::sync::Semaphore::new(1);
    let mut call = pin!(call!(fixed(2), async {
        let _permit = permits.acquire().await;
        Err::<(), Failure>(Failure::status(500))
    }));
    assert!(futures::poll!(&mut call).is_pending());
    assert_eq!(permits.available_permits(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_timeout_counts_from_the_attempts_own_start() {
    let start = Instant::now();
    let policy = fixed(2).timeout(3 * SECOND);
    let counter = Counter::new();
    let result: Result<u32, Failure> = call!(&policy, async {
        let attempt = counter.count();
        sleep(if attempt == 1 { 4 * SECOND } else { 2 * SECOND }).await;
        Ok(attempt)
    })
    .await;
    assert_eq!(result.unwrap(), 2);
    assert_eq!(start.elapsed(), (3 + 1 + 2) * SECOND);
}

/// A body that is always ready to go on, and uses up the task's budget whenever it is polled.
#[tokio::test(start_paused = true)]
async fn a_body_that_hogs_the_task_is_cut_all_the_same() {
    let policy = fixed(1).timeout(SECOND);
    let counter = Counter::new();
    let result: Result<(), Failure> = call!(&policy, async {
        poll_fn(|cx| {
            assert!(counter.count() < 10_000, "never cut");
            let _: Poll<()> = pin!(tokio::time::advance(Duration::from_millis(1))).poll(cx);
            while tokio::task::coop::has_budget_remaining() {
                let _: Poll<()> = pin!(tokio::task::consume_budget()).poll(cx);
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    })
    .await;
    assert_eq!(result.unwrap_err().class(), Class::Timeout);
}

#[tokio::test(start_paused = true)]
async fn a_zero_wait_takes_no_time_and_still_lets_others_run() {
    let start = Instant::now();
    let policy = Policy::new()
        .attempts(3)
        .backoff(Backoff::fixed(Duration::ZERO));
    let others = Counter::new();
    let call = call!(&policy, async { Err::<(), Failure>(Failure::status(500)) });
    let other = async {
        for _ in 0..2 {
            others.count();
            tokio::task::yield_now().await;
        }
    };
    let (result, ()) = futures::join!(call, other);
    assert_eq!(result.unwrap_err().history().attempts.len(), 3);
    assert_eq!((start.elapsed(), others.get()), (Duration::ZERO, 2));
}

#[tokio::test(start_paused = true)]
async fn f35_a_servers_wait_is_a_floor_with_jitter_on_top() {
    let wait = ServerWait::new(7 * SECOND, WaitOrigin::RetryAfter);
    let failure = resilient_runtime::Classification::of_status(429).wait(wait);
    for seed in 0..200 {
        let start = Instant::now();
        let policy = Policy::new().budget(Budget::NONE).attempts(2).seed(seed);
        let result: Result<(), Failure> =
            call!(&policy, async { Err(failure.clone().into()) }).await;
        result.unwrap_err();
        let waited = start.elapsed();
        assert!(
            (7 * SECOND..=9 * SECOND + SECOND / 1_000).contains(&waited),
            "{waited:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn f34_a_wait_of_zero_makes_no_hot_loop() {
    let wait = ServerWait::new(Duration::ZERO, WaitOrigin::RetryAfter);
    let failure = resilient_runtime::Classification::of_status(429).wait(wait);
    let mut times = Vec::new();
    let result: Result<(), Failure> = call!(Policy::new(), async {
        times.push(Instant::now());
        Err(failure.clone().into())
    })
    .await;
    result.unwrap_err();
    assert_eq!(times.len(), 5);
    assert!(
        times.windows(2).all(|pair| matches!(pair, [a, b] if b > a)),
        "{times:?}"
    );
}

/// What needs no timer needs no runtime; what needs one says so.
#[test]
fn f64_without_a_runtime_the_panic_names_the_cause() {
    let answer: Result<u32, Failure> =
        futures::executor::block_on(call!(Policy::DEFAULT, async { Ok(1) }));
    assert_eq!(answer.unwrap(), 1);

    let panic_of = |run: fn()| {
        let panic = std::panic::catch_unwind(run).unwrap_err();
        panic
            .downcast_ref::<&str>()
            .map(ToString::to_string)
            .or_else(|| panic.downcast_ref::<String>().cloned())
            .unwrap()
    };
    let outside = panic_of(|| {
        let call = call!(Policy::DEFAULT, async {
            pending::<Result<(), Failure>>().await
        });
        let _ = futures::executor::block_on(call);
    });
    assert!(outside.contains("Tokio 1.x runtime"), "{outside}");
    let timeless = panic_of(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let call = call!(Policy::DEFAULT, async {
            pending::<Result<(), Failure>>().await
        });
        let _ = runtime.block_on(call);
    });
    assert!(timeless.contains("timers are disabled"), "{timeless}");
}

/// Clippy denies the operators on instants and durations, which can panic; this finds them where it does not
/// look, and a clock that goes back is looked at too.
#[test]
fn f59_no_unchecked_arithmetic_on_time() {
    let mut files = 0;
    for folder in ["", "answer", "classify", "event", "policy", "upstream"] {
        let folder = format!(
            "{}/../resilient-runtime/src/{folder}",
            env!("CARGO_MANIFEST_DIR")
        );
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "rs") {
                continue;
            }
            files += 1;
            let source = std::fs::read_to_string(&path).unwrap();
            for unchecked in [
                "now +",
                "now -",
                "now() +",
                "now() - ",
                "deadline -",
                "elapsed() -",
            ] {
                // Tests may: they fail loudly.
                if path.to_string_lossy().ends_with("_test.rs") {
                    continue;
                }
                assert!(
                    !source.contains(unchecked),
                    "{}: {unchecked}",
                    path.display()
                );
            }
        }
    }
    assert!(files > 20, "{files}");

    let mut headers = http::HeaderMap::new();
    headers.insert(
        "retry-after",
        "Sun, 06 Nov 1994 08:49:37 GMT".parse().unwrap(),
    );
    let found = resilient_runtime::Classification::from_response(
        http::StatusCode::TOO_MANY_REQUESTS,
        &headers,
    );
    assert_eq!(found.wait, None);
}

/// No clock is read to make a policy: it can be made where there is none, such as in a constant.
#[test]
fn f65_a_policy_is_made_without_a_clock() {
    const MADE_AT_COMPILE_TIME: Policy = Policy::new()
        .attempts(3)
        .deadline(Duration::MAX)
        .backoff(Backoff::decorrelated(SECOND))
        .on(Class::Timeout, resilient_runtime::Rule::new().attempts(2));
    assert_eq!(MADE_AT_COMPILE_TIME.deadline, Some(Duration::MAX));
    assert_eq!(MADE_AT_COMPILE_TIME.rule(Class::Timeout).attempts, Some(2));
}
