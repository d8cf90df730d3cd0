//! Mistakes of a test, which fail it with what is wrong.

use super::{NOTHING, ask, list, panic_of};
use resilient_runtime::testing::{
    no_waits,
    script::{answer, ok, reset, script, status},
    server, spawn,
};
use resilient_tests::Counter;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    time::Duration,
};

/// A call of each function.
async fn both() {
    ask(&Counter::new()).await.unwrap();
    list().await.unwrap();
}

#[resilient_runtime::test]
async fn a_name_that_was_not_used_is_shown_with_those_that_were() {
    for (name, near) in [
        ("app::aks", "did you mean `app::ask`? "),
        ("lib::list", "did you mean `app::list`? "),
        ("refund", ""),
    ] {
        let message = panic_of(script(name, [status(503), ok(1_u32)], both())).await;
        let expected = format!(
            ": it was not used (503 Service Unavailable, then ok (`u32`)); {near}called were \
             `app::ask`, `app::list`"
        );
        assert!(
            message.starts_with(&format!("script of `{name}` at ")),
            "{message}"
        );
        assert!(message.contains("mistakes.rs:"), "{message}");
        assert!(message.ends_with(&expected), "{message}");
    }
    let message = panic_of(script("app::ask", [reset()], async {})).await;
    assert!(
        message.ends_with("(reset); no function with the attribute was called"),
        "{message}"
    );
}

#[resilient_runtime::test]
async fn an_outer_script_knows_the_calls_that_an_inner_one_answers() {
    let inner = script("app::ask", [ok(1_u32)], async {
        ask(&Counter::new()).await.unwrap();
    });
    let message = panic_of(script("app::aks", [reset()], inner)).await;
    let expected = "did you mean `app::ask`? called were `app::ask`";
    assert!(message.ends_with(expected), "{message}");
}

#[resilient_runtime::test]
async fn outcomes_that_are_left_are_listed() {
    let outcomes = [ok(1_u32), status(503).times(2), reset()];
    let message = panic_of(script("app::ask", outcomes, ask(&Counter::new()))).await;
    let expected =
        "3 of its 4 outcomes were not used: 503 Service Unavailable (2 times), then reset";
    assert!(message.ends_with(expected), "{message}");
}

#[tokio::test]
async fn an_attempt_beyond_the_end_shows_what_the_script_had() {
    let sent = Counter::new();
    let test = script("app::ask", [status(503), reset()], ask(&sent));
    let message = panic_of(no_waits(test)).await;
    let expected = "its 2 outcomes are used up, and there is another attempt; it had: \
                    503 Service Unavailable, then reset";
    assert!(message.ends_with(expected), "{message}");
}

#[resilient_runtime::test]
async fn a_mistake_in_a_task_fails_the_test_even_if_the_task_is_forgotten() {
    let message = panic_of(script("app::list", NOTHING, async {
        spawn(list()).await.unwrap_err();
    }))
    .await;
    assert!(message.contains("script of `app::list`"), "{message}");
}

#[resilient_runtime::test]
async fn a_panic_of_the_test_comes_first_and_leaves_nothing_behind() {
    let message = panic_of(script("app::ask", [ok(1_u32)], async {
        panic!("a failing assertion")
    }))
    .await;
    assert_eq!(message, "a failing assertion");
    assert_eq!(ask(&Counter::new()).await.unwrap(), 1);
    drop(script("app::ask", [ok(1_u32)], ask(&Counter::new())));
}

#[test]
fn an_outcome_that_makes_no_sense_fails_at_its_place() {
    let cases = [
        (server::status(204), "use `ok(..)` with a value"),
        (
            server::respond(|_| server::reset()),
            "depends on the request",
        ),
        (
            server::status(500).body("half").half_body(),
            "not sent at once",
        ),
        (
            server::status(503).delay(Duration::from_secs(1)),
            "has a delay",
        ),
    ];
    for (outcome, reason) in cases {
        let outcome = AssertUnwindSafe(|| drop(answer(outcome)));
        let message = catch_unwind(outcome)
            .unwrap_err()
            .downcast::<String>()
            .unwrap();
        assert!(message.contains("cannot be scripted"), "{message}");
        assert!(message.contains(reason), "{message}");
    }
    for wrong in [|| drop(reset().times(0)), || drop(ok(1).times(2))] {
        let message = catch_unwind(wrong).unwrap_err();
        assert!(message.downcast::<String>().unwrap().contains("times"));
    }
}
