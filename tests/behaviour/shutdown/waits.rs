//! The waits of calls, attempts in flight, and new calls.

use super::{SECOND, SLOW, is_cancelled, shutdown_after};
use futures::FutureExt as _;
use resilient_runtime::{
    Breaker, Class, Concurrency, GiveUp, Policy, Rule, ServerWait, Upstream, WaitOrigin, call,
    is_shut_down, resilient, shutdown, shutdown_when,
    testing::{Step, isolated, record, spawn},
};
use resilient_tests::{Counter, Failure};
use std::future::pending;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

#[resilient_runtime::test(start_paused = true)]
async fn a_wait_in_backoff_ends_with_the_last_failure() {
    let (start, counter) = (Instant::now(), Counter::new());
    let call = call!(SLOW, async {
        counter.count();
        Err::<(), Failure>(Failure::status(500).id(7))
    });
    let ((result, trace), ()) = tokio::join!(record(call), shutdown_after(SECOND));
    let error = result.unwrap_err();
    assert_eq!((error.id, error.class()), (7, Class::ServerError));
    assert_eq!((counter.get(), start.elapsed()), (1, SECOND));
    let history = error.history();
    assert_eq!(history.gave_up, Some(GiveUp::ShutDown));
    // As far as it has lasted, and not the 1,000 seconds that were planned.
    assert_eq!(history.attempts[0].delay, Some(SECOND));
    assert!(
        trace
            .steps()
            .any(|it| *it == Step::GaveUp(GiveUp::ShutDown)),
        "{trace}"
    );
}

type Limited = fn(Upstream) -> Upstream;

#[resilient_runtime::test(start_paused = true)]
async fn every_wait_for_admission_ends() {
    let upstreams: [(&str, Limited); 5] = [
        ("breaker", |it| {
            it.breaker(
                Breaker::new()
                    .consecutive(1)
                    .break_duration(900 * SECOND)
                    .max_break_duration(900 * SECOND),
            )
        }),
        ("gate", |it| it.gate(true)),
        ("concurrency", |it| it.concurrency(Concurrency::new(1))),
        ("requests", |it| it.requests_per_minute(1)),
        ("tokens", |it| it.tokens_per_minute(100)),
    ];
    for (name, limited) in upstreams {
        isolated(async move {
            let upstream = limited(Upstream::new(name));
            let waits = Policy::new()
                .attempts(1)
                .on(Class::CircuitOpen, Rule::new().retry(true));
            let first = async {
                call!(upstream = &upstream, cost = 100, policy = waits, async {
                    if name == "concurrency" {
                        sleep(10 * SECOND).await;
                        return Ok(());
                    }
                    let mut failure = Failure::status(503);
                    failure.classification.wait = (name == "gate")
                        .then(|| ServerWait::new(60 * SECOND, WaitOrigin::RetryAfter));
                    Err(failure)
                })
                .await
            };
            let start = Instant::now();
            let second = async {
                sleep(SECOND).await;
                let call = call!(upstream = &upstream, cost = 100, policy = waits, async {
                    Ok::<(), Failure>(())
                });
                let (result, trace) = record(call).await;
                (result, trace, start.elapsed())
            };
            let (first, (result, trace, ended), ()) =
                tokio::join!(first, second, shutdown_after(2 * SECOND));
            assert!(
                trace.steps().any(|it| *it == Step::Queued(name)),
                "{name}: {trace}"
            );
            is_cancelled(&result.unwrap_err());
            assert_eq!(ended, 2 * SECOND, "{name}");
            // The attempt in flight has ended as it does.
            assert_eq!(first.is_ok(), name == "concurrency");
            let snapshot = upstream.snapshot();
            assert_eq!(
                (snapshot.in_use, snapshot.waiting),
                (
                    Some(0).filter(|_| name == "concurrency"),
                    Some(0).filter(|_| name == "concurrency")
                )
            );
            assert_eq!(snapshot.counts.refused, 1);
        })
        .await;
    }
}

/// A call whose attempt takes ten seconds.
async fn ends(counter: &Counter, result: Result<u32, Failure>) -> Result<u32, Failure> {
    call!(Policy::new(), async {
        counter.count();
        sleep(10 * SECOND).await;
        result.clone()
    })
    .await
}

#[resilient_runtime::test(start_paused = true)]
async fn an_attempt_in_flight_ends_and_is_not_retried() {
    let counter = Counter::new();
    let ((good, bad), ()) = tokio::join!(
        async {
            tokio::join!(
                ends(&counter, Ok(7)),
                ends(&counter, Err(Failure::status(503)))
            )
        },
        shutdown_after(SECOND)
    );
    assert_eq!(good.unwrap(), 7);
    let error = bad.unwrap_err();
    assert_eq!((error.class(), counter.get()), (Class::Overloaded, 2));
    assert_eq!(error.history().gave_up, Some(GiveUp::ShutDown));
}

#[resilient_runtime::test(start_paused = true)]
async fn a_new_call_is_refused_also_inside_an_attempt() {
    static UPSTREAM: Upstream = Upstream::new("refuses").concurrency(Concurrency::new(1));
    #[resilient(upstream = UPSTREAM)]
    async fn through(counter: &Counter) -> Result<(), Failure> {
        counter.count();
        Ok(())
    }
    #[resilient]
    async fn direct(counter: &Counter) -> Result<(), Failure> {
        counter.count();
        Ok(())
    }
    #[resilient]
    async fn outer(counter: &Counter) -> Result<(), Failure> {
        sleep(2 * SECOND).await;
        direct(counter).await.map_err(|error| Failure {
            history: None,
            ..error
        })
    }
    let counter = Counter::new();
    let (inside, ()) = tokio::join!(outer(&counter), shutdown_after(SECOND));
    assert_eq!(inside.unwrap_err().class(), Class::Cancelled);
    is_cancelled(&direct(&counter).await.unwrap_err());
    is_cancelled(&through(&counter).await.unwrap_err());
    assert_eq!(counter.get(), 0);
    assert!(is_shut_down());
}

#[resilient_runtime::test(start_paused = true)]
async fn fallbacks_are_called() {
    #[resilient(backoff(kind = "fixed", initial = "20s"), fallback = |error: Failure| Ok(error.class()))]
    async fn ask() -> Result<Class, Failure> {
        Err(Failure::status(500))
    }
    let (answer, ()) = tokio::join!(ask(), shutdown_after(SECOND));
    assert_eq!(answer.unwrap(), Class::ServerError);
    assert_eq!(ask().await.unwrap(), Class::Cancelled);
}

#[resilient_runtime::test(start_paused = true)]
async fn a_token_of_tokio_util_shuts_down() {
    let token = CancellationToken::new();
    let ends = spawn(shutdown_when(token.clone().cancelled_owned()));
    let dropped = shutdown_when(pending::<()>());
    assert!(dropped.now_or_never().is_none());
    let call = spawn(call!(SLOW, async {
        Err::<(), Failure>(Failure::status(500))
    }));
    sleep(SECOND).await;
    assert!(!is_shut_down());
    token.cancel();
    ends.await.unwrap();
    assert!(is_shut_down());
    assert!(call.await.unwrap().is_err());
}

/// The isolated test before this one has shut down; and so does the one inside.
#[resilient_runtime::test]
async fn a_shutdown_in_an_isolated_test_stays_there() {
    isolated(async { shutdown() }).await;
    assert!(!is_shut_down());
    let answer: Result<u32, Failure> = call!(Policy::new(), async { Ok(1) }).await;
    assert_eq!(answer.unwrap(), 1);
}
