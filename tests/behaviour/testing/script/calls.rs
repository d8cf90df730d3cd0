//! What a call makes of scripted outcomes.

use super::{Answer, NOTHING, ask, list, panic_of, refused};
use resilient_runtime::{
    Breaker, BreakerState, CallError, Class, DelaySource, GiveUp, Hedge, Policy, Upstream,
    WaitOrigin, call, resilient,
    testing::{
        Step, isolated, record,
        script::{Scripted, answer, body, error, hang, ok, reset, retry_after, script, status},
        server::{openai, status as response},
        spawn,
    },
};
use resilient_tests::Counter;
use std::{io, time::Duration};

/// A script of the function `app::ask`.
async fn scripted<const N: usize>(outcomes: [Scripted; N]) -> (Answer, Counter, String) {
    let sent = Counter::new();
    let (answer, trace) = script("app::ask", outcomes, record(ask(&sent))).await;
    (answer, sent, trace.to_string())
}

#[resilient_runtime::test(no_waits)]
async fn each_outcome_takes_the_place_of_one_attempt() {
    let outcomes = [status(503), reset(), error(refused()), ok(42_u32)];
    let (answer, sent, trace) = scripted(outcomes).await;
    assert_eq!(answer.unwrap(), 42);
    assert_eq!(sent.get(), 0, "the body is not run");
    let lines: Vec<&str> = trace.lines().collect();
    for (line, class) in lines
        .iter()
        .step_by(2)
        .zip(["overloaded (503)", "network", "connect"])
    {
        assert!(line.contains(class), "{trace}");
    }
    assert!(trace.ends_with("attempt 4 succeeded"), "{trace}");
    assert_eq!(ask(&sent).await.unwrap(), 1, "nothing of it is left");
}

#[resilient_runtime::test(start_paused = true)]
async fn a_hang_ends_by_the_timeout_of_the_attempt() {
    let start = tokio::time::Instant::now();
    let (answer, _, trace) = scripted([hang(), ok(1_u32)]).await;
    answer.unwrap();
    assert!(start.elapsed() >= Duration::from_secs(60));
    assert!(trace.contains("attempt 1 failed: timeout"), "{trace}");
}

#[resilient_runtime::test(no_waits)]
async fn a_scripted_wait_is_that_of_the_server() {
    let sent = Counter::new();
    let outcomes = [retry_after(Duration::from_secs(2)), ok(1_u32)];
    let (_, trace) = script("app::ask", outcomes, record(ask(&sent))).await;
    let wait = trace.steps().find_map(|step| match step {
        Step::Retrying { source, .. } => Some(*source),
        _ => None,
    });
    assert_eq!(wait, Some(DelaySource::Server(WaitOrigin::RetryAfter)));
}

#[resilient_runtime::test(no_waits)]
async fn an_answer_of_a_provider_is_classified_by_its_body_and_headers() {
    for (outcome, class) in [
        (openai::quota_exhausted(), Class::QuotaExhausted),
        (openai::rate_limited(), Class::RateLimited),
        (
            response(529).header("x-should-retry", "false"),
            Class::Overloaded,
        ),
    ] {
        let attempts = if class == Class::RateLimited { 4 } else { 1 };
        let (answer, ..) = scripted([answer(outcome.times(attempts))]).await;
        let error = answer.unwrap_err();
        assert_eq!(error.rejection().unwrap().class(), class);
        assert_eq!(error.history().attempts.len(), attempts);
    }
}

#[resilient_runtime::test(no_waits)]
async fn a_scripted_failure_that_an_inner_call_has_retried_is_not_retried_by_an_outer_one() {
    #[resilient(name = "outer", attempts = 3)]
    async fn outer(sent: &Counter) -> Answer {
        ask(sent).await
    }
    let sent = Counter::new();
    let calls = record(outer(&sent));
    let (answer, trace) = script("app::ask", [status(503).times(4)], calls).await;
    let error = answer.unwrap_err();
    trace.of_call("app::ask").assert_attempts(4);
    trace.of_call("outer").assert_attempts(1);
    trace.assert_gave_up(GiveUp::RetriedInside);
    assert!(error.to_string().starts_with("overloaded (503)"), "{error}");
}

