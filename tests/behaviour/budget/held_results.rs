//! A deferred retry keeps no result that is not `Send`, and none during the next attempt.

use resilient_runtime::{
    __private::{CallSite, Plan, UpstreamHandle},
    Backoff, CallError, Class, Classification, Classify as _, GiveUp, Policy, Upstream, resilient,
};
use resilient_tests::{Failure, Recorder};
use std::{io, rc::Rc, sync::Arc, time::Duration};

/// The future is `Send` although its result is not: only the record is kept during the wait.
#[tokio::test(start_paused = true)]
async fn a_result_that_is_not_send_comes_back_as_a_rejection_of_the_same_class() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&local());
    is_send(&hedged());
    let calls = (0..50).map(|_| async {
        let result: Result<Rc<()>, CallError<io::Error>> = local().await;
        result.unwrap_err()
    });
    let errors = futures::future::join_all(calls).await;
    let gave_up: Vec<_> = errors
        .iter()
        .filter(|error| error.history().gave_up == Some(GiveUp::BudgetSpent))
        .collect();
    assert!(!gave_up.is_empty());
    for error in gave_up {
        let failure = error.classify();
        assert_eq!(failure.class, Class::Network);
        let [attempt] = &error.history().attempts[..] else {
            panic!("{error:?}");
        };
        assert_eq!(failure.message, attempt.message);
    }
}

/// Only the history is kept while the retry waits: it has the provider's code.
#[tokio::test(start_paused = true)]
async fn f154_a_failure_whose_result_is_not_kept_has_the_providers_code() {
    let (recorder, _guard) = Recorder::start();
    let policy = Policy::new()
        .attempts(2)
        .backoff(Backoff::fixed(Duration::from_millis(100)));
    let failure = Classification::of_status(503).code("engine_overloaded");
    let calls = (0..50).map(|_| async {
        let call = policy.call("f154");
        let result: Result<(), Failure> = call.run(async || Err(failure.clone().into())).await;
        result.unwrap_err()
    });
    let errors = futures::future::join_all(calls).await;
    let given_up: Vec<_> = errors
        .iter()
        .filter(|error| error.history().gave_up == Some(GiveUp::BudgetSpent))
        .collect();
    assert!(!given_up.is_empty());
    for error in given_up {
        let code = error.classification.code.as_ref().map(ToString::to_string);
        assert_eq!(code.as_deref(), Some("engine_overloaded"));
    }
    for name in ["deferring retry", "giving up"] {
        let events = recorder.of(name);
        assert!(!events.is_empty(), "{name}");
        for event in events {
            assert_eq!(event.field("error.code"), "engine_overloaded", "{name}");
        }
    }
}

#[resilient(hedge(after = "1s"))]
async fn hedged() -> Result<Rc<()>, CallError<io::Error>> {
    Ok(Rc::new(()))
}

#[resilient(attempts = 2, backoff(kind = "fixed", initial = "100ms"))]
async fn local() -> Result<Rc<()>, CallError<io::Error>> {
    Err(io::Error::from(io::ErrorKind::ConnectionReset))?
}

/// A kept result may hold a connection, so it is dropped before the next attempt.
#[tokio::test(start_paused = true)]
async fn the_result_of_an_attempt_is_dropped_before_the_next_is_sent() {
    static SITE: CallSite = CallSite::new("kept");
    let upstream = Upstream::new("kept");
    let policy = Policy::new().attempts(3);
    let plan =
        || Plan::new().classify_ok(|answer: &Answer| Some(Classification::of_status(answer.0)));
    let held = Arc::new(());
    let attempt = async || -> Result<Answer, CallError<io::Error>> {
        assert_eq!(
            Arc::strong_count(&held),
            1,
            "an earlier result is still there"
        );
        Ok((429, Arc::clone(&held)))
    };
    let mut alone = plan().start(&SITE, &policy);
    while alone.attempt(attempt()).await.is_continue() {}
    let mut through = plan()
        .upstream(UpstreamHandle::of(&upstream))
        .start(&SITE, &policy);
    while through.attempt(attempt()).await.is_continue() {}
}

type Answer = (u16, Arc<()>);
