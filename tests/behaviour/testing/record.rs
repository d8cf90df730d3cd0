//! The record of a test.

use super::ask;
use futures::FutureExt as _;
use resilient_runtime::{
    Class, GiveUp, Policy,
    testing::{Trace, isolated, no_waits, record},
};
use resilient_tests::{Counter, Failure};
use std::panic::AssertUnwindSafe;

#[resilient_runtime::test(no_waits)]
async fn a_record_has_every_attempt_and_the_end() {
    let sent = Counter::new();
    let (answer, trace) = record(ask(2, &sent)).await;
    assert_eq!(answer.unwrap(), 3);
    trace.assert_attempts(3);
    assert_eq!(trace.delays().len(), 2);
    let lines = trace.to_string();
    let expected = [
        "attempt 1 failed: overloaded",
        "retrying (schedule)",
        "attempt 2 failed: overloaded",
        "retrying (schedule)",
        "attempt 3 succeeded",
    ];
    for (line, expected) in lines.lines().zip(expected) {
        assert!(line.ends_with(expected), "{line}");
    }
    assert_eq!(lines.lines().count(), expected.len());

    let (answer, trace) = record(ask(0, &sent)).await;
    assert!(answer.is_ok());
    trace.assert_no_retry();
}

#[tokio::test]
async fn a_record_names_why_a_call_gave_up() {
    let sent = Counter::new();
    let test = record(ask(100, &sent));
    let (answer, trace) = isolated(no_waits(test)).await;
    assert_eq!(answer.unwrap_err().class(), Class::Overloaded);
    trace.assert_attempts(4);
    trace.assert_gave_up(GiveUp::AttemptsUsedUp);
}

#[tokio::test]
async fn a_failed_assertion_prints_the_record() {
    let (_, trace) = record(async {
        let policy = Policy::new();
        let call = policy.call("ask");
        call.run(async || Err::<(), _>(Failure::status(401))).await
    })
    .await;
    let assertions: [fn(&Trace); 2] = [
        |trace| trace.assert_attempts(2),
        |trace| trace.assert_gave_up(GiveUp::AttemptsUsedUp),
    ];
    for assertion in assertions {
        let panic = AssertUnwindSafe(async { assertion(&trace) })
            .catch_unwind()
            .await;
        let message = panic.unwrap_err().downcast::<String>().unwrap();
        assert!(
            message.contains("attempt 1 failed: authentication (401)"),
            "{message}"
        );
        assert!(message.contains("gave up: not retryable"), "{message}");
    }
}

#[tokio::test]
async fn a_record_of_several_calls_tells_them_apart_and_an_inner_one_reaches_the_outer() {
    let ((), outer) = record(async {
        let policy = Policy::new();
        for name in ["one", "two"] {
            let call = policy.call(name);
            let (result, inner) = record(call.run(async || Ok::<_, Failure>(()))).await;
            result.unwrap();
            inner.assert_attempts(1);
        }
    })
    .await;
    outer.assert_attempts(2);
    assert_eq!(outer.of_call("two").to_string(), "two: attempt 1 succeeded");
    assert_eq!(outer.of_call("three").to_string(), "no call");
}