#[resilient_runtime::test(no_waits)]
async fn a_script_reaches_a_task_of_the_kit_and_functions_of_its_name_only() {
    let outcomes = [status(503).times(2), ok(5_u32)];
    script("app::ask", outcomes, async {
        let task = spawn(async { ask(&Counter::new()).await });
        assert_eq!(task.await.unwrap().unwrap(), 5);
        assert_eq!(list().await.unwrap(), 7);
    })
    .await;
}

#[resilient_runtime::test(no_waits)]
async fn the_inner_of_two_scripts_is_asked_first() {
    let both = async { (list().await.unwrap(), ask(&Counter::new()).await.unwrap()) };
    let inner = script("app::ask", [ok(1_u32)], both);
    assert_eq!(script("app::list", [ok(2_u32)], inner).await, (2, 1));

    let inner = script("app::list", [ok(1_u32)], list());
    let one_name = script("app::list", [ok(2_u32)], async {
        assert_eq!(inner.await.unwrap(), 1);
        list().await.unwrap()
    });
    assert_eq!(one_name.await, 2);
}

#[resilient_runtime::test]
async fn a_script_without_outcomes_allows_no_call() {
    script("app::ask", NOTHING, async {}).await;
    let message = panic_of(script("app::ask", NOTHING, ask(&Counter::new()))).await;
    assert!(
        message.ends_with("it has no outcome, and there is a call"),
        "{message}"
    );
}

#[resilient_runtime::test(start_paused = true)]
async fn each_run_of_a_hedged_attempt_takes_an_outcome() {
    #[resilient(name = "hedged", hedge(after = "1s"))]
    async fn hedged() -> Answer {
        Ok(0)
    }
    let (answer, trace) = script("hedged", [hang(), ok(2_u32)], record(hedged())).await;
    assert_eq!(answer.unwrap(), 2);
    assert!(
        trace.steps().any(|step| *step == Step::Hedged(2)),
        "{trace}"
    );
}

#[resilient_runtime::test(no_waits)]
async fn scripted_failures_open_the_breaker_and_call_the_fallback() {
    static API: Upstream = Upstream::new("api").breaker(Breaker::new().consecutive(2));
    #[resilient(name = "guarded", upstream = API, attempts = 2, fallback = |_| Ok(9))]
    async fn guarded() -> Answer {
        Ok(0)
    }
    let answer = script("guarded", [status(500).times(2)], guarded()).await;
    assert_eq!(answer.unwrap(), 9);
    assert_eq!(API.snapshot().breaker, Some(BreakerState::Open));
}

#[resilient_runtime::test(no_waits)]
async fn failures_of_closures_and_blocks_are_scripted_by_their_name() {
    static API: Upstream = Upstream::new("api");
    static HEDGE: Hedge = Hedge::after(Duration::from_secs(3_600), 1);
    let policy = Policy::new().attempts(3);
    let run = async || Ok::<_, CallError<io::Error>>(3);
    let failures = || [status(503), reset(), body()];

    let (answer, trace) = script("c", failures(), record(policy.call("c").run(run))).await;
    assert_eq!((answer.unwrap(), trace.attempts()), (3, 3));
    let hedged = policy.call("c").hedge(&HEDGE).run(run);
    let (answer, trace) = script("c", failures(), record(hedged)).await;
    assert_eq!((answer.unwrap(), trace.attempts()), (3, 3));
    let through = API
        .call("c")
        .policy(&policy)
        .run_with(async |_| run().await);
    let (answer, trace) = script("c", failures(), record(through)).await;
    assert_eq!((answer.unwrap(), trace.attempts()), (3, 3));
    let block = call!(policy, "c", async { run().await });
    let (answer, trace) = script("c", failures(), record(block)).await;
    assert_eq!((answer.unwrap(), trace.attempts()), (3, 3));
    let block = call!(upstream = API, policy = policy, name = "c", async {
        run().await
    });
    let (answer, trace) = script("c", failures(), record(block)).await;
    assert_eq!((answer.unwrap(), trace.attempts()), (3, 3));
}

#[tokio::test]
async fn scripts_of_two_tests_do_not_meet() {
    for _ in 0..2 {
        let sent = Counter::new();
        let answer = isolated(script("app::ask", [ok(1_u32)], ask(&sent))).await;
        assert_eq!(answer.unwrap(), 1);
    }
}
